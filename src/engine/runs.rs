//! The rules' runs on one host.
//!
//! Owns each run until it is done and knows what it still waits for. Takes replies; gives asks and results. A run that
//! panics is lost alone: its verdict is an internal error, and its neighbours go on. Invariant: every run ends in exactly
//! one result. Must never import anything above `discover`.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::contained::{HEAVY, contained};
use super::requests::SlotId;
use super::survey::weight;
use crate::base::Unknown;
use crate::compile::CompiledRule;
use crate::finding::{Finding, Outcome};
use crate::observation::{ErrorKind, ProbeError};
use crate::predicate::{HostFacts, ReplyState};
use crate::rule::AppliesTo;
use crate::verdict::{Ask, AskId, Run, RunResult, Step};

/// One rule's run.
struct Entry {
    run: Option<Box<Run>>,
    rule: Arc<CompiledRule>,
    place: usize,
    asks_later: bool,
    waits_for: Vec<SlotId>,
    heavy: usize,
    troubled: bool,
    dirty: bool,
}

/// How a run ended.
pub(super) struct Ended {
    pub run: usize,
    /// Its place in the host's book.
    pub place: usize,
    /// The rule, where its findings on other paths belong to the same causes.
    pub together: Option<Arc<CompiledRule>>,
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    /// Requests that it no longer waits for.
    pub leaves: Vec<SlotId>,
    /// Whether one of its requests to the host itself failed or was not sent.
    pub troubled: bool,
    /// Why it was lost, where it was.
    pub lost: Option<ProbeError>,
}

/// What a run says when it is stepped.
pub(super) enum Stepped {
    Asks(Vec<Ask>),
    Ended(Box<Ended>),
}

/// The runs of a host that have begun and are not done.
#[derive(Default)]
pub(super) struct Runs {
    entries: FxHashMap<usize, Entry>,
    /// How many there were.
    begun: usize,
    dirty: VecDeque<usize>,
    later: usize,
}

impl Runs {
    /// Adds a run; it is stepped with the next ones.
    pub fn add(&mut self, run: Run, place: usize, asks_later: bool) {
        let rule = Arc::clone(run.rule());
        let index = self.begun;
        self.begun += 1;
        let entry = Entry {
            run: Some(Box::new(run)),
            rule,
            place,
            asks_later,
            waits_for: Vec::new(),
            heavy: 0,
            troubled: false,
            dirty: true,
        };
        self.entries.insert(index, entry);
        self.dirty.push_back(index);
        self.later += usize::from(asks_later);
    }

    /// Whether some run has something new.
    pub fn is_stirred(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Runs that are not done.
    pub fn open(&self) -> usize {
        self.entries.len()
    }

    /// Whether some run may still ask for what it did not ask for so far.
    pub fn may_ask_later(&self) -> bool {
        self.later > 0
    }

    /// The rule of a run.
    pub fn rule(&self, run: usize) -> Option<&Arc<str>> {
        self.entries.get(&run).map(|entry| &entry.rule.rule.id)
    }

    /// Whether a run may ask for more after its first requests.
    pub fn asks_later(&self, run: usize) -> bool {
        self.entries.get(&run).is_some_and(|entry| entry.asks_later)
    }

    /// A run waits for a request.
    pub fn wait(&mut self, run: usize, slot: SlotId) {
        if let Some(entry) = self.entries.get_mut(&run) {
            entry.waits_for.push(slot);
        }
    }

    /// Gives a run a reply. `troubled`: the host itself failed to answer it, or was not asked.
    pub fn reply(&mut self, run: usize, ask: AskId, state: ReplyState, troubled: bool) {
        let Some(entry) = self.entries.get_mut(&run) else { return };
        let Some(running) = &mut entry.run else { return };
        entry.troubled |= troubled;
        entry.heavy = entry.heavy.max(weight(&state));
        running.reply(ask, state);
        self.mark(run);
    }

    /// Gives every run the host's facts, now with the baseline.
    pub fn set_host(&mut self, facts: &Arc<HostFacts>) {
        for index in self.in_order() {
            if let Some(run) = self.entries.get_mut(&index).and_then(|entry| entry.run.as_mut()) {
                run.set_host(Arc::clone(facts));
                self.mark(index);
            }
        }
    }

    /// The runs that are not done, in the order in which they began.
    fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = self.entries.keys().copied().collect();
        order.sort_unstable();
        order
    }

    fn mark(&mut self, run: usize) {
        if let Some(entry) = self.entries.get_mut(&run)
            && !std::mem::replace(&mut entry.dirty, true)
        {
            self.dirty.push_back(run);
        }
    }

    /// Steps the next run that has something new; `None` where none has.
    pub async fn step(&mut self) -> Option<(usize, Option<Stepped>)> {
        let index = self.dirty.pop_front()?;
        let Some(entry) = self.entries.get_mut(&index) else { return Some((index, None)) };
        entry.dirty = false;
        let Some(mut run) = entry.run.take() else { return Some((index, None)) };
        let heavy = entry.heavy > HEAVY;
        let stepped = contained(heavy, move || {
            #[cfg(test)]
            super::tests::strike(&run.rule().rule.id);
            let step = run.step();
            (run, step)
        })
        .await;
        let ended = match stepped {
            Ok((run, step)) => match step {
                Step::Ask(asks) => {
                    self.put_back(index, run);
                    return Some((index, Some(Stepped::Asks(asks))));
                }
                Step::Wait => {
                    self.put_back(index, run);
                    return Some((index, None));
                }
                Step::Done(result) => self.end(index, Ok(result)),
            },
            Err(words) => self.end(index, Err(words)),
        };
        Some((index, ended.map(|ended| Stepped::Ended(Box::new(ended)))))
    }

    fn put_back(&mut self, index: usize, run: Box<Run>) {
        if let Some(entry) = self.entries.get_mut(&index) {
            entry.run = Some(run);
        }
    }

    fn end(&mut self, index: usize, result: Result<RunResult, String>) -> Option<Ended> {
        let entry = self.entries.remove(&index)?;
        self.later = self.later.saturating_sub(usize::from(entry.asks_later));
        let leaves = entry.waits_for;
        let (outcome, findings, lost) = match result {
            Ok(result) => (result.outcome, result.findings, None),
            Err(words) => {
                let detail = format!("the rule `{}` panicked: {words}", entry.rule.rule.id);
                let error = ProbeError::new(ErrorKind::Internal, detail);
                (Outcome::Error(ErrorKind::Internal), Vec::new(), Some(error))
            }
        };
        let troubled = entry.troubled || lost.is_some();
        let together = (entry.rule.rule.applies_to == AppliesTo::Endpoint).then_some(entry.rule);
        Some(Ended { run: index, place: entry.place, together, outcome, findings, leaves, troubled, lost })
    }

    /// Ends every run that is left although nothing can come any more.
    pub fn abandon(&mut self) -> Vec<Ended> {
        let mut ended = Vec::new();
        for index in self.in_order() {
            let result = RunResult { outcome: Outcome::Inconclusive(Unknown::NotSent), findings: Vec::new() };
            ended.extend(self.end(index, Ok(result)).map(|end| Ended { troubled: true, ..end }));
        }
        ended
    }
}
