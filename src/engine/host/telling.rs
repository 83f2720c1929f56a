//! What a host says as it goes on: verdicts and how many requests are over, several at a time.
//!
//! Each message wakes the dispatcher and the output, so that one for every answer would cost more than the answer.
//! Invariant: what is booked is told once, at the latest before the host's ending. Must never import anything above
//! `discover`.

use std::time::Duration;

use tokio::time::Instant;

use super::Host;
use crate::engine::ledger::Said;
use crate::finding::Outcome;

/// How long it may take until something is told.
const DELAY: Duration = Duration::from_millis(100);
/// Verdicts that wait to be told at most.
const MANY: usize = 256;

/// What was not told yet.
pub(super) struct Untold {
    requests: u64,
    verdicts: Vec<(usize, Outcome)>,
    told: Instant,
}

impl Untold {
    pub fn new() -> Self {
        Self { requests: 0, verdicts: Vec::new(), told: Instant::now() }
    }

    /// A request is over.
    pub fn note_request(&mut self) {
        self.requests += 1;
    }
}

impl Host {
    /// Books the verdict at a place of the plan.
    pub(super) async fn book(&mut self, place: usize, outcome: Outcome) {
        #[cfg(test)]
        if self.shared.orders.settings.faults.drops(place) {
            return;
        }
        self.untold.verdicts.push((place, outcome));
        if self.untold.verdicts.len() >= MANY {
            self.tell_all().await;
        }
    }

    /// Tells what waits, where it has waited long enough.
    pub(super) async fn tell_some(&mut self) {
        if self.stopped || self.untold.told.elapsed() >= DELAY {
            self.tell_all().await;
        }
    }

    /// Tells all that waits.
    pub(super) async fn tell_all(&mut self) {
        self.untold.told = Instant::now();
        let (requests, verdicts) =
            (std::mem::take(&mut self.untold.requests), std::mem::take(&mut self.untold.verdicts));
        if requests > 0 {
            self.shared.tell(self.id, Said::Requested(requests)).await;
        }
        if !verdicts.is_empty() {
            self.shared.tell(self.id, Said::Booked(verdicts)).await;
        }
    }
}
