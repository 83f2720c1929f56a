//! The `integrity` attribute (SRI §3.2 and §3.3).
//!
//! Invariant: `good` only where browsers compare, and some digest can match. Must never import a folder above `expr`.

use crate::predicate::views::digest::{ALGORITHMS, bytes_of, digits_of};

/// What browsers make of the attribute.
pub(super) const VERDICTS: [&str; 3] = ["good", "ignored", "impossible"];

/// One of [`VERDICTS`]; `None` where there is nothing in the attribute. Only digests of the strongest algorithm count.
pub(super) fn verdict(attribute: &str) -> Option<&'static str> {
    let mut tokens = attribute.split_ascii_whitespace().peekable();
    tokens.peek()?;
    let known = tokens.filter_map(|token| {
        let token = token.split('?').next().unwrap_or_default();
        let (name, digest) = token.split_once('-').unwrap_or((token, ""));
        let at = ALGORITHMS.iter().position(|(known, _)| name.eq_ignore_ascii_case(known))?;
        Some((at, digest))
    });
    let known: Vec<(usize, &str)> = known.collect();
    let Some(strongest) = known.iter().map(|(at, _)| *at).max() else { return Some("ignored") };
    let bytes = ALGORITHMS.get(strongest).map_or(0, |(_, bytes)| *bytes);
    let fits = known.iter().any(|(at, digest)| *at == strongest && is_digest(digest, bytes));
    Some(if fits { "good" } else { "impossible" })
}

/// Whether a text is the base64 of so many bytes.
fn is_digest(text: &str, bytes: usize) -> bool {
    digits_of(text.as_bytes()).and_then(bytes_of) == Some(bytes)
}
