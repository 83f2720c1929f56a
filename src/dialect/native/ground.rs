//! What the conditions of a rule stand on: items, requests, extracted values, and their names.
//!
//! Takes a rule's map, gives requests and bindings in the order in which they become known. Invariant: the number of
//! requests that a rule sends to one host is bounded beforehand. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Entry, Map, Node};
use crate::expr::Template;
use crate::rule::{AppliesTo, Binding, Extract, Request};

use super::case::{self, CaseRequests};
use super::context::Cx;
use super::items::Role;
use super::name::declare;
use super::names::{Bare, Place, Thing, ValueName};
use super::request::{LoweredRequest, Which, extracts, max_missing, name_single, request, requests};
use super::source::source;
use super::subjects::Item;
use super::text::template;

/// What the conditions of a rule stand on.
pub(super) struct Ground {
    pub requests: Vec<Request>,
    pub judged: Option<usize>,
    pub case_requests: CaseRequests,
    pub bindings: Bindings,
}

pub(super) struct Bindings {
    pub vars: Vec<(Arc<str>, Template)>,
    pub for_each: Vec<Binding>,
    pub extract: Vec<Extract>,
    pub collect: Vec<Binding>,
}

/// What bare subjects of the rule's own conditions speak of.
pub(super) fn bare_of(applies_to: AppliesTo, ground: &Ground, map: &Map) -> Bare<'static> {
    let own = ground.requests.iter().filter(|request| request.case.is_none()).count();
    if ground.judged.is_some() {
        return Bare::Answer;
    }
    let all_cases = !ground.case_requests.is_empty() && ground.case_requests.len() == case_names(map).len();
    match (own, applies_to) {
        (0, AppliesTo::Response) => Bare::Answer,
        (0, AppliesTo::Endpoint) if ground.case_requests.is_empty() => Bare::Answer,
        (0, _) if all_cases => Bare::Answer,
        (0, _) if ground.case_requests.is_empty() => Bare::Nothing,
        _ => Bare::Many,
    }
}

pub(super) fn case_names(map: &Map) -> Vec<Arc<str>> {
    let cases = map.get("cases").and_then(Node::map);
    cases.map(|map| map.entries.iter().map(|entry| Arc::clone(&entry.key.text)).collect()).unwrap_or_default()
}

/// Names, requests and what they give, in the order in which they become known.
pub(super) fn ground<'a>(cx: &mut Cx<'a>, map: &'a Map, span: Span, applies_to: AppliesTo) -> Option<Ground> {
    let vars = map.get("vars").map_or(Some(Vec::new()), |node| vars(cx, node));
    let sends = ["request", "requests"].iter().any(|key| map.get(key).is_some()) || has_case_requests(map);
    let for_each = map.get("for_each").map_or(Some((Vec::new(), 1)), |node| for_each(cx, node, sends, applies_to));
    let lowered = rule_requests(cx, map);
    let own = lowered.as_ref().map_or(0, Vec::len);
    let case_requests = case::requests(cx, map, own);
    check_sending(cx, map, span, applies_to, sends);
    let judged = match lowered.as_deref() {
        Some([only]) if !only.meaning.many => Some(0),
        _ => None,
    };
    let bare = match lowered.as_deref() {
        Some([_, ..]) if judged.is_none() => Bare::Many,
        _ => Bare::Answer,
    };
    let place = Place::new(bare);
    let extract = map.get("extract").map_or(Some(Vec::new()), |node| extracts(cx, node, &place, None));
    let collect = map.get("collect").map_or(Some(Vec::new()), |node| collects(cx, node, &place));
    let (lowered, (for_each, items)) = (lowered?, for_each?);
    let case_requests = case_requests?;
    let most = lowered.iter().map(|request| request.most).sum::<u64>();
    check_budget(cx, map, most.saturating_add(case_requests.most()).saturating_mul(items));
    let mut all: Vec<Request> = lowered.into_iter().map(|lowered| lowered.request).collect();
    all.extend(case_requests.requests());
    Some(Ground {
        requests: all,
        judged,
        case_requests,
        bindings: Bindings { vars: vars?, for_each, extract: extract?, collect: collect? },
    })
}

fn has_case_requests(map: &Map) -> bool {
    let cases = map.get("cases").and_then(Node::map);
    cases.is_some_and(|cases| {
        cases.entries.iter().any(|case| case.value.map().is_some_and(|m| m.get("request").is_some()))
    })
}

fn vars<'a>(cx: &mut Cx<'a>, node: &'a Node) -> Option<Vec<(Arc<str>, Template)>> {
    let map = cx.map(node, "a map of texts by name")?;
    let mut vars = Vec::new();
    let mut whole = true;
    for entry in &map.entries {
        let found = template(cx, &entry.value, &Place::before(0, &[]));
        let value = Thing::Value(ValueName { item: Item::text(), many: false, after: None });
        let thing = if found.is_some() { value } else { Thing::Broken };
        whole &= declare(cx, entry, thing) && found.is_some();
        vars.extend(found.map(|found| (Arc::clone(&entry.key.text), found)));
    }
    whole.then_some(vars)
}

