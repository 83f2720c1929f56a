//! Kinds of characters: what keys made by chance hold and words do not.
//!
//! Must never import a folder above `expr`.

use super::{OperandKind, PredSpec, TEXTS, Tested, unless_open};
use crate::base::Truth;
use crate::predicate::pred::CharacterBound;

pub(super) const SPECS: &[PredSpec] = &[PredSpec {
    name: "characters",
    operand: OperandKind::Characters,
    accepts: TEXTS,
    summary: "At least so many characters of each of these kinds",
    example: "{ digits: 2, upper: 1, lower: 1 }",
}];

pub(super) fn within(bound: &CharacterBound, tested: Tested<'_>) -> Truth {
    unless_open(holds(bound, &tested.value.as_text()), tested)
}

fn holds(bound: &CharacterBound, text: &[u8]) -> bool {
    let enough = |least: u32, of: fn(&u8) -> bool| {
        least == 0 || text.iter().filter(|byte| of(byte)).count() >= usize::try_from(least).unwrap_or(usize::MAX)
    };
    let mut seen = [false; 256];
    text.iter().for_each(|byte| seen.iter_mut().skip(usize::from(*byte)).take(1).for_each(|seen| *seen = true));
    let distinct = seen.iter().filter(|seen| **seen).count();
    enough(bound.digits, u8::is_ascii_digit)
        && enough(bound.upper, u8::is_ascii_uppercase)
        && enough(bound.lower, u8::is_ascii_lowercase)
        && enough(bound.other, |byte| !byte.is_ascii_alphanumeric())
        && distinct >= usize::try_from(bound.distinct).unwrap_or(usize::MAX)
}
