//! Where the markers of a text are, and what each stands for.
//!
//! A name's marker is the innermost pair of braces that are next to each other; an expression's ends at the first pair
//! of closing braces outside its texts. Where the two overlap, the expression holds the name. Invariant: parts are in
//! order and cover the text; there are none where the text has no marker. Must never import a folder above `base`.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::bytes::Regex;

use super::ast::{Marker, Part};
use super::error::DslError;
use super::parser;
use crate::base::Limits;

/// Openings of braces that are looked at for expressions.
const MOST: usize = 250;
const OPEN: &str = "{{";
const CLOSE: &str = "}}";
const SECTION: &str = "§";
/// What stands for a name out of band, encoded.
const ENCODED_OPEN: &str = "%7B%7B";

/// Whether a text cannot hold a marker.
pub(super) fn none(source: &str) -> bool {
    !source.contains(OPEN) && !source.contains(SECTION) && !source.contains("%7")
}

/// The parts of a text; none where it has no marker and leaves nothing open.
pub(super) fn parts(source: &str, limits: &Limits) -> Result<Vec<Part>, DslError> {
    if none(source) {
        return Ok(Vec::new());
    }
    let markers = with_names(source, expressions(source, limits)?);
    let literal = markers.is_empty() && leftovers(source.as_bytes()).is_empty();
    Ok(if literal { Vec::new() } else { divided(source, markers) })
}

/// The parts of a text whose markers are names of variables alone; none where it has no marker.
pub(super) fn name_parts(source: &str, _limits: &Limits) -> Result<Vec<Part>, DslError> {
    let markers = if none(source) { Vec::new() } else { with_names(source, Vec::new()) };
    Ok(if markers.is_empty() { Vec::new() } else { divided(source, markers) })
}

/// Markers, and those that are names and overlap none of them.
fn with_names(source: &str, mut markers: Vec<Marker>) -> Vec<Marker> {
    for (at, key) in names(source).into_iter().chain(sections(source)).chain(encoded(source)) {
        let apart = |marker: &Marker| at.end <= marker.at.start || marker.at.end <= at.start;
        if markers.iter().all(apart) {
            markers.push(Marker { at, key, expr: None });
        }
    }
    markers.sort_by_key(|marker| marker.at.start);
    markers
}

/// The text cut at its markers.
fn divided(source: &str, markers: Vec<Marker>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut end = 0;
    for marker in markers {
        if end < marker.at.start {
            parts.push(Part::Literal(end..marker.at.start));
        }
        end = marker.at.end;
        parts.push(Part::Marker(marker));
    }
    if end < source.len() {
        parts.push(Part::Literal(end..source.len()));
    }
    parts
}

/// Markers that are expressions.
fn expressions(source: &str, limits: &Limits) -> Result<Vec<Marker>, DslError> {
    let mut found = Vec::new();
    let mut pos = 0;
    for _ in 0..=MOST {
        let Some(open) = find(source, OPEN, pos) else { break };
        let begin = open + OPEN.len();
        pos = begin;
        let Some(close) = closing(source, begin) else { continue };
        let inner = source.get(begin..close).unwrap_or_default();
        match parser::parse(inner, Some(name_parts), limits) {
            Ok(expr) => {
                pos = close + CLOSE.len();
                found.push(Marker { at: open..pos, key: inner.into(), expr: Some(expr) });
            }
            Err(DslError::RefusedFunction(name)) => return Err(DslError::RefusedFunction(name)),
            Err(_) => {}
        }
    }
    Ok(found)
}

/// The first closing braces outside texts and brackets.
fn closing(source: &str, begin: usize) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut within: Option<u8> = None;
    let mut pos = begin;
    while let Some(byte) = bytes.get(pos) {
        match (within, byte) {
            (_, b'\\') => pos += 1,
            (Some(end), byte) if *byte == end => within = None,
            (None, b'\'' | b'"') => within = Some(*byte),
            (None, b'[') => within = Some(b']'),
            (None, b'}') if bytes.get(pos + 1) == Some(&b'}') => return Some(pos),
            _ => {}
        }
        pos += 1;
    }
    None
}

/// Markers that may be names.
fn names(source: &str) -> Vec<(Range<usize>, Arc<str>)> {
    let mut found = Vec::new();
    let mut pos = 0;
    while let Some(open) = find(source, OPEN, pos) {
        let begin = open + OPEN.len();
        let Some(close) = find(source, CLOSE, begin) else { break };
        let tag = source.get(begin..close).unwrap_or_default();
        let begin = tag.rfind(OPEN).map_or(begin, |inner| begin + inner + OPEN.len());
        pos = close + CLOSE.len();
        found.push((begin - OPEN.len()..pos, source.get(begin..close).unwrap_or_default().into()));
    }
    found
}

/// Markers between section signs.
fn sections(source: &str) -> Vec<(Range<usize>, Arc<str>)> {
    let mut found = Vec::new();
    let mut pos = 0;
    while let Some(open) = find(source, SECTION, pos) {
        let begin = open + SECTION.len();
        let Some(close) = find(source, SECTION, begin) else { break };
        pos = close + SECTION.len();
        found.push((open..pos, source.get(begin..close).unwrap_or_default().into()));
    }
    found
}

/// Names out of band whose braces are percent-encoded.
fn encoded(source: &str) -> Vec<(Range<usize>, Arc<str>)> {
    static ENCODED: LazyLock<Option<regex::Regex>> =
        LazyLock::new(|| regex::Regex::new("(?i:%7B%7B)(interactsh-url(?:_[0-9]+){0,3})(?i:%7D%7D)").ok());
    if !source.to_ascii_uppercase().contains(ENCODED_OPEN) {
        return Vec::new();
    }
    let found = ENCODED.iter().flat_map(|regex| regex.captures_iter(source));
    found.filter_map(|found| Some((found.get(0)?.range(), found.get(1)?.as_str().into()))).collect()
}

fn find(source: &str, what: &str, from: usize) -> Option<usize> {
    source.get(from..)?.find(what).map(|at| at + from)
}

/// What stands between braces in a text that is ready to be sent, as one or more unknown variables would leave it.
/// Sums of numbers and expressions without variables do not count: they are meant for the service.
pub fn leftovers(text: &[u8]) -> Vec<Arc<str>> {
    static OPEN_MARKER: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?-u)(?:%7[B|b]|\{){2}([^}]+)(?:%7[D|d]|\}){2}").ok());
    if memchr::memmem::find(text, b"{{").is_none() && memchr::memmem::find(text, b"%7").is_none() {
        return Vec::new();
    }
    let found = OPEN_MARKER.iter().flat_map(|regex| regex.captures_iter(text));
    let inner = found.filter_map(|found| found.get(1)).map(|inner| inner.as_bytes());
    let open = inner.filter(|inner| inner.iter().any(|byte| byte.is_ascii_alphabetic() || *byte == b'_'));
    open.map(String::from_utf8_lossy).filter(|inner| !is_constant(inner)).map(Into::into).collect()
}

/// Whether it is an expression that reads no variable.
fn is_constant(inner: &str) -> bool {
    parser::parse(inner, None, &Limits::default()).is_ok_and(|expr| expr.names.is_empty())
}
