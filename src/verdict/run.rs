//! The run of a rule on a host: a state machine that asks for replies and ends in an outcome.
//!
//! The engine, the inline tests, `explain` and replays drive the same machine. Takes replies in any order; gives requests
//! and, once, a result. Invariant: stepping never sends, waits or reads a clock. Must never import a folder above `plan`.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ask::{Ask, AskId, RunResult, Step};
use super::explain::explain_item;
use super::item::{Context, Item};
use super::judge::{Detail, Input, ItemOutcome, Match, judge, scope_of};
use super::merge::merge;
use super::product::Product;
use super::sequence::SequenceRun;
use super::trace::Trace;
use super::workflow::WorkflowRun;
use crate::base::Unknown;
use crate::compile::CompiledRule;
use crate::finding::{Outcome, SkipReason};
use crate::observation::ErrorKind;
use crate::plan::Identity;
use crate::predicate::{EndpointFacts, HostFacts, ReplyState, Source};

/// One rule on one host or endpoint.
#[derive(Debug)]
pub struct Run {
    context: Context,
    todo: Product,
    stopped: bool,
    active: FxHashMap<usize, Item>,
    changed: Vec<usize>,
    asks: FxHashMap<AskId, (usize, usize, usize)>,
    next_item: usize,
    next_ask: u32,
    /// Asks that were out of scope.
    out_of_scope: u32,
    tally: Tally,
    keep_traces: bool,
    traces: Vec<Trace>,
    /// What runs the rule where it is a sequence.
    sequence: Option<Box<SequenceRun>>,
    /// What runs the rules that it orders, where it is a workflow.
    workflow: Option<Box<WorkflowRun>>,
}

/// What the items of a rule come to together.
#[derive(Debug, Default)]
pub(super) struct Tally {
    matches: Vec<Match>,
    unknown: Option<Unknown>,
    failure: Option<ErrorKind>,
    clean: bool,
    skipped: Option<SkipReason>,
    /// Whether something matched whose matches are kept elsewhere.
    matched: bool,
}

impl Run {
    /// A run; nothing is asked before the first [`Run::step`].
    pub fn new(
        compiled: Arc<CompiledRule>,
        host: Arc<HostFacts>,
        endpoint: Arc<EndpointFacts>,
        identity: Arc<Identity>,
    ) -> Self {
        Self::with_facts(Context { compiled, host, endpoint, identity, facts: None })
    }

    /// A run with facts that no HTTP exchange brings (TLS, DNS, TCP).
    pub(super) fn with_facts(context: Context) -> Self {
        let rule = &context.compiled.rule;
        let early = rule.for_each.iter().filter(|binding| matches!(binding.source, Source::Written(_)));
        let (names, facts) = (Vec::new(), context.facts.as_deref());
        let (host, endpoint) = (&*context.host, &*context.endpoint);
        let detail = Detail::Full;
        let start = Input { rule, host, endpoint, names: &names, requests: &[], judged: None, facts, detail };
        let todo = Product::of(early, &scope_of(start));
        let workflow = context.compiled.plot.is_some().then(Box::default);
        let sequence = (workflow.is_none() && rule.sequence.is_some()).then(|| Box::new(SequenceRun::new()));
        Self {
            todo,
            stopped: false,
            context,
            active: FxHashMap::default(),
            changed: Vec::new(),
            asks: FxHashMap::default(),
            next_item: 0,
            next_ask: 0,
            out_of_scope: 0,
            tally: Tally::default(),
            keep_traces: false,
            traces: Vec::new(),
            sequence,
            workflow,
        }
    }

    /// Keeps a truth tree of each item: for `explain`.
    #[must_use]
    pub fn keeping_traces(mut self) -> Self {
        self.keep_traces = true;
        self.sequence.iter_mut().for_each(|run| run.keep_traces());
        self.workflow.iter_mut().for_each(|run| run.keep_traces());
        self
    }

    /// The truth trees kept so far.
    pub fn traces(&self) -> &[Trace] {
        &self.traces
    }

    /// The rule.
    pub fn rule(&self) -> &Arc<CompiledRule> {
        &self.context.compiled
    }

    /// Whether the verdict waits for the baseline and the host's profile, which come together.
    pub fn needs_survey(&self) -> bool {
        self.context.host.baseline.is_empty() && self.context.compiled.rule.needs_survey()
    }

    /// Gives the host's facts again, now with the baseline and the profile in.
    pub fn set_host(&mut self, host: Arc<HostFacts>) {
        self.context.host = host;
        self.changed.extend(self.active.keys().copied());
        self.changed.sort_unstable();
    }

    /// How many times the written items of the rule repeat its requests: for budgets.
    pub fn items(&self) -> usize {
        self.todo.total()
    }

    /// Goes on as far as the replies allow.
    pub fn step(&mut self) -> Step {
        if self.context.compiled.rule.refused.is_some() {
            self.tally.skipped = Some(SkipReason::Refused);
            return self.finish();
        }
        if let (Some(run), Some(sequence)) = (&mut self.sequence, &self.context.compiled.rule.sequence) {
            let step = run.step(&self.context, sequence);
            self.traces.extend(run.take_traces());
            return step;
        }
        if let (Some(run), Some(plot)) = (&mut self.workflow, &self.context.compiled.plot) {
            let step = run.step(&self.context, plot);
            self.traces.extend(run.take_traces());
            return step;
        }
        let mut asks = Vec::new();
        loop {
            for index in std::mem::take(&mut self.changed) {
                self.advance(index, &mut asks);
                self.settle(index);
            }
            if !self.open_next() {
                break;
            }
        }
        if !asks.is_empty() {
            Step::Ask(asks)
        } else if self.active.is_empty() {
            self.finish()
        } else {
            Step::Wait
        }
    }

