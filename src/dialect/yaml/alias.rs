//! Anchors, aliases and merge keys, for dialects that have them.
//!
//! Takes nodes as they are finished, gives copies whose cost is known before they are made. Invariant: copies count as
//! values of the file, so no chain of aliases grows beyond the limits. Must never import a dialect.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::node::{Kind, Map, Node, Style};

/// The anchored nodes of a file, by the parser's number.
#[derive(Default)]
pub(super) struct Anchors {
    known: HashMap<usize, Anchored>,
}

/// A node that aliases may repeat.
pub(super) struct Anchored {
    node: Node,
    /// Values it consists of.
    pub nodes: usize,
    /// Levels it nests.
    pub depth: usize,
}

impl Anchored {
    /// Measures and copies a node. Recursion is bounded by the reader's depth.
    pub(super) fn new(node: &Node) -> Self {
        let (nodes, depth) = measure(node);
        Self { node: node.clone(), nodes, depth }
    }

    /// A copy.
    pub(super) fn copy(&self) -> Node {
        self.node.clone()
    }
}

impl Anchors {
    pub(super) fn insert(&mut self, id: usize, anchored: Anchored) {
        self.known.insert(id, anchored);
    }

    /// The node of an anchor; `None` while the node itself is still being read.
    pub(super) fn get(&self, id: usize) -> Option<&Anchored> {
        self.known.get(&id)
    }
}

/// How many values a node consists of, and how deep it nests.
pub(super) fn measure(node: &Node) -> (usize, usize) {
    let join = |sum: (usize, usize), (nodes, depth): (usize, usize)| (sum.0 + nodes, sum.1.max(depth));
    let (nodes, depth) = match &node.kind {
        Kind::Scalar(_) => (0, 0),
        Kind::List(items) => items.iter().map(measure).fold((0, 0), join),
        Kind::Map(map) => {
            let (nodes, depth) = map.entries.iter().map(|entry| measure(&entry.value)).fold((0, 0), join);
            (nodes + map.entries.len(), depth)
        }
    };
    (nodes + 1, depth + 1)
}

/// Whether a map has a merge key.
pub(super) fn merges(map: &Map) -> bool {
    map.entry("<<").is_some_and(|entry| entry.key.style == Style::Plain)
}

/// Replaces a map's merge key by the entries that it merges; entries of the map itself win, then earlier sources.
/// False where the key's value is neither a map nor a list of maps.
pub(super) fn merge(map: &mut Map) -> bool {
    let Some(at) = map.entries.iter().position(|entry| &*entry.key.text == "<<") else { return true };
    let value = map.entries.remove(at).value;
    let sources: Vec<Node> = match value.kind {
        Kind::List(items) => items,
        _ => vec![value],
    };
    let mut known: HashSet<Arc<str>> = map.entries.iter().map(|entry| Arc::clone(&entry.key.text)).collect();
    for source in sources {
        let Kind::Map(source) = source.kind else { return false };
        map.entries.extend(source.entries.into_iter().filter(|entry| known.insert(Arc::clone(&entry.key.text))));
    }
    true
}
