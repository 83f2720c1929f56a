//! One call: its arguments, and what a function may draw on.
//!
//! Owns the readings of an argument (as a text, as a whole number …). Invariant: no reading panics, and a text that a
//! function made is within the limit. Must never import a folder above `base`.

use bytes::Bytes;

use crate::dsl::datum::Datum;
use crate::dsl::env::{Env, Fuel};
use crate::dsl::error::EvalError;
use crate::dsl::numbers;
use crate::dsl::regex::Regex;

/// One call.
pub struct Call<'c, 'a> {
    pub(in crate::dsl) name: &'static str,
    pub(in crate::dsl) args: &'c [Datum],
    pub(in crate::dsl) regex: Option<&'c Regex>,
    pub(in crate::dsl) fuel: &'c mut Fuel<'a>,
}

impl<'c, 'a> Call<'c, 'a> {
    /// The environment.
    pub(super) fn env(&self) -> &Env<'a> {
        &self.fuel.env
    }

    /// How many arguments there are.
    pub(super) fn count(&self) -> usize {
        self.args.len()
    }

    /// Refuses a number of arguments that the function does not take.
    pub(super) fn takes(&self, counts: impl std::ops::RangeBounds<usize>) -> Result<(), EvalError> {
        if counts.contains(&self.count()) {
            return Ok(());
        }
        self.fail(format!("`{}` does not take {} arguments", self.name, self.count()))
    }

    /// The error of this call.
    pub(super) fn fail<T>(&self, message: impl Into<String>) -> Result<T, EvalError> {
        EvalError::failed(message)
    }

    /// The argument as it is.
    pub(super) fn arg(&self, place: usize) -> Result<&'c Datum, EvalError> {
        self.args.get(place).ok_or_else(|| EvalError::Failed(format!("`{}` wants another argument", self.name)))
    }

    /// The argument as a text, whatever it is.
    pub(super) fn text(&self, place: usize) -> Result<Bytes, EvalError> {
        self.arg(place).map(Datum::to_text)
    }

    /// The argument, which has to be a text.
    pub(super) fn string(&self, place: usize) -> Result<Bytes, EvalError> {
        match self.arg(place)? {
            Datum::Text(bytes) => Ok(bytes.clone()),
            other => self.fail(format!("`{}` wants a text, not {}", self.name, other.kind())),
        }
    }

    /// The argument as a whole number, whose text has to be nothing else.
    pub(super) fn whole(&self, place: usize) -> Result<i64, EvalError> {
        let text = self.text(place)?;
        let refuse = || EvalError::Failed(format!("`{}` wants a whole number", self.name));
        numbers::whole(&text).ok_or_else(refuse)
    }

    /// The argument as a number that is cut to a whole one.
    pub(super) fn integer(&self, place: usize) -> Result<i64, EvalError> {
        let refuse = || EvalError::Failed(format!("`{}` wants a number", self.name));
        match self.arg(place)? {
            Datum::Number(number) => Ok(*number as i64),
            Datum::Whole(number) => Ok(*number),
            Datum::Text(text) => {
                let text = text.trim_ascii();
                numbers::whole(text).or_else(|| numbers::float(text).map(|number| number as i64)).ok_or_else(refuse)
            }
            _ => Err(refuse()),
        }
    }

    /// The argument as a length that a text may have.
    pub(super) fn length(&mut self, place: usize) -> Result<usize, EvalError> {
        let number = self.integer(place)?;
        match usize::try_from(number) {
            Ok(length) => self.fits(length).map(|()| length),
            Err(_) => self.fail(format!("`{}` wants a number that is not negative", self.name)),
        }
    }

    /// All arguments from that place on, as texts.
    pub(super) fn texts_from(&self, place: usize) -> impl Iterator<Item = Bytes> {
        self.args.iter().skip(place).map(Datum::to_text)
    }

    /// Pays for work.
    pub(super) fn charge(&mut self, steps: usize) -> Result<(), EvalError> {
        self.fuel.charge(steps)
    }

    /// Refuses a text of that length where it is over the limit, before it is made.
    pub(super) fn fits(&mut self, length: usize) -> Result<(), EvalError> {
        self.fuel.fits(length)
    }

    /// A text that the function made.
    pub(super) fn made(&mut self, bytes: impl Into<Bytes>) -> Result<Datum, EvalError> {
        let bytes = bytes.into();
        self.fits(bytes.len())?;
        Ok(Datum::Text(bytes))
    }

    /// Calls `then` with the regex at that place, written out or computed.
    pub(super) fn with_regex<T>(
        &mut self,
        place: usize,
        then: impl FnOnce(&mut Self, &Regex) -> Result<T, EvalError>,
    ) -> Result<T, EvalError> {
        let computed;
        let regex = match self.regex {
            Some(regex) => regex,
            None => {
                let source = self.text(place)?;
                computed = computed_regex(&source, self.fuel)?;
                &computed
            }
        };
        then(self, regex)
    }
}

/// The characters of a text; every byte that belongs to none is U+FFFD.
pub(super) fn chars(text: &[u8]) -> impl Iterator<Item = char> {
    text.utf8_chunks().flat_map(|chunk| {
        let broken = chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER);
        chunk.valid().chars().chain(broken)
    })
}

/// A regex that was computed.
pub(in crate::dsl) fn computed_regex(source: &[u8], fuel: &mut Fuel<'_>) -> Result<Regex, EvalError> {
    // What compiling takes, in steps.
    fuel.charge(1000 + source.len())?;
    let regex = Regex::parse(&String::from_utf8_lossy(source), fuel.env.limits);
    regex.map_err(|error| EvalError::Failed(error.to_string()))
}
