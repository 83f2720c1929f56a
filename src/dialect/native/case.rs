//! Cases: named outcomes of a rule, some with requests of their own.
//!
//! Takes `cases`, gives [`Case`]s. Invariant: a case's request is asked after the rule's own, so it can use what those
//! brought. Must never import compile or any later folder.

use std::sync::Arc;

use crate::dialect::yaml::{Entry, Map, Node};
use crate::rule::{Case, Cond, Request};

use super::condition::condition;
use super::context::Cx;
use super::grammar;
use super::names::{Bare, Place};
use super::request::{LoweredRequest, Which, request};
use super::text::keep;
use super::{ladder, meta};

/// The requests of cases, by the case's index.
pub(super) struct CaseRequests {
    all: Vec<(usize, LoweredRequest)>,
}

impl CaseRequests {
    /// The most requests that they send for one item of the rule.
    pub(super) fn most(&self) -> u64 {
        self.all.iter().map(|(_, lowered)| lowered.most).sum()
    }

    /// The requests, in the order of the cases.
    pub(super) fn requests(&self) -> impl Iterator<Item = Request> + '_ {
        self.all.iter().map(|(_, lowered)| lowered.request.clone())
    }

    fn of(&self, case: usize) -> Option<&LoweredRequest> {
        self.all.iter().find(|(index, _)| *index == case).map(|(_, lowered)| lowered)
    }
}

/// The requests of all cases; the first has index `first` in the rule.
pub(super) fn requests<'a>(cx: &mut Cx<'a>, map: &'a Map, first: usize) -> Option<CaseRequests> {
    let cases = map.get("cases").and_then(Node::map).map(|cases| cases.entries.as_slice()).unwrap_or_default();
    let mut all = Vec::new();
    let mut whole = true;
    for (case, entry) in cases.iter().enumerate() {
        let Some(node) = entry.value.map().and_then(|map| map.get("request")) else { continue };
        let which = Which { name: Arc::clone(&entry.key.text), index: first + all.len(), case: Some(case) };
        match request(cx, node, which) {
            Some(lowered) if lowered.meaning.many => {
                let error = cx.error("R0123", "a case's own request is sent once", node.span, "several answers");
                cx.push(error.help("put the request into `requests`, where conditions can range over it"));
                whole = false;
            }
            Some(lowered) => all.push((case, lowered)),
            None => whole = false,
        }
    }
    whole.then_some(CaseRequests { all })
}

/// All cases.
pub(super) fn cases<'a>(
    cx: &mut Cx<'a>,
    entry: &'a Entry,
    place: &Place<'_>,
    requests: Option<&CaseRequests>,
) -> Option<Vec<Case>> {
    let map = cx.map(&entry.value, "a map of cases by name")?;
    if map.entries.is_empty() {
        cx.push(cx.error("R0103", "there are no cases", entry.value.span, "an empty map"));
        return None;
    }
    let mut cases = Vec::new();
    let mut whole = true;
    for (index, entry) in map.entries.iter().enumerate() {
        let own = requests.and_then(|requests| requests.of(index)).map(|lowered| lowered.meaning.index);
        let case = case(cx, entry, place, own);
        whole &= case.is_some();
        cases.extend(case);
    }
    whole.then_some(cases)
}

fn case<'a>(cx: &mut Cx<'a>, entry: &'a Entry, place: &Place<'_>, own: Option<usize>) -> Option<Case> {
    let map = cx.map(&entry.value, "a case (a map)")?;
    cx.check_keys(map, &grammar::CASE, entry.key_span.to(entry.value.span));
    if !meta::is_kebab(&entry.key.text) {
        let title = format!("`{}` cannot name a case", super::context::shown(&entry.key.text));
        let error = cx.error("R0106", title, entry.key_span, "here");
        cx.push(error.help("lower-case letters and digits, words joined by hyphens"));
    }
    let place = if map.get("request").is_some() { place.with(Bare::Answer) } else { *place };
    let matches = map.get("match").map(|node| condition(cx, node, &place));
    let severity = map.get("severity").map(|node| ladder::severity(cx, node, &place));
    let confidence = map.get("confidence").map(|node| ladder::confidence(cx, node, &place));
    let title = map.get("title").map(|node| meta::title(cx, node, &place));
    let fix = map.get("fix").map(|node| meta::fix(cx, node));
    let span = cx.span(entry.key_span);
    Some(Case {
        name: Arc::clone(&entry.key.text),
        request: own,
        matches: keep(matches)?.unwrap_or_else(|| Cond::always(span)),
        severity: keep(severity)?,
        confidence: keep(confidence)?,
        title: keep(title)?,
        fix: keep(fix)?,
        span,
    })
}
