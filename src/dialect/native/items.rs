//! Items that are written: in the rule, in `shared.yaml`, or line by line in a list file.
//!
//! Takes nodes and texts, gives items with their labels and fields. Invariant: a source has at least one written item.
//! Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Entry, Map, Node};
use crate::expr::Template;
use crate::predicate::{Source, WrittenItem};

use super::context::{Cx, shown};
use super::grammar;
use super::names::Place;
use super::subjects::Item;
use super::text::{operand, template};

/// What the items are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The rule repeats for each.
    RuleEach,
    /// A request repeats for each.
    RequestEach,
    /// The first is a value.
    Extract,
    /// All are a collection.
    Collect,
}

/// A source with what is known of its items.
#[derive(Debug, Clone)]
pub(super) struct Lowered {
    /// Where they come from.
    pub source: Source,
    /// What each is.
    pub item: Item,
    /// Their labels, where they are written.
    pub labels: Option<Vec<Arc<str>>>,
    /// The most there can be, where that is known.
    pub most: Option<u64>,
    /// Whether they are found in an answer.
    pub found: bool,
    /// Whether none need be found.
    pub optional: bool,
}

/// A source of written items.
fn written((items, item): (Vec<WrittenItem>, Item)) -> Option<Lowered> {
    let labels = items.iter().map(|item| item.label.clone()).collect::<Option<Vec<_>>>().unwrap_or_default();
    let most = u64::try_from(items.len()).ok();
    Some(Lowered { source: Source::Written(items), item, labels: Some(labels), most, found: false, optional: false })
}

/// A list of scalars, or of records.
pub(super) fn listed(cx: &mut Cx<'_>, nodes: &[Node], span: Span, place: &Place<'_>) -> Option<Lowered> {
    if nodes.is_empty() {
        let error = cx.error("R0118", "the list is empty", span, "no items");
        cx.push(error);
        return None;
    }
    let records = nodes.iter().filter(|node| node.map().is_some()).count();
    if records != 0 && records != nodes.len() {
        let error = cx.error("R0118", "some items are texts and some are records", span, "this list");
        cx.push(error.help("write all items alike"));
        return None;
    }
    let items: Vec<Option<WrittenItem>> = nodes.iter().map(|node| written_item(cx, node, None, place)).collect();
    let items = items.into_iter().collect::<Option<Vec<WrittenItem>>>()?;
    let item = item_type(&items, false);
    written((items, item))
}

/// `{ label: value }`.
pub(super) fn labelled(cx: &mut Cx<'_>, map: &Map, span: Span, place: &Place<'_>) -> Option<Lowered> {
    if map.entries.is_empty() {
        let error = cx.error("R0118", "there are no items", span, "an empty map");
        cx.push(error.help("write named values: `{ label: a, other: b }`"));
        return None;
    }
    let mut items = Vec::new();
    let mut whole = true;
    for entry in &map.entries {
        whole &= check_label(cx, entry);
        let item = written_item(cx, &entry.value, Some(Arc::clone(&entry.key.text)), place);
        whole &= item.is_some();
        items.extend(item);
    }
    if !whole {
        return None;
    }
    let item = item_type(&items, true);
    written((items, item))
}

fn check_label(cx: &mut Cx<'_>, entry: &Entry) -> bool {
    let name = &entry.key.text;
    if grammar::SOURCE_WORDS.contains(&&**name) {
        let error = cx.error("R0118", format!("`{name}` without `from`"), entry.key_span, "a source, or named values?");
        cx.push(error.help("write `{ from: …, … }` for items that are found; named values have other names"));
        return false;
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !name.is_empty() && name.bytes().all(fits) {
        return true;
    }
    let error = cx.error("R0106", format!("`{}` cannot name an item", shown(name)), entry.key_span, "here");
    cx.push(error.help("letters, digits, `_` and `-`"));
    false
}

fn written_item(cx: &mut Cx<'_>, node: &Node, label: Option<Arc<str>>, place: &Place<'_>) -> Option<WrittenItem> {
    let Some(map) = node.map() else {
        let value = operand(cx, node, place)?;
        return Some(WrittenItem { label, fields: vec![("value".into(), value)] });
    };
    let mut fields = Vec::new();
    let mut whole = !map.entries.is_empty();
    for entry in &map.entries {
        let value = template(cx, &entry.value, place);
        whole &= value.is_some();
        fields.extend(value.map(|value| (Arc::clone(&entry.key.text), value)));
    }
    whole.then_some(WrittenItem { label, fields })
}

/// What items with these fields are; records may differ in their fields.
fn item_type(items: &[WrittenItem], labelled: bool) -> Item {
    let mut names: Vec<Arc<str>> = Vec::new();
    for (name, _) in items.iter().flat_map(|item| &item.fields) {
        if !names.contains(name) {
            names.push(Arc::clone(name));
        }
    }
    if labelled {
        names.push("name".into());
    }
    Item::Author(names.into())
}

/// The lines of a list file as items.
fn file_items(text: &str) -> Vec<WrittenItem> {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let item = |line: &str| WrittenItem { label: None, fields: vec![("value".into(), Template::literal(line))] };
    lines.map(item).collect()
}

/// The source of a list file.
pub(super) fn from_file(text: &str) -> Option<Lowered> {
    let items = file_items(text);
    let item = item_type(&items, false);
    if items.is_empty() { None } else { written((items, item)) }
}
