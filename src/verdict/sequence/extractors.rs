//! Extractors: the values that one takes from a scope.
//!
//! Each value once, in the order of the document. Invariant: bounded in number and in bytes, whatever the document holds.
//! Must never import a folder above `plan`.

use std::sync::Arc;

use bytes::Bytes;
use rustc_hash::FxHashSet;

use super::scope::Scope;
use super::values::text_of;
use crate::base::Value;
use crate::dsl::{EvalError, Expr, Regex, Vars};
use crate::predicate::jq;
use crate::predicate::xpath::{Document, Query};
use crate::rule::sequence::{Extractor, ExtractorKind};

/// The most values of one extractor.
const VALUES: usize = 10_000;
/// The most bytes of them together.
const BYTES: usize = 4 << 20;

/// Everything that an extractor finds.
pub(super) fn extract(extractor: &Extractor, scope: &Scope<'_>) -> Vec<Bytes> {
    let part = || scope.part(extractor.part.as_deref());
    let mut values = Values::default();
    match &extractor.kind {
        ExtractorKind::Regex { patterns, group } => {
            if let Some(text) = part() {
                by_regex(patterns, *group, &text, &mut values);
            }
        }
        ExtractorKind::Kval(names) => by_name(names, extractor.ignores_case, scope, &mut values),
        ExtractorKind::Dsl(exprs) => by_expression(exprs, scope, &mut values),
        ExtractorKind::Json(queries) => {
            if let Some(text) = part() {
                let found = queries.iter().flat_map(|query| jq::run(query, &text));
                found.take_while(|value| values.add(Bytes::copy_from_slice(value.as_bytes()))).for_each(drop);
            }
        }
        ExtractorKind::Xpath { queries, attribute } => {
            if let Some(text) = part() {
                by_xpath(queries, attribute.as_deref(), &text, &mut values);
            }
        }
    }
    values.list
}

/// Distinct values in order.
#[derive(Default)]
pub(super) struct Values {
    list: Vec<Bytes>,
    seen: FxHashSet<Bytes>,
    bytes: usize,
}

impl Values {
    /// Adds a value; false where there is room for no more.
    pub fn add(&mut self, value: Bytes) -> bool {
        if self.seen.contains(&value) {
            return true;
        }
        let fits = self.list.len() < VALUES && self.bytes + value.len() <= BYTES;
        if fits {
            self.bytes += value.len();
            self.seen.insert(value.clone());
            self.list.push(value);
        }
        fits
    }
}

/// What a group matches, of all patterns in the order of the text.
fn by_regex(patterns: &[Regex], group: usize, text: &Bytes, values: &mut Values) {
    let mut found: Vec<(usize, Bytes)> = Vec::new();
    for pattern in patterns {
        let Some(regex) = pattern.get_for(text).filter(|regex| group < regex.captures_len()) else { continue };
        if group == 0 {
            found.extend(regex.find_iter(text).take(VALUES).map(|hit| (hit.start(), text.slice(hit.range()))));
            continue;
        }
        for captures in regex.captures_iter(text).take(VALUES) {
            let start = captures.get(0).map_or(0, |whole| whole.start());
            // A group that takes no part in the match stands for the empty text.
            found.push((start, captures.get(group).map_or_else(Bytes::new, |hit| text.slice(hit.range()))));
        }
    }
    found.sort_by_key(|(start, _)| *start);
    found.into_iter().all(|(_, value)| values.add(value));
}

/// The text of nodes, or an attribute of theirs.
fn by_xpath(queries: &[Arc<str>], attribute: Option<&str>, text: &[u8], values: &mut Values) {
    let document = Document::read(&String::from_utf8_lossy(text));
    for query in queries.iter().filter_map(|query| Query::parse(query)) {
        for node in query.select(&document) {
            let value = attribute.map_or_else(|| node.text(), |name| node.attribute(name));
            if !values.add(value.into()) {
                return;
            }
        }
    }
}

/// Fields, cookies and whatever else goes by these names.
fn by_name(names: &[Arc<str>], ignores_case: bool, scope: &Scope<'_>, values: &mut Values) {
    for name in names {
        let Some(value) = scope.get(&name.to_lowercase()) else { continue };
        let text = text_of(&value);
        let lower = ignores_case && matches!(value, Value::Text(_));
        values.add(if lower { crate::predicate::lower(&text) } else { text });
    }
}

/// What expressions give; empty texts are nothing, and the first that fails ends it.
fn by_expression(exprs: &[Expr], scope: &Scope<'_>, values: &mut Values) {
    for expr in exprs {
        match expr.eval_shown(&scope.env()) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => drop(values.add(text)),
            Err(EvalError::Missing(_)) => {}
            Err(EvalError::Failed(_)) => return,
        }
    }
}
