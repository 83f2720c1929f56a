//! Requests of a host on their way: start, landing, stopping.
//!
//! Invariant: a request that is under way has a slot, and lands, is given up or is withdrawn exactly once. Must never
//! import anything above `discover`.

use std::sync::Arc;

use tokio::task::{Id, JoinError};

use super::Host;
use crate::base::{Origin, Unknown};
use crate::engine::contained::words;
use crate::engine::fetch::{Errand, failed, fetch};
use crate::engine::link::Link;
use crate::engine::requests::SlotId;
use crate::engine::survey::https_of;
use crate::observation::ErrorKind;
use crate::predicate::{Answer, ReplyState};

impl Host {
    /// Starts as many requests as the links allow. While runs with further questions are open and much is retained for
    /// them, only what they wait for goes out, so that what is retained stays small; but where that is nothing but what
    /// a server may keep waiting, nobody else waits with them.
    pub(super) fn launch(&mut self) {
        self.launch_some(self.rules_ask_later() && self.requests.retains_much());
        let held_up: usize = self.links.values().map(Link::held_up).sum();
        if self.flights.len() == held_up {
            self.launch_some(false);
        }
    }

    fn launch_some(&mut self, hold_back: bool) {
        let origins: Vec<Origin> = self.links.keys().cloned().collect();
        for origin in origins {
            while let Some(slot) = self.links.get_mut(&origin).and_then(|link| link.take_off(hold_back)) {
                if !self.fly(slot, &origin)
                    && let Some(link) = self.links.get_mut(&origin)
                {
                    link.landed(slot);
                }
            }
        }
    }

    fn fly(&mut self, slot: SlotId, origin: &Origin) -> bool {
        let (Some(probe), Some(link)) = (self.requests.probe(slot), self.links.get(origin)) else { return false };
        let errand = Errand {
            shared: Arc::clone(&self.shared),
            gate: Arc::clone(&link.gate),
            connections: Arc::clone(&link.connections),
            cost: Arc::clone(&self.cost),
            probe: Arc::clone(probe),
            may_retry: self.requests.wishes(slot).iter().all(|wish| wish.shared),
        };
        let handle = self.flights.spawn(fetch(errand));
        self.slots_of_tasks.insert(handle.id(), slot);
        self.aloft.insert(slot, (handle, origin.clone()));
        true
    }

    /// Takes what a request brought.
    pub(super) fn land(&mut self, landed: Result<(Id, Arc<Answer>), JoinError>) {
        let (task, answer) = match landed {
            Ok((task, answer)) => (task, Ok(answer)),
            Err(error) => (error.id(), Err(error)),
        };
        let Some(slot) = self.slots_of_tasks.remove(&task) else { return };
        let Some((_, origin)) = self.aloft.remove(&slot) else { return };
        let Some(probe) = self.requests.probe(slot).map(Arc::clone) else { return };
        let Some(link) = self.links.get_mut(&origin) else { return };
        link.landed(slot);
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if error.is_cancelled() => return,
            Err(error) => {
                let detail = format!("the request panicked: {}", words(&*error.into_panic()));
                failed(&probe, self.shared.orders.settings.clock.now(), ErrorKind::Internal, detail)
            }
        };
        link.note(&answer);
        let given_up = link.health.given_up().is_some();
        if origin == self.facts.origin && answer.response().is_some() {
            self.https = self.https.or_else(|| https_of(&answer));
            self.tls.note_answer(&answer);
        }
        self.take_answer(slot, &answer);
        if given_up {
            self.drop_queue(&origin);
        }
        self.untold.note_request();
    }

    /// Tells everybody whose request is queued for an origin that it will not be sent.
    pub(super) fn drop_queue(&mut self, origin: &Origin) {
        let slots = self.links.get_mut(origin).map(Link::drain).unwrap_or_default();
        let own = *origin == self.facts.origin;
        for slot in slots {
            self.give_up(slot, own || self.stopped);
        }
    }

    fn give_up(&mut self, slot: SlotId, troubled: bool) {
        for wish in self.requests.close(slot, Unknown::NotSent) {
            self.deliveries.push_back((wish.who, ReplyState::Unknown(Unknown::NotSent), troubled));
        }
    }

    /// A run leaves a request. One that nobody waits for any more is taken back, unless it is under way and somebody may
    /// still ask for it.
    pub(super) fn leave(&mut self, slot: SlotId, run: usize) {
        if !self.requests.leave(slot, run) {
            return;
        }
        match self.aloft.get(&slot) {
            Some(_) if self.rules_ask_later() => {}
            Some((handle, origin)) => {
                handle.abort();
                self.slots_of_tasks.remove(&handle.id());
                if let Some(link) = self.links.get_mut(origin) {
                    link.landed(slot);
                }
                self.aloft.remove(&slot);
                self.requests.withdraw(slot);
            }
            None => {
                let origin = self.requests.probe(slot).map(|probe| probe.origin.clone());
                if let Some(link) = origin.and_then(|origin| self.links.get_mut(&origin)) {
                    link.unqueue(slot);
                }
                self.requests.withdraw(slot);
            }
        }
    }

    /// The scan is stopped: nothing more is sent, what is under way is dropped.
    pub(super) fn stop(&mut self) {
        self.stopped = true;
        self.flights.abort_all();
        self.stop_others();
        let aloft: Vec<SlotId> = self.aloft.drain().map(|(slot, _)| slot).collect();
        self.slots_of_tasks.clear();
        for slot in aloft {
            self.give_up(slot, true);
        }
        let origins: Vec<Origin> = self.links.keys().cloned().collect();
        for origin in origins {
            self.drop_queue(&origin);
        }
    }
}
