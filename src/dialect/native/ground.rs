//! What the conditions of a rule stand on: items, requests, extracted values, and their names.
//!
//! Takes a rule's map, gives requests and bindings in the order in which they become known. Invariant: the number of
//! requests that a rule sends to one host is bounded beforehand. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Entry, Map, Node};
use crate::expr::Template;
use crate::predicate::Source;
use crate::rule::{AppliesTo, Binding, Extract, Request};

use super::case::{self, CaseRequests};
use super::context::Cx;
use super::items::Role;
use super::name::declare;
use super::names::{Bare, Place, Thing, ValueName};
use super::request::{LoweredRequest, Which, extracts, name_single, request, requests};
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

/// What bare subjects of the rule's own conditions speak of; told from the map, so that it is known whatever else is
/// wrong.
pub(super) fn bare_of(cx: &Cx<'_>, map: &Map) -> Bare<'static> {
    let repeats = |node: &Node| {
        let often = |map: &Map| map.get("repeat").and_then(Node::scalar).is_some_and(|often| &*often.text != "1");
        node.map().is_some_and(|map| map.get("for_each").is_some() || often(map))
    };
    let several = map.get("requests").and_then(Node::map).map(|requests| requests.entries.as_slice());
    let one = match (map.get("request"), several) {
        (Some(node), _) => node,
        (None, Some([only])) => shared_or_own(cx, &only.value),
        (None, Some([_, ..])) => return Bare::Many,
        (None, None | Some([])) => {
            let cases = case_names(map).len();
            let own = of_cases(map);
            return if own == 0 || own == cases { Bare::Answer } else { Bare::Many };
        }
    };
    if repeats(one) { Bare::Many } else { Bare::Answer }
}

/// The request itself, or the one of `shared.yaml` that is named in its place.
fn shared_or_own<'n>(cx: &Cx<'n>, node: &'n Node) -> &'n Node {
    let name = node.scalar().and_then(|found| found.text.strip_prefix('$'));
    name.and_then(|name| cx.folder.request(name)).map_or(node, |part| part.node)
}

/// How many cases have a request of their own.
fn of_cases(map: &Map) -> usize {
    let cases = map.get("cases").and_then(Node::map).map(|cases| cases.entries.as_slice()).unwrap_or_default();
    cases.iter().filter(|case| case.value.map().is_some_and(|map| map.get("request").is_some())).count()
}

pub(super) fn case_names(map: &Map) -> Vec<Arc<str>> {
    let cases = map.get("cases").and_then(Node::map);
    cases.map(|map| map.entries.iter().map(|entry| Arc::clone(&entry.key.text)).collect()).unwrap_or_default()
}

/// Names, requests and what they give, in the order in which they become known.
pub(super) fn ground<'a>(cx: &mut Cx<'a>, map: &'a Map, span: Span, applies_to: AppliesTo) -> Option<Ground> {
    let sends = ["request", "requests"].iter().any(|key| map.get(key).is_some()) || of_cases(map) > 0;
    let items = map.get("for_each").and_then(|node| cx.map(node, "names and where their items come from"));
    check_items(cx, map, items);
    let early = for_each(cx, items, false, Bare::Nothing);
    let vars = map.get("vars").map_or(Some(Vec::new()), |node| vars(cx, node));
    let lowered = rule_requests(cx, map);
    let own = lowered.as_ref().map_or(0, Vec::len);
    let case_requests = case::requests(cx, map, own);
    check_sending(cx, map, span, applies_to, sends);
    let judged = match lowered.as_deref() {
        Some([only]) if !only.meaning.many => Some(0),
        _ => None,
    };
    let bare = match bare_of(cx, map) {
        Bare::Answer if of_cases(map) > 0 && own == 0 => Bare::Many,
        bare => bare,
    };
    let late = for_each(cx, items, true, bare);
    let place = Place::new(bare);
    let extract = map.get("extract").map_or(Some(Vec::new()), |node| extracts(cx, node, &place, None));
    let collect = map.get("collect").map_or(Some(Vec::new()), |node| collects(cx, node, &place));
    let (lowered, early, late) = (lowered?, early?, late?);
    let mut for_each = [early, late].concat();
    for_each.sort_by_key(|binding| binding.span);
    let case_requests = case_requests?;
    let most = lowered.iter().map(|request| request.most).sum::<u64>();
    check_budget(cx, map, most.saturating_add(case_requests.most()).saturating_mul(written_items(&for_each)));
    let mut all: Vec<Request> = lowered.into_iter().map(|lowered| lowered.request).collect();
    all.extend(case_requests.requests());
    Some(Ground {
        requests: all,
        judged,
        case_requests,
        bindings: Bindings { vars: vars?, for_each, extract: extract?, collect: collect? },
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

fn check_items(cx: &mut Cx<'_>, map: &Map, items: Option<&Map>) {
    if let (Some(entry), Some([])) = (map.entry("for_each"), items.map(|items| items.entries.as_slice())) {
        cx.push(cx.error("R0118", "`for_each` names nothing", entry.value.span, "an empty map"));
    }
}

/// The rule's own items: those that are written, over which requests repeat, or those that are found in the judged
/// answer, over which only the verdict repeats.
fn for_each<'a>(cx: &mut Cx<'a>, items: Option<&'a Map>, late: bool, bare: Bare<'_>) -> Option<Vec<Binding>> {
    let mut bindings = Vec::new();
    let mut whole = true;
    for entry in items.map(|items| items.entries.as_slice()).unwrap_or_default() {
        if is_found(&entry.value) != late {
            continue;
        }
        let Some(lowered) = source(cx, &entry.value, Role::RuleEach, &Place::new(bare)) else {
            whole = false;
            declare(cx, entry, Thing::Broken);
            continue;
        };
        let after = late.then_some(usize::MAX);
        whole &= declare(cx, entry, Thing::Value(ValueName { item: lowered.item, many: false, after }));
        let name = Arc::clone(&entry.key.text);
        bindings.push(Binding { name, source: lowered.source, span: cx.span(entry.key_span) });
    }
    whole.then_some(bindings)
}

/// Whether a source takes its items from an answer.
fn is_found(node: &Node) -> bool {
    let from = node.map().and_then(|map| map.get("from")).and_then(Node::scalar);
    from.is_some_and(|from| &*from.text != "file")
}

/// How many items the written sources make together.
fn written_items(bindings: &[Binding]) -> u64 {
    let count = |binding: &Binding| match &binding.source {
        Source::Written(items) => u64::try_from(items.len()).unwrap_or(u64::MAX),
        _ => 1,
    };
    bindings.iter().map(count).fold(1, u64::saturating_mul)
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
