//! One origin as a host actor talks to it: connections, gate, health and queue.
//!
//! Invariant: until something is known of an origin, one request at a time goes there; what fails there is booked there.
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

/// One origin.
pub(super) struct Link {
    pub gate: Arc<Gate>,
    pub connections: Arc<Connections>,
    pub health: Health,
    /// What somebody with further questions waits for; it goes first.
    urgent: VecDeque<SlotId>,
    rest: VecDeque<SlotId>,
    in_flight: usize,
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
            urgent: VecDeque::new(),
            rest: VecDeque::new(),
            in_flight: 0,
            most: shared.orders.settings.connections.max(1),
            answers: 0,
            refusals: 0,
        }
    }

    /// Queues a request.
    pub fn queue(&mut self, slot: SlotId, urgent: bool) {
        if urgent { self.urgent.push_back(slot) } else { self.rest.push_back(slot) }
    }

    /// Makes a queued request urgent.
    pub fn hurry(&mut self, slot: SlotId) {
        if let Some(at) = self.rest.iter().position(|queued| *queued == slot) {
            self.urgent.extend(self.rest.remove(at));
        }
    }

    /// Takes a request out of the queue.
    pub fn unqueue(&mut self, slot: SlotId) {
        self.urgent.retain(|queued| *queued != slot);
        self.rest.retain(|queued| *queued != slot);
    }

    /// Everything queued, out of the queue.
    pub fn drain(&mut self) -> Vec<SlotId> {
        self.urgent.drain(..).chain(self.rest.drain(..)).collect()
    }

    /// The next request that may go out now; only an urgent one where the rest is held back.
    pub fn take_off(&mut self, hold_back: bool) -> Option<SlotId> {
        let most = if self.health.is_known() { self.most } else { 1 };
        if self.in_flight >= most || self.health.given_up().is_some() {
            return None;
        }
        let slot = self.urgent.pop_front().or_else(|| if hold_back { None } else { self.rest.pop_front() })?;
        self.in_flight += 1;
        Some(slot)
    }

    /// A request is no longer under way.
    pub fn landed(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
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
