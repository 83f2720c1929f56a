//! `Referrer-Policy` (Referrer Policy §8.1): the last token that a browser knows wins.
//!
//! Invariant: linear in its input. Must never import a folder of this crate but `base`.

use super::lines::{combined, comma_list, lower};
use super::record::{Record, texts};
use super::spec::{Shape, ViewSpec, field};
use crate::base::Value;

/// The policies that browsers know.
const POLICIES: &[&str] = &[
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "referrer_policy",
    summary: "What browsers make of `Referrer-Policy`: the last policy they know, of all lines.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field("effective", Shape::OneOf(POLICIES), "The policy that applies; absent where none is known."),
        field("tokens", Shape::List(&Shape::Text), "All tokens in order, in lower case."),
        field("unknown", Shape::List(&Shape::Text), "The tokens that no browser knows."),
    ],
};

/// The view of these field lines.
pub fn referrer_policy(lines: &[&[u8]]) -> Value {
    let combined = combined(lines);
    let tokens = comma_list(&combined).into_iter().filter(|token| !token.is_empty()).map(lower);
    let tokens: Vec<String> = tokens.collect();
    let known = |token: &&String| POLICIES.contains(&token.as_str());
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    view.set_some("effective", tokens.iter().rfind(known).map(String::as_str));
    view.set("tokens", texts(&tokens));
    view.set("unknown", texts(tokens.iter().filter(|token| !known(token))));
    view.build()
}
