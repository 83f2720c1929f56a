//! Where a scalar's content stands in the source, and how it is written.
//!
//! Invariant: the bounds lie within what the parser says of the scalar. Must never import a dialect.

use saphyr_parser::ScalarStyle;

use super::node::Style;

/// The style as the tree says it.
pub(super) fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

/// The bytes of a scalar's content: without quotes, block header, white space and comments around it.
pub(super) fn content_bounds(
    source: &str,
    text: &str,
    style: ScalarStyle,
    (start, end): (usize, usize),
) -> (usize, usize) {
    match style {
        ScalarStyle::Plain => (start, end),
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
            let inner = start + 1;
            let rest = source.as_bytes().get(inner..end).unwrap_or(&[]);
            let close = if style == ScalarStyle::SingleQuoted { close_single(rest) } else { close_double(rest) };
            (inner.min(end), inner.min(end) + close)
        }
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let written = source.get(start..end).unwrap_or("");
            let length = if written.starts_with(text) { text.len() } else { written.trim_end().len() };
            (start, start + length)
        }
    }
}

fn close_single(rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(quote) = rest.get(at..).and_then(|rest| memchr::memchr(b'\'', rest)) {
        at += quote;
        if rest.get(at + 1) != Some(&b'\'') {
            return at;
        }
        at += 2;
    }
    rest.len()
}

fn close_double(rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = rest.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if rest.get(at) == Some(&b'"') {
            return at;
        }
        at += 2;
    }
    rest.len()
}
