//! What a run asks for: a request, a probe of another protocol, a pause, calls from outside.
//!
//! Takes nothing; whoever drives a run answers each ask once. Invariant: an ask says completely what goes on the wire.
//! Must never import a folder above `plan`.

use std::sync::Arc;
use std::time::Duration;

use crate::finding::{Finding, Outcome};
use crate::observation::{HttpProbe, InteractionId, OtherProbe};
use crate::plan::Follow;
use crate::predicate::Bindings;

/// Names one ask of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(u32);

impl AskId {
    pub(super) fn new(nth: u32) -> Self {
        Self(nth)
    }
}

/// Something that a run wants done, and a reply to.
#[derive(Debug, Clone)]
pub struct Ask {
    /// To give the reply back with.
    pub id: AskId,
    /// What is wanted.
    pub wanted: Wanted,
    /// The request's name in the rule.
    pub request: Arc<str>,
    /// The item's label.
    pub label: Arc<str>,
    /// The names bound when it was rendered.
    pub bindings: Bindings,
}

impl Ask {
    /// The HTTP probe, where it is one.
    pub fn http(&self) -> Option<&Arc<HttpProbe>> {
        match &self.wanted {
            Wanted::Http { probe, .. } => Some(probe),
            Wanted::Other { .. } | Wanted::Pause(_) | Wanted::Interactions { .. } => None,
        }
    }
}

/// What an ask is for.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// An HTTP exchange; the reply is [`crate::predicate::ReplyState::Answered`].
    Http {
        /// What to send.
        probe: Arc<HttpProbe>,
        /// Which redirects to follow.
        follow: Follow,
        /// Set where the same bytes must be sent again: never shared.
        unshared: Option<u32>,
    },
    /// A probe of another protocol; the reply is [`crate::predicate::ReplyState::Observed`].
    Other {
        /// What to send.
        probe: Arc<OtherProbe>,
        /// Set where the same must be sent again: never shared.
        unshared: Option<u32>,
    },
    /// So much time, at most [`crate::base::Limits::pause`]; the reply is [`crate::predicate::ReplyState::NotAsked`] once it is over.
    Pause(Duration),
    /// What came for these ids, waiting so long for the first of it; the reply is [`crate::predicate::ReplyState::Called`].
    Interactions {
        /// The ids.
        ids: Arc<[InteractionId]>,
        /// At most [`crate::base::Limits::callback`].
        wait: Duration,
    },
}

/// What a run wants next.
#[derive(Debug)]
pub enum Step {
    /// These requests, each given out once.
    Ask(Vec<Ask>),
    /// Replies that were asked for, or the baseline.
    Wait,
    /// Nothing: this is the end.
    Done(RunResult),
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct RunResult {
    /// The verdict.
    pub outcome: Outcome,
    /// What to show, merged by evidence key; empty unless it matched.
    pub findings: Vec<Finding>,
}
