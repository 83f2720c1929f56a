//! Running the inline tests of many rules, in parallel.
//!
//! Invariant: the reports stand in the order of the rules, whatever finished first. Must never import `cli`.

use std::sync::Arc;

use rayon::prelude::*;

use crate::base::SourceFile;
use crate::compile::CompiledRule;
use crate::diagnostic::{Blame, Diagnostic};
use crate::rule::Rule;
use crate::verdict::Trace;
use crate::verdict::testing::{Mutant, TestOutcome, TestReport, run_tests, surviving_mutants};

/// The tests of one rule, run.
#[derive(Debug)]
pub struct RuleReport {
    /// The rule's id.
    pub rule: Arc<str>,
    /// Where it was written.
    pub source: SourceFile,
    /// Its tests.
    pub tests: Vec<TestReport>,
    /// Changes that no test noticed; empty unless they were asked for.
    pub mutants: Vec<Mutant>,
}

/// How many tests ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// As expected.
    pub passed: usize,
    /// Not as expected.
    pub failed: usize,
    /// Could not be run.
    pub skipped: usize,
    /// Changes that no test noticed.
    pub survivors: usize,
}

impl Tally {
    /// Counts some reports.
    pub fn of(reports: &[RuleReport]) -> Self {
        let mut tally = Self::default();
        for report in reports {
            tally.survivors += report.mutants.len();
            for test in &report.tests {
                match test.outcome {
                    TestOutcome::Passed => tally.passed += 1,
                    TestOutcome::Failed { .. } => tally.failed += 1,
                    TestOutcome::Skipped(_) => tally.skipped += 1,
                }
            }
        }
        tally
    }

    /// Whether nothing failed and no change survived.
    pub fn is_good(&self) -> bool {
        self.failed == 0 && self.survivors == 0
    }
}

/// Runs the tests of these rules. With `mutate`, rules whose tests pass are then changed in one place at a time.
pub fn test_rules(rules: Vec<Rule>, mutate: bool) -> Vec<RuleReport> {
    rules.into_par_iter().map(|rule| test_rule(rule, mutate)).collect()
}

fn test_rule(rule: Rule, mutate: bool) -> RuleReport {
    let compiled = CompiledRule::alone(rule);
    let tests = run_tests(&compiled);
    let fails = |test: &TestReport| matches!(test.outcome, TestOutcome::Failed { .. });
    let mutants = if mutate && !tests.iter().any(fails) { surviving_mutants(&compiled.rule) } else { Vec::new() };
    RuleReport { rule: Arc::clone(&compiled.rule.id), source: compiled.rule.source.clone(), tests, mutants }
}

/// Everything that is wrong in a report, each with the truth trees that tell why.
pub fn complaints(report: &RuleReport) -> Vec<(Diagnostic, &[Trace])> {
    let failed = report.tests.iter().filter_map(|test| match &test.outcome {
        TestOutcome::Failed { expected, got, traces } => {
            let title = format!("the test `{}` of `{}` fails", test.name, report.rule);
            let error = Diagnostic::error("R0901", Blame::RuleAuthor, title);
            let message = format!("expected {expected}, got {got}");
            Some((error.at(&report.source, test.span, message), traces.as_slice()))
        }
        TestOutcome::Passed | TestOutcome::Skipped(_) => None,
    });
    let unnoticed = report.mutants.iter().map(|mutant| {
        let title = format!("no test of `{}` notices when this {} is {}", report.rule, mutant.what, mutant.change);
        let error = Diagnostic::error("R0902", Blame::RuleAuthor, title);
        let help = "add a test that fails without it, or take it out";
        (error.at(&report.source, mutant.span, "").help(help), &[][..])
    });
    failed.chain(unnoticed).collect()
}
