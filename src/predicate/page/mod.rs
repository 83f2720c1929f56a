//! What a page makes browsers do by itself: what it loads, and where its forms send what visitors type.
//!
//! Takes a parsed page and its URL; gives the items of `resources` and `forms`, addresses resolved as browsers do (HTML
//! §2.4). What stands in `template` or `noscript` is neither loaded nor sent and is left out. Invariant: at most [`MOST`]
//! items and [`TEXTS`] bytes of addresses; a page with more gives none. Must never import a folder above `expr`.

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
/// Bytes of all their addresses, which a long `<base>` makes much longer than the page.
const TEXTS: usize = 4 << 20;

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

/// The items, where they are not too much.
fn bounded(items: impl Iterator<Item = Value>) -> Result<Vec<Value>, Unknown> {
    let (mut kept, mut left) = (Vec::new(), TEXTS);
    for item in items {
        left = left.checked_sub(item.as_text().len()).ok_or(Unknown::Budget)?;
        kept.push(item);
        if kept.len() > MOST {
            return Err(Unknown::Budget);
        }
    }
    Ok(kept)
}
