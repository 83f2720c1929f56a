//! The tree of a document, flat: nodes by number, in the order of the document.
//!
//! Invariant: a parent stands before its children, and reading stops at [`NODES`] and [`DEPTH`]. Must never import a
//! folder above `expr`.

use std::collections::BTreeMap;

use scraper::Html;
use scraper::node::Node as HtmlNode;

/// The most nodes of a document; what comes after them is not seen.
pub(super) const NODES: usize = 200_000;
/// The deepest nesting.
pub(super) const DEPTH: usize = 512;

/// One node of the tree.
#[derive(Debug)]
pub(super) struct Entry {
    pub parent: usize,
    pub children: Vec<usize>,
    pub kind: Kind,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Kind {
    /// The document itself, number 0.
    Root,
    /// An element with its attributes in order.
    Element { name: String, attributes: Vec<(String, String)> },
    /// Text.
    Text(String),
}

/// A document.
#[derive(Debug)]
pub struct Document {
    pub(super) entries: Vec<Entry>,
}

/// A node that a query selects: an element, a text, or an attribute of an element.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    pub(super) document: &'a Document,
    pub(super) at: usize,
    /// The number of the attribute, where it is one.
    pub(super) attribute: Option<usize>,
}

impl Document {
    pub(super) fn empty() -> Self {
        Self { entries: vec![Entry { parent: 0, children: Vec::new(), kind: Kind::Root }] }
    }

    /// Adds a node; `None` where there is room for no more.
    pub(super) fn add(&mut self, parent: usize, kind: Kind) -> Option<usize> {
        let at = self.entries.len();
        if at >= NODES {
            return None;
        }
        self.entries.get_mut(parent)?.children.push(at);
        self.entries.push(Entry { parent, children: Vec::new(), kind });
        Some(at)
    }

    /// The tree of a page. The contents of `template` are no part of it.
    pub(super) fn of_page(page: &Html) -> Self {
        let mut document = Self::empty();
        let mut numbers: BTreeMap<_, (usize, usize)> = BTreeMap::from([(page.tree.root().id(), (0, 0))]);
        for node in page.tree.root().descendants().skip(1) {
            let Some((parent, depth)) = node.parent().and_then(|parent| numbers.get(&parent.id()).copied()) else {
                continue;
            };
            let kind = match node.value() {
                HtmlNode::Element(element) => {
                    let attributes = element.attrs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                    Kind::Element { name: element.name().to_owned(), attributes }
                }
                HtmlNode::Text(text) => Kind::Text(text.to_string()),
                _ => continue,
            };
            if depth >= DEPTH {
                continue;
            }
            let Some(at) = document.add(parent, kind) else { break };
            numbers.insert(node.id(), (at, depth + 1));
        }
        document
    }

    pub(super) fn node(&self, at: usize) -> Node<'_> {
        Node { document: self, at, attribute: None }
    }
}

impl<'a> Node<'a> {
    fn entry(&self) -> Option<&'a Entry> {
        self.document.entries.get(self.at)
    }

    /// The text of the node: of an element all text within it.
    pub fn text(&self) -> String {
        match self.attribute {
            Some(nth) => self.attributes().get(nth).map(|(_, value)| value.clone()).unwrap_or_default(),
            None => {
                let mut out = String::new();
                self.gather(&mut out);
                out
            }
        }
    }

    fn gather(&self, out: &mut String) {
        let Some(entry) = self.entry() else { return };
        if let Kind::Text(text) = &entry.kind {
            out.push_str(text);
        }
        for child in &entry.children {
            self.document.node(*child).gather(out);
        }
    }

    /// The value of an attribute; empty where there is none of that name. An attribute has itself.
    pub fn attribute(&self, name: &str) -> String {
        let own = self.attributes();
        match self.attribute.and_then(|nth| own.get(nth)) {
            Some((own, value)) => {
                if own == name {
                    value.clone()
                } else {
                    String::new()
                }
            }
            None => own.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default(),
        }
    }

    pub(super) fn attributes(&self) -> &'a [(String, String)] {
        match self.entry().map(|entry| &entry.kind) {
            Some(Kind::Element { attributes, .. }) => attributes,
            _ => &[],
        }
    }

    pub(super) fn element(&self) -> Option<&'a str> {
        match self.entry().map(|entry| &entry.kind) {
            Some(Kind::Element { name, .. }) if self.attribute.is_none() => Some(name),
            _ => None,
        }
    }

    pub(super) fn is_text(&self) -> bool {
        self.attribute.is_none() && matches!(self.entry().map(|entry| &entry.kind), Some(Kind::Text(_)))
    }

    pub(super) fn children(&self) -> &'a [usize] {
        if self.attribute.is_some() { &[] } else { self.entry().map_or(&[], |entry| &entry.children) }
    }

    pub(super) fn parent(&self) -> Option<Node<'a>> {
        match self.attribute {
            Some(_) => Some(self.document.node(self.at)),
            None if self.at == 0 => None,
            None => self.entry().map(|entry| self.document.node(entry.parent)),
        }
    }

    /// What tells nodes apart, in the order of the document.
    pub(super) fn key(&self) -> (usize, usize) {
        (self.at, self.attribute.map_or(0, |nth| nth + 1))
    }
}
