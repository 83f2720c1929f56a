//! Nodes of a JSON body as items.
//!
//! Each is a map of `key`, its name or index in its parent, and `value`, the node: a scalar stands for its text, an
//! object's members for the item's own fields. Must never import a folder above `expr`.

use std::sync::Arc;

use super::{MAX, SourceSpec, key};
use crate::base::{Unknown, Value};
use crate::predicate::content::json::{BUDGET, to_value};
use crate::predicate::found::Found;
use crate::predicate::jsonpath::{self, Key, Node};
use crate::predicate::kind::field;
use crate::predicate::pattern::JsonQuery;
use crate::predicate::scope::Scope;
use crate::predicate::subjects::judged;
use crate::predicate::views::Shape;

pub(super) static SPEC: SourceSpec = SourceSpec {
    name: "json",
    keys: &[key("path", &Shape::Text, true, "Which nodes (JSONPath, RFC 9535)."), MAX],
    fields: &[
        field("key", Shape::Text, "The node's name or index in its parent."),
        field("value", Shape::Text, "The node; of an object or array, its members."),
    ],
    open: true,
    summary: "Nodes of the JSON body; members of objects are fields of their items",
    example: "{ from: json, path: '$.items[*].id', max: 20 }",
};

/// The nodes that a query selects.
pub(super) fn nodes(query: &JsonQuery, scope: &Scope<'_>) -> Found {
    let document = match judged(scope).and_then(|answer| answer.map_or(Ok(None), |answer| answer.json())) {
        Err(why) => return Found::Unknown(why),
        Ok(None) => return Found::missing(),
        Ok(Some(document)) => document,
    };
    let Ok(nodes) = jsonpath::select(query.query(), document) else {
        return Found::Unknown(Unknown::Expression);
    };
    let mut budget = BUDGET;
    let items: Option<Vec<Value>> = nodes.iter().map(|node| item(node, &mut budget)).collect();
    items.map_or(Found::Unknown(Unknown::Expression), Found::many)
}

fn item(node: &Node<'_>, budget: &mut usize) -> Option<Value> {
    let key = match node.key {
        Key::Root => Value::from("$"),
        Key::Name(name) => Value::from(name),
        Key::Index(index) => Value::from(index.to_string()),
    };
    let value = to_value(node.json, budget)?;
    Some(Value::Map(Arc::new([(Arc::from("key"), key), (Arc::from("value"), value)])))
}
