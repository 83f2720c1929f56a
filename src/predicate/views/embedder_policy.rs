//! `Cross-Origin-Embedder-Policy` (HTML §7.1.4): a structured item, a token.
//!
//! Invariant: linear in its input. Must never import a folder of this crate but `base`.

use super::spec::ViewSpec;
use super::token_policy::{fields, policy};
use crate::base::Value;

/// The values that browsers know; what is none of them counts as the first.
const VALUES: &[&str] = &["unsafe-none", "require-corp", "credentialless"];

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "coep",
    summary: "What browsers make of `Cross-Origin-Embedder-Policy`.",
    fields: &fields(VALUES),
};

/// The view of these field lines.
pub fn coep(lines: &[&[u8]]) -> Value {
    policy(lines, VALUES)
}
