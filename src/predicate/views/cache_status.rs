//! `Cache-Status` (RFC 9211): a structured list of the caches on the way, with what each did.
//!
//! Invariant: linear in its input. Must never import a folder of this crate but `base`.

use super::record::{Record, texts};
use super::spec::{Shape, ViewSpec, field};
use super::structured::{BareItem, Item, List, parse_list};
use crate::base::Value;

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "cache_status",
    summary: "What the caches on the way say of themselves in `Cache-Status`.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field("valid", Shape::Bool, "Whether its syntax is right; absent without the field."),
        field("caches", Shape::List(&Shape::Text), "Their names, the one nearest to the server first."),
        field("hit", Shape::Bool, "Whether one of them had the answer in store."),
    ],
};

/// The view of these field lines.
pub fn cache_status(lines: &[&[u8]]) -> Value {
    let parsed = parse_list(lines);
    let valid = parsed.is_some();
    let List(members) = parsed.unwrap_or_default();
    let caches: Vec<&Item> = members.iter().flat_map(|member| member.items()).collect();
    let name = |item: &&Item| item.value.token().or(item.value.string()).map(str::to_owned);
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    if !lines.is_empty() {
        view.set("valid", valid);
    }
    view.set("caches", texts(caches.iter().filter_map(name)));
    view.set("hit", caches.iter().any(|item| item.parameter("hit") == Some(&BareItem::Boolean(true))));
    view.build()
}
