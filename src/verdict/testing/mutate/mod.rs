//! Mutation: a rule changed in one place at a time. A change that no test notices points at a part of the rule that no test
//! depends on.
//!
//! Takes a rule with its tests, gives the changes under which all of them still pass. Conditions are dropped, negated and
//! quantified otherwise (`conditions`), operands of predicates dropped (`predicates`), rungs, cases and settings taken away
//! (`parts`). Invariant: a condition that is used in several places (a define) is changed in all of them at once, as its
//! author would. Must never import a folder above `plan`.

mod conditions;
mod parts;
mod predicates;

use std::sync::Arc;

use super::runner::{TestOutcome, run_test};
use crate::base::Span;
use crate::compile::CompiledRule;
use crate::rule::Rule;

/// A change that no test noticed: `what` is `change`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// The condition, or the place nearest to what was changed.
    pub span: Span,
    /// What was changed, for example ``alternative `206` ``.
    pub what: String,
    /// What was done to it: `dropped`, `negated` or a longer phrase.
    pub change: &'static str,
}

/// A rule that was changed, and how.
struct Changed {
    mutant: Mutant,
    rule: Rule,
}

/// The changes to a rule under which all its tests still pass. A rule without tests has them all.
pub fn surviving_mutants(rule: &Rule) -> Vec<Mutant> {
    let changed = conditions::changed(rule).chain(parts::changed(rule));
    changed.filter(|changed| survives(&changed.rule)).map(|changed| changed.mutant).collect()
}

fn survives(mutant: &Rule) -> bool {
    let compiled = CompiledRule::alone(mutant.clone());
    let passes = |test| matches!(run_test(&compiled, test, false), TestOutcome::Passed | TestOutcome::Skipped(_));
    Arc::clone(&compiled).rule.tests.iter().all(passes)
}

#[cfg(test)]
mod tests;
