//! The run of a workflow on a host: other rules, some only after a match of those before.
//!
//! Owns which steps are taken and what they hand on: cookies, and the values of named extractors. Takes replies; gives the
//! asks of all rules under way. Invariant: a rule that follows from another is asked nothing before that one matched,
//! and what the steps hand on depends on the workflow and the answers alone. Must never import a folder above `plan`.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ask::{Ask, AskId, RunResult, Step};
use super::item::Context;
use super::sequence::{Handed, SequenceRun};
use super::trace::Trace;
use crate::base::Unknown;
use crate::compile::{CompiledRule, Plot};
use crate::finding::{Finding, Outcome, SkipReason};
use crate::observation::ErrorKind;
use crate::predicate::ReplyState;

/// A workflow under way.
#[derive(Debug, Default)]
pub(super) struct WorkflowRun {
    begun: bool,
    steps: Vec<Taken>,
    runs: Vec<Option<Ordered>>,
    /// Runs that have something new.
    changed: VecDeque<usize>,
    open: usize,
    asks: FxHashMap<AskId, (usize, AskId)>,
    ids: u32,
    end: End,
    /// Truth trees of the answers, where somebody wants to see them.
    traces: Option<Vec<Trace>>,
}

/// A step that was taken.
#[derive(Debug)]
struct Taken {
    /// Its place in the plot.
    step: usize,
    /// What it began with.
    handed: Handed,
    /// Rules that are not done.
    left: usize,
    matched: bool,
    /// What the rules left behind, each by its number.
    ended: Vec<(usize, Handed)>,
    /// The names of matchers and extractors, answer by answer.
    names: Vec<Vec<Arc<str>>>,
}

/// A rule under way.
#[derive(Debug)]
struct Ordered {
    taken: usize,
    compiled: Arc<CompiledRule>,
    run: SequenceRun,
}

/// What the rules come to together.
#[derive(Debug, Default)]
struct End {
    findings: Vec<Finding>,
    known: HashSet<String>,
    failure: Option<ErrorKind>,
    unknown: Option<Unknown>,
    clean: bool,
    /// Why a rule was not asked that could have found something.
    unasked: Option<SkipReason>,
    skipped: Option<SkipReason>,
}

impl WorkflowRun {
    /// Keeps a truth tree of each answer.
    pub fn keep_traces(&mut self) {
        self.traces = Some(Vec::new());
    }

