//! Versions: dotted numbers, compared number by number, in ranges such as `>=1.2 <1.5`.
//!
//! A leading `v` and what follows the numbers (`1.18.0-ubuntu`, `9.2p1`, `2.4.49 (Unix)`) are left out; a pre-release
//! (`-rc1`, `-beta.2`) comes just before its version (Semantic Versioning §11). Missing numbers are zeros.
//! Invariant: the order is total. Must never import a folder above `expr`.

use std::cmp::Ordering;

use super::{OperandKind, PredSpec, TEXTS, Tested, if_whole};
use crate::base::Truth;
use crate::predicate::pattern::{VersionOp, VersionRange};

pub(super) const SPECS: &[PredSpec] = &[PredSpec {
    name: "version",
    operand: OperandKind::Versions,
    accepts: TEXTS,
    summary: "A dotted version in one of these ranges; all comparisons of a range hold",
    example: "'>=1.2 <1.5'",
}];

pub(super) fn within(ranges: &[VersionRange], tested: Tested<'_>) -> Truth {
    if_whole(tested, || {
        let text = tested.value.as_text();
        parse(&text).is_some_and(|version| ranges.iter().any(|range| is_in(&version, range)))
    })
}

/// A version as it is compared.
#[derive(Debug, PartialEq)]
struct Version {
    numbers: Vec<u64>,
    is_pre_release: bool,
}

fn parse(text: &[u8]) -> Option<Version> {
    let text = text.trim_ascii();
    let text = text.strip_prefix(b"v").or_else(|| text.strip_prefix(b"V")).unwrap_or(text);
    let end = text.iter().position(|b| !b.is_ascii_digit() && *b != b'.').unwrap_or(text.len());
    let (numbers, suffix) = text.split_at_checked(end)?;
    let numbers = numbers.trim_ascii_end().strip_suffix(b".").unwrap_or(numbers);
    let number = |part: &[u8]| std::str::from_utf8(part).ok()?.parse().ok();
    let numbers: Option<Vec<u64>> = numbers.split(|b| *b == b'.').take(16).map(number).collect();
    let word: Vec<u8> = suffix
        .iter()
        .skip_while(|b| matches!(b, b'-' | b'_' | b'.' | b'~' | b' '))
        .take_while(|b| b.is_ascii_alphabetic())
        .map(u8::to_ascii_lowercase)
        .collect();
    let is_pre_release = matches!(&word[..], b"alpha" | b"beta" | b"rc" | b"pre" | b"preview" | b"dev" | b"snapshot");
    Some(Version { numbers: numbers?, is_pre_release })
}

fn is_in(version: &Version, range: &VersionRange) -> bool {
    range.bounds.iter().all(|(op, bound)| {
        let order = compare(&version.numbers, bound);
        let order = if order == Ordering::Equal && version.is_pre_release { Ordering::Less } else { order };
        match op {
            VersionOp::Less => order == Ordering::Less,
            VersionOp::AtMost => order != Ordering::Greater,
            VersionOp::Equal => order == Ordering::Equal,
            VersionOp::AtLeast => order != Ordering::Less,
            VersionOp::More => order == Ordering::Greater,
        }
    })
}

fn compare(left: &[u64], right: &[u64]) -> Ordering {
    let at = |numbers: &[u64], place: usize| numbers.get(place).copied().unwrap_or(0);
    (0..left.len().max(right.len()))
        .map(|place| at(left, place).cmp(&at(right, place)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
