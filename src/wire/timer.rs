//! A connection's timer: one entry in the runtime's wheel for many deadlines.
//!
//! Takes the deadline of whatever waits now. Invariant: it never reports a deadline early, and moving a deadline further
//! away costs nothing until the earlier one fires. Must never import anything of this crate.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::time::Sleep;

/// When an exchange is given up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    /// Before the head is complete.
    pub(super) head: Instant,
    /// At all.
    pub(super) exchange: Instant,
}

/// A timer that is set lazily.
#[derive(Debug, Default)]
pub(super) struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer {
    /// Ready once `deadline` has passed; wakes the task then.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        loop {
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            let at = tokio::time::Instant::from_std(deadline);
            let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
            if sleep.deadline() > at {
                sleep.as_mut().reset(at);
            }
            ready!(sleep.as_mut().poll(cx));
            sleep.as_mut().reset(at);
        }
    }
}
