//! `Cross-Origin-Opener-Policy` (HTML §7.1.3.2): a structured item, a token.
//!
//! Whatever is no known token, a text in quotes and two lines included, counts as `unsafe-none`. Invariant: linear in its
//! input. Must never import a folder of this crate but `base`.

use super::record::Record;
use super::spec::{Shape, ViewSpec, field};
use super::structured::{BareItem, parse_item};
use crate::base::Value;

/// The values that browsers know.
const VALUES: &[&str] = &["unsafe-none", "same-origin-allow-popups", "same-origin", "noopener-allow-popups"];

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "coop",
    summary: "What browsers make of `Cross-Origin-Opener-Policy` over HTTPS.",
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
pub fn coop(lines: &[&[u8]]) -> Value {
    policy(lines, VALUES)
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
