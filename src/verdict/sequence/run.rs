//! The run of a sequence on a host.
//!
//! Owns which block is run, what is carried from one to the next, the cookies of the run, and what matched so far. Takes
//! replies in any order; gives asks and, once, a result. Invariant: the same replies give the same result, whatever order
//! they come in. Must never import a folder above `plan`.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use super::super::ask::{Ask, AskId, RunResult, Step};
use super::super::item::Context;
use super::super::trace::Trace;
use super::block::{At, BlockRun, Pending, Waiting};
use super::calls::{holds_without_calls, wants_calls};
use super::event::Event;
use super::explain::{explain, title_of};
use super::extractors::extract;
use super::fingerprint::Fingerprint;
use super::flow::{Course, Turn};
use super::hits::{Hit, findings};
use super::judged::{Judged, judge, rows};
use super::scope::{Extraction, Scope};
use super::told::Told;
use super::values::listed;
use super::vars::{Frame, Given, RequestVars};
use super::written::{holds, keeps_past, shares};
use crate::base::{Unknown, Value};
use crate::finding::{Outcome, SkipReason};
use crate::observation::{ErrorKind, Interaction, ProbeError, Truncation};
use crate::plan::Jar;
use crate::plan::sequence::TargetVars;
use crate::predicate::{Called, Hops, ReplyState};
use crate::rule::Sequence;
use crate::rule::sequence::Block;

/// A sequence under way.
#[derive(Debug, Default)]
pub(in crate::verdict) struct SequenceRun {
    course: Course,
    pub(super) block: Option<BlockRun>,
    pub(super) target: Option<TargetVars>,
    pub(super) jar: Jar,
    /// The cookies at the beginning of the block.
    pub(super) jar_before: Jar,
    /// Values that blocks carry on.
    pub(super) carried: Vec<(Arc<str>, Value)>,
    /// Answers under the names of their blocks.
    events: Vec<(Arc<str>, Event)>,
    hits: Vec<Hit>,
    /// What is left behind for others, where some follow from it.
    pub(super) told: Option<Told>,
    /// The truth tree of each answer, where somebody wants to see them.
    pub(super) traces: Option<RefCell<Vec<Trace>>>,
    /// Requests that are sent once more.
    pub(super) resend: Vec<Ask>,
    /// What `wait_for` asked for since the last request.
    pub(super) pause: Cell<Duration>,
    pub(super) pausing: Option<AskId>,
    fingerprint: Fingerprint,
    pub(super) ids: u32,
    /// Requests asked for.
    pub(super) asked: u32,
    out_of_scope: u32,
    /// Hashes of what was asked, where the same bytes may be wanted again.
    pub(super) sent: Vec<u64>,
    /// Whether something was sent that may change what is answered next.
    pub(super) changed: bool,
    failure: Option<ErrorKind>,
    pub(super) trouble: Cell<Option<Unknown>>,
}

impl SequenceRun {
    /// A run; nothing is asked before the first step.
    pub fn new() -> Self {
        Self { jar: Jar::of_sequence(), jar_before: Jar::of_sequence(), ..Self::default() }
    }

    /// Goes on as far as the replies allow.
    pub fn step(&mut self, context: &Context, sequence: &Sequence) -> Step {
        if sequence.needs_oob && context.host.callbacks.is_none() && !sequence.blocks.iter().any(holds_without_calls) {
            return done(Outcome::Skipped(SkipReason::NoOob));
        }
        let mut asks = Vec::new();
        loop {
            self.take_replies(context, sequence);
            asks.append(&mut self.resend);
            if !asks.is_empty() {
                return Step::Ask(asks);
            }
            if self.pausing.is_some() {
                return Step::Wait;
            }
            if let Some(ask) = self.ask_for_fingerprint(context, sequence) {
                return Step::Ask(vec![ask]);
            }
            if self.fingerprint.is_awaited() {
                return Step::Wait;
            }
            self.fill(context, sequence, &mut asks);
            if !asks.is_empty() {
                return Step::Ask(asks);
            }
            if self.block.as_ref().is_some_and(|run| !run.pending.is_empty() || run.calling.is_some()) {
                return Step::Wait;
            }
            if let Some(ask) = self.ask_for_calls(context) {
                return Step::Ask(vec![ask]);
            }
            if !self.open_next(sequence) {
                return self.finish(context, sequence);
            }
        }
    }

    /// Takes the reply to an ask; an unknown id is ignored.
    pub fn reply(&mut self, id: AskId, state: ReplyState) {
        if self.pausing == Some(id) {
            self.pausing = None;
            return;
        }
        if let Some(trouble) = self.fingerprint.take(id, &state) {
            trouble.into_iter().for_each(|why| self.note(why));
            return;
        }
        let Some(run) = &mut self.block else { return };
        if run.calling == Some(id) {
            run.calling = None;
            match state {
                ReplyState::Called(called) => run.called = Some(called),
                ReplyState::Unknown(why) => {
                    run.waiting.clear();
                    self.note(why);
                }
                _ => run.waiting.clear(),
            }
            return;
        }
        let pending = run.pending.iter_mut().find(|one| one.id == id);
        if let Some(pending) = pending.filter(|pending| pending.reply.is_none()) {
            pending.reply = Some(state);
        }
    }

