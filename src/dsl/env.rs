//! What an evaluation depends on, and what it may cost.
//!
//! Invariant: steps are only ever taken away. Must never import a folder above `expr`.

use std::cell::Cell;
use std::time::Duration;

use super::error::EvalError;
use super::random::Random;
use crate::base::{Limits, Timestamp, Value};
use crate::expr::fuel::{Steps, fits};

/// Where values of variables come from.
pub trait Vars {
    /// The value of that variable, where it exists.
    fn get(&self, name: &str) -> Option<Value>;
}

/// All that an evaluation can depend on, and the one thing that it can ask for: a pause.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// The variables.
    pub vars: &'a dyn Vars,
    /// The time now.
    pub now: Timestamp,
    /// What random functions draw from.
    pub random: &'a Random,
    /// Bounds on steps and on the length of texts.
    pub limits: &'a Limits,
    /// What `wait_for` adds to; whoever evaluates waits afterwards.
    pub pause: &'a Cell<Duration>,
}

/// An environment, and the steps that are left.
pub(super) struct Fuel<'a> {
    pub env: Env<'a>,
    steps: Steps,
}

impl<'a> Fuel<'a> {
    pub fn new(env: &Env<'a>) -> Self {
        Self { env: *env, steps: Steps::of(env.limits) }
    }

    /// Pays for work.
    pub fn charge(&mut self, steps: usize) -> Result<(), EvalError> {
        Ok(self.steps.take(steps)?)
    }

    /// Refuses a text of that length where it is over the limit, and pays for making it.
    pub fn fits(&mut self, length: usize) -> Result<(), EvalError> {
        fits(length, self.env.limits.expr_text)?;
        self.charge(length / 64)
    }
}
