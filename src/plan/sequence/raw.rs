//! Raw requests: a request written as text.
//!
//! The text is read as loosely as templates need it: the words of its first line, lines up to an empty one as fields of
//! which the last of a name counts, the rest as the body, without one line break at its end unless it is multipart.
//! What stands for the HTTP version is not looked at. A line without a colon is a field with the value of the line
//! before. Invariant: whatever the text is, reading it neither fails otherwise than as an error nor costs more than its
//! length. Must never import a folder above `target`.

use bytes::Bytes;

use super::path::{fill, method};
use super::vars::split_path;
use super::{StepContext, StepError, check_resolved};
use crate::plan::client::{Address, Body, Draft, cut, decode};
use crate::plan::head::is_token;
use crate::rule::sequence::{HttpBlock, RawStep};

/// A request as its text says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) method: String,
    /// The second word of the first line; empty where it is missing.
    pub(super) path: Bytes,
    pub(super) fields: Vec<(String, Bytes)>,
    pub(super) body: Bytes,
}

/// Reads the text of a request; `loosely`: one whose first line may lack its last word.
///
/// # Errors
/// Where the first line does not end, or has too few words.
pub(super) fn read(text: &Bytes, loosely: bool) -> Result<Written, StepError> {
    let mut rest = &text[..];
    let line = loop {
        let Some(end) = memchr::memchr(b'\n', rest) else {
            return Err(StepError::Malformed("the request has no line that ends".into()));
        };
        let line = rest.get(..end).unwrap_or_default();
        rest = rest.get(end + 1..).unwrap_or_default();
        if !line.starts_with(b"@") {
            break line;
        }
    };
    let (method, path) = first_line(line, loosely)?;
    let (fields, body) = read_fields(text, rest);
    Ok(Written { method, path: text.slice_ref(path), fields, body })
}

fn first_line(line: &[u8], loosely: bool) -> Result<(String, &[u8]), StepError> {
    let words: Vec<&[u8]> = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    let method = |word: &[u8]| String::from_utf8_lossy(word).into_owned();
    match words.as_slice() {
        [] => Ok((String::new(), b"")),
        [first, second] if memchr::memmem::find(second, b"HTTP").is_some() => Ok((method(first), b"")),
        [first, second] if loosely => Ok((method(first), second)),
        [_] | [_, _] => {
            let shown = String::from_utf8_lossy(line).trim().to_owned();
            Err(StepError::Malformed(format!("`{shown}` is no request line")))
        }
        [first, second, ..] => Ok((method(first), second)),
    }
}

fn read_fields(text: &Bytes, mut rest: &[u8]) -> (Vec<(String, Bytes)>, Bytes) {
    let mut fields = Vec::new();
    let (mut value, mut multipart) = (&b""[..], false);
    loop {
        let end = memchr::memchr(b'\n', rest);
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().trim_ascii();
        rest = end.and_then(|end| rest.get(end + 1..)).unwrap_or_default();
        if line.is_empty() {
            break;
        }
        let (name, after) = cut(line, b':');
        if name.len() < line.len() {
            value = after;
        }
        let name = String::from_utf8_lossy(name).into_owned();
        multipart |= name.contains("Content-Type") && memchr::memmem::find(value, b"multipart/").is_some();
        fields.push((name, text.slice_ref(value.trim_ascii())));
        if end.is_none() {
            break;
        }
    }
    let body = if multipart { rest } else { rest.strip_suffix(b"\r\n").unwrap_or(rest) };
    (fields, text.slice_ref(body))
}

/// The request of a text.
pub(super) fn draft(block: &HttpBlock, raw: &RawStep, cx: &StepContext<'_>) -> Result<Draft, StepError> {
    let text = raw.text.render(cx.env).bytes;
    let written = read(&text, false)?;
    if let Some((name, _)) = written.fields.iter().find(|(name, _)| !name.is_empty() && !is_token(name.as_bytes())) {
        return Err(StepError::Unsendable(format!("`{name}` is no field name")));
    }
    check_resolved(&text, cx)?;
    let (base, query) = split_path(&cx.endpoint.path);
    let base = if block.joins_paths { base } else { "" };
    let path = if written.path == "/" { &b""[..] } else { &written.path };
    let path = match path.starts_with(b"http") {
        true => below_origin(path),
        false => path.to_vec(),
    };
    let mut url = cx.host.origin.to_string().into_bytes();
    url.extend_from_slice(&join(base.as_bytes(), &path));
    let address = Address::parse(&url)?.with_query_before(query.as_bytes());
    let body = if written.body.is_empty() { Body::Empty } else { Body::Bytes(written.body) };
    let mut draft = Draft { method: method(&written.method)?, address, host: None, fields: Vec::new(), body };
    fill(&mut draft, written.fields, block, cx)?;
    Ok(draft)
}

/// What stands behind the origin of a URL; its path decoded, as far as it can be.
fn below_origin(url: &[u8]) -> Vec<u8> {
    let Some(rest) = url.strip_prefix(b"http://").or_else(|| url.strip_prefix(b"https://")) else {
        return url.to_vec();
    };
    let end = rest.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(rest.len());
    let rest = rest.get(end..).unwrap_or_default();
    let at = rest.iter().position(|byte| b"?#".contains(byte)).unwrap_or(rest.len());
    let (path, query) = rest.split_at(at);
    [&decode(path).unwrap_or_else(|| path.to_vec()), query].concat()
}

/// The target's path with that of a raw request behind it; where one is the beginning or the end of the other, once.
pub(super) fn join(base: &[u8], path: &[u8]) -> Vec<u8> {
    let at = path.iter().position(|byte| b"?#".contains(byte)).unwrap_or(path.len());
    let (path, query) = path.split_at(at);
    let slash: &[u8] = if path.is_empty() || path.starts_with(b"/") { b"" } else { b"/" };
    let path = [slash, path].concat();
    let path: &[u8] = match base.ends_with(b"/") {
        true => path.get(path.iter().position(|byte| *byte != b'/').unwrap_or(path.len())..).unwrap_or_default(),
        false => &path,
    };
    let joined = match () {
        () if base.is_empty() => path.to_vec(),
        () if path.is_empty() || base.ends_with(path) => base.to_vec(),
        () if path.starts_with(base) => path.to_vec(),
        () => [base, path].concat(),
    };
    [joined, query.to_vec()].concat()
}
