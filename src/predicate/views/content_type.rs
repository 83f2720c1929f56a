//! `Content-Type` as browsers take it from a head (Fetch §2.2.2 "extract a MIME type", MIME Sniffing §4.4).
//!
//! Of several the last that is a type at all counts; a charset goes on to a later line of the same type that has none.
//! Invariant: linear in its input. Must never import a folder of this crate but `base`.

use super::lines::{combined, comma_list, is_token, lower};
use super::record::Record;
use super::spec::{Shape, ViewSpec, field};
use crate::base::Value;

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "content_type",
    summary: "What browsers make of `Content-Type`.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field("valid", Shape::Bool, "Whether browsers find a type in it; absent without the field."),
        field("essence", Shape::Text, "Type and subtype in lower case (`text/html`); absent unless valid."),
        field("charset", Shape::Text, "The charset as written, in lower case; absent where not given."),
        field(
            "encoding",
            Shape::Text,
            "The encoding that browsers take the charset for (`windows-1252` for `latin1`); absent where they know none.",
        ),
    ],
};

/// A type with what matters of its parameters.
struct Mime {
    essence: String,
    charset: Option<Vec<u8>>,
}

/// The view of these field lines.
pub fn content_type(lines: &[&[u8]]) -> Value {
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    if !lines.is_empty() {
        let found = extract(&combined(lines));
        view.set("valid", found.is_some());
        if let Some(mime) = found {
            let label = mime.charset.as_deref();
            let encoding = label.and_then(encoding_rs::Encoding::for_label);
            view.set("essence", mime.essence);
            view.set_some("charset", label.map(lower));
            view.set_some("encoding", encoding.map(|encoding| encoding.name().to_ascii_lowercase()));
        }
    }
    view.build()
}

/// The type that browsers take these lines for, without its parameters and in lower case.
pub fn essence(lines: &[&[u8]]) -> Option<String> {
    extract(&combined(lines)).map(|mime| mime.essence)
}

/// The last type of a list.
fn extract(combined: &[u8]) -> Option<Mime> {
    let mut found: Option<Mime> = None;
    for value in comma_list(combined) {
        let Some(mut mime) = parse(value).filter(|mime| mime.essence != "*/*") else { continue };
        if let Some(earlier) = found.filter(|earlier| earlier.essence == mime.essence) {
            mime.charset = mime.charset.or(earlier.charset);
        }
        found = Some(mime);
    }
    found
}

fn parse(value: &[u8]) -> Option<Mime> {
    let end = memchr::memchr(b';', value).unwrap_or(value.len());
    let (essence, mut rest) = value.split_at_checked(end)?;
    let essence = essence.trim_ascii();
    let (kind, name) = essence.split_at_checked(memchr::memchr(b'/', essence)?)?;
    let name = name.get(1..)?;
    if !is_token(kind) || !is_token(name) {
        return None;
    }
    let mut mime = Mime { essence: lower(essence), charset: None };
    while let [b';', after @ ..] = rest {
        let (name, value, next) = parameter(after.trim_ascii_start());
        let is_first = mime.charset.is_none() && name.eq_ignore_ascii_case(b"charset");
        mime.charset = value.filter(|_| is_first).or(mime.charset);
        rest = next;
    }
    Some(mime)
}

/// A parameter's name, its value, and what follows from the next semicolon.
fn parameter(text: &[u8]) -> (&[u8], Option<Vec<u8>>, &[u8]) {
    let end = memchr::memchr2(b';', b'=', text).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
    let Some(value) = rest.strip_prefix(b"=") else { return (name, None, rest) };
    let next = |from: &'_ [u8]| memchr::memchr(b';', from).unwrap_or(from.len());
    if let Some(quoted) = value.strip_prefix(b"\"") {
        let (content, length) = quoted_string(quoted);
        let after = quoted.get(length..).unwrap_or_default();
        return (name, Some(content), after.get(next(after)..).unwrap_or_default());
    }
    let (plain, after) = value.split_at_checked(next(value)).unwrap_or((value, &[]));
    let plain = plain.trim_ascii_end();
    let is_text = !plain.is_empty() && plain.iter().all(|byte| *byte == b'\t' || !byte.is_ascii_control());
    (name, is_text.then(|| plain.to_vec()), after)
}

/// The content of a quoted string after its opening quote, and the bytes that it takes; it may end without a quote.
fn quoted_string(text: &[u8]) -> (Vec<u8>, usize) {
    let mut content = Vec::new();
    let mut bytes = text.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return (content, at + 1),
            b'\\' => content.push(bytes.next().map_or(b'\\', |(_, byte)| *byte)),
            byte => content.push(*byte),
        }
    }
    (content, text.len())
}
