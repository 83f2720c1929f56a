//! What an inline test expects.
//!
//! Takes `expect`, gives [`Expect`]. Invariant: what is expected can come out: cases and extracts are the rule's. Must
//! never import compile or any later folder.

use std::sync::Arc;

use crate::base::{Confidence, Severity};
use crate::dialect::yaml::{Kind, Map, Node};
use crate::rule::{Expect, ExpectFinding, ExpectOutcome};

use super::context::{Cx, list, shown, suggestion};
use super::grammar;
use super::names::Thing;
use super::text::{scalar, text, texts, whole, word};

const OUTCOMES: [(&str, ExpectOutcome); 5] = [
    ("match", ExpectOutcome::Match),
    ("clean", ExpectOutcome::Clean),
    ("skipped", ExpectOutcome::Skipped),
    ("inconclusive", ExpectOutcome::Inconclusive),
    ("note", ExpectOutcome::Note),
];

/// An outcome, a finding, or the exact list of findings.
pub(super) fn expect(cx: &mut Cx<'_>, node: &Node, cases: &[Arc<str>]) -> Option<Expect> {
    match &node.kind {
        Kind::Scalar(_) => word(cx, node, &OUTCOMES).map(Expect::Outcome),
        Kind::Map(_) => finding(cx, node, cases).map(|finding| Expect::Findings(vec![finding])),
        Kind::List(items) => {
            let findings: Vec<Option<ExpectFinding>> = items.iter().map(|item| finding(cx, item, cases)).collect();
            let findings = findings.into_iter().collect::<Option<Vec<ExpectFinding>>>()?;
            Some(if findings.is_empty() { Expect::Outcome(ExpectOutcome::Clean) } else { Expect::Findings(findings) })
        }
    }
}

fn finding(cx: &mut Cx<'_>, node: &Node, cases: &[Arc<str>]) -> Option<ExpectFinding> {
    let map = cx.map(node, "what the finding must be (a map)")?;
    cx.check_keys(map, &grammar::EXPECT, node.span);
    let severities = Severity::ALL.map(|level| (level.name(), level));
    let confidences = Confidence::ALL.map(|level| (level.name(), level));
    let expected_cases = map.get("case").map_or(Some(Vec::new()), |node| expected_cases(cx, node, cases));
    let severity = map.get("severity").map(|node| word(cx, node, &severities));
    let confidence = map.get("confidence").map(|node| word(cx, node, &confidences));
    let evidence_key = map.get("evidence_key").map(|node| text(cx, node, "a text"));
    let places = map.get("places").map(|node| whole(cx, node, 1, 100_000));
    let title = map.get("title").map(|node| text(cx, node, "a text"));
    let extracted = map.get("extracted").map_or(Some(Vec::new()), |node| extracted(cx, node));
    Some(ExpectFinding {
        cases: expected_cases?,
        severity: super::text::keep(severity)?,
        confidence: super::text::keep(confidence)?,
        evidence_key: super::text::keep(evidence_key)?,
        places: super::text::keep(places)?.and_then(|places| usize::try_from(places).ok()),
        title: super::text::keep(title)?,
        extracted: extracted?,
    })
}

fn expected_cases(cx: &mut Cx<'_>, node: &Node, cases: &[Arc<str>]) -> Option<Vec<Arc<str>>> {
    let mut expected = Vec::new();
    for item in texts(cx, node, "the name of a case")? {
        let found = &scalar(cx, item, "the name of a case")?.text;
        if !cases.contains(found) {
            let label = suggestion(found, cases.iter().map(|case| &**case), "unknown");
            let error = cx.error("R0126", format!("the rule has no case `{}`", shown(found)), item.span, &label);
            cx.push(error.help(match cases {
                [] => "the rule has no cases; delete `case`".to_owned(),
                cases => format!("cases are {}", list(cases.iter().map(|case| &**case))),
            }));
            return None;
        }
        expected.push(Arc::clone(found));
    }
    Some(expected)
}

fn extracted(cx: &mut Cx<'_>, node: &Node) -> Option<Vec<(Arc<str>, Arc<str>)>> {
    let map: &Map = cx.map(node, "a map of extracted values")?;
    let mut found = Vec::new();
    for entry in &map.entries {
        let value = |named: &super::names::Named<'_>| matches!(named.thing, Thing::Value(_) | Thing::Broken);
        if !cx.names.get(&entry.key.text).is_some_and(value) {
            let title = format!("the rule extracts no `{}`", shown(&entry.key.text));
            let names = cx.names.iter().filter(|named| value(named)).map(|named| &*named.name);
            let label = suggestion(&entry.key.text, names, "unknown");
            let error = cx.error("R0126", title, entry.key_span, &label);
            cx.push(error.help("`extracted` names what `extract` of the rule gives"));
            return None;
        }
        found.push((Arc::clone(&entry.key.text), text(cx, &entry.value, "a text")?));
    }
    Some(found)
}
