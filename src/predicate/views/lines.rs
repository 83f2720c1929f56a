//! Splitting field values: comma lists over several lines, white space, `name=value`.
//!
//! Invariant: linear in the input. Must never import another folder of this crate.

use std::borrow::Cow;

/// The bytes without spaces and tabs at their ends (RFC 9110 §5.6.3).
pub(super) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// The parts between a separator that stands outside quotes, trimmed. At least one.
pub(super) fn split_outside_quotes(text: &[u8], separator: u8) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            byte if *byte == separator && !quoted => {
                parts.push(trim(text.get(start..at).unwrap_or_default()));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(trim(text.get(start..).unwrap_or_default()));
    parts
}

/// The value of a field that may go over several lines (RFC 9110 §5.3).
pub(super) fn combined<'a>(lines: &[&'a [u8]]) -> Cow<'a, [u8]> {
    match lines {
        [line] => Cow::Borrowed(line),
        lines => Cow::Owned(lines.join(&b", "[..])),
    }
}

/// The members of a combined comma list, as Fetch's "get, decode, and split" gives them.
pub(super) fn comma_list(combined: &[u8]) -> Vec<&[u8]> {
    split_outside_quotes(combined, b',')
}

/// What stands before the first separator and, where there is one, after it, both trimmed.
pub(super) fn split_once(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(separator, text).and_then(|at| text.split_at_checked(at)) {
        Some((before, after)) => (trim(before), after.get(1..).map(trim)),
        None => (trim(text), None),
    }
}

/// Whether every byte may stand in a token (RFC 9110 §5.6.2), and there is one.
pub(super) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b))
}

/// The content of a token or a whole quoted-string (RFC 9110 §5.6.4); `None` where it is neither.
pub(super) fn unquote(bytes: &[u8]) -> Option<Vec<u8>> {
    if is_token(bytes) {
        return Some(bytes.to_vec());
    }
    let inner = bytes.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut content = Vec::with_capacity(inner.len());
    let mut rest = inner.iter();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'"' => return None,
            b'\\' => rest.next()?,
            other => other,
        };
        if *byte != b'\t' && byte.is_ascii_control() {
            return None;
        }
        content.push(*byte);
    }
    Some(content)
}

/// A number of digits alone; one that does not fit is the largest there is.
pub(super) fn digits(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |sum: i64, byte: &u8| sum.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
    Some(bytes.iter().fold(0, add))
}

/// The bytes as a lower-case text, invalid UTF-8 replaced.
pub(super) fn lower(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_ascii_lowercase()
}
