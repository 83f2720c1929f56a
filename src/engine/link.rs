//! One origin as a host actor talks to it: connections, gate, health and queue.
//!
//! Invariant: until something is known of an origin, one request at a time goes there; what fails there is booked there;
//! and requests that a server may keep waiting never have all connections while others wait.
//! Must never import anything above `discover`.

use std::collections::VecDeque;
use std::sync::Arc;

use super::gate::Gate;
use super::health::Health;
use super::requests::SlotId;
use super::shared::Shared;
use crate::base::Origin;
use crate::observation::Truncation;
use crate::predicate::Answer;
use crate::target::Scope;
use crate::wire::Connections;

/// Where a request waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A server may keep it waiting, because it does not end plainly: it goes first, so that its time is everybody's.
    Odd,
    /// Somebody with further questions waits for it.
    Urgent,
    /// Any other.
    Rest,
}

/// One origin.
pub(super) struct Link {
    pub gate: Arc<Gate>,
    pub connections: Arc<Connections>,
    pub health: Health,
    odd: VecDeque<SlotId>,
    urgent: VecDeque<SlotId>,
    rest: VecDeque<SlotId>,
    in_flight: usize,
    odd_in_flight: Vec<SlotId>,
    most: usize,
    /// Answers, and those among them that only refuse.
    answers: u64,
    refusals: u64,
}

impl Link {
    pub fn open(shared: &Shared, origin: &Origin, scope: &Scope) -> Self {
        Self {
            gate: shared.gates.of(origin),
            connections: Arc::new(Connections::new(Arc::clone(&shared.wire), origin.clone(), scope.clone())),
            health: Health::default(),
            odd: VecDeque::new(),
            urgent: VecDeque::new(),
            rest: VecDeque::new(),
            in_flight: 0,
            odd_in_flight: Vec::new(),
            most: shared.orders.settings.connections.max(1),
            answers: 0,
            refusals: 0,
        }
    }

    /// Queues a request.
    pub fn queue(&mut self, slot: SlotId, line: Line) {
        let line = match line {
            Line::Odd => &mut self.odd,
            Line::Urgent => &mut self.urgent,
            Line::Rest => &mut self.rest,
        };
        line.push_back(slot);
    }

    /// How many requests wait to be sent.
    pub fn waiting(&self) -> usize {
        self.odd.len() + self.urgent.len() + self.rest.len()
    }

    /// How many requests are under way that the server may keep waiting.
    pub fn held_up(&self) -> usize {
        self.odd_in_flight.len()
    }

    /// Makes a queued request urgent.
    pub fn hurry(&mut self, slot: SlotId) {
        if let Some(at) = self.rest.iter().position(|queued| *queued == slot) {
            self.urgent.extend(self.rest.remove(at));
        }
    }

    /// Takes a request out of the queue.
    pub fn unqueue(&mut self, slot: SlotId) {
        for line in [&mut self.odd, &mut self.urgent, &mut self.rest] {
            line.retain(|queued| *queued != slot);
        }
    }

    /// Everything queued, out of the queue.
    pub fn drain(&mut self) -> Vec<SlotId> {
        self.odd.drain(..).chain(self.urgent.drain(..)).chain(self.rest.drain(..)).collect()
    }

    /// The next request that may go out now; only an urgent one where the rest is held back.
    pub fn take_off(&mut self, hold_back: bool) -> Option<SlotId> {
        let most = if self.health.is_known() { self.most } else { 1 };
        if self.in_flight >= most || self.health.given_up().is_some() {
            return None;
        }
        let may_wait = self.health.is_known() && self.odd_in_flight.len() < self.most.div_ceil(2);
        let others = self.urgent.front().or(self.rest.front().filter(|_| !hold_back));
        let slot = if !self.odd.is_empty() && (may_wait || others.is_none()) {
            self.odd_in_flight.extend(self.odd.front());
            self.odd.pop_front()
        } else {
            self.urgent.pop_front().or_else(|| if hold_back { None } else { self.rest.pop_front() })
        };
        self.in_flight += usize::from(slot.is_some());
        slot
    }

    /// A request is no longer under way.
    pub fn landed(&mut self, slot: SlotId) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.odd_in_flight.retain(|odd| *odd != slot);
    }

    /// Takes note of how a request ended.
    pub fn note(&mut self, answer: &Answer) {
        match &answer.exchange().response {
            Ok(response) => {
                match (response.status, response.truncated) {
                    (status @ (429 | 503), _) => self.health.complaint(status),
                    (_, Some(Truncation::Late)) => self.health.late(),
                    _ => self.health.success(),
                }
                self.answers += 1;
                self.refusals += u64::from(is_refusal(response.status));
            }
            Err(error) => self.health.failure(error),
        }
    }

    /// Whether nine in ten answers, and there are three, only refuse.
    pub fn only_refuses(&self) -> bool {
        self.answers >= 3 && self.refusals * 10 >= self.answers * 9
    }
}

/// Statuses with which something in front of a service turns us away.
pub(super) fn is_refusal(status: u16) -> bool {
    matches!(status, 403 | 406 | 429 | 503)
}
