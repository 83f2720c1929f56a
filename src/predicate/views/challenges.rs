//! `WWW-Authenticate` (RFC 9110 §11.6.1): a list of challenges, each with parameters of its own.
//!
//! Commas stand between challenges and between the parameters of one; a word is a parameter where `=` follows it.
//! Invariant: linear in its input; what breaks the grammar is passed over up to the next comma. Must never import a
//! folder of this crate but `base`.

use super::lines::{combined, is_token, lower, split_outside_quotes, trim, unquote};
use super::record::{Record, texts};
use super::spec::{Shape, ViewSpec, field};
use crate::base::Value;

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "challenges",
    summary: "What clients make of `WWW-Authenticate`: the ways to sign in that are offered.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field("schemes", Shape::List(&Shape::Text), "The schemes in order, in lower case (`basic`, `bearer`)."),
        field("realms", Shape::List(&Shape::Text), "The realms that they name."),
    ],
};

/// The view of these field lines.
pub fn challenges(lines: &[&[u8]]) -> Value {
    let (mut schemes, mut realms) = (Vec::new(), Vec::new());
    for part in split_outside_quotes(&combined(lines), b',') {
        let (word, after) = word(part);
        let rest = trim(after);
        let parameter = match rest.strip_prefix(b"=") {
            // `name=value`: one more parameter of the challenge before it.
            Some(value) => Some((word, value)),
            None if is_token(word) && (after.is_empty() || rest.len() < after.len()) => {
                schemes.push(lower(word));
                let (name, value) = self::word(rest);
                trim(value).strip_prefix(b"=").map(|value| (name, value))
            }
            None => None,
        };
        if let Some((_, value)) = parameter.filter(|(name, _)| name.eq_ignore_ascii_case(b"realm")) {
            realms.extend(unquote(trim(value)));
        }
    }
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    view.set("schemes", texts(schemes));
    view.set("realms", texts(realms));
    view.build()
}

/// The bytes up to white space or `=`, and the rest.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'=')).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}
