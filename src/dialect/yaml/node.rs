//! The tree that the reader gives: texts, lists and ordered maps, each with its place.
//!
//! Invariant: where [`Scalar::verbatim`] is set, the bytes of the node's span are the scalar's text. A node's depth is
//! bounded by the reader, so dropping one never overflows the stack. Must never import a dialect.

use std::sync::Arc;

use crate::base::Span;

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands. The span of a quoted text leaves the quotes out.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A text.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A map in the order of the file.
    Map(Map),
}

/// A text as the file holds it, without a type.
#[derive(Debug, Clone)]
pub struct Scalar {
    /// The text with quotes, escapes, indentation and folding undone.
    pub text: Arc<str>,
    /// How it is written.
    pub style: Style,
    /// Whether the source bytes of the span are the text, so that an offset in the text is one in the source.
    pub verbatim: bool,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// As a literal block: `|`.
    Literal,
    /// As a folded block: `>`.
    Folded,
    /// Not at all: `key:` and nothing after it.
    Missing,
}

/// A map in the order of the file; keys are texts and unique.
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Scalar,
    /// Where the key stands, its quotes left out.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The text, where the node is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The items, where the node is a list.
    pub fn list(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The map, where the node is one.
    pub fn map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Whether nothing is written where the node stands.
    pub fn is_missing(&self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.style == Style::Missing)
    }

    /// What the node is, in a word for messages: `a text`, `a list`, `a map`, `nothing`.
    pub fn noun(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(Scalar { style: Style::Missing, .. }) => "nothing",
            Kind::Scalar(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }

    pub(super) fn missing(at: usize) -> Self {
        let scalar = Scalar { text: "".into(), style: Style::Missing, verbatim: true };
        Self { span: Span::new(at, at), kind: Kind::Scalar(scalar) }
    }
}

impl Map {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &*entry.key.text == key)
    }
}
