//! XPath queries of documents (XPath 1.0, the part that rules use, and `matches` of 2.0).
//!
//! Owns the tree that queries walk ([`Document`]), their grammar and their evaluation. Takes the text of a page or of an
//! XML document; gives nodes with their text and attributes. Invariant: every query ends: reading stops at a number of
//! nodes and a depth, and evaluation at a number of steps. Must never import a folder above `expr`.

mod document;
mod eval;
mod parse;
mod xml;

pub use document::{Document, Node};

use std::sync::Arc;

use parse::Union;
use scraper::Html;

/// The longest query that is read, in bytes.
const LENGTH: usize = 4 << 10;

impl Document {
    /// Reads a text: as XML where it begins with an XML declaration, else as a page.
    pub fn read(text: &str) -> Self {
        if text.starts_with("<?xml") { xml::read(text) } else { Self::of_page(&Html::parse_document(text)) }
    }
}

/// A query.
#[derive(Debug, Clone)]
pub struct Query(Arc<Union>);

impl Query {
    /// Reads a query; `None` where it is none, or asks for what is not offered.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() <= LENGTH).then(|| parse::parse(text)).flatten().map(|union| Self(Arc::new(union)))
    }

    /// The nodes that it selects, in the order of the document.
    pub fn select<'a>(&self, document: &'a Document) -> Vec<Node<'a>> {
        eval::select(&self.0, document)
    }
}

#[cfg(test)]
mod tests;
