//! The health of one origin, from its own errors alone.
//!
//! Takes how each request to the origin ended; says when to stop asking. Invariant: an error of another origin never
//! arrives here, so no rule can get a target dropped by talking to somebody else. Must never import anything above
//! `discover`.

use crate::finding::Outcome;
use crate::observation::{ErrorKind, ProbeError};

/// Failures in a row after which an origin is given up.
const PATIENCE: u32 = 12;

/// What is known of an origin's health.
#[derive(Debug, Default)]
pub(super) struct Health {
    answered: bool,
    in_a_row: u32,
    /// Answers in a row that only ask us to go away (429, 503).
    complaints: u32,
    first: Option<ProbeError>,
    given_up: Option<ProbeError>,
}

impl Health {
    /// An answer came, whatever it says.
    pub fn success(&mut self) {
        self.answered = true;
        self.in_a_row = 0;
        self.complaints = 0;
    }

    /// An answer came that asks us to go away: 429 or 503. Each halves the pace, so that a server with no other words
    /// would take hours; after a run of them it is left alone.
    pub fn complaint(&mut self, status: u16) {
        self.answered = true;
        self.in_a_row = 0;
        self.complaints += 1;
        if self.complaints >= PATIENCE && self.given_up.is_none() {
            let detail = format!("{PATIENCE} answers in a row were {status}: it was left alone");
            self.give_up(ProbeError::new(ErrorKind::TurnedAway, detail));
        }
    }

    /// An answer came whose time ran out before its end. One such path is nothing; a server that ends none of its
    /// answers would take the whole time of every request.
    pub fn late(&mut self) {
        let error = ProbeError::new(ErrorKind::ResponseTimeout, "the time ran out before the answer's end");
        self.failure(&error);
        self.answered = true;
    }

    /// A request failed for good.
    pub fn failure(&mut self, error: &ProbeError) {
        if self.given_up.is_some() || !speaks_against(error.kind) {
            return;
        }
        self.first.get_or_insert_with(|| error.clone());
        self.in_a_row += 1;
        let hopeless = !self.answered && self.in_a_row == 1 && cannot_connect(error.kind);
        if hopeless || self.in_a_row >= PATIENCE {
            self.given_up =
                Some(if self.answered { error.clone() } else { self.first.clone().unwrap_or_else(|| error.clone()) });
        }
    }

    /// Nothing more is sent to it.
    pub fn give_up(&mut self, why: ProbeError) {
        self.first.get_or_insert_with(|| why.clone());
        self.given_up = Some(why);
    }

    /// What went wrong first, if nothing worse did.
    pub fn trouble(&self) -> Option<&ProbeError> {
        self.given_up.as_ref().or(self.first.as_ref())
    }

    /// Why nothing more is sent to it.
    pub fn given_up(&self) -> Option<&ProbeError> {
        self.given_up.as_ref()
    }

    /// The verdict that an origin in this state allows: nothing can be clean, skipped or unknown for want of an answer
    /// where none was ever given; it is an error.
    pub fn judge(&self, outcome: Outcome) -> Outcome {
        match (self.given_up.as_ref().filter(|_| !self.answered), outcome) {
            (Some(error), Outcome::Clean | Outcome::Inconclusive(_) | Outcome::Skipped(_)) => {
                Outcome::Error(error.kind)
            }
            _ => outcome,
        }
    }

    /// Whether it ever answered.
    pub fn has_answered(&self) -> bool {
        self.answered
    }

    /// Whether anything is known of it; until then one request at a time is enough.
    pub fn is_known(&self) -> bool {
        self.answered || self.in_a_row > 0
    }
}

/// Whether an error says something about the origin rather than about us, the scope or a budget.
fn speaks_against(kind: ErrorKind) -> bool {
    kind.counts_against_host() || matches!(kind, ErrorKind::NotHttp | ErrorKind::Proxy | ErrorKind::OutOfScope)
}

/// Whether every further request would fail in the same way.
fn cannot_connect(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused
            | ErrorKind::HandshakeRefused
            | ErrorKind::NoSuchName
            | ErrorKind::ResolveFailed
            | ErrorKind::ConnectTimeout
            | ErrorKind::Unreachable
            | ErrorKind::Proxy
            | ErrorKind::OutOfScope
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(kind: ErrorKind) -> ProbeError {
        ProbeError::new(kind, "why")
    }

    #[test]
    fn who_cannot_be_connected_to_at_first_is_given_up_at_once() {
        let mut health = Health::default();
        health.failure(&failing(ErrorKind::ConnectionRefused));
        assert_eq!(health.given_up().map(|e| e.kind), Some(ErrorKind::ConnectionRefused));
        assert!(!health.has_answered());
    }

    #[test]
    fn who_answered_once_is_given_up_only_after_a_run_of_failures() {
        let mut health = Health::default();
        health.success();
        for _ in 1..PATIENCE {
            health.failure(&failing(ErrorKind::ResponseTimeout));
        }
        assert!(health.given_up().is_none());
        health.success();
        for _ in 0..PATIENCE {
            assert!(health.given_up().is_none());
            health.failure(&failing(ErrorKind::ConnectTimeout));
        }
        assert_eq!(health.given_up().map(|e| e.kind), Some(ErrorKind::ConnectTimeout));
    }

    #[test]
    fn who_ends_no_answer_is_given_up_and_who_ends_some_is_not() {
        let mut health = Health::default();
        for _ in 0..3 * PATIENCE {
            health.late();
            health.late();
            health.success();
        }
        assert!(health.given_up().is_none() && health.has_answered());
        (0..PATIENCE).for_each(|_| health.late());
        assert_eq!(health.given_up().map(|e| e.kind), Some(ErrorKind::ResponseTimeout));
    }

    #[test]
    fn our_own_troubles_never_speak_against_a_host() {
        let mut health = Health::default();
        for kind in [ErrorKind::Local, ErrorKind::Budget, ErrorKind::Cancelled, ErrorKind::Internal] {
            for _ in 0..2 * PATIENCE {
                health.failure(&failing(kind));
            }
        }
        assert!(health.given_up().is_none() && !health.is_known());
    }
}
