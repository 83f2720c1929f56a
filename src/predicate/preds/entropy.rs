//! Shannon entropy: how random a text looks.
//!
//! Must never import a folder above `expr`.

use super::{OperandKind, PredSpec, TEXTS, Tested, if_whole};
use crate::base::Truth;
use crate::predicate::pred::NumberBound;

pub(super) const SPECS: &[PredSpec] = &[PredSpec {
    name: "entropy",
    operand: OperandKind::Bounds,
    accepts: TEXTS,
    summary: "Shannon entropy in bits a byte, in these bounds",
    example: "{ at_least: 3.5 }",
}];

pub(super) fn within(bound: &NumberBound, tested: Tested<'_>) -> Truth {
    if_whole(tested, || bound.holds(entropy(&tested.value.as_text())))
}

/// Bits a byte; 0 of an empty text.
pub(super) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total = text.len() as f64;
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / total).map(|p| -p * p.log2()).sum()
}
