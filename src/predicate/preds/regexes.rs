//! Regexes over bytes, and how often they match.
//!
//! Invariant: what is told of a text that goes on does not depend on where it was cut: a match that touches the cut may
//! become another one. Must never import a folder above `expr`.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::{OperandKind, PredSpec, TEXTS, Tested, any, falsity};
use crate::base::{Truth, Unknown};
use crate::predicate::pattern::BytePattern;

pub(super) const SPECS: &[PredSpec] = &[PredSpec {
    name: "matches",
    operand: OperandKind::Regexes,
    accepts: TEXTS,
    summary: "One of these regexes matches somewhere (Rust's syntax, over bytes, never a template)",
    example: r"'\bat [\w.$]+\('",
}];

/// Bytes that an assertion looks ahead: one character.
const LOOKAHEAD: usize = 4;

pub(super) fn matches(patterns: &[BytePattern], times: u32, tested: Tested<'_>) -> Truth {
    let text = tested.value.as_text();
    any(patterns.iter().map(|pattern| match pattern.regex() {
        Err(_) => Truth::Unknown(Unknown::Expression),
        Ok(regex) if tested.open => matches_open(pattern, regex, times, &text),
        Ok(regex) if times <= 1 => Truth::from(regex.is_match(&text)),
        Ok(regex) => Truth::from(regex.find_iter(&text).take(times as usize).count() == times as usize),
    }))
}

/// As [`matches`], of a text that goes on.
fn matches_open(pattern: &BytePattern, regex: &regex::bytes::Regex, times: u32, text: &[u8]) -> Truth {
    let Some(hir) = pattern.hir() else { return Truth::Unknown(Unknown::Expression) };
    let ahead = if hir.properties().look_set().iter().any(looks_ahead) { LOOKAHEAD } else { 0 };
    let last_end = text.len().saturating_sub(ahead);
    if times <= 1 {
        // With more text the same bytes still match, if no assertion stood at the cut.
        let stands = regex.find_iter(text).any(|found| found.end() <= last_end);
        return if stands { Truth::True } else { falsity(true) };
    }
    let Some(stable) = stable_length(&hir, text) else { return falsity(true) };
    let count = regex.find_iter(text).take_while(|found| found.start() < stable && found.end() <= last_end).count();
    if count >= times as usize { Truth::True } else { falsity(true) }
}

/// Up to where matches begin that no further text can change; `None` where any could.
fn stable_length(hir: &Hir, text: &[u8]) -> Option<usize> {
    let by_length =
        hir.properties().maximum_len().map(|longest| text.len().saturating_sub(longest.saturating_add(LOOKAHEAD)));
    let by_line = if may_cross_line(hir) { None } else { memchr::memrchr(b'\n', text) };
    by_length.max(by_line)
}

/// Whether a match can hold a line feed.
fn may_cross_line(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(Class::Bytes(class)) => class.iter().any(|range| range.start() <= b'\n' && b'\n' <= range.end()),
        HirKind::Class(Class::Unicode(class)) => class.iter().any(|range| range.start() <= '\n' && '\n' <= range.end()),
        HirKind::Repetition(repetition) => may_cross_line(&repetition.sub),
        HirKind::Capture(capture) => may_cross_line(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(may_cross_line),
    }
}

/// Whether an assertion looks at what comes next.
fn looks_ahead(look: Look) -> bool {
    !matches!(look, Look::Start | Look::StartLF)
}
