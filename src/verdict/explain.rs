//! The truth tree of a whole item: names that could not be bound, gate, common condition, cases, ladders.
//!
//! Invariant: the root's truth is that of gate and common condition; what is shown besides changes nothing.
//! Must never import a folder above `plan`.

use super::judge::{Input, case_reply, case_scope, scope_of};
use super::trace::{Trace, failure, trace};
use crate::base::{Severity, Truth, Unknown};
use crate::predicate::Scope;
use crate::rule::{Cond, Ladder};

/// Explains an item.
pub(super) fn explain_item(input: Input<'_>) -> Trace {
    let (scope, rule) = (scope_of(input), input.rule);
    let mut own: Vec<Trace> = rule.when.as_deref().iter().map(|when| part("when", when, scope)).collect();
    own.push(part("match", &rule.matches, scope));
    let truth = own.iter().fold(Truth::True, |sum, part| sum.and(part.truth));
    let mut parts = unbound(input);
    parts.extend(own);
    let mut common = truth.is_true() && rule.cases.is_empty();
    for case in &rule.cases {
        let scope = case_scope(Input { judged: case_reply(input, case), ..input }, Some(case));
        let tree = part(&format!("case {}", case.name), &case.matches, scope);
        let holds = tree.truth.is_true() && truth.is_true();
        parts.push(tree);
        match &case.severity {
            Some(ladder) if holds => parts.extend(rungs(ladder, scope)),
            own => common |= holds && own.is_none(),
        }
    }
    if common {
        parts.extend(rungs(&rule.severity, scope));
    }
    let bound: Vec<String> =
        input.names.iter().map(|(name, value)| format!("{name}={}", value.to_text_lossy())).collect();
    let text = if bound.is_empty() { "the rule".to_string() } else { format!("item {}", bound.join(", ")) };
    Trace::inner(text, truth, rule.matches.span, parts)
}

fn part(name: &str, cond: &Cond, scope: Scope<'_>) -> Trace {
    let child = trace(cond, scope);
    Trace { text: format!("{name}: {}", child.text), ..child }
}

/// The rungs of a ladder down to the first that holds.
fn rungs(ladder: &Ladder<Severity>, scope: Scope<'_>) -> Vec<Trace> {
    let mut shown = Vec::new();
    for (severity, cond) in &ladder.rungs {
        let rung = part(&format!("severity {severity}"), cond, scope);
        let holds = rung.truth.is_true();
        shown.push(rung);
        if holds {
            break;
        }
    }
    shown
}

/// The rule's `vars` that have no value, and why.
fn unbound(input: Input<'_>) -> Vec<Trace> {
    let env_scope = scope_of(input);
    let missing = input.rule.vars.iter().filter(|(name, _)| !input.names.iter().any(|(known, _)| known == name));
    missing
        .filter_map(|(name, template)| {
            let error = template.render(&env_scope.env()).err()?;
            let text = format!("vars {name}: {}", template.source());
            let unknown = Truth::Unknown(Unknown::Expression);
            let trace = Trace::inner(text, unknown, input.rule.matches.span, Vec::new());
            Some(Trace { found: Some(failure(&error)), ..trace })
        })
        .collect()
}
