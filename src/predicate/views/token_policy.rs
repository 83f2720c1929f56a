//! What `Cross-Origin-Opener-Policy` and `Cross-Origin-Embedder-Policy` have in common: a structured item, a token of a few.
//!
//! Takes field lines and the values that browsers know; gives the view. Whatever is no known token, a text in quotes and two
//! lines included, counts as the first value. Invariant: linear in its input. Must never import a folder of this crate but
//! `base`.

use super::record::Record;
use super::spec::{Field, Shape, field};
use super::structured::{BareItem, parse_item};
use crate::base::Value;

/// The fields of the view of a policy that takes one of these values.
pub(super) const fn fields(values: &'static [&'static str]) -> [Field; 4] {
    [
        field("present", Shape::Bool, "Whether the field is there."),
        field(
            "valid",
            Shape::Bool,
            "Whether it is one of the values that browsers know, or else it counts as `unsafe-none`; absent without the \
             field.",
        ),
        field("value", Shape::OneOf(values), "What browsers act on; absent without the field."),
        field("report_to", Shape::Text, "The endpoint that violations are reported to; absent where none is given."),
    ]
}

/// The view of a policy that is a token, of these values, of which the first is the default.
pub(super) fn policy(lines: &[&[u8]], values: &[&'static str]) -> Value {
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    if !lines.is_empty() {
        let item = parse_item(lines);
        let token = item.as_ref().and_then(|item| item.value.token());
        let known = values.iter().find(|known| token == Some(**known));
        view.set("valid", known.is_some());
        view.set_some("value", known.or(values.first()).copied());
        let endpoint = item.as_ref().and_then(|item| item.parameter("report-to")).and_then(BareItem::string);
        view.set_some("report_to", endpoint.filter(|_| known.is_some()));
    }
    view.build()
}
