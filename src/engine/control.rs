//! Stopping a scan from outside.
//!
//! Owns the switch that Ctrl-C, a deadline or a failing output throws; everything that waits in the engine also waits
//! for it. Invariant: the first reason stays, and a thrown switch never goes back. Must never import anything above
//! `discover`.

use std::sync::Arc;

use tokio::sync::watch;

/// Why a scan ends before its targets do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The user asked for it.
    Interrupted,
    /// The run's own deadline passed.
    Deadline,
    /// The output takes no more.
    Output,
    /// Nothing moved for longer than anything may take.
    Stalled,
}

impl Stop {
    /// One sentence for reports.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Interrupted => "the scan was interrupted",
            Self::Deadline => "the deadline of the scan passed",
            Self::Output => "the output could not be written",
            Self::Stalled => "the scan made no progress",
        }
    }
}

/// The switch. Clones are the same switch.
#[derive(Debug, Clone)]
pub struct Control(Arc<watch::Sender<Option<Stop>>>);

impl Default for Control {
    fn default() -> Self {
        Self::new()
    }
}

impl Control {
    /// A switch that nobody has thrown.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }

    /// Stops the scan: nothing more is sent, what is outstanding is booked as not sent. Safe from any thread.
    pub fn stop(&self, why: Stop) {
        self.0.send_if_modified(|state| {
            let first = state.is_none();
            if first {
                *state = Some(why);
            }
            first
        });
    }

    /// Why it was stopped, if it was.
    pub fn stopped(&self) -> Option<Stop> {
        *self.0.borrow()
    }

    /// Waits until it is stopped.
    pub async fn wait(&self) -> Stop {
        let mut watched = self.0.subscribe();
        loop {
            let state = *watched.borrow_and_update();
            if let Some(why) = state {
                return why;
            }
            if watched.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