    /// Asks for the target's fingerprint, where the block at hand reads it.
    fn ask_for_fingerprint(&mut self, context: &Context, sequence: &Sequence) -> Option<Ask> {
        let block = sequence.blocks.get(self.block.as_ref()?.index)?;
        if !self.fingerprint.is_wanted(block) {
            return None;
        }
        let id = self.next_id();
        Some(self.fingerprint.ask(id, &context.host))
    }

    /// Closes the block that is over and begins the next; false where there is none.
    fn open_next(&mut self, sequence: &Sequence) -> bool {
        if let Some(ended) = self.block.take() {
            self.course.ran(ended.matched);
        }
        let index = loop {
            match self.course.next(&sequence.flow, sequence.blocks.len()) {
                Turn::Block(index) => break index,
                Turn::Over(_) => return false,
                Turn::Loop(name) => self.course.goes_over(listed(self.value_of(&name))),
                Turn::Set(name, given, item) => {
                    self.assign(name, given, item);
                    self.course.ran(true);
                }
            }
        };
        let Some(block) = sequence.blocks.get(index) else { return false };
        self.jar_before = self.jar.clone();
        self.block = Some(BlockRun::new(index, block));
        true
    }

    pub(super) fn frame<'a>(&'a self, context: &'a Context, sequence: &'a Sequence) -> Frame<'a> {
        Frame {
            sequence,
            host: &context.host,
            rule: &context.compiled.rule.id,
            carried: &self.carried,
            events: &self.events,
            pause: &self.pause,
            fingerprint: &self.fingerprint,
        }
    }

    /// Judges the replies that are in, in the order of asking.
    fn take_replies(&mut self, context: &Context, sequence: &Sequence) {
        let Some(mut run) = self.block.take() else { return };
        if let Some(block) = sequence.blocks.get(run.index) {
            while run.pending.front().is_some_and(|first| first.reply.is_some()) {
                let Some(pending) = run.pending.pop_front() else { break };
                let Some(pending) = self.authorize(context, sequence, (block, &mut run), pending) else { break };
                self.take(context, sequence, block, &mut run, pending);
            }
            if let Some(called) = run.called.take() {
                self.take_calls(context, sequence, (block, &mut run), &called);
            }
        }
        self.block = Some(run);
    }

    fn take(&mut self, context: &Context, sequence: &Sequence, block: &Block, run: &mut BlockRun, pending: Pending) {
        let Pending { place, given, reply, at, .. } = pending;
        let number = run.number(place);
        let (event, place) = match reply {
            Some(ReplyState::Answered(hops)) => {
                match hops.last().exchange().response.as_ref().err() {
                    Some(error) => self.note_failure(error),
                    None => self.take_answer(context, sequence, (block, run), (number, &given, &at), &hops),
                }
                (Event::Http(Arc::clone(hops.last()), false), at.of_hop(&hops, hops.all().len() - 1))
            }
            Some(ReplyState::Observed(observation)) => {
                let (event, at) = (Event::Other(Arc::clone(&observation)), at.shown());
                match &observation.seen {
                    Err(error) => self.note_failure(error),
                    Ok(_) => {
                        let (stops, _) =
                            self.take_event(context, sequence, (block, run), (number, &event, &at), &given);
                        if stops && block.stop_at_first_match {
                            run.stop();
                        }
                    }
                }
                (event, at)
            }
            Some(ReplyState::NotAsked) => {
                self.out_of_scope += 1;
                return;
            }
            Some(ReplyState::Unknown(why)) => return self.note(why),
            Some(ReplyState::Called(_)) | None => return,
        };
        if let Some(id) = given.callback.clone().filter(|_| given.told.get() && wants_calls(block)) {
            run.waiting.push(Waiting { id, number, event, given, at: place });
        }
    }

    /// Judges a chain of answers, the last first.
    fn take_answer(
        &mut self,
        context: &Context,
        sequence: &Sequence,
        (block, run): (&Block, &mut BlockRun),
        (number, given, at): (usize, &Given, &At),
        hops: &Hops,
    ) {
        hops.all().iter().for_each(|answer| self.jar.take(answer, context.host.now));
        let cut = hops.last().response().and_then(|response| response.truncated);
        if matches!(cut, Some(Truncation::Interrupted | Truncation::Late)) {
            self.note(Unknown::CutOff);
        }
        run.past.retain(|(of, _)| *of != number);
        let mut stops = false;
        for (back, answer) in hops.all().iter().rev().enumerate() {
            let event = Event::Http(Arc::clone(answer), back > 0);
            let at = at.of_hop(hops, hops.all().len() - 1 - back);
            let (held, reported) = self.take_event(context, sequence, (block, run), (number, &event, &at), given);
            stops |= held;
            if reported && block.stop_at_first_match {
                break;
            }
        }
        if stops && block.stop_at_first_match {
            run.stop();
        }
    }

    /// Judges one answer. Whether it holds, as far as that ends a block, and whether it is reported.
    fn take_event(
        &mut self,
        context: &Context,
        sequence: &Sequence,
        (block, run): (&Block, &mut BlockRun),
        (number, event, at): (usize, &Event, &str),
        given: &Given,
    ) -> (bool, bool) {
        if shares(sequence) {
            let name = block.id.clone().unwrap_or_else(|| block.protocol.name().into());
            self.events.push((name, event.clone()));
        }
        let judged = self.judge(context, sequence, (block, run), (number, event, None), given);
        self.told.iter_mut().for_each(|told| told.note(&judged));
        let holding = judged.any && (judged.matched || run.is_parallel());
        run.matched |= holds(block, &judged);
        if judged.any {
            self.carry(sequence, run, &judged);
        }
        let rows = rows(&block.operators, judged);
        let reported = !rows.is_empty();
        self.hits.extend(rows.into_iter().map(|row| Hit::new(row, block, event, at)));
        if keeps_past(block) {
            run.past.push((number, event.clone()));
        }
        (holding, reported)
    }

    /// Judges answers again, now that somebody called because of them.
    fn take_calls(
        &mut self,
        context: &Context,
        sequence: &Sequence,
        (block, run): (&Block, &mut BlockRun),
        called: &Called,
    ) {
        let mut matched = false;
        for call in called.interactions.iter() {
            for waiting in run.waiting.iter().filter(|waiting| waiting.id == call.id) {
                let about = (waiting.number, &waiting.event, Some(call));
                let judged = self.judge(context, sequence, (block, &*run), about, &waiting.given);
                matched |= judged.matched;
                self.told.iter_mut().for_each(|told| told.note(&judged));
                let rows = rows(&block.operators, judged);
                self.hits.extend(rows.into_iter().map(|row| Hit::new(row, block, &waiting.event, &waiting.at)));
            }
        }
        run.matched |= matched;
        run.left = Some(called.left);
        if matched || called.interactions.is_empty() {
            run.waiting.clear();
        }
    }

    fn judge(
        &self,
        context: &Context,
        sequence: &Sequence,
        (block, run): (&Block, &BlockRun),
        (number, event, call): (usize, &Event, Option<&Interaction>),
        given: &Given,
    ) -> Judged {
        let frame = self.frame(context, sequence);
        let random = frame.random("answer", self.asked);
        let extraction = RefCell::new(Extraction::default());
        let scope = Scope {
            operators: &block.operators,
            event,
            number,
            past: &run.past,
            call,
            sent: RequestVars::all(frame, given),
            random: &random,
            extraction: &extraction,
            extract,
            trouble: &self.trouble,
        };
        let judged = judge(&block.operators, &scope);
        if let Some(traces) = &self.traces {
            let title = title_of(run.index, event, call.is_some());
            traces.borrow_mut().push(explain(title, &block.operators, &scope, holds(block, &judged)));
        }
        judged
    }

    fn note(&self, why: Unknown) {
        self.trouble.set(Some(self.trouble.get().map_or(why, |known| known.min(why))));
    }

    fn note_failure(&mut self, error: &ProbeError) {
        match error.kind {
            ErrorKind::OutOfScope => self.out_of_scope += 1,
            ErrorKind::Budget => self.note(Unknown::Budget),
            kind if kind.is_not_sent() => self.note(Unknown::NotSent),
            kind => self.failure = Some(self.failure.map_or(kind, |known| known.min(kind))),
        }
    }

    fn finish(&mut self, context: &Context, sequence: &Sequence) -> Step {
        let outcome = match (self.failure, self.trouble.get()) {
            _ if !self.hits.is_empty() => Outcome::Match,
            _ if sequence.needs_oob && context.host.callbacks.is_none() => Outcome::Skipped(SkipReason::NoOob),
            _ if self.asked == 0 => Outcome::Skipped(SkipReason::NotApplicable),
            _ if self.asked == self.out_of_scope => Outcome::Skipped(SkipReason::OutOfScope),
            (Some(kind), _) => Outcome::Error(kind),
            (None, Some(why)) => Outcome::Inconclusive(why),
            (None, None) => Outcome::Clean,
        };
        let hits = std::mem::take(&mut self.hits);
        Step::Done(RunResult { outcome, findings: findings(&context.compiled.rule, &context.host, hits) })
    }
}

fn done(outcome: Outcome) -> Step {
    Step::Done(RunResult { outcome, findings: Vec::new() })
}
