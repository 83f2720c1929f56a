//! `X-Frame-Options`, as the HTML standard has browsers read it (§7.4.7, "check a navigation response's adherence").
//!
//! All members of all lines count, case ignored. Invariant: linear in its input. Must never import a folder of this crate
//! but `base`.

use std::collections::BTreeSet;

use super::lines::{combined, comma_list, lower};
use super::record::Record;
use super::spec::{Shape, ViewSpec, field};
use crate::base::Value;

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "x_frame_options",
    summary: "What browsers make of `X-Frame-Options`; a policy's `frame-ancestors` overrules it.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field(
            "value",
            Shape::OneOf(&["deny", "sameorigin", "allowall", "invalid", "conflicting"]),
            "What browsers act on: `conflicting` values forbid framing as `deny` does, `invalid` ones allow it. Absent \
             without the field.",
        ),
    ],
};

/// The view of these field lines.
pub fn x_frame_options(lines: &[&[u8]]) -> Value {
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    if !lines.is_empty() {
        view.set("value", value(lines));
    }
    view.build()
}

fn value(lines: &[&[u8]]) -> &'static str {
    let values: BTreeSet<String> = comma_list(&combined(lines)).into_iter().map(lower).collect();
    let known = ["deny", "sameorigin", "allowall"].into_iter().find(|known| values.contains(*known));
    match known {
        Some(_) if values.len() > 1 => "conflicting",
        Some(known) => known,
        None => "invalid",
    }
}