    /// The truth trees that came since they were last taken.
    pub fn take_traces(&mut self) -> Vec<Trace> {
        self.traces.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Goes on as far as the replies allow.
    pub fn step(&mut self, context: &Context, plot: &Plot) -> Step {
        if !std::mem::replace(&mut self.begun, true) {
            self.take_steps(plot, &plot.first, &Handed::default());
        }
        let mut asks = Vec::new();
        while let Some(index) = self.changed.pop_front() {
            let Some(ordered) = self.runs.get_mut(index).and_then(Option::as_mut) else { continue };
            let step = advance(ordered, context);
            if let Some(traces) = &mut self.traces {
                let rule = &ordered.compiled.rule.id;
                let own = ordered.run.take_traces().into_iter();
                traces.extend(own.map(|trace| Trace { text: format!("{rule}, {}", trace.text), ..trace }));
            }
            match step {
                Step::Ask(wanted) => asks.extend(wanted.into_iter().map(|ask| self.renumbered(index, ask))),
                Step::Wait => {}
                Step::Done(result) => self.close(plot, index, result),
            }
        }
        match asks.is_empty() {
            false => Step::Ask(asks),
            true if self.open > 0 => Step::Wait,
            true => Step::Done(std::mem::take(&mut self.end).result()),
        }
    }

    /// Takes the reply to an ask; an unknown id is ignored.
    pub fn reply(&mut self, id: AskId, state: ReplyState) {
        let Some((index, own)) = self.asks.remove(&id) else { return };
        if let Some(ordered) = self.runs.get_mut(index).and_then(Option::as_mut) {
            ordered.run.reply(own, state);
            self.changed.push_back(index);
        }
    }

    /// The ask under a number of ours, named after its rule.
    fn renumbered(&mut self, index: usize, ask: Ask) -> Ask {
        self.ids = self.ids.wrapping_add(1);
        let id = AskId::new(self.ids);
        self.asks.insert(id, (index, ask.id));
        let rule = self.runs.get(index).and_then(Option::as_ref).map(|ordered| Arc::clone(&ordered.compiled.rule.id));
        let label = Arc::clone(&ask.request);
        Ask { id, label, request: rule.unwrap_or_else(|| Arc::clone(&ask.request)), ..ask }
    }

    fn take_steps(&mut self, plot: &Plot, steps: &[usize], handed: &Handed) {
        for (at, step) in steps.iter().filter_map(|at| Some((*at, plot.steps.get(*at)?))) {
            let taken = self.steps.len();
            let (handed, left) = (handed.clone(), step.rules.len());
            if step.is_short || (step.is_gate && step.rules.is_empty()) {
                // What these would find, and what would follow from it, is never known.
                self.end.take_skipped(SkipReason::Refused);
            }
            for compiled in &step.rules {
                let mut run = SequenceRun::after(&handed, step.is_gate);
                if self.traces.is_some() {
                    run.keep_traces();
                }
                self.changed.push_back(self.runs.len());
                self.runs.push(Some(Ordered { taken, compiled: Arc::clone(compiled), run }));
                self.open += 1;
            }
            let (ended, names) = (Vec::new(), Vec::new());
            self.steps.push(Taken { step: at, handed, left, matched: false, ended, names });
        }
    }

    /// Books a rule that is done; once all of its step are, goes on with what follows.
    fn close(&mut self, plot: &Plot, index: usize, result: RunResult) {
        let Some(mut ordered) = self.runs.get_mut(index).and_then(Option::take) else { return };
        self.open = self.open.saturating_sub(1);
        let Some(taken) = self.steps.get_mut(ordered.taken) else { return };
        let Some(step) = plot.steps.get(taken.step) else { return };
        let (handed, names) = ordered.run.leave();
        taken.left = taken.left.saturating_sub(1);
        taken.matched |= result.outcome == Outcome::Match;
        taken.ended.push((index, handed));
        taken.names.extend(names);
        self.end.take(result, step.is_gate);
        if taken.left > 0 || !step.is_gate {
            return;
        }
        let (names, matched) = (std::mem::take(&mut taken.names), taken.matched);
        let handed = taken.hand_on();
        for (named, next) in &step.named {
            if names.iter().any(|of_answer| named.holds(of_answer)) {
                self.take_steps(plot, next, &handed);
            }
        }
        if step.named.is_empty() && matched {
            self.take_steps(plot, &step.then, &handed);
        }
    }
}

impl Taken {
    /// What its rules hand on, joined in their order.
    fn hand_on(&mut self) -> Handed {
        self.ended.sort_by_key(|(index, _)| *index);
        let mut handed = std::mem::take(&mut self.handed);
        self.ended.drain(..).for_each(|(_, own)| handed.join(&own));
        handed
    }
}

/// Steps a rule in its own context.
fn advance(ordered: &mut Ordered, context: &Context) -> Step {
    let context = Context { compiled: Arc::clone(&ordered.compiled), ..context.clone() };
    match &ordered.compiled.rule.sequence {
        Some(sequence) if ordered.compiled.rule.refused.is_none() => ordered.run.step(&context, sequence),
        _ => Step::Done(RunResult { outcome: Outcome::Skipped(SkipReason::Refused), findings: Vec::new() }),
    }
}

impl End {
    /// Takes the result of one rule; of a gate only what it could not tell.
    fn take(&mut self, result: RunResult, is_gate: bool) {
        match result.outcome {
            Outcome::Match | Outcome::Clean => self.clean = true,
            Outcome::Error(kind) => self.failure = Some(self.failure.map_or(kind, |known| known.min(kind))),
            Outcome::Inconclusive(why) => self.unknown = Some(self.unknown.map_or(why, |known| known.min(why))),
            Outcome::Skipped(why) => self.take_skipped(why),
        }
        if !is_gate {
            let new = result.findings.into_iter().filter(|finding| self.known.insert(finding.fingerprint.clone()));
            self.findings.extend(new);
        }
    }

    fn take_skipped(&mut self, why: SkipReason) {
        let reason = if why.leaves_open() { &mut self.unasked } else { &mut self.skipped };
        *reason = Some(reason.map_or(why, |known| known.min(why)));
    }

    fn result(mut self) -> RunResult {
        self.findings.sort_by(|a, b| (&a.rule, &a.evidence_key).cmp(&(&b.rule, &b.evidence_key)));
        let outcome = match (self.failure, self.unknown, self.unasked, self.clean) {
            _ if !self.findings.is_empty() => Outcome::Match,
            (Some(kind), ..) => Outcome::Error(kind),
            (None, Some(why), ..) => Outcome::Inconclusive(why),
            (None, None, Some(why), _) => Outcome::Skipped(why),
            (None, None, None, true) => Outcome::Clean,
            (None, None, None, false) => Outcome::Skipped(self.skipped.unwrap_or(SkipReason::NotApplicable)),
        };
        RunResult { outcome, findings: self.findings }
    }
}
