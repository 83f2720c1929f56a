//! Keys of sources, by kind: which go together, and the source that is a list file.
//!
//! Invariant: a key that makes no sense of the kind of source is an error. Must never import compile or any later folder.

use crate::base::Span;
use crate::dialect::yaml::{Map, Node};
use crate::predicate::Source;

use super::context::{Cx, list, shown};
use super::grammar;
use super::items::{Lowered, from_file};
use super::subjects::Item;
use super::text::scalar;

/// A source of things in an answer.
pub(super) fn answer(source: Source, item: Item, most: Option<u64>) -> Option<Lowered> {
    Some(Lowered { source, item, labels: None, most, found: true, optional: false })
}

/// Reports keys that do not go with the kind of source.
pub(super) fn only(cx: &mut Cx<'_>, map: &Map, from: &str, keys: &[&str]) {
    for entry in &map.entries {
        let key = &*entry.key.text;
        let known = grammar::SOURCE.key(key).is_some();
        if known && !matches!(key, "from" | "optional") && !keys.contains(&key) {
            let title = format!("`{key}` does not go with `from: {}`", shown(from));
            let error = cx.error("R0125", title, entry.key_span, "here");
            cx.push(error.help(match keys {
                [] => "nothing goes with it".to_owned(),
                keys => format!("what goes with it: {}", list(keys.iter().copied())),
            }));
        }
    }
}

/// A key that the kind of source needs.
pub(super) fn need<'n>(cx: &mut Cx<'_>, map: &'n Map, span: Span, from: &str, key: &str) -> Option<&'n Node> {
    let node = map.get(key);
    if node.is_none() {
        let error = cx.error("R0102", format!("`from: {from}` needs `{key}`"), span, "in this source");
        let help = grammar::SOURCE.key(key).map(|key| format!("{} Example: `{}: {}`", key.doc, key.name, key.example));
        cx.push(error.help(help.unwrap_or_default()));
    }
    node
}

/// The items of a list file of the pack.
pub(super) fn file<'a>(cx: &mut Cx<'a>, map: &'a Map, span: Span) -> Option<Lowered> {
    only(cx, map, "file", &["path"]);
    let node = need(cx, map, span, "file", "path")?;
    let path = &scalar(cx, node, "the path of a list file")?.text;
    let Some(file) = cx.folder.file(cx.source, path) else {
        let title = format!("there is no list file `{}`", shown(path));
        let error = cx.error("R0119", title, node.span, "not found");
        cx.push(error.help("the path is relative to the rule's folder or to the pack's root, without `..`"));
        return None;
    };
    let lowered = from_file(&file.text);
    if lowered.is_none() {
        let error = cx.error("R0119", format!("the list file `{}` has no items", shown(path)), node.span, "empty");
        cx.push(error.help("one item a line; lines that begin with `#` are comments"));
    }
    lowered
}
