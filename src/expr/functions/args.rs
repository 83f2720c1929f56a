//! The arguments of one call, evaluated when a function asks for them.
//!
//! Owns the readings of an argument (as a text, a length, a list …); where arguments come from is the evaluator's
//! business, behind [`Frame`]. Invariant: an argument that a function does not ask for is not evaluated, and reading one
//! is paid for. Must never import a folder above `base`, nor the evaluator.

use std::sync::Arc;

use bytes::Bytes;

use crate::base::{Limits, Timestamp, Value};
use crate::expr::error::EvalError;
use crate::expr::fuel::fits;
use crate::expr::operators;
use crate::expr::pattern::Pattern;

/// What the evaluator offers to a call.
pub(in crate::expr) trait Frame {
    /// How many arguments there are, a piped value included.
    fn count(&self) -> usize;
    /// Evaluates the argument at that place, and pays for reading it; `None` where there is none.
    fn value(&mut self, place: usize) -> Option<Result<Value, EvalError>>;
    /// The regex that is written at that place.
    fn pattern(&self, place: usize) -> Option<Pattern>;
    /// Pays for work.
    fn charge(&mut self, steps: usize) -> Result<(), EvalError>;
    /// What `now()` gives.
    fn now(&self) -> Timestamp;
    /// What random functions derive from.
    fn seed(&self) -> &str;
    /// Bounds on texts.
    fn limits(&self) -> &Limits;
}

/// The arguments of one call.
pub(in crate::expr) struct Args<'f> {
    /// The name of the function that is called.
    pub function: &'static str,
    frame: &'f mut dyn Frame,
}

impl<'f> Args<'f> {
    pub fn new(function: &'static str, frame: &'f mut dyn Frame) -> Self {
        Self { function, frame }
    }

    /// How many arguments there are.
    pub fn count(&self) -> usize {
        self.frame.count()
    }

    /// Whether there is an argument at that place.
    pub fn has(&self, place: usize) -> bool {
        place < self.count()
    }

    pub fn now(&self) -> Timestamp {
        self.frame.now()
    }

    pub fn seed(&self) -> &str {
        self.frame.seed()
    }

    fn limit(&self) -> usize {
        self.frame.limits().expr_text
    }

    /// The argument as it is.
    pub fn value(&mut self, place: usize) -> Result<Value, EvalError> {
        let missing = || EvalError::failed(format!("`{}` wants another argument", self.function));
        self.frame.value(place).unwrap_or_else(missing)
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
        let limit = self.limit();
        match usize::try_from(number) {
            Ok(length) if length <= limit => Ok(length),
            _ => EvalError::failed(format!("`{}` wants a number from 0 to {limit}, not {number}", self.function)),
        }
    }

    pub fn time(&mut self, place: usize) -> Result<Timestamp, EvalError> {
        operators::time(&self.value(place)?)
    }

    pub fn list(&mut self, place: usize) -> Result<Arc<[Value]>, EvalError> {
        match self.value(place)?.scalar() {
            Value::List(items) => Ok(Arc::clone(items)),
            other => EvalError::failed(format!("`{}` wants a list, not a {}", self.function, other.type_name())),
        }
    }

    /// The regex that stands at that place.
    pub fn pattern(&self, place: usize) -> Result<Pattern, EvalError> {
        let computed = || EvalError::failed(format!("`{}` wants a regex that is written out", self.function));
        self.frame.pattern(place).map_or_else(computed, Ok)
    }

    /// Pays for work.
    pub fn charge(&mut self, steps: usize) -> Result<(), EvalError> {
        self.frame.charge(steps)
    }

    /// Refuses a text of that length where it is over the limit; for functions that make much of little.
    pub fn fits(&self, length: usize) -> Result<(), EvalError> {
        Ok(fits(length, self.limit())?)
    }

    /// A text that the function made.
    pub fn made(&mut self, bytes: impl Into<Vec<u8>>) -> Result<Value, EvalError> {
        let bytes = bytes.into();
        self.charge(bytes.len() / 64)?;
        self.fits(bytes.len())?;
        Ok(Value::Text(bytes.into()))
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
