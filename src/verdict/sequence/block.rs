//! One block of a sequence while it is run.
//!
//! Owns the order of its requests: payloads outside, requests inside, one after the other or, where nothing flows from an
//! answer into another request, several at once. Takes replies; gives requests. Invariant: replies are judged in the order
//! of asking, whenever they arrive. Must never import a folder above `plan`.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::ask::AskId;
use super::event::Event;
use super::payloads;
use super::scope::Past;
use super::values::{Found, Set, sets};
use super::vars::Given;
use crate::observation::InteractionId;
use crate::plan::sequence::Prepared;
use crate::predicate::{Called, Hops, ReplyState};
use crate::rule::sequence::{Block, HttpStep, Protocol};

/// Requests of a block that are under way together.
const TOGETHER: usize = 8;

/// Which request of a block, with which payloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The payloads' turn.
    pub turn: usize,
    /// The request.
    pub step: usize,
}

/// A request whose reply is awaited.
#[derive(Debug)]
pub(super) struct Pending {
    /// The ask.
    pub id: AskId,
    pub place: Place,
    pub given: Given,
    /// What a match is reported at.
    pub at: At,
    /// The reply, once it is in.
    pub reply: Option<ReplyState>,
}

/// What a match is reported at.
#[derive(Debug)]
pub(super) enum At {
    /// What the request and its redirects come to.
    Http(Box<Prepared>),
    /// A place by its text.
    Other(String),
}

impl At {
    /// The place of the hop of that number.
    pub fn of_hop(&self, hops: &Hops, nth: usize) -> String {
        match self {
            Self::Http(prepared) => prepared.matched_at_hop(hops, nth),
            Self::Other(at) => at.clone(),
        }
    }

    /// The place of the request itself.
    pub fn shown(&self) -> String {
        match self {
            Self::Http(prepared) => prepared.matched_at.clone(),
            Self::Other(at) => at.clone(),
        }
    }
}

/// A request because of which a target may call from outside.
#[derive(Debug)]
pub(super) struct Waiting {
    /// What it was told to call.
    pub id: InteractionId,
    pub number: usize,
    /// The answer to it, or that there was none.
    pub event: Event,
    pub given: Given,
    pub at: String,
}

/// A block under way.
#[derive(Debug)]
pub(super) struct BlockRun {
    /// Its index.
    pub index: usize,
    next: Option<Place>,
    /// Values with which the request at hand is still to be sent.
    sets: VecDeque<Set>,
    /// Requests that are sent once and were.
    once: Vec<usize>,
    /// Values carried on within the block.
    pub carried: Found,
    pub pending: VecDeque<Pending>,
    /// Answers judged so far.
    pub past: Vec<Past>,
    /// Requests whose calls are still to come.
    pub waiting: Vec<Waiting>,
    /// The ask for calls, what came, and how long is still to be waited.
    pub calling: Option<AskId>,
    pub called: Option<Called>,
    pub left: Option<Duration>,
    /// Whether its operators held for some answer.
    pub matched: bool,
    together: bool,
}

impl BlockRun {
    /// A block of which nothing is sent yet.
    pub fn new(index: usize, block: &Block) -> Self {
        Self {
            index,
            next: Some(Place { turn: 0, step: 0 }).filter(|_| steps(block) > 0 && turns(block) > 0),
            sets: VecDeque::new(),
            once: Vec::new(),
            carried: Found::new(),
            pending: VecDeque::new(),
            past: Vec::new(),
            waiting: Vec::new(),
            calling: None,
            called: None,
            left: None,
            matched: false,
            together: is_parallel(block),
        }
    }

    /// Whether requests neither wait for nor know of each other.
    pub fn is_parallel(&self) -> bool {
        self.together
    }

    /// Whether another request may be sent now.
    pub fn has_room(&self, block: &Block) -> bool {
        let most = if self.together && !block.stop_at_first_match { TOGETHER } else { 1 };
        self.pending.len() < most
    }

    /// Sends nothing more.
    pub fn stop(&mut self) {
        self.next = None;
        self.sets.clear();
    }

    /// The next request, and the values of earlier answers with which it is rendered.
    pub fn take_next(&mut self, block: &Block) -> Option<(Place, Set)> {
        while self.sets.is_empty() && self.next.is_some_and(|place| !self.is_due(block, place)) {
            self.advance(block);
        }
        let place = self.next?;
        if self.sets.is_empty() {
            let sets = if self.together { Vec::new() } else { sets(&self.carried, block.iterate_all) };
            self.sets = if sets.is_empty() { [Vec::new()].into() } else { sets.into() };
        }
        let set = self.sets.pop_front()?;
        if self.sets.is_empty() {
            self.advance(block);
        }
        Some((place, set))
    }

    /// Whether a place exists and its request was not sent once and for all; what is sent once is remembered.
    fn is_due(&mut self, block: &Block, place: Place) -> bool {
        let Protocol::Http(http) = &block.protocol else { return true };
        let once = matches!(http.steps.get(place.step), Some(HttpStep::Raw(raw)) if raw.once);
        if once && self.once.contains(&place.step) {
            return false;
        }
        if once {
            self.once.push(place.step);
        }
        true
    }

    fn advance(&mut self, block: &Block) {
        let Some(place) = self.next else { return };
        let (steps, turns) = (steps(block), turns(block));
        let inner = Place { step: place.step + 1, ..place };
        let outer = Place { turn: place.turn + 1, step: 0 };
        let all_once = self.once.len() >= steps;
        self.next =
            if inner.step < steps { Some(inner) } else { Some(outer).filter(|outer| outer.turn < turns && !all_once) };
    }

    /// The number under which an answer to that request is known in the block.
    pub fn number(&self, place: Place) -> usize {
        if self.together { 0 } else { place.step + 1 }
    }
}

fn steps(block: &Block) -> usize {
    match &block.protocol {
        Protocol::Http(http) => http.steps.len(),
        _ => 1,
    }
}

fn turns(block: &Block) -> usize {
    block.payloads.as_ref().map_or(1, payloads::turns)
}

/// Whether a block's requests are sent without regard to each other: it tries payloads, and no answer's value goes into
/// another request.
fn is_parallel(block: &Block) -> bool {
    let carries = block.operators.extractors.iter().any(|one| one.internal && one.name.is_some());
    let several = match &block.protocol {
        Protocol::Http(http) => http.steps.len() > 1,
        _ => return false,
    };
    block.payloads.is_some() && !(carries && several)
}
