//! `X-Content-Type-Options` (Fetch §3.6, "determine nosniff"): the first member of the list alone counts, case ignored.
//!
//! Invariant: linear in its input. Must never import a folder of this crate but `base`.

use super::lines::{combined, comma_list};
use super::record::Record;
use super::spec::{Shape, ViewSpec, field};
use crate::base::Value;

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "nosniff",
    summary: "What browsers make of `X-Content-Type-Options`: the first value of all lines alone counts.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field("on", Shape::Bool, "Whether browsers take answers for nothing but what they are declared to be."),
    ],
};

/// The view of these field lines.
pub fn nosniff(lines: &[&[u8]]) -> Value {
    let combined = combined(lines);
    let first = comma_list(&combined).into_iter().next().unwrap_or_default();
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    view.set("on", first.eq_ignore_ascii_case(b"nosniff"));
    view.build()
}