/// The rule's own items, and how many there are at most.
fn for_each<'a>(cx: &mut Cx<'a>, node: &'a Node, sends: bool, applies_to: AppliesTo) -> Option<(Vec<Binding>, u64)> {
    let map = cx.map(node, "names and where their items come from")?;
    let bare = if sends && applies_to != AppliesTo::Response { Bare::Nothing } else { Bare::Answer };
    let mut bindings = Vec::new();
    let (mut items, mut whole) = (1u64, !map.entries.is_empty());
    for entry in &map.entries {
        let Some(lowered) = source(cx, &entry.value, Role::RuleEach, &Place::new(bare)) else {
            whole = false;
            declare(cx, entry, Thing::Broken);
            continue;
        };
        if lowered.found && sends && lowered.most.is_none() {
            max_missing(cx, entry.value.span);
        }
        items = items.saturating_mul(if lowered.found { 1 } else { lowered.most.unwrap_or(1) });
        whole &= declare(cx, entry, Thing::Value(ValueName { item: lowered.item, many: false, after: None }));
        let name = Arc::clone(&entry.key.text);
        bindings.push(Binding { name, source: lowered.source, span: cx.span(entry.key_span) });
    }
    if map.entries.is_empty() {
        cx.push(cx.error("R0118", "`for_each` names nothing", node.span, "an empty map"));
    }
    whole.then_some((bindings, items))
}

fn collects<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>) -> Option<Vec<Binding>> {
    let map = cx.map(node, "names and where their items come from")?;
    let mut bindings = Vec::new();
    let mut whole = true;
    for entry in &map.entries {
        let Some(lowered) = source(cx, &entry.value, Role::Collect, place) else {
            whole = false;
            declare(cx, entry, Thing::Broken);
            continue;
        };
        let value = ValueName { item: lowered.item, many: true, after: Some(usize::MAX) };
        whole &= declare(cx, entry, Thing::Value(value));
        let name = Arc::clone(&entry.key.text);
        bindings.push(Binding { name, source: lowered.source, span: cx.span(entry.key_span) });
    }
    whole.then_some(bindings)
}

/// `request` or `requests`.
fn rule_requests<'a>(cx: &mut Cx<'a>, map: &'a Map) -> Option<Vec<LoweredRequest>> {
    match (map.entry("request"), map.entry("requests")) {
        (Some(one), Some(several)) => {
            let error =
                cx.error("R0123", "`request` and `requests` exclude each other", several.key_span, "the other one");
            cx.push(
                error.at(cx.source, one.key_span, "one").help("name the one request too: `requests: { name: { … } }`"),
            );
            None
        }
        (Some(entry), None) => {
            let lowered = request(cx, &entry.value, Which { name: "request".into(), index: 0, case: None })?;
            name_single(cx, entry, lowered.meaning.clone());
            Some(vec![lowered])
        }
        (None, Some(entry)) => {
            let map = cx.map(&entry.value, "a map of requests by name")?;
            requests(cx, map)
        }
        (None, None) => Some(Vec::new()),
    }
}

/// A passive rule sends nothing; a rule about a host sends something.
fn check_sending(cx: &mut Cx<'_>, map: &Map, span: Span, applies_to: AppliesTo, sends: bool) {
    let first = |keys: &[&str]| keys.iter().find_map(|key| map.entry(key)).map(|entry| entry.key_span);
    if applies_to == AppliesTo::Response && sends {
        let at = first(&["request", "requests", "cases"]).unwrap_or(span);
        let error = cx.error("R0123", "a rule that applies to responses sends nothing", at, "a request here");
        cx.push(error.help("write `applies_to: host` or `endpoint`, or delete the request"));
    }
    if applies_to == AppliesTo::Host && !sends && map.get("applies_to").is_some() {
        let at = first(&["applies_to"]).unwrap_or(span);
        let error = cx.error("R0123", "a rule about hosts needs a request", at, "nothing is sent");
        cx.push(
            error.help("add `request: { get: / }`, or write `applies_to: response` to judge answers to other rules"),
        );
    }
}

fn check_budget(cx: &mut Cx<'_>, map: &Map, most: u64) {
    let limit = u64::try_from(cx.limits.requests_per_rule).unwrap_or(u64::MAX);
    if most > limit {
        let at = ["for_each", "requests", "request", "cases"].iter().find_map(|key| map.entry(key));
        let span = at.map_or(Span::default(), |entry: &Entry| entry.key_span);
        let error = cx.error("R0127", format!("the rule sends up to {most} requests to a host"), span, "the product");
        cx.push(error.help(format!("at most {limit} are allowed unless the limit is raised")));
    }
}
