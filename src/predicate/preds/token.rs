//! Tokens of comma lists, as most header fields hold them (RFC 9110 §5.6.1).
//!
//! Must never import a folder above `expr`.

use std::ops::Range;

use super::operand::with_text;
use super::{OperandKind, PredSpec, TEXTS, Tested, any, unless_open};
use crate::base::Truth;
use crate::predicate::pred::Operands;

pub(super) const SPECS: &[PredSpec] = &[PredSpec {
    name: "has_token",
    operand: OperandKind::Texts,
    accepts: TEXTS,
    summary: "One of these is a member of the comma list, case ignored",
    example: "no-store",
}];

/// Members of a comma list, without the white space around them.
pub(super) fn members(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    text.split(|b| *b == b',').map(move |part| {
        let left = part.len() - part.trim_ascii_start().len();
        let first = start + left;
        start += part.len() + 1;
        first..first + part.trim_ascii().len()
    })
}

/// The member that is this token.
pub(super) fn find(text: &[u8], token: &[u8]) -> Option<Range<usize>> {
    let token = token.trim_ascii();
    members(text).find(|at| text.get(at.clone()).is_some_and(|member| member.eq_ignore_ascii_case(token)))
}

pub(super) fn has_token(operands: &Operands, tested: Tested<'_>) -> Truth {
    let text = tested.value.as_text();
    // The last member of a list that goes on may go on itself.
    let closed = if tested.open { memchr::memrchr(b',', &text) } else { Some(text.len()) };
    let closed = closed.and_then(|end| text.get(..end));
    let has = |token: &[u8]| closed.is_some_and(|list| find(list, token).is_some());
    any(operands.any.iter().map(|template| with_text(template, tested, |token| unless_open(has(token), tested))))
}
