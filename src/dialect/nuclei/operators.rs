//! Matchers and extractors of a block.
//!
//! Invariant: their order is the file's. Must never import compile or any later folder.

use crate::dialect::yaml::Map;
use crate::rule::sequence::{Combine, Operators};

use super::context::Cx;
use super::extractor::extractor;
use super::matcher::{CONDITIONS, matcher};
use super::refusal;

/// The most matchers and extractors of one block.
const MOST: usize = 20_000;

/// Lowers the matchers and extractors of a block.
pub(super) fn operators(cx: &mut Cx<'_>, map: &Map) -> Operators {
    let (matchers, extractors) = (cx.list_of(map, "matchers"), cx.list_of(map, "extractors"));
    if let Some(node) = matchers.get(MOST).or_else(|| extractors.get(MOST)) {
        cx.refuse(refusal::TOO_LARGE, node.span, &format!("more than {MOST} matchers or extractors"));
        return Operators::default();
    }
    Operators {
        matchers: matchers.iter().filter_map(|node| matcher(cx, node)).collect(),
        condition: cx.choice_of(map, "matchers-condition", &CONDITIONS, false).unwrap_or(Combine::Or),
        extractors: extractors.iter().filter_map(|node| extractor(cx, node)).collect(),
    }
}
