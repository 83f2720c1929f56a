//! A rule: from its file to the IR.
//!
//! Takes the root of a file and its folder, gives a [`Rule`] where nothing is wrong. Invariant: names are known before
//! conditions are read, so the order of keys in the file is free. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::{Limits, SourceFile, Span};
use crate::diagnostic::Diagnostics;
use crate::dialect::yaml::{Entry, Map, Node};
use crate::expr::Template;
use crate::rule::{AppliesTo, Binding, Cond, Exposure, Extract, Ladder, NotOn, Request, Rule};

use super::case::{CaseRequests, cases};
use super::condition::condition;
use super::context::{Cx, shown};
use super::grammar;
use super::name::declare;
use super::names::{Bare, Define, Named, Place, Thing, ValueName};
use super::request::{LoweredRequest, Which, extracts, keep, max_missing, name_single, request, requests};
use super::shared::Folder;
use super::source::{Role, source};
use super::text::{template, word};
use super::{fixture, ladder, lint, meta};

const APPLIES_TO: [(&str, AppliesTo); 3] =
    [("host", AppliesTo::Host), ("endpoint", AppliesTo::Endpoint), ("response", AppliesTo::Response)];
const EXPOSURES: [(&str, Exposure); 3] =
    [("secret", Exposure::Secret), ("public", Exposure::Public), ("identifier", Exposure::Identifier)];

/// Lowers one file. The rule is there only where the file has no errors.
pub(super) fn rule<'a>(
    root: &'a Node,
    file: &'a SourceFile,
    folder: &'a Folder<'a>,
    limits: &'a Limits,
) -> (Option<Rule>, Diagnostics) {
    let mut cx = Cx::new(file, folder, limits);
    let rule = cx.map(root, "a rule (a map)").and_then(|map| lower(&mut cx, map, root.span));
    let rule = rule.filter(|_| !cx.has_errors());
    (rule, cx.finish())
}

/// What the conditions of a rule stand on.
struct Ground {
    requests: Vec<Request>,
    judged: Option<usize>,
    case_requests: CaseRequests,
    bindings: Bindings,
}

struct Bindings {
    vars: Vec<(Arc<str>, Template)>,
    for_each: Vec<Binding>,
    extract: Vec<Extract>,
    collect: Vec<Binding>,
}

fn lower<'a>(cx: &mut Cx<'a>, map: &'a Map, span: Span) -> Option<Rule> {
    cx.check_keys(map, &grammar::RULE, span);
    let id = map.get("id").and_then(|node| meta::kebab(cx, node, "an identifier"));
    let applies_to = map.get("applies_to").map(|node| word(cx, node, &APPLIES_TO));
    let applies_to = applies_to.flatten();
    cx.names.endpoint = applies_to == Some(AppliesTo::Endpoint);
    cx.names.cases = map.get("cases").is_some();
    declare_defines(cx, map);
    let applies_to_known = applies_to.unwrap_or(AppliesTo::Host);
    let ground = ground(cx, map, span, applies_to_known);
    let bare = match &ground {
        Some(ground) => bare_of(applies_to_known, ground, map),
        None => Bare::Answer,
    };
    let classed = map.get("when").and_then(Node::map).is_some_and(|when| when.get("class").is_some());
    let place = Place { classed, ..Place::new(bare) };
    let judged = judged(cx, map, span, &place, ground.as_ref());
    let meta = meta::meta(cx, map, &place);
    let names: Vec<Arc<str>> = case_names(map);
    let tests = map.get("tests").map(|node| fixture::tests(cx, node, &names)).unwrap_or_default();
    lint::unused_definitions(cx);
    let (ground, judged) = (ground?, judged?);
    let rule = Rule {
        id: id?,
        meta: meta?,
        severity: judged.severity,
        confidence: judged.confidence,
        exposure: judged.exposure,
        applies_to: applies_to?,
        when: judged.when,
        vars: ground.bindings.vars,
        for_each: ground.bindings.for_each,
        stop_at_first_match: judged.stop,
        requests: ground.requests,
        judged: ground.judged,
        extract: ground.bindings.extract,
        collect: ground.bindings.collect,
        matches: judged.matches,
        cases: judged.cases,
        not_on: judged.not_on,
        report_each: judged.report_each,
        evidence_key: judged.evidence_key,
        inconclusive_when: judged.inconclusive_when,
        tests,
        refused: cx.refused.clone(),
        source: cx.source.clone(),
    };
    lint::rule(cx, &rule, map);
    Some(rule)
}

