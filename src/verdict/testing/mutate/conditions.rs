//! Conditions dropped, negated, quantified otherwise, and their predicates weakened.
//!
//! Must never import a folder above `plan`.

use std::collections::BTreeMap;

use super::predicates::weakened;
use super::{Changed, Mutant};
use crate::base::Span;
use crate::rule::{Cond, CondKind, NotOn, Quantifier, Rule};

/// What is done to a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Edit {
    Drop,
    Negate,
    Every,
    Some,
    /// The predicate is replaced by this weaker one of it.
    Weaken(usize),
}

/// Every change of one condition.
pub(super) fn changed(rule: &Rule) -> impl Iterator<Item = Changed> {
    let mut edits = BTreeMap::new();
    let mut probe = rule.clone();
    each_condition(&mut probe, &mut |cond| collect(cond, &mut edits));
    edits.into_iter().map(|((span, edit), (what, change))| {
        let mut rule = rule.clone();
        each_condition(&mut rule, &mut |cond| change_at(cond, span, edit, true));
        Changed { mutant: Mutant { span, what, change }, rule }
    })
}

/// Calls `visit` on every top-level condition of the rule.
fn each_condition(rule: &mut Rule, visit: &mut dyn FnMut(&mut Cond)) {
    visit(&mut rule.matches);
    rule.when.as_deref_mut().into_iter().for_each(&mut *visit);
    rule.inconclusive_when.as_deref_mut().into_iter().for_each(&mut *visit);
    rule.severity.rungs.iter_mut().for_each(|(_, cond)| visit(cond));
    rule.confidence.rungs.iter_mut().for_each(|(_, cond)| visit(cond));
    for case in &mut rule.cases {
        visit(&mut case.matches);
        case.severity.iter_mut().flat_map(|ladder| &mut ladder.rungs).for_each(|(_, cond)| visit(cond));
        case.confidence.iter_mut().flat_map(|ladder| &mut ladder.rungs).for_each(|(_, cond)| visit(cond));
    }
    if let Some(NotOn::Named(_, cond)) = rule.not_on.as_deref_mut() {
        visit(cond);
    }
    for request in &mut rule.requests {
        request.run_if.iter_mut().chain(&mut request.stop_when).for_each(&mut *visit);
    }
}

/// What can be done to a condition and its parts. The maps that join conditions say nothing by themselves.
fn collect(cond: &Cond, edits: &mut BTreeMap<(Span, Edit), (String, &'static str)>) {
    let mut add = |edit, what: &str, change| edits.insert((cond.span, edit), (what.to_owned(), change));
    if !matches!(cond.kind, CondKind::All(_)) {
        add(Edit::Drop, "condition", "dropped");
        add(Edit::Negate, "condition", "negated");
    }
    match &cond.kind {
        CondKind::Quantified { quantifier: Quantifier::Some, .. } => {
            add(Edit::Every, "`some`", "taken for `every`");
        }
        CondKind::Quantified { quantifier: Quantifier::Every, .. } => {
            add(Edit::Some, "`every`", "taken for `some`");
        }
        CondKind::Test { pred, .. } => {
            for (nth, (what, change, _)) in weakened(pred).into_iter().enumerate() {
                add(Edit::Weaken(nth), &what, change);
            }
        }
        _ => {}
    }
    cond.children().iter().for_each(|child| collect(child, edits));
}

/// Changes every condition at that place. Dropping one of several alternatives makes it false, anything else true.
fn change_at(cond: &mut Cond, span: Span, edit: Edit, in_all: bool) {
    if cond.span == span && !matches!(cond.kind, CondKind::All(_)) {
        change(cond, edit, in_all);
        return;
    }
    let joins_all = !matches!(cond.kind, CondKind::Any(_) | CondKind::CountOf { .. });
    let children_in_all = if matches!(cond.kind, CondKind::All(_)) { in_all || joins_all } else { joins_all };
    cond.children_mut().iter_mut().for_each(|child| change_at(child, span, edit, children_in_all));
}

fn change(cond: &mut Cond, edit: Edit, in_all: bool) {
    match (edit, &mut cond.kind) {
        (Edit::Drop, kind) => *kind = if in_all { CondKind::All(Vec::new()) } else { CondKind::Any(Vec::new()) },
        (Edit::Negate, _) => cond.kind = CondKind::Not(Box::new(cond.clone())),
        (Edit::Every, CondKind::Quantified { quantifier, .. }) => *quantifier = Quantifier::Every,
        (Edit::Some, CondKind::Quantified { quantifier, .. }) => *quantifier = Quantifier::Some,
        (Edit::Weaken(nth), CondKind::Test { pred, .. }) => {
            if let Some((_, _, weaker)) = weakened(pred).into_iter().nth(nth) {
                *pred = weaker;
            }
        }
        (Edit::Every | Edit::Some | Edit::Weaken(_), _) => {}
    }
}