    /// Takes the reply to an ask; an unknown id is ignored. [`ReplyState::NotAsked`] says that it is out of scope.
    pub fn reply(&mut self, id: AskId, state: ReplyState) {
        if let Some(run) = &mut self.sequence {
            return run.reply(id, state);
        }
        if let Some(run) = &mut self.workflow {
            return run.reply(id, state);
        }
        let Some((index, request, reply)) = self.asks.remove(&id) else { return };
        self.out_of_scope += u32::from(matches!(state, ReplyState::NotAsked));
        self.tally.note_failure(&state);
        if let Some(item) = self.active.get_mut(&index) {
            item.reply(&self.context, request, reply, state);
            self.changed.push(index);
        }
    }

    /// Opens the next item, where there is one and it need not wait for what becomes of those before it.
    fn open_next(&mut self) -> bool {
        let rule = &self.context.compiled.rule;
        let first_only = rule.stop_at_first_match;
        let one_by_one = first_only || rule.requests.iter().any(|request| request.stop_when.is_some());
        if (one_by_one && !self.active.is_empty()) || (first_only && !self.tally.matches.is_empty()) {
            return false;
        }
        let Some(bound) = self.todo.next() else { return false };
        let most = self.context.host.limits.requests_per_rule;
        let is_over = self.next_item >= most || self.next_ask as usize >= most;
        if self.stopped || is_over {
            self.tally.take(ItemOutcome::Unknown(if self.stopped { Unknown::NotSent } else { Unknown::Budget }));
            return false;
        }
        let item = Item::new(&self.context, bound);
        self.active.insert(self.next_item, item);
        self.changed.push(self.next_item);
        self.next_item += 1;
        true
    }

    fn advance(&mut self, index: usize, asks: &mut Vec<Ask>) {
        let Some(item) = self.active.get_mut(&index) else { return };
        for outgoing in item.advance(&self.context) {
            let id = AskId::new(self.next_ask);
            self.next_ask = self.next_ask.wrapping_add(1);
            self.asks.insert(id, (index, outgoing.request, outgoing.reply));
            let request = self.context.compiled.rule.requests.get(outgoing.request);
            asks.push(Ask {
                id,
                request: request.map_or_else(|| "".into(), |request| Arc::clone(&request.name)),
                label: item.label(outgoing.request, outgoing.reply),
                bindings: item.bindings(outgoing.request, outgoing.reply),
                wanted: outgoing.wanted,
            });
        }
    }

    /// Judges an item whose replies are all in, and forgets it.
    fn settle(&mut self, index: usize) {
        let Some(item) = self.active.get(&index).filter(|item| item.is_over()) else { return };
        self.stopped |= item.is_stopped();
        if let Some(reason) = item.skipped() {
            self.tally.take(ItemOutcome::Skipped(reason));
        } else if self.needs_survey() {
            return;
        } else {
            let input = item.input(&self.context);
            for outcome in judge(input) {
                self.tally.take(outcome);
            }
            if self.keep_traces {
                self.traces.push(explain_item(input));
            }
        }
        self.active.remove(&index);
    }

    fn finish(&mut self) -> Step {
        if let Some(unknown) = self.todo.open() {
            self.tally.take(ItemOutcome::Unknown(unknown));
        }
        if self.next_ask > 0 && self.out_of_scope == self.next_ask {
            // Nothing was asked, so nothing was judged, whatever holds of answers that are missing.
            let outcome = Outcome::Skipped(SkipReason::OutOfScope);
            return Step::Done(RunResult { outcome, findings: Vec::new() });
        }
        let outcome = self.tally.outcome();
        let matches = std::mem::take(&mut self.tally.matches);
        let rule = &self.context.compiled.rule;
        let findings = merge(rule, &self.context.host.origin, matches);
        Step::Done(RunResult { outcome, findings })
    }
}

impl Tally {
    pub(super) fn take(&mut self, outcome: ItemOutcome) {
        match outcome {
            ItemOutcome::Matches(found) => self.matches.extend(found),
            ItemOutcome::Clean => self.clean = true,
            ItemOutcome::Skipped(reason) => self.skipped = Some(self.skipped.map_or(reason, |known| known.min(reason))),
            ItemOutcome::Unknown(why) => self.unknown = Some(self.unknown.map_or(why, |known| known.min(why))),
        }
    }

    pub(super) fn note_failure(&mut self, state: &ReplyState) {
        if let Some(error) = state.failure()
            && !error.kind.is_answer()
            && !error.kind.is_not_sent()
        {
            self.failure = Some(self.failure.map_or(error.kind, |known| known.min(error.kind)));
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        if self.matched || !self.matches.is_empty() {
            return Outcome::Match;
        }
        match (self.unknown, self.failure, self.clean, self.skipped) {
            (Some(Unknown::Failed), Some(kind), ..) => Outcome::Error(kind),
            (Some(unknown), ..) => Outcome::Inconclusive(unknown),
            (None, _, false, Some(reason)) => Outcome::Skipped(reason),
            _ => Outcome::Clean,
        }
    }

    /// Notes a match that is kept elsewhere.
    pub(super) fn note_match(&mut self) {
        self.matched = true;
    }

    /// What matched so far.
    pub(super) fn matches(&self) -> &[Match] {
        &self.matches
    }

    pub(super) fn take_matches(&mut self) -> Vec<Match> {
        std::mem::take(&mut self.matches)
    }
}