fn missing(cx: &mut Cx<'_>, span: Span, key: &str, example: &str, what: &str) {
    let place = Span { start: span.start, end: span.start.saturating_add(1).min(span.end) };
    let error = cx.error("R0102", format!("a rule needs `{key}`"), place, "in this rule");
    cx.push(error.help(format!("say {what}: `{key}: {example}`")));
}

fn case_names(map: &Map) -> Vec<Arc<str>> {
    let cases = map.get("cases").and_then(Node::map);
    cases.map(|map| map.entries.iter().map(|entry| Arc::clone(&entry.key.text)).collect()).unwrap_or_default()
}

/// What bare subjects of the rule's own conditions speak of.
fn bare_of(applies_to: AppliesTo, ground: &Ground, map: &Map) -> Bare<'static> {
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

fn declare_defines<'a>(cx: &mut Cx<'a>, map: &'a Map) {
    let folder = cx.folder;
    for (name, part) in folder.defines() {
        let define = Define { node: part.node, source: part.source, shared: true, used: false, open: false };
        let named =
            Named { name: Arc::clone(name), span: part.span, source: part.source, thing: Thing::Define(define) };
        cx.names.push(named);
    }
    let Some(node) = map.get("define") else { return };
    let Some(defines) = cx.map(node, "a map of conditions by name") else { return };
    for entry in &defines.entries {
        let source = cx.source;
        let define = Define { node: &entry.value, source, shared: false, used: false, open: false };
        declare(cx, entry, Thing::Define(define));
    }
}

/// Names, requests and what they give, in the order in which they become known.
fn ground<'a>(cx: &mut Cx<'a>, map: &'a Map, span: Span, applies_to: AppliesTo) -> Option<Ground> {
    let vars = map.get("vars").map_or(Some(Vec::new()), |node| vars(cx, node));
    let sends = ["request", "requests"].iter().any(|key| map.get(key).is_some()) || has_case_requests(map);
    let for_each = map.get("for_each").map_or(Some((Vec::new(), 1)), |node| for_each(cx, node, sends, applies_to));
    let lowered = rule_requests(cx, map);
    let own = lowered.as_ref().map_or(0, Vec::len);
    let case_requests = super::case::requests(cx, map, own);
    check_sending(cx, map, span, applies_to, sends);
    let (lowered, (for_each, items)) = (lowered?, for_each?);
    let case_requests = case_requests?;
    let most = lowered.iter().map(|request| request.most).sum::<u64>();
    check_budget(cx, map, most.saturating_add(case_requests.most()).saturating_mul(items));
    let judged = match lowered.as_slice() {
        [only] if !only.meaning.many => Some(0),
        _ => None,
    };
    let bare = match (lowered.len(), applies_to) {
        (0, _) => Bare::Answer,
        _ if judged.is_some() => Bare::Answer,
        _ => Bare::Many,
    };
    let place = Place::new(bare);
    let extract = map.get("extract").map_or(Some(Vec::new()), |node| extracts(cx, node, &place, None));
    let collect = map.get("collect").map_or(Some(Vec::new()), |node| collects(cx, node, &place));
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
        let value = ValueName { item: super::subjects::Item::text(), many: false, after: None };
        whole &= declare(cx, entry, Thing::Value(value)) && found.is_some();
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

/// What is judged, and how.
struct Judged {
    severity: Ladder<crate::base::Severity>,
    confidence: Ladder<crate::base::Confidence>,
    exposure: Exposure,
    when: Option<Cond>,
    stop: bool,
    matches: Cond,
    cases: Vec<crate::rule::Case>,
    not_on: Option<NotOn>,
    report_each: bool,
    evidence_key: Option<Template>,
    inconclusive_when: Option<Cond>,
}

