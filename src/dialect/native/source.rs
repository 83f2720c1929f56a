//! Sources: where `for_each`, `extract` and `collect` take their items from.
//!
//! Takes a node and the role it plays, gives a [`Source`] and what its items are. Invariant: the number of items is
//! bounded beforehand wherever they are requested. Must never import compile or any later folder.

use crate::dialect::yaml::{Kind, Node};

use super::context::{Cx, shown, suggestion};
use super::found;
use super::items::{Lowered, Role, labelled, listed};
use super::names::Place;
use super::text::scalar;

/// A source.
pub(super) fn source<'a>(cx: &mut Cx<'a>, node: &'a Node, role: Role, place: &Place<'_>) -> Option<Lowered> {
    match &node.kind {
        Kind::Scalar(found) if found.text.starts_with('$') => shared_list(cx, node, role, place),
        Kind::List(items) => listed(cx, items, node.span, place),
        Kind::Map(map) if map.get("from").is_some() => found::found(cx, map, node.span, role, place),
        Kind::Map(map) => labelled(cx, map, node.span, place),
        Kind::Scalar(_) => {
            let help = "write a list `[a, b]`, named values `{ label: a }`, or `{ from: … }`";
            cx.wrong(node, "a source of items", help);
            None
        }
    }
}

/// `$name`: a list of `shared.yaml`.
fn shared_list<'a>(cx: &mut Cx<'a>, node: &'a Node, role: Role, place: &Place<'_>) -> Option<Lowered> {
    let found = scalar(cx, node, "a source")?;
    let name = found.text.strip_prefix('$').unwrap_or("");
    let folder = cx.folder;
    let Some(list) = folder.list(name) else {
        let names: Vec<String> = folder.lists().map(|name| format!("${name}")).collect();
        let label = suggestion(&found.text, names.iter().map(String::as_str), "unknown");
        let title = format!("no list of shared.yaml is named `{}`", shown(&found.text));
        let error = cx.error("R0108", title, node.span, &label);
        let help =
            "`lists` in the shared.yaml of this folder gives names to lists; what an answer holds is `{ from: … }`";
        cx.push(error.help(help));
        return None;
    };
    cx.elsewhere(list.source, node.span, |cx| source(cx, list.node, role, place))
}
