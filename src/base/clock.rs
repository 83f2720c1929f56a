//! Time as the rest of the house sees it.
//!
//! Owns the one place where wall time is read, so that tests and replays can fix it. Durations are measured with
//! [`std::time::Instant`] by whoever needs them. Must never import another folder.

pub use jiff::Timestamp;

/// Where "now" comes from.
#[derive(Debug, Clone, Copy, Default)]
pub enum Clock {
    /// The machine's wall clock.
    #[default]
    System,
    /// A fixed instant: tests, replays.
    Fixed(Timestamp),
}

impl Clock {
    /// The current instant by this clock.
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(at) => at,
        }
    }
}