fn judged<'a>(cx: &mut Cx<'a>, map: &'a Map, span: Span, place: &Place<'_>, ground: Option<&Ground>) -> Option<Judged> {
    let exposure = map.get("exposure").map_or(Some(Exposure::Secret), |node| word(cx, node, &EXPOSURES));
    let when = map.get("when").map(|node| condition(cx, node, place));
    let matches = map.get("match").map(|node| condition(cx, node, place));
    let place = match map.get("match").and_then(Node::map) {
        Some(conds) if conds.get("class").is_some() => &Place { classed: true, ..*place },
        _ => place,
    };
    let severity = map.get("severity").map(|node| ladder::severity(cx, node, place));
    let confidence = map.get("confidence").map(|node| ladder::confidence(cx, node, place));
    let cases = map.entry("cases").map(|entry| cases(cx, entry, place, ground.map(|ground| &ground.case_requests)));
    let inconclusive_when = map.get("inconclusive_when").map(|node| condition(cx, node, place));
    let not_on = map.get("not_on").map(|node| not_on(cx, node));
    let evidence_key = map.get("evidence_key").map(|node| template(cx, node, place));
    let report = map.get("report").map_or(Some(false), |node| word(cx, node, &[("first", false), ("each", true)]));
    let stop = map.get("stop").map_or(Some(false), |node| word(cx, node, &[("first-match", true)]));
    pairs(cx, map, "stop", "for_each", "there are no items to stop at");
    pairs(cx, map, "report", "cases", "there are no cases to report");
    if map.get("match").is_none() && map.get("cases").is_none() {
        missing(cx, span, "match", "{ status: 200 }", "what must hold, or name `cases`");
        return None;
    }
    let exposure = exposure?;
    check_severity(cx, map, span, exposure);
    Some(Judged {
        severity: keep(severity)?.unwrap_or_else(|| Ladder::always(crate::base::Severity::Info)),
        confidence: keep(confidence)?.unwrap_or_else(|| Ladder::always(crate::base::Confidence::Firm)),
        exposure,
        when: keep(when)?,
        stop: stop?,
        matches: keep(matches)?.unwrap_or_else(|| Cond::always(cx.span(span))),
        cases: keep(cases)?.unwrap_or_default(),
        not_on: keep(not_on)?,
        report_each: report?,
        evidence_key: keep(evidence_key)?,
        inconclusive_when: keep(inconclusive_when)?,
    })
}

/// Reports a key that means nothing without another.
fn pairs(cx: &mut Cx<'_>, map: &Map, key: &str, needs: &str, why: &str) {
    if let (Some(entry), None) = (map.entry(key), map.entry(needs)) {
        let error = cx.error("R0123", format!("`{key}` without `{needs}`"), entry.key_span, why);
        cx.push(error.help(format!("delete `{key}`, or add `{needs}`")));
    }
}

/// A finding has a severity: the rule's, or that of each case.
fn check_severity(cx: &mut Cx<'_>, map: &Map, span: Span, exposure: Exposure) {
    let has = |node: &Node| node.map().is_some_and(|map| map.get("severity").is_some());
    let of_cases = map.get("cases").and_then(Node::map);
    let all_cases = of_cases.is_some_and(|cases| cases.entries.iter().all(|case| has(&case.value)));
    if exposure == Exposure::Secret && map.get("severity").is_none() && !all_cases {
        missing(cx, span, "severity", "medium", "how bad a match is, here or in each case");
    }
}

fn not_on<'a>(cx: &mut Cx<'a>, node: &'a Node) -> Option<NotOn> {
    if node.scalar().is_some() {
        return word(cx, node, &[("baseline", ())]).map(|()| NotOn::Whole);
    }
    let map = cx.map(node, "`baseline`, or `{ baseline: $name }`")?;
    cx.check_keys(map, &grammar::NOT_ON, node.span);
    let value = map.get("baseline")?;
    let found = super::text::scalar(cx, value, "the name of a definition")?;
    let name = found.text.strip_prefix('$').unwrap_or(&found.text);
    let Some(Thing::Define(define)) = cx.names.get(name).map(|named| named.thing.clone()) else {
        let error = cx.error("R0108", format!("`{}` is no definition", shown(&found.text)), value.span, "unknown");
        cx.push(error.help("`not_on: { baseline: $name }` names one of `define`"));
        return None;
    };
    if let Some(Thing::Define(define)) = cx.names.get_mut(name).map(|named| &mut named.thing) {
        define.used = true;
    }
    let place = Place::new(Bare::Answer);
    let cond = if define.shared {
        cx.elsewhere(define.source, value.span, |cx| condition(cx, define.node, &place))
    } else {
        condition(cx, define.node, &place)
    };
    Some(NotOn::Named(name.into(), cond?))
}
