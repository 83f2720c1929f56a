//! The head of an answer, written out again.
//!
//! The order is the one in which Go's `net/http` writes a response: status line, `Connection: close`, framing, then the
//! fields by their canonical names. Invariant: equal answers give equal texts, whatever order their fields came in.
//! Must never import a folder above `expr`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;

use super::was_unpacked;
use crate::observation::{Exchange, Response};

/// How the body of an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing {
    /// Whether it came in chunks.
    pub chunked: bool,
    /// Its length, where the answer says or means one.
    pub length: Option<u64>,
    /// Whether the connection ends with it.
    pub closes: bool,
}

/// The framing of an answer.
pub fn framing(exchange: &Exchange, response: &Response) -> Framing {
    let unpacked = was_unpacked(exchange, response);
    let chunked = response
        .header("transfer-encoding")
        .last()
        .is_some_and(|coding| coding.to_ascii_lowercase().ends_with(b"chunked"));
    let said = response
        .header("content-length")
        .next()
        .and_then(|length| std::str::from_utf8(length).ok()?.trim().parse().ok());
    let bodiless = matches!(response.status, 100..=199 | 204 | 304);
    let length = match said {
        _ if chunked || unpacked => None,
        _ if bodiless => Some(0),
        said => said,
    };
    let closes = says_close(response) || (length.is_none() && !chunked && !unpacked && response.version != "HTTP/1.0");
    Framing { chunked, length, closes }
}

/// Whether the answer says that the connection ends, or comes from a time when it did.
pub(super) fn says_close(response: &Response) -> bool {
    let has = |token: &[u8]| {
        let mut lines = response.header("connection");
        lines.any(|line| line.split(|byte| *byte == b',').any(|word| word.trim_ascii().eq_ignore_ascii_case(token)))
    };
    has(b"close") || (response.version == "HTTP/1.0" && !has(b"keep-alive"))
}

/// Whether a field is told by the framing rather than by itself.
pub(super) fn is_framing(exchange: &Exchange, response: &Response, name: &[u8]) -> bool {
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    is("transfer-encoding")
        || is("trailer")
        || (is("connection") && says_close(response))
        || ((is("content-encoding") || is("content-length")) && was_unpacked(exchange, response))
        || (is("content-length") && response.header("transfer-encoding").next().is_some())
}

/// Status line and fields.
pub fn write(exchange: &Exchange, response: &Response) -> Bytes {
    let framing = framing(exchange, response);
    let mut out = Vec::with_capacity(response.head.len() + 64);
    out.extend_from_slice(response.version.as_bytes());
    out.push(b' ');
    out.extend_from_slice(format!("{:03} ", response.status).as_bytes());
    out.extend_from_slice(&reason(response));
    out.extend_from_slice(b"\r\n");
    let mut field = |name: &[u8], value: &[u8]| out.extend_from_slice(&[name, b": ", value, b"\r\n"].concat());
    if framing.closes {
        field(b"Connection", b"close");
    }
    let early = matches!(&*exchange.probe.method.0, "POST" | "PUT" | "PATCH");
    match framing.length {
        Some(length) if length > 0 || (early && allows_body(response)) => {
            field(b"Content-Length", length.to_string().as_bytes());
        }
        None if framing.chunked => field(b"Transfer-Encoding", b"chunked"),
        _ => {}
    }
    for (name, values) in by_name(exchange, response) {
        values.iter().for_each(|value| field(&name, value));
    }
    if framing.length == Some(0) && !early && allows_body(response) {
        field(b"Content-Length", b"0");
    }
    out.extend_from_slice(b"\r\n");
    out.into()
}

fn allows_body(response: &Response) -> bool {
    !matches!(response.status, 100..=199 | 204 | 304)
}

/// The reason phrase; where not even the blank before it was there, the code stands in for it.
fn reason(response: &Response) -> Cow<'_, [u8]> {
    let line = response.head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let bare = line.strip_suffix(b"\r").unwrap_or(line);
    if response.reason.is_empty() && !bare.ends_with(b" ") {
        Cow::Owned(response.status.to_string().into_bytes())
    } else {
        Cow::Borrowed(&response.reason)
    }
}

/// The fields by canonical name, each with its values in order; what the framing tells is left out.
fn by_name<'a>(exchange: &Exchange, response: &'a Response) -> BTreeMap<Vec<u8>, Vec<&'a [u8]>> {
    let mut fields: BTreeMap<Vec<u8>, Vec<&[u8]>> = BTreeMap::new();
    for header in &response.headers {
        let told = header.name.eq_ignore_ascii_case(b"content-length") || is_framing(exchange, response, &header.name);
        if !told && !header.name.is_empty() && header.name.iter().all(is_token) {
            fields.entry(canonical(&header.name)).or_default().push(header.value.trim_ascii());
        }
    }
    fields
}

/// A field name with capitals at the beginning and behind hyphens.
fn canonical(name: &[u8]) -> Vec<u8> {
    let mut upper = true;
    let mut out = name.to_vec();
    for byte in &mut out {
        *byte = if upper { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() };
        upper = *byte == b'-';
    }
    out
}

/// Characters of field names (RFC 9110 §5.6.2).
pub(super) fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}
