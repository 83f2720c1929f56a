//! What rules of endpoints came to on the paths of one host, until it can be told together.
//!
//! A cause is one finding a host, whichever paths show it, so findings wait for each other, and verdicts for the findings
//! that they stand for. Takes runs that ended; gives verdicts and joined findings, rule by rule. Invariant: what is given
//! does not depend on the order of taking. Must never import anything above `discover`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compile::CompiledRule;
use crate::finding::{Finding, Outcome};
use crate::verdict::join;

/// Findings of one rule from which on they are joined while more come.
const MANY: usize = 64;

/// What one rule came to.
pub(super) struct Together {
    /// Place in the book, outcome, and whether the host was to blame for a gap.
    pub verdicts: Vec<(usize, Outcome, bool)>,
    pub findings: Vec<Finding>,
    rule: Arc<CompiledRule>,
}

/// What all rules of endpoints came to.
#[derive(Default)]
pub(super) struct Gathered(BTreeMap<Arc<str>, Together>);

impl Gathered {
    /// Takes what a rule came to on one path.
    pub fn take(&mut self, rule: Arc<CompiledRule>, verdict: (usize, Outcome, bool), findings: Vec<Finding>) {
        let new = || Together { verdicts: Vec::new(), findings: Vec::new(), rule: Arc::clone(&rule) };
        let together = self.0.entry(Arc::clone(&rule.rule.id)).or_insert_with(new);
        together.verdicts.push(verdict);
        together.findings.extend(findings);
        if together.findings.len() > MANY {
            together.findings = join(&rule.rule, std::mem::take(&mut together.findings));
        }
    }

    /// Everything, rule by rule, the findings joined.
    pub fn finish(&mut self) -> Vec<Together> {
        let joined =
            |together: Together| Together { findings: join(&together.rule.rule, together.findings), ..together };
        std::mem::take(&mut self.0).into_values().map(joined).collect()
    }
}
