//! JSON, and tokens that carry it.
//!
//! Objects are written with their keys in order, numbers as doubles, and `<`, `>` and `&` escaped. Must never import a
//! folder above `expr`.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value as Json;

use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;
use crate::dsl::numbers;
use crate::expr::functions::hashes::{self, Hash};

/// What one level of an object is indented by.
const INDENT: &str = "    ";

pub(super) const FUNCTIONS: &[Function] = &[
    function("json_minify", |call| {
        call.takes(1..=1)?;
        let json = object(call)?;
        let mut out = String::new();
        write(&json, &mut out);
        call.made(out)
    }),
    function("json_prettify", prettify),
    function("generate_jwt", generate_jwt),
];

/// The object that the first argument tells; `null` will do.
fn object(call: &mut Call<'_, '_>) -> Result<Json, EvalError> {
    let text = call.string(0)?;
    call.charge(text.len() / 4)?;
    match serde_json::from_slice::<Json>(&text) {
        Ok(json @ (Json::Object(_) | Json::Null)) => Ok(json),
        _ => call.fail("the text is no JSON object"),
    }
}

/// Writes a value. The parser bounds how deep it nests.
fn write(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Json::Number(number) => out.push_str(&double(number.as_f64().unwrap_or(0.0))),
        Json::String(text) => write_text(text, out),
        Json::Array(items) => {
            out.push('[');
            for (nth, item) in items.iter().enumerate() {
                out.push_str(if nth > 0 { "," } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        Json::Object(fields) => {
            out.push('{');
            for (nth, (key, value)) in fields.iter().collect::<BTreeMap<_, _>>().into_iter().enumerate() {
                out.push_str(if nth > 0 { "," } else { "" });
                write_text(key, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A double as JSON: with an exponent below 1e-6 and from 1e21 on.
fn double(number: f64) -> String {
    let size = number.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return numbers::plain(number);
    }
    let text = format!("{number:e}");
    if size > 1.0 { text.replace('e', "e+") } else { text }
}

/// The JSON with every item on a line of its own, texts and numbers as they were written.
fn prettify(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..=1)?;
    let text = call.string(0)?;
    call.charge(text.len() / 4)?;
    let json = std::str::from_utf8(&text).unwrap_or_default();
    if serde_json::from_str::<serde::de::IgnoredAny>(json).is_err() {
        return call.fail("the text is no JSON");
    }
    let mut out = String::new();
    let (mut depth, mut within, mut escaped, mut opened) = (0_usize, false, false, false);
    for c in json.chars() {
        if within {
            out.push(c);
            within = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        if c.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(c, '}' | ']');
        depth = if closes { depth.saturating_sub(1) } else { depth };
        if opened != closes && (opened || closes) {
            new_line(call, &mut out, depth)?;
        }
        opened = matches!(c, '{' | '[');
        out.push(c);
        match c {
            '{' | '[' => depth += 1,
            ',' => new_line(call, &mut out, depth)?,
            ':' => out.push(' '),
            '"' => within = true,
            _ => {}
        }
    }
    call.made(out)
}

fn new_line(call: &mut Call<'_, '_>, out: &mut String, depth: usize) -> Result<(), EvalError> {
    call.charge(1 + depth / 8)?;
    out.push('\n');
    out.push_str(&INDENT.repeat(depth));
    if out.len() > call.env().limits.expr_text { call.fits(out.len()) } else { Ok(()) }
}

/// A signed token (RFC 7519): an object, an algorithm, a key, and when it expires.
fn generate_jwt(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..=4)?;
    let (json, algorithm) = (object(call)?, call.string(1)?);
    let name = String::from_utf8_lossy(&algorithm).into_owned();
    let key = if call.count() > 2 { call.string(2)? } else { bytes::Bytes::new() };
    let mut claims = String::new();
    write(&json, &mut claims);
    if call.count() > 3 {
        expire(call, &mut claims)?;
    }
    let upper = name.to_ascii_uppercase();
    let (shown, signing): (&str, Option<(Hash, usize)>) = match upper.as_str() {
        "HS256" => (&upper, Some((hashes::hash::<sha2::Sha256>, 64))),
        "HS384" => (&upper, Some((hashes::hash::<sha2::Sha384>, 128))),
        "HS512" => (&upper, Some((hashes::hash::<sha2::Sha512>, 128))),
        "" => ("NONE", None),
        upper if upper.trim() == "NONE" => (&name, None),
        _ => return call.fail(format!("`generate_jwt` cannot sign with {name}")),
    };
    let header = format!(r#"{{"alg":"{shown}","typ":"JWT"}}"#);
    let signed = format!("{}.{}", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(claims.as_bytes()));
    call.fits(signed.len())?;
    let signature = signing.map(|(hash, block)| hashes::hmac_of(hash, block, &key, signed.as_bytes()));
    let token = format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature.unwrap_or_default()));
    Ok(Datum::Raw(token.into()))
}

/// Adds when the token was issued and when it expires. Where that is not yet to come, or there are no claims, the language
/// leaves a comma with nothing beside it, and so does this.
fn expire(call: &Call<'_, '_>, claims: &mut String) -> Result<(), EvalError> {
    let (now, at) = (call.env().now.as_second(), call.integer(3)?);
    claims.pop();
    claims.push(',');
    if at > now.saturating_add(1) {
        claims.push_str(&format!(r#""iat":{now},"exp":{at}"#));
    }
    claims.push('}');
    Ok(())
}
