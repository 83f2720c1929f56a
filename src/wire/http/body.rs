//! A body as it grows: codings undone, within its limits, paid for from the byte budget.
//!
//! Takes the bytes that framing left, gives the decoded body and why it is not whole. Invariant: every byte kept is
//! reserved before it is kept. Must never import sockets.

use std::time::Instant;

use bytes::Bytes;

use super::decode::{Coding, ContentDecoder, Halt};
use crate::base::{Limits, Reservation};
use crate::observation::Truncation;

/// Memory is reserved in steps of this many bytes once a body is larger than one step.
const STEP: usize = 64 << 10;
/// Encoded bytes that are kept until the first decoded byte shows that the coding is what its name says.
const MAX_UNPROVEN: usize = 16 << 10;

/// A reservation that grows with what is held against it.
#[derive(Debug)]
pub(super) struct Account {
    reservation: Reservation,
    /// Bytes that were reserved for the request.
    base: usize,
}

impl Account {
    pub(super) fn new(reservation: Reservation) -> Self {
        Self { base: reservation.bytes(), reservation }
    }

    /// Makes sure that `held` bytes are reserved besides the request's; false where the budget does not allow it.
    pub(super) fn cover(&mut self, held: usize) -> bool {
        let missing = (self.base + held).saturating_sub(self.reservation.bytes());
        missing == 0 || self.reservation.try_grow(missing)
    }

    pub(super) fn close(self) -> Reservation {
        self.reservation
    }
}

/// Why no more of a body is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The probe's window is full.
    Window,
    /// The body limit is reached.
    Limit,
    /// The codings cannot be undone any further.
    Broken,
    /// The byte budget is used up.
    Budget,
    /// The deadline passed while decoding.
    Time,
}

/// A body in the making.
#[derive(Debug)]
pub(super) struct Body {
    out: Vec<u8>,
    decoder: Option<Box<ContentDecoder>>,
    /// Encoded bytes that came before the first decoded one.
    unproven: Vec<u8>,
    mislabelled: bool,
    limit: usize,
    window: Option<usize>,
    /// Encoded bytes received.
    raw: usize,
    deadline: Instant,
}

impl Body {
    /// An empty body, its codings in the order applied.
    pub(super) fn new(codings: &[Coding], limits: &Limits, window: Option<u64>, deadline: Instant) -> Self {
        Self {
            out: Vec::new(),
            decoder: ContentDecoder::new(codings, limits).map(Box::new),
            unproven: Vec::new(),
            mislabelled: false,
            limit: limits.body,
            window: window.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
            raw: 0,
            deadline,
        }
    }

    /// Takes a piece. `expected` is how many bytes are likely to follow it, as far as known; `head` what the head holds
    /// of the account.
    pub(super) fn push(&mut self, data: &[u8], expected: u64, account: &mut Account, head: usize) -> Result<(), Stop> {
        self.raw = self.raw.saturating_add(data.len());
        let Some(mut decoder) = self.decoder.take() else {
            let likely = usize::try_from(expected).unwrap_or(usize::MAX).min(STEP);
            return self.append(data, likely, account, head);
        };
        let keep_raw = decoder.is_fresh();
        let mut stop = Ok(());
        let held = head.saturating_add(decoder.memory());
        let mut sink = |block: &[u8]| {
            stop = if Instant::now() >= self.deadline { Err(Stop::Time) } else { self.append(block, 0, account, held) };
            stop.is_ok()
        };
        let halted = decoder.push(data, &mut sink);
        if keep_raw && decoder.is_fresh() && self.unproven.len() + data.len() <= MAX_UNPROVEN {
            self.unproven.extend_from_slice(data);
        } else {
            self.unproven = Vec::new();
        }
        match halted {
            Ok(()) if self.raw > self.limit => Err(Stop::Limit),
            Ok(()) => {
                self.decoder = Some(decoder);
                Ok(())
            }
            Err(Halt::Stopped) => stop,
            Err(Halt::Limit) => Err(Stop::Limit),
            Err(Halt::Broken) if self.out.is_empty() && !self.unproven.is_empty() => {
                self.mislabelled = true;
                let raw = std::mem::take(&mut self.unproven);
                self.append(&raw, 0, account, head)
            }
            Err(Halt::Broken) => Err(Stop::Broken),
        }
    }

    fn append(&mut self, data: &[u8], likely: usize, account: &mut Account, held: usize) -> Result<(), Stop> {
        let bound = self.window.map_or(self.limit, |window| window.min(self.limit));
        let fits = data.len().min(bound.saturating_sub(self.out.len()));
        let needed = self.out.len() + fits;
        if needed > self.out.capacity() {
            let step = if needed > STEP { (needed / 2).max(STEP) } else { likely };
            let capacity = needed.saturating_add(step).min(bound);
            if !account.cover(held.saturating_add(capacity)) {
                return Err(Stop::Budget);
            }
            self.out.reserve_exact(capacity - self.out.len());
        }
        self.out.extend_from_slice(data.get(..fits).unwrap_or(data));
        match self.window {
            Some(window) if self.out.len() >= window => Err(Stop::Window),
            _ if fits < data.len() => Err(Stop::Limit),
            _ => Ok(()),
        }
    }

    /// The body, and what its codings say against its wholeness once all its bytes came.
    pub(super) fn finish(self) -> (Bytes, Option<Truncation>) {
        let complete = !self.mislabelled && self.decoder.is_none_or(|decoder| decoder.is_complete());
        let truncated = (!complete).then_some(Truncation::BadEncoding);
        (Bytes::from(self.out.into_boxed_slice()), truncated)
    }
}
