//! Names that requests and operators can read, looked up layer by layer and only when they are read.
//!
//! Owns what a request was rendered with: payloads, values carried from earlier answers, variables. Takes names; gives
//! values. Invariant: nothing is collected beforehand, and a variable is rendered at most once for a request. Must never
//! import a folder above `plan`.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::event::Event;
use super::fingerprint::Fingerprint;
use crate::base::Value;
use crate::dsl::{Env, Random, Text, Vars};
use crate::observation::InteractionId;
use crate::plan::sequence::TargetVars;
use crate::predicate::HostFacts;
use crate::rule::Sequence;

/// What all requests of a run can read.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub sequence: &'a Sequence,
    pub host: &'a HostFacts,
    pub rule: &'a Arc<str>,
    /// Values that earlier blocks carry on.
    pub carried: &'a [(Arc<str>, Value)],
    /// Answers of all blocks under the blocks' names, where the blocks share what they find.
    pub events: &'a [(Arc<str>, Event)],
    /// What `wait_for` adds to.
    pub pause: &'a Cell<Duration>,
    /// The JARM fingerprint of the target, as far as it was asked for.
    pub fingerprint: &'a Fingerprint,
}

impl Frame<'_> {
    /// The environment of an evaluation.
    pub fn env<'b>(&'b self, vars: &'b dyn Vars, random: &'b Random) -> Env<'b> {
        Env { vars, now: self.host.now, random, limits: &self.host.limits, pause: self.pause }
    }

    /// What is drawn for that use: always the same in one run.
    pub fn random(&self, purpose: &str, nth: u32) -> Random {
        let nth = nth.to_be_bytes();
        let parts: [&[u8]; 4] = [self.host.nonce.as_bytes(), self.rule.as_bytes(), purpose.as_bytes(), &nth];
        Random::new(&parts.join(&0))
    }

    /// A value that an earlier block carries on, or of an answer by its block's name.
    pub fn shared(&self, name: &str) -> Option<Value> {
        let carried = self.carried.iter().find(|(known, _)| &**known == name).map(|(_, value)| value.clone());
        carried.or_else(|| self.fingerprint.value(name, self.host)).or_else(|| {
            let of = |(prefix, event): &(Arc<str>, Event)| {
                let rest = name.strip_prefix(&**prefix)?.strip_prefix('_')?;
                event.value(rest, self.host).ok().flatten()
            };
            self.events.iter().rev().find_map(of)
        })
    }
}

/// What one request is rendered with.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// The variables of the target, as the request sees them.
    pub target: TargetVars,
    /// Payloads, rendered.
    pub payloads: Vec<(Arc<str>, Bytes)>,
    /// Values carried from earlier answers of the block.
    pub dynamic: Vec<(Arc<str>, Bytes)>,
    /// Which request of the run it is, where variables are drawn anew for each.
    pub drawing: u32,
    /// The id under which a target can call because of the request, and whether it was told.
    pub callback: Option<InteractionId>,
    pub told: Cell<bool>,
    /// The variables that were read so far.
    pub memo: RefCell<Vec<(usize, Value)>>,
}

/// The names that a request can read.
pub(super) struct RequestVars<'a> {
    pub frame: Frame<'a>,
    pub given: &'a Given,
    /// Variables before this one exist.
    pub below: usize,
    /// Whether payloads exist.
    pub payloads: bool,
}

impl<'a> RequestVars<'a> {
    /// All names.
    pub fn all(frame: Frame<'a>, given: &'a Given) -> Self {
        Self { frame, given, below: usize::MAX, payloads: true }
    }

    /// The address that a target is to call.
    fn callback(&self, name: &str) -> Option<Value> {
        let rest = name.strip_prefix("interactsh-url")?;
        let id = self.given.callback.as_ref().filter(|_| rest.is_empty() || rest.starts_with('_'))?;
        self.given.told.set(true);
        Some(Value::from(self.frame.host.callbacks.as_ref()?.address(id)))
    }

    fn constant(&self, name: &str) -> Option<Value> {
        let (_, text) = self.frame.sequence.constants.iter().find(|(known, _)| &**known == name)?;
        Some(Value::Text(Bytes::copy_from_slice(text.source().as_bytes())))
    }

    fn variable(&self, name: &str) -> Option<Value> {
        let variables = &self.frame.sequence.variables;
        let index = variables.iter().position(|(known, _)| &**known == name).filter(|index| *index < self.below)?;
        let known = self.given.memo.borrow().iter().find(|(at, _)| *at == index).map(|(_, value)| value.clone());
        if let Some(value) = known {
            return Some(value);
        }
        let (_, text) = variables.get(index)?;
        let value = Value::Text(self.render(text, name, index));
        self.given.memo.borrow_mut().push((index, value.clone()));
        Some(value)
    }

    fn render(&self, text: &Text, name: &str, index: usize) -> Bytes {
        let earlier = Self { below: index, payloads: false, ..*self };
        let random = self.frame.random(name, self.given.drawing);
        text.render(&self.frame.env(&earlier, &random)).bytes
    }
}

impl Vars for RequestVars<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        let of = |pairs: &[(Arc<str>, Bytes)]| {
            pairs.iter().find(|(known, _)| &**known == name).map(|(_, text)| Value::Text(text.clone()))
        };
        (if self.payloads { of(&self.given.payloads) } else { None })
            .or_else(|| self.callback(name))
            .or_else(|| self.constant(name))
            .or_else(|| self.given.target.get(name))
            .or_else(|| self.frame.shared(name))
            .or_else(|| of(&self.given.dynamic))
            .or_else(|| self.variable(name))
    }
}

/// Names of the target that keep variables from being settled before any request.
const OF_THE_TARGET: [&str; 15] = [
    "BaseURL", "RootURL", "Hostname", "Host", "Port", "Path", "Query", "File", "Scheme", "Input", "FQDN", "RDN", "DN",
    "TLD", "SD",
];

/// Whether the variables are the same for every request of a run: those that speak of nothing but each other.
pub(super) fn are_settled(sequence: &Sequence) -> bool {
    let defined = |name: &Arc<str>| sequence.variables.iter().any(|(known, _)| known == name);
    sequence.variables.iter().all(|(_, text)| {
        let source = text.source();
        let of_target = OF_THE_TARGET.iter().any(|name| source.contains(name)) || source.contains("interactsh-url");
        !of_target && text.names().iter().all(defined)
    })
}
