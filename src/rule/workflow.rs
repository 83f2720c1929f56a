//! Workflows: orders of other rules, some asked only after a match of another.
//!
//! Invariant: steps nest to a bounded depth, so they can be walked by recursion. Must never import a folder above
//! `predicate`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Rule;
use super::sequence::Combine;

/// An order of rules.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// What is asked first, in order.
    pub steps: Vec<Step>,
}

/// Finds the rules of a step, and tells whether it names others that are not asked.
pub type Find<'f> = dyn FnMut(&Step) -> (Vec<Arc<Rule>>, bool) + 'f;

/// Rules that are asked together, and what follows from their matches.
#[derive(Debug, Clone)]
pub struct Step {
    /// The rules.
    pub rules: Chosen,
    /// These rules themselves, once their pack was asked for them.
    pub found: Vec<Arc<Rule>>,
    /// Whether it names others that are not asked: refused ones, ones above the allowed tier, a file that is not there.
    pub is_short: bool,
    /// What is asked after any match of them; nothing of it where matches of certain names decide.
    pub then: Vec<Step>,
    /// What is asked after matches of certain names.
    pub named: Vec<Named>,
}

/// Which rules a step asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Chosen {
    /// Those of a file or folder of the pack.
    Path(Arc<str>),
    /// Those that have one of these tags.
    Tags(Vec<Arc<str>>),
}

/// What is asked after matches of certain names.
#[derive(Debug, Clone)]
pub struct Named {
    /// Names of matchers and extractors.
    pub names: Vec<Arc<str>>,
    /// Whether one of them is enough.
    pub condition: Combine,
    /// What is asked.
    pub then: Vec<Step>,
}

impl Step {
    /// Whether it decides what is asked next, rather than being reported itself.
    pub fn is_gate(&self) -> bool {
        !self.then.is_empty() || !self.named.is_empty()
    }
}

impl Named {
    /// Whether an answer that bears these names fulfils it; names differ in more than case.
    pub fn holds(&self, names: &[Arc<str>]) -> bool {
        let has = |name: &Arc<str>| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        match self.condition {
            Combine::Or => self.names.iter().any(has),
            Combine::And => !self.names.is_empty() && self.names.iter().all(has),
        }
    }
}

impl Workflow {
    /// The same order, each step with the rules that `find` gives for it.
    #[must_use]
    pub fn with_rules(&self, find: &mut Find<'_>) -> Self {
        Self { steps: resolved(&self.steps, find) }
    }

    /// Every step without what follows from it, each before those.
    pub fn bare_steps(&self) -> Vec<Step> {
        fn collect(steps: &[Step], out: &mut Vec<Step>) {
            for step in steps {
                out.push(Step {
                    rules: step.rules.clone(),
                    found: step.found.clone(),
                    is_short: step.is_short,
                    then: Vec::new(),
                    named: Vec::new(),
                });
                collect(&step.then, out);
                step.named.iter().for_each(|named| collect(&named.then, out));
            }
        }
        let mut out = Vec::new();
        collect(&self.steps, &mut out);
        out
    }
}

fn resolved(steps: &[Step], find: &mut Find<'_>) -> Vec<Step> {
    let mut of = |step: &Step| {
        let (rules, (found, is_short)) = (step.rules.clone(), find(step));
        let then = resolved(&step.then, find);
        let named = step.named.iter().map(|named| Named { then: resolved(&named.then, find), ..named.clone() });
        Step { rules, found, is_short, then, named: named.collect() }
    };
    steps.iter().map(&mut of).collect()
}
