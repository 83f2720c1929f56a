//! Texts: what they contain, begin and end with.
//!
//! Invariant: `ignore_case` folds ASCII letters only. Must never import a folder above `expr`.

use std::ops::Range;

use memchr::memmem::Finder;

use super::operand::with_text;
use super::{OperandKind, PredSpec, TEXTS, Tested, all, any, falsity, if_whole, unless_open};
use crate::base::{Truth, Unknown};
use crate::predicate::pred::Operands;

pub(super) const SPECS: &[PredSpec] = &[
    PredSpec {
        name: "contains",
        operand: OperandKind::Texts,
        accepts: TEXTS,
        summary: "Contains one of these",
        example: "Index of /",
    },
    PredSpec {
        name: "contains_all",
        operand: OperandKind::Texts,
        accepts: TEXTS,
        summary: "Contains every one of these",
        example: "[phpinfo(), PHP Version]",
    },
    PredSpec {
        name: "starts_with",
        operand: OperandKind::Texts,
        accepts: TEXTS,
        summary: "Starts with one of these",
        example: "-- MySQL dump",
    },
    PredSpec {
        name: "ends_with",
        operand: OperandKind::Texts,
        accepts: TEXTS,
        summary: "Ends with one of these",
        example: ".example.com",
    },
    PredSpec {
        name: "starts_with_hex",
        operand: OperandKind::Hex,
        accepts: TEXTS,
        summary: "Starts with one of these byte sequences, written in hexadecimal",
        example: "1f8b08",
    },
    PredSpec {
        name: "times",
        operand: OperandKind::Count,
        accepts: TEXTS,
        summary: "With `contains` and `matches`: at least so often, not overlapping",
        example: "2",
    },
    PredSpec {
        name: "ignore_case",
        operand: OperandKind::Bool,
        accepts: TEXTS,
        summary: "Ignores the case of ASCII letters in every operand of its map and below",
        example: "true",
    },
];

/// Where a needle occurs, not overlapping.
pub(super) fn occurrences<'a>(
    text: &'a [u8],
    needle: &'a [u8],
    ignore_case: bool,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let finder = (!ignore_case).then(|| Finder::new(needle));
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..)?;
        let at = match &finder {
            Some(finder) => finder.find(rest),
            None => find_ignoring_case(rest, needle),
        }?;
        let start = from + at;
        let end = start + needle.len();
        from = end.max(start + 1);
        Some(start..end)
    })
}

fn find_ignoring_case(text: &[u8], needle: &[u8]) -> Option<usize> {
    let Some(first) = needle.first() else { return Some(0) };
    let last_start = text.len().checked_sub(needle.len())?;
    let is_here = |at: &usize| text.get(*at..at + needle.len()).is_some_and(|part| part.eq_ignore_ascii_case(needle));
    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text)
        .take_while(|at| *at <= last_start)
        .find(is_here)
}

pub(super) fn contains(operands: &Operands, times: u32, tested: Tested<'_>) -> Truth {
    let text = tested.value.as_text();
    let wanted = usize::try_from(times.max(1)).unwrap_or(usize::MAX);
    any(operands.any.iter().map(|template| {
        with_text(template, tested, |needle| {
            let count = occurrences(&text, needle, operands.ignore_case).take(wanted).count();
            unless_open(count == wanted, tested)
        })
    }))
}

pub(super) fn contains_all(operands: &Operands, tested: Tested<'_>) -> Truth {
    let text = tested.value.as_text();
    all(operands.any.iter().map(|template| {
        with_text(template, tested, |needle| {
            unless_open(occurrences(&text, needle, operands.ignore_case).next().is_some(), tested)
        })
    }))
}

pub(super) fn starts_with(operands: &Operands, tested: Tested<'_>) -> Truth {
    let text = tested.value.as_text();
    any(operands
        .any
        .iter()
        .map(|template| with_text(template, tested, |start| starts(&text, start, operands.ignore_case, tested.open))))
}

fn starts(text: &[u8], start: &[u8], ignore_case: bool, open: bool) -> Truth {
    let common = text.len().min(start.len());
    let (here, wanted) = (text.get(..common).unwrap_or(text), start.get(..common).unwrap_or(start));
    let agrees = if ignore_case { here.eq_ignore_ascii_case(wanted) } else { here == wanted };
    match (agrees, common == start.len()) {
        (false, _) => Truth::False,
        (true, true) => Truth::True,
        (true, false) => falsity(open),
    }
}

pub(super) fn starts_with_bytes(wanted: &[Vec<u8>], tested: Tested<'_>) -> Truth {
    let text = tested.value.as_text();
    any(wanted.iter().map(|start| starts(&text, start, false, tested.open)))
}

pub(super) fn ends_with(operands: &Operands, tested: Tested<'_>) -> Truth {
    if tested.open && !operands.any.is_empty() {
        return Truth::Unknown(Unknown::CutOff);
    }
    let text = tested.value.as_text();
    any(operands.any.iter().map(|template| {
        with_text(template, tested, |end| {
            if_whole(tested, || {
                let tail = text.len().checked_sub(end.len()).and_then(|at| text.get(at..));
                tail.is_some_and(|tail| if operands.ignore_case { tail.eq_ignore_ascii_case(end) } else { tail == end })
            })
        })
    }))
}
