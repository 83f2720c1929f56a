//! Fields and cookies of an answer by the names under which expressions find them.
//!
//! A field's name is in lower case with `_` for `-`, a cookie's in lower case. Invariant: nothing is allocated for a name
//! that is not there. Must never import a folder above `expr`.

use bytes::Bytes;

use super::head;
use crate::base::Value;
use crate::observation::{Exchange, Response};

/// The values of a field, joined by a blank.
pub fn field(exchange: &Exchange, response: &Response, name: &str) -> Option<Value> {
    let mut found: Option<Bytes> = None;
    for header in response.headers.iter().filter(|header| spells(&header.name, name)) {
        if head::is_framing(exchange, response, &header.name) {
            continue;
        }
        found = Some(match found {
            None => header.value.clone(),
            Some(before) => [&before[..], b" ", &header.value].concat().into(),
        });
    }
    found.map(Value::Text)
}

/// Whether a field's name is written so: letters in any case, `-` as `_`.
fn spells(field: &[u8], name: &str) -> bool {
    let field = field.trim_ascii();
    let same = |(given, wanted): (&u8, &u8)| match given {
        b'-' => *wanted == b'_',
        given => given.to_ascii_lowercase() == *wanted,
    };
    field.len() == name.len() && field.iter().zip(name.as_bytes()).all(same)
}

/// The value of a cookie that the answer sets; of several the last.
pub fn cookie(response: &Response, name: &str) -> Option<Value> {
    let pairs = response.header("set-cookie").filter_map(|line| {
        let pair = line.split(|byte| *byte == b';').next()?.trim_ascii();
        let at = memchr::memchr(b'=', pair)?;
        let (key, value) = (pair.get(..at)?.trim_ascii(), pair.get(at + 1..)?);
        let fits = !key.is_empty() && key.iter().all(head::is_token) && key.to_ascii_lowercase() == name.as_bytes();
        fits.then(|| worth(value)).flatten().map(|value| line.slice_ref(value))
    });
    pairs.last().map(Value::Text)
}

/// A cookie's value without its quotes; `None` where it holds what no cookie may.
fn worth(value: &[u8]) -> Option<&[u8]> {
    let bare = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(value);
    let legal = |byte: &u8| (0x20..0x7f).contains(byte) && !b"\";\\".contains(byte);
    bare.iter().all(legal).then_some(bare)
}
