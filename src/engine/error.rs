//! How a whole run fails.
//!
//! What befalls single hosts and rules is never an error of the run: it is a verdict. Invariant: each variant says who
//! can mend it through [`EngineError::diagnostic`]. Must never import anything above `discover`.

use std::time::Duration;

use crate::diagnostic::{Blame, Diagnostic};
use crate::finding::RunSummary;

/// Why a run has no trustworthy end.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The output took an event with an error, or did not take it at all.
    #[error("the output cannot be written: {0}")]
    Output(#[source] std::io::Error),
    /// The verdicts do not add up to the plan.
    #[error(
        "the verdicts do not add up: {} planned, but {} matched, {} clean, {} error, {} skipped, {} inconclusive, {twice} booked twice",
        summary.planned, summary.matched, summary.clean, summary.error, summary.skipped, summary.inconclusive
    )]
    Accounting {
        /// The counts.
        summary: Box<RunSummary>,
        /// Verdicts that arrived more than once.
        twice: u64,
    },
    /// Nothing moved any more; everything outstanding was booked as not sent.
    #[error("nothing was finished for {} s; {hosts} hosts were under way", after.as_secs())]
    Stalled {
        /// How long nothing moved.
        after: Duration,
        /// How many hosts were under way.
        hosts: usize,
    },
    /// A thread could not be started.
    #[error("a thread could not be started: {0}")]
    Thread(#[source] std::io::Error),
    /// A proxy, certificate or resolve setting is wrong.
    #[error("{}", .0.title)]
    Wire(Box<Diagnostic>),
}

impl EngineError {
    /// The error for people.
    pub fn diagnostic(&self) -> Diagnostic {
        let (code, blame, help) = match self {
            Self::Output(_) => ("I0001", Blame::Configuration, "what was written before stays as it is"),
            Self::Accounting { .. } => ("I0002", Blame::Outsight, "this is a fault of Outsight; please report it"),
            Self::Stalled { .. } => ("I0003", Blame::Outsight, "this is a fault of Outsight; please report it"),
            Self::Thread(_) => ("I0004", Blame::Network, "the machine allows no more threads"),
            Self::Wire(diagnostic) => return (**diagnostic).clone(),
        };
        Diagnostic::error(code, blame, self.to_string()).help(help)
    }
}
