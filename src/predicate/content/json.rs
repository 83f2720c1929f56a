//! JSON: bodies to documents, and nodes to values.
//!
//! Bodies are read as UTF-8 with replacement, as browsers read JSON (Fetch §5.3). Invariant: what a document or a value
//! costs is bounded before it is built. Must never import a folder above `expr`.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value as Json;

use crate::base::{Unknown, Value};

/// Separators that a body may hold, and so, roughly, nodes of its document.
const NODES: usize = 500_000;

/// A body read as JSON.
#[derive(Debug)]
pub(in crate::predicate) enum JsonBody {
    /// A document.
    Document(Json),
    /// Not JSON.
    Other,
    /// It could not be told: cut off, nested too deeply or too large.
    Unknown(Unknown),
}

/// Bytes that the document of a body takes, roughly; known before it is built, and none where there will be no document.
pub(in crate::predicate) fn cost(body: &[u8]) -> usize {
    if !begins_like_json(without_mark(body)) {
        return 0;
    }
    let nodes = memchr::memchr2_iter(b',', b'[', body).count() + 4 * memchr::memchr_iter(b'{', body).count();
    body.len() + VALUE * nodes.min(4 * NODES)
}

/// Reads a body.
pub(in crate::predicate) fn parse(body: &[u8], truncated: bool) -> JsonBody {
    let body = without_mark(body);
    if !begins_like_json(body) {
        let undecided = truncated && body.trim_ascii().is_empty();
        return if undecided { JsonBody::Unknown(Unknown::CutOff) } else { JsonBody::Other };
    }
    if body.len() > NODES && body.iter().filter(|b| matches!(b, b',' | b'{' | b'[')).count() > NODES {
        return JsonBody::Unknown(Unknown::Expression);
    }
    match serde_json::from_str(&String::from_utf8_lossy(body)) {
        // What is complete here may go on and become something else, or nothing.
        Ok(_) if truncated => JsonBody::Unknown(Unknown::CutOff),
        Ok(document) => JsonBody::Document(document),
        Err(error) if truncated && error.is_eof() => JsonBody::Unknown(Unknown::CutOff),
        Err(error) if error.to_string().starts_with("recursion limit") => JsonBody::Unknown(Unknown::Expression),
        Err(_) => JsonBody::Other,
    }
}

/// A body without its byte order mark.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn begins_like_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'))
}

/// Bytes that the values made of one answer's nodes may take together, roughly.
pub(in crate::predicate) const BUDGET: usize = 32 << 20;
/// Bytes of a value without its text, roughly.
const VALUE: usize = 64;

/// A node as a value: scalars keep their text, objects become maps, arrays lists. `budget` counts down the bytes; `None`
/// where it runs out.
pub(in crate::predicate) fn to_value(node: &Json, budget: &mut usize) -> Option<Value> {
    let text = match node {
        Json::String(text) => text.len(),
        Json::Object(members) => members.keys().map(String::len).sum(),
        _ => 0,
    };
    *budget = budget.checked_sub(VALUE + text)?;
    Some(match node {
        Json::Null => Value::Text(Bytes::from_static(b"null")),
        Json::Bool(yes) => Value::Bool(*yes),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(float)) if !number.is_u64() => Value::Float(float),
            _ => Value::from(number.to_string()),
        },
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::List(items.iter().map(|item| to_value(item, budget)).collect::<Option<_>>()?),
        Json::Object(members) => {
            let fields = members.iter().map(|(key, node)| Some((Arc::from(key.as_str()), to_value(node, budget)?)));
            Value::Map(fields.collect::<Option<_>>()?)
        }
    })
}

/// A value as a JSON node, for queries over items. Texts that are not UTF-8 are replaced.
pub(in crate::predicate) fn from_value(value: &Value) -> Json {
    match value {
        Value::Bool(yes) => Json::Bool(*yes),
        Value::Int(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::Text(_) | Value::Time(_) => Json::String(value.to_text_lossy()),
        Value::List(items) => Json::Array(items.iter().map(from_value).collect()),
        Value::Map(fields) => Json::Object(fields.iter().map(|(key, v)| (key.to_string(), from_value(v))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_body_is_unknown_unless_it_cannot_be_json() {
        let kind = |body: &str, cut| match parse(body.as_bytes(), cut) {
            JsonBody::Document(_) => "document",
            JsonBody::Other => "other",
            JsonBody::Unknown(_) => "unknown",
        };
        for (body, whole, cut) in [
            ("{\"a\":1}", "document", "unknown"),
            ("{\"a\":1", "other", "unknown"),
            ("{\"a\" 1", "other", "other"),
            ("<html>", "other", "other"),
            ("", "other", "unknown"),
            ("[tru", "other", "unknown"),
            ("[1.", "other", "unknown"),
        ] {
            assert_eq!((kind(body, false), kind(body, true)), (whole, cut), "{body}");
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = "[".repeat(100_000);
        assert!(matches!(parse(deep.as_bytes(), false), JsonBody::Unknown(Unknown::Expression)));
        let wide = format!("[{}0]", "0,".repeat(NODES + 1));
        assert!(matches!(parse(wide.as_bytes(), false), JsonBody::Unknown(Unknown::Expression)));
    }
}
