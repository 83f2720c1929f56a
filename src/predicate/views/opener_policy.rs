//! `Cross-Origin-Opener-Policy` (HTML §7.1.3.2): a structured item, a token.
//!
//! Invariant: linear in its input. Must never import a folder of this crate but `base`.

use super::spec::ViewSpec;
use super::token_policy::{fields, policy};
use crate::base::Value;

/// The values that browsers know; what is none of them counts as the first.
const VALUES: &[&str] = &["unsafe-none", "same-origin-allow-popups", "same-origin", "noopener-allow-popups"];

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "coop",
    summary: "What browsers make of `Cross-Origin-Opener-Policy` over HTTPS.",
    fields: &fields(VALUES),
};

/// The view of these field lines.
pub fn coop(lines: &[&[u8]]) -> Value {
    policy(lines, VALUES)
}
