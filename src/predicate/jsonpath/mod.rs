//! JSONPath (RFC 9535): the nodes that a query selects.
//!
//! Queries are parsed by the `jsonpath-rust` crate; walking is ours, because answers are hostile: it spends fuel, keeps
//! no path texts, and knows each node's key. Invariant: the work is bounded by the fuel, whatever the query and the
//! document. Must never import a folder above `expr`.

mod check;
mod filter;
#[cfg(test)]
mod tests;

use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};
use serde_json::Value as Json;

pub(super) use check::well_typed;

/// Steps of one query.
const FUEL: usize = 2_000_000;
/// Nodes of one result.
const NODES: usize = 100_000;

/// Where a node stands in its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key<'a> {
    /// The document itself.
    Root,
    /// Member of an object.
    Name(&'a str),
    /// Item of an array.
    Index(usize),
}

/// A node that a query selected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    /// The node.
    pub json: &'a Json,
    /// Its name or index in its parent.
    pub key: Key<'a>,
}

/// The query took more steps, or selected more nodes, than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OutOfFuel;

/// The nodes that a query selects, in document order of the query's segments.
pub(super) fn select<'a>(query: &JpQuery, root: &'a Json) -> Result<Vec<Node<'a>>, OutOfFuel> {
    Walk { root, fuel: FUEL, regexes: Vec::new() }.segments(&query.segments, root)
}

/// One evaluation.
struct Walk<'a, 'q> {
    root: &'a Json,
    fuel: usize,
    regexes: Vec<(&'q str, bool, Option<regex::Regex>)>,
}

impl<'a, 'q> Walk<'a, 'q> {
    fn spend(&mut self, steps: usize) -> Result<(), OutOfFuel> {
        self.fuel = self.fuel.checked_sub(steps).ok_or(OutOfFuel)?;
        Ok(())
    }

    fn segments(&mut self, segments: &'q [Segment], from: &'a Json) -> Result<Vec<Node<'a>>, OutOfFuel> {
        let mut nodes = vec![Node { json: from, key: Key::Root }];
        for segment in segments {
            let mut next = Vec::new();
            for node in nodes {
                self.segment(segment, node, &mut next)?;
            }
            nodes = next;
        }
        Ok(nodes)
    }

    fn segment(&mut self, segment: &'q Segment, at: Node<'a>, out: &mut Vec<Node<'a>>) -> Result<(), OutOfFuel> {
        match segment {
            Segment::Descendant(inner) => {
                self.segment(inner, at, out)?;
                children(at.json).try_for_each(|child| self.segment(segment, child, out))
            }
            Segment::Selector(selector) => self.selector(selector, at, out),
            Segment::Selectors(selectors) => selectors.iter().try_for_each(|selector| self.selector(selector, at, out)),
        }
    }

    fn selector(&mut self, selector: &'q Selector, at: Node<'a>, out: &mut Vec<Node<'a>>) -> Result<(), OutOfFuel> {
        self.spend(1)?;
        match selector {
            Selector::Name(name) => {
                out.extend(at.json.as_object().and_then(|members| members.get_key_value(name)).map(member));
            }
            Selector::Index(index) => {
                let items = at.json.as_array().map(Vec::as_slice).unwrap_or_default();
                let place = wrap(*index, items.len());
                out.extend(place.and_then(|place| Some(Node { json: items.get(place)?, key: Key::Index(place) })));
            }
            Selector::Wildcard => children(at.json).try_for_each(|child| {
                self.spend(1)?;
                out.push(child);
                Ok(())
            })?,
            Selector::Slice(start, end, step) => {
                let items = at.json.as_array().map(Vec::as_slice).unwrap_or_default();
                for place in slice(items.len(), *start, *end, step.unwrap_or(1)) {
                    self.spend(1)?;
                    out.extend(items.get(place).map(|json| Node { json, key: Key::Index(place) }));
                }
            }
            Selector::Filter(filter) => {
                for child in children(at.json) {
                    self.spend(1)?;
                    if self.filter(filter, child.json)? {
                        out.push(child);
                    }
                }
            }
        }
        if out.len() > NODES { Err(OutOfFuel) } else { Ok(()) }
    }
}

fn member<'a>((name, json): (&'a String, &'a Json)) -> Node<'a> {
    Node { json, key: Key::Name(name) }
}

/// Members or items of a node, in order.
fn children<'a>(node: &'a Json) -> impl Iterator<Item = Node<'a>> {
    let items = node.as_array().into_iter().flatten().enumerate();
    let members = node.as_object().into_iter().flatten();
    items.map(|(place, json)| Node { json, key: Key::Index(place) }).chain(members.map(member))
}

/// The place that an index means, negative ones from the end.
fn wrap(index: i64, len: usize) -> Option<usize> {
    let from_end = |back: u64| len.checked_sub(usize::try_from(back).ok()?);
    if index < 0 { from_end(index.unsigned_abs()) } else { usize::try_from(index).ok().filter(|place| *place < len) }
}

/// The places of an array slice (RFC 9535 §2.3.4.2.2).
fn slice(len: usize, start: Option<i64>, end: Option<i64>, step: i64) -> impl Iterator<Item = usize> {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let normal = |bound: i64| if bound >= 0 { bound } else { bound.saturating_add(len) };
    let (first, last) = if step >= 0 {
        (normal(start.unwrap_or(0)).clamp(0, len), normal(end.unwrap_or(len)).clamp(0, len))
    } else {
        let before = len.saturating_neg().saturating_sub(1);
        (normal(start.unwrap_or(len - 1)).clamp(-1, len - 1), normal(end.unwrap_or(before)).clamp(-1, len - 1))
    };
    let inside = move |place: &i64| if step > 0 { *place < last } else { step < 0 && *place > last };
    std::iter::successors(Some(first), move |place| place.checked_add(step))
        .take_while(inside)
        .filter_map(|place| usize::try_from(place).ok())
}
