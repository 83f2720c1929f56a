//! The arguments of one call, evaluated when a function asks for them.
//!
//! Invariant: an argument that a function does not ask for is not evaluated, and reading one is paid for.
//! Must never import a folder above `base`.

use std::sync::Arc;

use bytes::Bytes;

use crate::base::{Limits, Timestamp, Value};
use crate::expr::ast::{Call, Kind, Node};
use crate::expr::error::EvalError;
use crate::expr::eval::{Env, Evaluation};
use crate::expr::operators;
use crate::expr::pattern::Pattern;

/// The arguments of one call.
pub(in crate::expr) struct Args<'e, 'a> {
    evaluation: &'e mut Evaluation<'a>,
    call: &'e Call,
    piped: Option<Result<Value, EvalError>>,
}

impl<'e, 'a> Args<'e, 'a> {
    pub fn new(evaluation: &'e mut Evaluation<'a>, call: &'e Call, piped: Option<Result<Value, EvalError>>) -> Self {
        Self { evaluation, call, piped }
    }

    /// How many arguments there are.
    pub fn count(&self) -> usize {
        self.call.args.len() + usize::from(self.piped.is_some())
    }

    /// Whether there is an argument at that place.
    pub fn has(&self, place: usize) -> bool {
        place < self.count()
    }

    /// The name of the function that is called.
    pub fn function(&self) -> &'static str {
        self.call.function.name
    }

    pub fn env(&self) -> &'a Env<'a> {
        self.evaluation.env
    }

    pub fn limits(&self) -> &'a Limits {
        self.evaluation.env.limits
    }

    fn node(&self, place: usize) -> Option<&'e Node> {
        self.call.args.get(place.checked_sub(usize::from(self.piped.is_some()))?)
    }

    /// The argument as it is.
    pub fn value(&mut self, place: usize) -> Result<Value, EvalError> {
        let value = match (place, &self.piped, self.node(place)) {
            (0, Some(piped), _) => piped.clone()?,
            (_, _, Some(node)) => self.evaluation.eval(node)?,
            (_, _, None) => return EvalError::failed(format!("`{}` wants another argument", self.function())),
        };
        self.evaluation.charge_value(&value)?;
        Ok(value)
    }

    pub fn text(&mut self, place: usize) -> Result<Bytes, EvalError> {
        operators::text(&self.value(place)?)
    }

    pub fn whole(&mut self, place: usize) -> Result<i64, EvalError> {
        operators::whole(&self.value(place)?)
    }

    /// A length or a count: a whole number that is not negative, nor larger than any text may be.
    pub fn length(&mut self, place: usize) -> Result<usize, EvalError> {
        let number = self.whole(place)?;
        let limit = self.limits().expr_text;
        match usize::try_from(number) {
            Ok(length) if length <= limit => Ok(length),
            _ => EvalError::failed(format!("`{}` wants a number from 0 to {limit}, not {number}", self.function())),
        }
    }

    pub fn time(&mut self, place: usize) -> Result<Timestamp, EvalError> {
        operators::time(&self.value(place)?)
    }

    pub fn list(&mut self, place: usize) -> Result<Arc<[Value]>, EvalError> {
        match self.value(place)?.scalar() {
            Value::List(items) => Ok(Arc::clone(items)),
            other => EvalError::failed(format!("`{}` wants a list, not a {}", self.function(), other.type_name())),
        }
    }

    /// The regex that stands at that place.
    pub fn pattern(&self, place: usize) -> Result<&'e Pattern, EvalError> {
        match self.node(place) {
            Some(Node { kind: Kind::Pattern(pattern), .. }) => Ok(pattern),
            _ => EvalError::failed(format!("`{}` wants a regex that is written out", self.function())),
        }
    }

    /// Pays for work.
    pub fn charge(&mut self, steps: usize) -> Result<(), EvalError> {
        self.evaluation.charge(steps)
    }

    /// Refuses a text of that length where it is over the limit; for functions that make much of little.
    pub fn fits(&self, length: usize) -> Result<(), EvalError> {
        self.evaluation.fits(length)
    }

    /// A text that the function made.
    pub fn made(&mut self, bytes: impl Into<Vec<u8>>) -> Result<Value, EvalError> {
        self.evaluation.text(bytes.into())
    }

    /// A text made of what `each` writes for every byte.
    pub fn mapped(&mut self, text: &[u8], mut each: impl FnMut(u8, &mut Vec<u8>)) -> Result<Value, EvalError> {
        let mut out = Vec::with_capacity(text.len());
        for byte in text {
            each(*byte, &mut out);
            self.fits(out.len())?;
        }
        self.made(out)
    }
}
