//! A rule: from its file to the IR.
//!
//! Takes the root of a file and its folder, gives a [`Rule`] where nothing is wrong. Invariant: names are known before
//! conditions are read, so the order of keys in the file is free. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::{Limits, SourceFile, Span};
use crate::diagnostic::Diagnostics;
use crate::dialect::yaml::{Map, Node};
use crate::rule::{AppliesTo, Rule};

use super::context::Cx;
use super::grammar;
use super::ground::{bare_of, case_names, ground};
use super::judgement::judged;
use super::name::declare;
use super::names::{Define, Named, Place, Thing};
use super::shared::Folder;
use super::text::{keep, word};
use super::verify::verify;
use super::{brought, fixture, lint, meta};

const APPLIES_TO: [(&str, AppliesTo); 3] =
    [("host", AppliesTo::Host), ("endpoint", AppliesTo::Endpoint), ("response", AppliesTo::Response)];
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
    let bare = bare_of(cx, map);
    let classed = map.get("when").and_then(Node::map).is_some_and(|when| when.get("class").is_some());
    let place = Place { classed, ..Place::new(bare) };
    let judged = judged(cx, map, span, &place, ground.as_ref().map(|ground| &ground.case_requests));
    let verify = map.get("verify").map(|node| verify(cx, node, &place));
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
        when: judged.when.map(Box::new),
        vars: ground.bindings.vars,
        for_each: ground.bindings.for_each,
        stop_at_first_match: judged.stop,
        requests: ground.requests,
        judged: ground.judged,
        extract: ground.bindings.extract,
        collect: ground.bindings.collect,
        matches: judged.matches,
        cases: judged.cases,
        not_on: judged.not_on.map(Box::new),
        report_each: judged.report_each,
        evidence_key: judged.evidence_key,
        inconclusive_when: judged.inconclusive_when.map(Box::new),
        verify: keep(verify)?.map(Box::new),
        sequence: None,
        workflow: None,
        tests,
        refused: cx.refused.clone(),
        source: cx.source.clone(),
    };
    brought::check(cx, &rule, map);
    lint::rule(cx, &rule, map);
    Some(rule)
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
