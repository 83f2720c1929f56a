//! What stands next to a token.
//!
//! Invariant: looks at a bounded number of bytes. Must never import a folder above `expr`.

use std::ops::Range;

use crate::predicate::tokens::Boundary;

/// A run of base64 that is so much longer than the token in it is a blob that holds it by chance.
const BLOB: usize = 256;

/// Whether a token's neighbours are what the rule asks for.
pub(super) fn holds(boundary: Boundary, text: &[u8], at: &Range<usize>) -> bool {
    match boundary {
        Boundary::None => true,
        Boundary::Token => stands_alone(text, at),
        Boundary::Quoted => is_quoted(text, at),
    }
}

/// Whether the bytes next to it are none that could belong to it, and it is no part of a blob.
fn stands_alone(text: &[u8], at: &Range<usize>) -> bool {
    let belongs = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let before = at.start.checked_sub(1).and_then(|place| text.get(place));
    // `\n` and the like in a text that is not unescaped end with a letter.
    let escaped = at.start >= 2
        && text.get(at.start - 2) == Some(&b'\\')
        && before.is_some_and(|byte| matches!(byte, b'n' | b'r' | b't'));
    (escaped || !belongs(before)) && !belongs(text.get(at.end)) && !is_in_blob(text, at)
}

/// Whether it stands in a long run of base64.
fn is_in_blob(text: &[u8], at: &Range<usize>) -> bool {
    let of_run = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let before = text.get(at.start.saturating_sub(BLOB)..at.start).unwrap_or_default();
    let after = text.get(at.end..(at.end + BLOB).min(text.len())).unwrap_or_default();
    let run = before.iter().rev().take_while(|b| of_run(b)).count() + after.iter().take_while(|b| of_run(b)).count();
    run >= BLOB
}

/// Whether it is all of what stands in quotation marks, which may be escaped.
fn is_quoted(text: &[u8], at: &Range<usize>) -> bool {
    let quote = at.start.checked_sub(1).and_then(|place| text.get(place));
    let Some(quote) = quote.filter(|byte| matches!(byte, b'"' | b'\'' | b'`')) else { return false };
    let slashes = |bytes: &[u8]| bytes.iter().take_while(|byte| **byte == b'\\').count();
    let before = text.get(..at.start - 1).unwrap_or_default();
    let before = before.iter().rev().take(8).take_while(|byte| **byte == b'\\').count();
    let after = text.get(at.end..(at.end + 8).min(text.len())).unwrap_or_default();
    slashes(after) == before && after.get(before) == Some(quote)
}
