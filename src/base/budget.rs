//! The byte budget: what all observations in memory may weigh together.
//!
//! Owns a counter that hands out reservations. Invariant: the sum of live reservations never exceeds the limit, and a
//! reservation gives its bytes back when dropped, whatever path drops it. Nobody ever waits here: over budget is an
//! answer, so no rule can wait for bytes while it holds bytes (design §7). Must never import another folder.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A shared limit on bytes.
#[derive(Debug, Clone)]
pub struct ByteBudget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: usize,
    used: AtomicUsize,
    peak: AtomicUsize,
}

impl ByteBudget {
    /// A budget of that many bytes.
    pub fn new(limit: usize) -> Self {
        Self(Arc::new(Inner { limit, used: AtomicUsize::new(0), peak: AtomicUsize::new(0) }))
    }

    /// Reserves `bytes`, or `None` where that would exceed the limit.
    pub fn try_reserve(&self, bytes: usize) -> Option<Reservation> {
        let mut reservation = Reservation { budget: self.clone(), bytes: 0 };
        reservation.try_grow(bytes).then_some(reservation)
    }

    /// Bytes reserved now.
    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    /// The most bytes that were ever reserved at once.
    pub fn peak(&self) -> usize {
        self.0.peak.load(Ordering::Relaxed)
    }
}

/// Bytes reserved from a [`ByteBudget`]; given back on drop.
#[derive(Debug)]
pub struct Reservation {
    budget: ByteBudget,
    bytes: usize,
}

impl Reservation {
    /// Reserves `more` bytes on top; false, and nothing changed, where that would exceed the limit.
    pub fn try_grow(&mut self, more: usize) -> bool {
        let inner = &self.budget.0;
        let grown = |used: usize| used.checked_add(more).filter(|sum| *sum <= inner.limit);
        match inner.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown) {
            Ok(before) => {
                inner.peak.fetch_max(before + more, Ordering::Relaxed);
                self.bytes += more;
                true
            }
            Err(_) => false,
        }
    }

    /// A reservation of nothing yet, of the same budget.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self { budget: self.budget.clone(), bytes: 0 }
    }

    /// Gives back what is held above `bytes`.
    pub fn shrink_to(&mut self, bytes: usize) {
        let excess = self.bytes.saturating_sub(bytes);
        self.bytes -= excess;
        self.budget.0.used.fetch_sub(excess, Ordering::Relaxed);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.0.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::ByteBudget;

    #[test]
    fn reservations_add_up_and_return() {
        let budget = ByteBudget::new(100);
        let mut first = budget.try_reserve(60).expect("fits");
        assert!(budget.try_reserve(50).is_none());
        assert!(first.try_grow(40) && !first.try_grow(1));
        first.shrink_to(10);
        assert_eq!(budget.used(), 10);
        drop(first);
        assert_eq!((budget.used(), budget.peak()), (0, 100));
    }
}
