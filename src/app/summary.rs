//! What came of packs, in numbers: loaded, refused by reason, invalid.
//!
//! Takes rules as they were read, gives counts. Invariant: every file that should hold a rule is counted once.
//! Must never import `cli`.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::dialect::nuclei::REFUSALS;
use crate::pack::Facts;

use super::rules::RuleSet;

/// What came of some packs.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Rules that can run.
    pub loaded: usize,
    /// Rules that cannot, by the reason's code.
    pub refused: BTreeMap<String, Refused>,
    /// Files that hold no rule, because they are wrong.
    pub invalid: Vec<InvalidFile>,
    /// Of the rules, those that are run by default, refused ones included.
    pub by_default: usize,
    /// Of those, the ones that can run.
    pub loaded_by_default: usize,
    /// The rest, by the reason why their pack leaves them out.
    pub left_out: BTreeMap<String, usize>,
}

/// A reason why rules cannot run.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// How many.
    pub count: usize,
    /// Of those, the ones that would be run by default.
    pub by_default: usize,
    /// The reason, in one sentence.
    pub reason: String,
    /// That one's id.
    pub example: String,
}

/// A file that holds no rule.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct InvalidFile {
    /// The file; empty where the error is of no single one.
    pub path: String,
    /// The code of its first error.
    pub code: String,
    /// What that error says.
    pub reason: String,
}

impl Summary {
    /// Counts what was read.
    pub fn of(read: &RuleSet) -> Self {
        let mut summary = Self { invalid: invalid(&read.diagnostics.items), ..Self::default() };
        read.facts.iter().for_each(|facts| summary.count(facts));
        summary
    }

    fn count(&mut self, facts: &Facts) {
        let is_default = facts.left_out.is_none() || facts.is_alone;
        self.by_default += usize::from(is_default);
        if let Some(why) = facts.left_out.as_ref().filter(|_| !is_default) {
            *self.left_out.entry(why.sort()).or_default() += 1;
        }
        let Some((code, reason)) = &facts.refused else {
            self.loaded += 1;
            self.loaded_by_default += usize::from(is_default);
            return;
        };
        let refused = self.refused.entry(code.to_string()).or_insert_with(|| Refused {
            reason: REFUSALS.iter().find(|why| why.code == &**code).map_or(&**reason, |why| why.reason).to_owned(),
            example: facts.id.to_string(),
            ..Refused::default()
        });
        refused.count += 1;
        refused.by_default += usize::from(is_default);
    }

    /// How many rules cannot run.
    pub fn refused_in_all(&self) -> usize {
        self.refused.values().map(|refused| refused.count).sum()
    }
}

/// Files with errors, each with its first.
fn invalid(diagnostics: &[Diagnostic]) -> Vec<InvalidFile> {
    let mut seen = HashSet::new();
    let errors = diagnostics.iter().filter(|item| item.is_error());
    let first = errors.filter(|item| item.labels.first().is_none_or(|label| seen.insert(label.source.name.clone())));
    let file = |item: &Diagnostic| InvalidFile {
        path: item.labels.first().map_or_else(String::new, |label| label.source.name.to_string()),
        code: item.code.to_owned(),
        reason: item.title.clone(),
    };
    first.map(file).collect()
}
