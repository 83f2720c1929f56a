//! What a page makes browsers do by itself: what it loads, and where its forms send what visitors type.
//!
//! Takes a parsed page and its URL; gives the items of `resources` and `forms`, addresses resolved as browsers do (HTML
//! §2.4). What stands in `template` or `noscript` is neither loaded nor sent and is left out. Invariant: at most [`MOST`]
//! items; a page with more gives none. Must never import a folder above `expr`.

mod address;
mod forms;
mod integrity;
mod resources;
#[cfg(test)]
mod tests;

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

use crate::base::{Unknown, Value};

pub(in crate::predicate) use address::Page;
pub(in crate::predicate) use forms::{FIELDS as FORM, forms};
pub(in crate::predicate) use resources::{FIELDS as RESOURCE, resources};

/// Most items of one page.
const MOST: usize = 10_000;

/// The page's elements in order, without those that browsers with scripts do not act on.
fn elements(html: &Html) -> impl Iterator<Item = ElementRef<'_>> {
    let mut inert = 0_usize;
    html.tree.root().traverse().filter_map(move |edge| {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        let Node::Element(element) = node.value() else { return None };
        if matches!(element.name(), "template" | "noscript") {
            inert = if opens { inert + 1 } else { inert.saturating_sub(1) };
        }
        ElementRef::wrap(node).filter(|_| opens && inert == 0)
    })
}

/// The items, where they are not too many.
fn bounded(items: impl Iterator<Item = Value>) -> Result<Vec<Value>, Unknown> {
    let items: Vec<Value> = items.take(MOST + 1).collect();
    if items.len() > MOST { Err(Unknown::Budget) } else { Ok(items) }
}
