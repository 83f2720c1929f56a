//! Mutation: each condition of a rule dropped or negated in turn. A change that no test notices points at a condition that
//! no test depends on.
//!
//! Invariant: a condition that is used in several places (a define) is changed in all of them at once, as its author
//! would. Must never import a folder above `plan`.

use std::sync::Arc;

use super::runner::{TestOutcome, run_test};
use crate::base::Span;
use crate::compile::CompiledRule;
use crate::rule::{Cond, CondKind, NotOn, Rule};

/// A change that no test noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// The condition.
    pub span: Span,
    /// What was done to it: `dropped` or `negated`.
    pub change: &'static str,
    /// Its name in words, where it is no condition of the tree.
    pub what: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Drop,
    Negate,
}

/// The changes to a rule under which all its tests still pass. A rule without tests has them all.
pub fn surviving_mutants(rule: &Rule) -> Vec<Mutant> {
    let mut spans = Vec::new();
    let mut probe = rule.clone();
    each_condition(&mut probe, &mut |cond| collect_spans(cond, &mut spans));
    spans.sort_unstable();
    spans.dedup();
    let mut survivors = Vec::new();
    for span in spans {
        for (change, name) in [(Change::Drop, "dropped"), (Change::Negate, "negated")] {
            let mut mutant = rule.clone();
            each_condition(&mut mutant, &mut |cond| change_at(cond, span, change, true));
            if survives(mutant) {
                survivors.push(Mutant { span, change: name, what: "condition" });
            }
        }
    }
    survivors.extend(without_baseline(rule));
    survivors
}

fn without_baseline(rule: &Rule) -> Option<Mutant> {
    rule.not_on.as_ref()?;
    let mutant = Rule { not_on: None, ..rule.clone() };
    survives(mutant).then_some(Mutant { span: rule.matches.span, change: "dropped", what: "not_on" })
}

fn survives(mutant: Rule) -> bool {
    let compiled = CompiledRule::alone(mutant);
    let passes = |test| matches!(run_test(&compiled, test, false), TestOutcome::Passed | TestOutcome::Skipped(_));
    Arc::clone(&compiled).rule.tests.iter().all(passes)
}

/// Calls `visit` on every top-level condition of the rule.
fn each_condition(rule: &mut Rule, visit: &mut dyn FnMut(&mut Cond)) {
    visit(&mut rule.matches);
    rule.when.iter_mut().for_each(&mut *visit);
    rule.inconclusive_when.iter_mut().for_each(&mut *visit);
    rule.severity.rungs.iter_mut().for_each(|(_, cond)| visit(cond));
    rule.confidence.rungs.iter_mut().for_each(|(_, cond)| visit(cond));
    for case in &mut rule.cases {
        visit(&mut case.matches);
        case.severity.iter_mut().flat_map(|ladder| &mut ladder.rungs).for_each(|(_, cond)| visit(cond));
        case.confidence.iter_mut().flat_map(|ladder| &mut ladder.rungs).for_each(|(_, cond)| visit(cond));
    }
    if let Some(NotOn::Named(_, cond)) = &mut rule.not_on {
        visit(cond);
    }
    for request in &mut rule.requests {
        request.run_if.iter_mut().chain(&mut request.stop_when).for_each(&mut *visit);
    }
}

/// Conditions that say something by themselves: all but the maps that join them.
fn collect_spans(cond: &Cond, spans: &mut Vec<Span>) {
    if !matches!(cond.kind, CondKind::All(_)) {
        spans.push(cond.span);
    }
    cond.children().iter().for_each(|child| collect_spans(child, spans));
}

/// Changes every condition at that place. Dropping one of several alternatives makes it false, anything else true.
fn change_at(cond: &mut Cond, span: Span, change: Change, in_all: bool) {
    if cond.span == span && !matches!(cond.kind, CondKind::All(_)) {
        match change {
            Change::Drop if in_all => cond.kind = CondKind::All(Vec::new()),
            Change::Drop => cond.kind = CondKind::Any(Vec::new()),
            Change::Negate => {
                let inner = Box::new(cond.clone());
                cond.kind = CondKind::Not(inner);
            }
        }
        return;
    }
    let joins_all = !matches!(cond.kind, CondKind::Any(_) | CondKind::CountOf { .. });
    let children_in_all = if matches!(cond.kind, CondKind::All(_)) { in_all || joins_all } else { joins_all };
    cond.children_mut().iter_mut().for_each(|child| change_at(child, span, change, children_in_all));
}
