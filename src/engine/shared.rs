//! What all hosts of a scan share.
//!
//! Owns nothing that changes but gates and the wire, which guard themselves. Takes the orders; gives each host the same
//! wire, pace, switch and channel. Invariant: hosts talk to the dispatcher through [`Shared::tell`] only. Must never
//! import anything above `discover`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Semaphore, mpsc};

use super::control::Control;
use super::gate::{Gates, Pace};
use super::ledger::{HostId, Message, Said};
use super::orders::Orders;
use super::turns::Turns;
use crate::wire::Wire;

/// Targets of files that are read at the same time.
const READERS: usize = 2;

/// What all hosts of a scan share.
pub(super) struct Shared {
    pub orders: Orders,
    pub turns: Turns,
    pub wire: Arc<Wire>,
    pub gates: Gates,
    pub pace: Pace,
    pub control: Control,
    /// Turns of targets that are read from the disk: each of them holds whole files.
    pub readers: Semaphore,
    messages: mpsc::Sender<Message>,
}

impl Shared {
    pub fn new(
        orders: Orders,
        turns: Turns,
        wire: Arc<Wire>,
        control: Control,
        messages: mpsc::Sender<Message>,
    ) -> Self {
        Self {
            wire,
            gates: Gates::new(orders.settings.per_host_rate, orders.settings.connections),
            pace: Pace::new(orders.settings.rate),
            orders,
            turns,
            control,
            readers: Semaphore::new(READERS),
            messages,
        }
    }

    /// Tells the dispatcher something; waits while it has too much to do.
    pub async fn tell(&self, host: HostId, said: Said) {
        // The dispatcher outlives its hosts; where it is gone, nobody wants to know.
        let _ = self.messages.send(Message { host, said }).await;
    }
}

/// What a host cost so far; readable even if its task is gone.
#[derive(Debug, Default)]
pub(super) struct Cost {
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Cost {
    pub fn add(&self, bytes: u64) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Several requests at once, and the bytes that came.
    pub fn add_many(&self, requests: u64, bytes: u64) {
        self.requests.fetch_add(requests, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes that came without a request: those of files.
    pub fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}
