//! Running a rule's inline tests.
//!
//! Invariant: a test never passes by not being run. Must never import a folder above `plan`.

use std::sync::Arc;

use super::expect::compare;
use super::fixture::Fixture;
use crate::base::Span;
use crate::compile::{CompiledRule, Program};
use crate::finding::{Finding, Outcome};
use crate::plan::Identity;
use crate::rule::{AppliesTo, Given, Rule, RuleTest};
use crate::verdict::item::Context;
use crate::verdict::run::Run;
use crate::verdict::{PassiveTally, Seen, Step, Trace};

/// How a test ended.
#[derive(Debug, Clone)]
pub enum TestOutcome {
    /// As expected.
    Passed,
    /// Not as expected: both in words, and why.
    Failed {
        /// What the test expects.
        expected: String,
        /// What came out.
        got: String,
        /// The truth tree of each item.
        traces: Vec<Trace>,
    },
    /// It could not be run, and why.
    Skipped(String),
}

/// One test, run.
#[derive(Debug, Clone)]
pub struct TestReport {
    /// The test's name.
    pub name: Arc<str>,
    /// Where it was written.
    pub span: Span,
    /// How it ended.
    pub outcome: TestOutcome,
}

/// Runs all tests of a rule.
pub fn run_tests(compiled: &Arc<CompiledRule>) -> Vec<TestReport> {
    let report = |test: &RuleTest| {
        let outcome = run_test(compiled, test, true);
        TestReport { name: Arc::clone(&test.name), span: test.span, outcome }
    };
    compiled.rule.tests.iter().map(report).collect()
}

/// Runs one test; traces are kept where they will be shown.
pub(super) fn run_test(compiled: &Arc<CompiledRule>, test: &RuleTest, explain: bool) -> TestOutcome {
    if let Some(refusal) = compiled.rule.refused.as_ref().filter(|refusal| !refusal.tests_run) {
        return TestOutcome::Skipped(refusal.reason.clone());
    }
    if let Given::Recording(file) = &test.given {
        return TestOutcome::Skipped(format!("the recording {file} cannot be read by this version"));
    }
    let judged = judge(compiled, test, explain);
    match compare(&test.expect, &judged.outcome, &judged.findings) {
        Ok(()) => TestOutcome::Passed,
        Err(mismatch) => TestOutcome::Failed { expected: mismatch.expected, got: mismatch.got, traces: judged.traces },
    }
}

/// What comes of a test's fixture, whatever the test expects.
pub fn judge_test(compiled: &Arc<CompiledRule>, test: &RuleTest) -> Judged {
    judge(compiled, test, true)
}

fn judge(compiled: &Arc<CompiledRule>, test: &RuleTest, explain: bool) -> Judged {
    let runnable = runnable(compiled);
    match compiled.rule.applies_to {
        AppliesTo::Response => judge_passive(&runnable, test, explain),
        AppliesTo::Host | AppliesTo::Endpoint => judge_active(&runnable, test, explain),
    }
}

/// The rule without its refusal, where fixtures bring what this build lacks.
fn runnable(compiled: &Arc<CompiledRule>) -> Arc<CompiledRule> {
    match &compiled.rule.refused {
        Some(_) => CompiledRule::alone(Rule { refused: None, ..compiled.rule.clone() }),
        None => Arc::clone(compiled),
    }
}

/// What came of a fixture.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The verdict.
    pub outcome: Outcome,
    /// What would be shown.
    pub findings: Vec<Finding>,
    /// The truth tree of each item, where it was asked for.
    pub traces: Vec<Trace>,
}

fn judge_active(compiled: &Arc<CompiledRule>, test: &RuleTest, explain: bool) -> Judged {
    let mut fixture = Fixture::new(test);
    let context = Context {
        compiled: Arc::clone(compiled),
        host: fixture.host(),
        endpoint: fixture.endpoint(),
        identity: Arc::new(Identity::anonymous()),
        facts: fixture.facts(),
    };
    let mut run = Run::with_facts(context);
    if explain {
        run = run.keeping_traces();
    }
    loop {
        match run.step() {
            Step::Ask(asks) => {
                for ask in asks {
                    let state = fixture.reply(&ask);
                    run.reply(ask.id, state);
                }
            }
            Step::Wait => unreachable!("every ask was answered, and the baseline is in"),
            Step::Done(result) => {
                let traces = run.traces().to_vec();
                return Judged { outcome: result.outcome, findings: result.findings, traces };
            }
        }
    }
}

fn judge_passive(compiled: &Arc<CompiledRule>, test: &RuleTest, explain: bool) -> Judged {
    let mut fixture = Fixture::new(test);
    let program = Arc::new(Program::of_one(compiled));
    let mut tally = PassiveTally::new(program, fixture.host(), fixture.endpoint());
    let mut traces = Vec::new();
    for reply in fixture.passive_replies() {
        tally.observe(&reply, &Seen::Guaranteed);
        if explain {
            traces.extend(tally.explain(&compiled.rule.id, &reply));
        }
    }
    let (outcome, findings) = match tally.finish().pop() {
        Some((_, result)) => (result.outcome, result.findings),
        None => (Outcome::Clean, Vec::new()),
    };
    Judged { outcome, findings, traces }
}
