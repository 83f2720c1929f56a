//! `Cross-Origin-Embedder-Policy` (HTML §7.1.4): a structured item, a token.
//!
//! Whatever is no known token, a text in quotes and two lines included, counts as `unsafe-none`. Invariant: linear in its
//! input. Must never import a folder of this crate but `base`.

use super::opener_policy::policy;
use super::spec::{Shape, ViewSpec, field};
use crate::base::Value;

/// The values that browsers know.
const VALUES: &[&str] = &["unsafe-none", "require-corp", "credentialless"];

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "coep",
    summary: "What browsers make of `Cross-Origin-Embedder-Policy`.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field(
            "valid",
            Shape::Bool,
            "Whether it is one of the values that browsers know, or else it counts as `unsafe-none`; absent without the \
             field.",
        ),
        field("value", Shape::OneOf(VALUES), "What browsers act on; absent without the field."),
        field("report_to", Shape::Text, "The endpoint that violations are reported to; absent where none is given."),
    ],
};

/// The view of these field lines.
pub fn coep(lines: &[&[u8]]) -> Value {
    policy(lines, VALUES)
}
