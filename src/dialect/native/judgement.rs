//! What a rule judges, and how: gate, match, cases, levels, baseline.
//!
//! Takes a rule's map and the place of its conditions, gives them lowered. Invariant: a finding has a severity, whichever
//! case leads to it. Must never import compile or any later folder.

use crate::base::{Confidence, Severity, Span};
use crate::dialect::yaml::{Map, Node};
use crate::expr::Template;
use crate::rule::{Case, Cond, Exposure, Ladder, NotOn};

use super::case::{CaseRequests, cases};
use super::condition::condition;
use super::context::{Cx, shown};
use super::grammar;
use super::ladder;
use super::names::{Bare, Place, Thing};
use super::text::{keep, scalar, template, word};

const EXPOSURES: [(&str, Exposure); 3] =
    [("secret", Exposure::Secret), ("public", Exposure::Public), ("identifier", Exposure::Identifier)];

/// What is judged, and how.
pub(super) struct Judged {
    pub severity: Ladder<Severity>,
    pub confidence: Ladder<Confidence>,
    pub exposure: Exposure,
    pub when: Option<Cond>,
    pub stop: bool,
    pub matches: Cond,
    pub cases: Vec<Case>,
    pub not_on: Option<NotOn>,
    pub report_each: bool,
    pub evidence_key: Option<Template>,
    pub inconclusive_when: Option<Cond>,
}

pub(super) fn judged<'a>(
    cx: &mut Cx<'a>,
    map: &'a Map,
    span: Span,
    place: &Place<'_>,
    requests: Option<&CaseRequests>,
) -> Option<Judged> {
    let exposure = map.get("exposure").map_or(Some(Exposure::Secret), |node| word(cx, node, &EXPOSURES));
    let when = map.get("when").map(|node| condition(cx, node, place));
    let matches = map.get("match").map(|node| condition(cx, node, place));
    let place = match map.get("match").and_then(Node::map) {
        Some(conds) if conds.get("class").is_some() => &Place { classed: true, ..*place },
        _ => place,
    };
    let severity = map.get("severity").map(|node| ladder::severity(cx, node, place));
    let confidence = map.get("confidence").map(|node| ladder::confidence(cx, node, place));
    let cases = map.entry("cases").map(|entry| cases(cx, entry, place, requests));
    let inconclusive_when = map.get("inconclusive_when").map(|node| condition(cx, node, place));
    let not_on = map.get("not_on").map(|node| not_on(cx, node, place));
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
        severity: keep(severity)?.unwrap_or_else(|| Ladder::always(Severity::Info)),
        confidence: keep(confidence)?.unwrap_or_else(|| Ladder::always(Confidence::Firm)),
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

fn not_on<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>) -> Option<NotOn> {
    if node.scalar().is_some() {
        if matches!(place.bare, Bare::Many) {
            let error =
                cx.error("R0123", "which condition must be false on the baseline?", node.span, "several answers");
            cx.push(error.help("`define` what one answer must be, and write `not_on: { baseline: $name }`"));
            return None;
        }
        return word(cx, node, &[("baseline", ())]).map(|()| NotOn::Whole);
    }
    let map = cx.map(node, "`baseline`, or `{ baseline: $name }`")?;
    cx.check_keys(map, &grammar::NOT_ON, node.span);
    let value = map.get("baseline")?;
    let found = scalar(cx, value, "the name of a definition")?;
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

fn missing(cx: &mut Cx<'_>, span: Span, key: &str, example: &str, what: &str) {
    let place = Span { start: span.start, end: span.start.saturating_add(1).min(span.end) };
    let error = cx.error("R0102", format!("a rule needs `{key}`"), place, "in this rule");
    cx.push(error.help(format!("say {what}: `{key}: {example}`")));
}
