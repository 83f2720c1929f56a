//! Workflows: orders of other rules, some asked only after a match of another.
//!
//! Invariant: steps nest to a bounded depth, so they can be walked by recursion. Must never import a folder above
//! `predicate`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::sequence::Combine;

/// An order of rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// What is asked first, in order.
    pub steps: Vec<Step>,
}

/// Rules that are asked together, and what follows from their matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The rules.
    pub rules: Chosen,
    /// What is asked after any match of them.
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Named {
    /// Names of matchers and extractors.
    pub names: Vec<Arc<str>>,
    /// Whether one of them is enough.
    pub condition: Combine,
    /// What is asked.
    pub then: Vec<Step>,
}

impl Workflow {
    /// Every step, each before those that follow from it.
    pub fn all_steps(&self) -> Vec<&Step> {
        fn collect<'w>(steps: &'w [Step], out: &mut Vec<&'w Step>) {
            for step in steps {
                out.push(step);
                collect(&step.then, out);
                step.named.iter().for_each(|named| collect(&named.then, out));
            }
        }
        let mut out = Vec::new();
        collect(&self.steps, &mut out);
        out
    }
}
