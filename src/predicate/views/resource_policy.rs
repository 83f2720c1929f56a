//! `Cross-Origin-Resource-Policy` (Fetch §3.7): one of three texts, byte for byte.
//!
//! Another case, quotes, a list or a second line make it void, and a void policy allows every site. Invariant: linear in
//! its input. Must never import a folder of this crate but `base`.

use super::lines::{combined, trim};
use super::record::Record;
use super::spec::{Shape, ViewSpec, field};
use crate::base::Value;

/// The values that browsers know.
const VALUES: &[&str] = &["same-origin", "same-site", "cross-origin"];

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "corp",
    summary: "What browsers make of `Cross-Origin-Resource-Policy`.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field("valid", Shape::Bool, "Whether browsers act on it; absent without the field."),
        field("value", Shape::OneOf(VALUES), "What browsers act on; absent unless valid."),
    ],
};

/// The view of these field lines.
pub fn corp(lines: &[&[u8]]) -> Value {
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    if !lines.is_empty() {
        let value = combined(lines);
        let known = VALUES.iter().find(|known| trim(&value) == known.as_bytes());
        view.set("valid", known.is_some());
        view.set_some("value", known.copied());
    }
    view.build()
}
