//! `Permissions-Policy` (Permissions Policy §9.1): a structured dictionary from features to allowlists.
//!
//! One mistake in the syntax, and browsers ignore the whole field; that includes what was meant as `Feature-Policy`
//! (`camera 'none'`). Invariant: linear in its input. Must never import a folder of this crate but `base`.

use super::record::{Record, texts};
use super::spec::{Shape, ViewSpec, field};
use super::structured::{BareItem, Dictionary, Member, parse_dictionary};
use crate::base::Value;

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "permissions",
    summary: "What browsers make of `Permissions-Policy`.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field(
            "valid",
            Shape::Bool,
            "Whether its syntax is right, or else browsers ignore it; absent without the field.",
        ),
        field(
            "features",
            Shape::Names(&Shape::Map(&[
                field("all", Shape::Bool, "Whether every origin may use it (`*`)."),
                field("self", Shape::Bool, "Whether the site itself may use it."),
                field("none", Shape::Bool, "Whether nobody may use it."),
                field("origins", Shape::List(&Shape::Text), "The origins named."),
            ])),
            "The allowlist of every feature named; absent unless valid.",
        ),
    ],
};

/// The view of these field lines.
pub fn permissions(lines: &[&[u8]]) -> Value {
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    if !lines.is_empty() {
        let dictionary = parse_dictionary(lines);
        view.set("valid", dictionary.is_some());
        view.set_some("features", dictionary.map(|Dictionary(members)| Value::map(members.into_iter().map(allowlist))));
    }
    view.build()
}

fn allowlist((feature, member): (String, Member)) -> (String, Value) {
    let listed = matches!(member, Member::Inner(..));
    let values = || member.items().iter().map(|item| &item.value);
    let has = |name: &str| values().any(|value| value.token() == Some(name));
    let all = has("*");
    let own = !all && has("self");
    let origins: Vec<&str> = values().filter_map(BareItem::string).filter(|_| listed && !all).collect();
    let mut view = Record::default();
    view.set("all", all);
    view.set("self", own);
    view.set("none", !all && !own && origins.is_empty());
    view.set("origins", texts(origins));
    (feature, view.build())
}
