//! Replies: what became of one request of a rule, as conditions see it.
//!
//! Owns the chain of hops of an answered request and the two ways of having none. Invariant: an answered reply has at
//! least one hop, and bare subjects speak of the last. Must never import a folder above `expr`.

use std::sync::Arc;
use std::time::Duration;

use super::Answer;
use crate::base::{Unknown, Value};
use crate::observation::{Interaction, Observation, ProbeError};

/// Names bound to values, innermost last.
pub type Bindings = Vec<(Arc<str>, Value)>;

/// What became of one request.
#[derive(Debug, Clone)]
pub enum ReplyState {
    /// Answered, or failed on the wire ([`crate::observation::Exchange::response`] tells): all hops, the judged one last.
    Answered(Hops),
    /// What a probe that is not HTTP brought, or why it brought nothing ([`Observation::seen`] tells).
    Observed(Arc<Observation>),
    /// Who called us back meanwhile.
    Called(Called),
    /// Its `if` was false: every subject of it is missing.
    NotAsked,
    /// Held back or given up: every subject of it is unknown.
    Unknown(Unknown),
}

impl ReplyState {
    /// Why the probe brought nothing, where it was sent and failed.
    pub fn failure(&self) -> Option<&ProbeError> {
        match self {
            Self::Answered(hops) => hops.last().exchange().response.as_ref().err(),
            Self::Observed(observation) => observation.seen.as_ref().err(),
            Self::Called(_) | Self::NotAsked | Self::Unknown(_) => None,
        }
    }
}

/// Interactions that came for the ids that were asked for.
#[derive(Debug, Clone)]
pub struct Called {
    /// What came, in order; empty where nothing came in time.
    pub interactions: Arc<[Interaction]>,
    /// What is left of the time, for more.
    pub left: Duration,
}

/// A non-empty chain of answers: redirects first, the judged answer last.
#[derive(Debug, Clone)]
pub struct Hops(Arc<[Arc<Answer>]>);

impl Hops {
    /// A chain of one.
    pub fn single(answer: Arc<Answer>) -> Self {
        Self(Arc::from([answer]))
    }

    /// A chain; `None` where it is empty.
    pub fn new(hops: Vec<Arc<Answer>>) -> Option<Self> {
        (!hops.is_empty()).then(|| Self(hops.into()))
    }

    /// All hops in order.
    pub fn all(&self) -> &[Arc<Answer>] {
        &self.0
    }

    /// The judged answer.
    pub fn last(&self) -> &Arc<Answer> {
        match self.0.last() {
            Some(last) => last,
            None => unreachable!("the constructors refuse an empty chain"),
        }
    }
}

/// One request's reply with what was bound when it was sent.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The item's label (`foreign` of `$probe.foreign`); empty for a request without `for_each`.
    pub label: Arc<str>,
    /// The variables of the request's own `for_each`.
    pub bindings: Bindings,
    /// What became of it.
    pub state: ReplyState,
}
