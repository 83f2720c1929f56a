//! `Clear-Site-Data` (W3C Clear Site Data §3.1): a list of quoted words.
//!
//! A word without quotes means nothing to browsers. Invariant: linear in its input. Must never import a folder of this
//! crate but `base`.

use super::lines::{combined, comma_list};
use super::record::{Record, texts};
use super::spec::{Shape, ViewSpec, field};
use crate::base::Value;

/// The kinds of data that browsers know.
const KINDS: &[&str] =
    &["cache", "cookies", "storage", "executionContexts", "clientHints", "prefetchCache", "prerenderCache", "*"];

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "clear_site_data",
    summary: "What browsers make of `Clear-Site-Data` over HTTPS.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field("kinds", Shape::List(&Shape::OneOf(KINDS)), "What browsers clear; `*` is everything."),
        field(
            "unknown",
            Shape::List(&Shape::Text),
            "What they make nothing of: other words, and words without quotes.",
        ),
    ],
};

/// The view of these field lines.
pub fn clear_site_data(lines: &[&[u8]]) -> Value {
    let combined = combined(lines);
    let members: Vec<&[u8]> = comma_list(&combined).into_iter().filter(|member| !member.is_empty()).collect();
    let known = |member: &[u8]| {
        let word = member.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        KINDS.iter().find(|kind| kind.as_bytes() == word).copied()
    };
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    view.set("kinds", texts(members.iter().filter_map(|member| known(member))));
    view.set("unknown", texts(members.iter().filter(|member| known(member).is_none())));
    view.build()
}
