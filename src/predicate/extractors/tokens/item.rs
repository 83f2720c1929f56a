//! A token as an item: its fields.
//!
//! Owns what is read out of a token offline: the claims of a JSON Web Token, JSON, base64, the name it is assigned to.
//! Invariant: an item's hash depends on the token alone, and what a field decodes is bounded. Must never import a folder
//! above `expr`.

use std::ops::Range;
use std::sync::Arc;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use ring::hmac;

use super::context::context;
use crate::base::Value;
use crate::predicate::answer::Answer;
use crate::predicate::content::json::to_value;
use crate::predicate::tokens::{TokenSource, TokenText};

/// Bytes of the values made of one token's JSON, roughly.
const JSON: usize = 1 << 20;
/// Bytes before a token in which the name stands that it is assigned to.
const NAME: usize = 160;

/// Fields that hold whatever the token says: paths below them are free.
pub const OPEN: [&str; 3] = ["jwt", "json", "base64_json"];

/// A token that was found.
pub(super) struct Token<'t> {
    /// The text that holds it.
    pub text: &'t TokenText,
    /// Where in that text it stands.
    pub at: Range<usize>,
    /// Where in the text what matched the rule's regex stands.
    pub matched: Range<usize>,
    /// Its bytes in the body.
    pub served: Range<usize>,
    /// Its named groups.
    pub groups: Vec<(Arc<str>, Range<usize>)>,
}

/// The item of a token.
pub(super) fn item(source: &TokenSource, answer: &Answer, token: &Token<'_>) -> Value {
    let text = token.text.text();
    let part = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let value = part(&token.at);
    let near = token.at.start.saturating_sub(source.near)..(token.at.end + source.near).min(text.len());
    let number = |at: usize| Value::Int(i64::try_from(at).unwrap_or(i64::MAX));
    let origin = token.text.origin(&token.at);
    let mut fields: Vec<(Arc<str>, Value)> = vec![
        ("value".into(), Value::text(value)),
        ("hash".into(), Value::from(hash(value))),
        ("near".into(), Value::text(part(&near))),
        ("offset".into(), number(token.served.start)),
        ("length".into(), number(token.served.len())),
        ("view".into(), Value::from(token.text.view())),
        ("context".into(), Value::from(context(answer, &token.served, origin.is_some()))),
    ];
    let name = name_of(text, token.at.start).or_else(|| name_of(text, token.matched.start));
    fields.extend(name.map(|name| ("name".into(), Value::text(name))));
    if let Some((name, line)) = origin {
        fields.push(("source".into(), Value::from(name)));
        fields.push(("source_line".into(), number(line)));
    }
    let parts: Vec<&[u8]> = std::iter::once(value).chain(token.groups.iter().map(|(_, at)| part(at))).collect();
    fields.extend(read(&parts, jwt).map(|jwt| ("jwt".into(), jwt)));
    fields.extend(read(&parts, json).map(|json| ("json".into(), json)));
    if let Some(bytes) = parts.iter().find_map(|part| base64(part)) {
        fields.extend(json(&bytes).map(|json| ("base64_json".into(), json)));
        fields.push(("base64".into(), Value::text(bytes)));
    }
    fields.extend(token.groups.iter().map(|(name, at)| (Arc::clone(name), Value::text(part(at)))));
    Value::map(fields)
}

/// What tells tokens apart without telling them: 16 hexadecimal digits of an HMAC under a key of our own, so that no table
/// of hashes made for another purpose knows it.
pub(super) fn hash(token: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"outsight token 1");
    let tag = hmac::sign(&key, token);
    HEXLOWER.encode(tag.as_ref().get(..8).unwrap_or_default())
}

fn read(parts: &[&[u8]], of: impl Fn(&[u8]) -> Option<Value>) -> Option<Value> {
    parts.iter().find_map(|part| of(part))
}

/// Header and claims of a JSON Web Token (RFC 7519), its signature unchecked.
fn jwt(token: &[u8]) -> Option<Value> {
    let mut parts = token.split(|byte| *byte == b'.');
    let (header, claims) = (part(parts.next()?)?, part(parts.next()?)?);
    parts.next().map(|_| Value::map([("header", header), ("claims", claims)]))
}

/// A part of a JSON Web Token: an object.
fn part(text: &[u8]) -> Option<Value> {
    json(&BASE64URL_NOPAD.decode(text).ok()?)
}

/// An object or array.
fn json(text: &[u8]) -> Option<Value> {
    if !matches!(text.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return None;
    }
    to_value(&serde_json::from_slice(text).ok()?, &mut { JSON })
}

/// What base64 of either alphabet says, where that is text.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    let bare = text.get(..end).filter(|bare| bare.len() >= 8)?;
    let of_url = bare.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let bytes = if of_url { BASE64URL_NOPAD.decode(bare) } else { BASE64_NOPAD.decode(bare) }.ok()?;
    std::str::from_utf8(&bytes).is_ok_and(|text| !text.chars().any(|char| char == '\0')).then_some(bytes)
}

/// The name that what begins there is assigned to: `NAME = "…`, `"name": "…`, `name=…`.
fn name_of(text: &[u8], at: usize) -> Option<&[u8]> {
    let blank = |byte: u8| matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b' ' | b'\t');
    let before = trim_end(text.get(at.saturating_sub(NAME)..at)?, blank);
    let arrow = before.strip_suffix(b"=>");
    let (before, is_arrow) = (arrow.unwrap_or(before), arrow.is_some());
    let named = trim_end(before, |byte| matches!(byte, b'=' | b':'));
    let has_sign = named.len() < before.len() || is_arrow;
    let named = trim_end(named, |byte| blank(byte) || byte == b']');
    let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$' | b'.');
    let length = named.iter().rev().take_while(|byte| of_name(byte)).count();
    named.get(named.len() - length..).filter(|name| has_sign && !name.is_empty())
}

fn trim_end(text: &[u8], of: impl Fn(u8) -> bool) -> &[u8] {
    let end = text.iter().rposition(|byte| !of(*byte)).map_or(0, |at| at + 1);
    text.get(..end).unwrap_or_default()
}
