//! The rules that have not begun on a host.
//!
//! Takes rules with their turns; gives those of a turn. Invariant: a rule is
//! given once, and weighs next to nothing until then. Must never import anything above `discover`.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::engine::turns::Turn;
use crate::predicate::EndpointFacts;

/// A rule that has not begun.
pub(super) struct Held {
    /// Its place in the orders.
    pub rule: usize,
    /// Its place in the host's book.
    pub place: usize,
    pub turn: Turn,
    /// Whether it may ask for more after its first requests.
    pub asks_later: bool,
    pub endpoint: Arc<EndpointFacts>,
}

/// The rules that have not begun, the next turn last.
#[derive(Default)]
pub(super) struct Lineup {
    waiting: Vec<Held>,
    later: usize,
}

impl Lineup {
    /// Adds rules.
    pub fn add(&mut self, held: Vec<Held>) {
        self.later += held.iter().filter(|held| held.asks_later).count();
        self.waiting.extend(held);
        self.waiting.sort_by_key(|held| Reverse(held.turn));
    }

    /// The next turn; `None` where all have begun.
    pub fn next(&self) -> Option<Turn> {
        self.waiting.last().map(|held| held.turn)
    }

    /// The rules of that turn.
    pub fn take(&mut self, turn: Turn) -> Vec<Held> {
        let begin = self.waiting.partition_point(|held| held.turn > turn);
        let end = self.waiting.partition_point(|held| held.turn >= turn);
        let taken: Vec<Held> = self.waiting.drain(begin..end).collect();
        self.later -= taken.iter().filter(|held| held.asks_later).count();
        taken
    }

    /// Whether rules of that turn have not begun.
    pub fn holds(&self, turn: Turn) -> bool {
        let at = self.waiting.partition_point(|held| held.turn > turn);
        self.waiting.get(at).is_some_and(|held| held.turn == turn)
    }

    /// Whether all have begun.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many there are that may ask for more after their first requests.
    pub fn asking_later(&self) -> usize {
        self.later
    }

    /// The places of rules that will never begin.
    pub fn abandon(&mut self) -> Vec<usize> {
        self.later = 0;
        std::mem::take(&mut self.waiting).into_iter().map(|held| held.place).collect()
    }
}
