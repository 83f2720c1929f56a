//! Expressions as the rest of the house holds them.
//!
//! Invariant: what [`Expr::parse`] gave parses; what was read back parses on its first use. Must never import a folder
//! above `base`.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::ast::Parsed;
use super::env::{Env, Fuel};
use super::error::{DslError, EvalError};
use super::eval;
use super::markers;
use super::parser;
use super::source::Written;
use crate::base::{Limits, Value};

/// An expression. Cloning is cheap; two are equal where their sources are.
#[derive(Clone)]
pub struct Expr(Arc<Held>);

struct Held {
    source: Arc<str>,
    parsed: OnceLock<Result<Parsed, DslError>>,
}

impl Expr {
    /// Parses a whole text as one expression. Markers in its text literals are put in place when it is evaluated, where
    /// at least one of them reads a variable; else they are text.
    ///
    /// # Errors
    /// Where it is no expression, calls a function that does not exist or is refused, or is over a limit.
    pub fn parse(source: &str, limits: &Limits) -> Result<Self, DslError> {
        let parsed = parse(source, limits)?;
        let expr = Self::read(source.into(), false);
        drop(expr.0.parsed.set(Ok(parsed)));
        Ok(expr)
    }

    /// The text as written.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The variables that it reads, in the order of the text.
    pub fn names(&self) -> Vec<Arc<str>> {
        self.parsed().map(|parsed| parsed.names.clone()).unwrap_or_default()
    }

    /// The functions that it calls, in the order of the text, by their names with underscores.
    pub fn functions(&self) -> Vec<Arc<str>> {
        self.parsed().map(|parsed| parsed.functions.clone()).unwrap_or_default()
    }

    /// Its value.
    ///
    /// # Errors
    /// Where it reads a variable that does not exist, or a function or operator has no value.
    pub fn eval(&self, env: &Env<'_>) -> Result<Value, EvalError> {
        let parsed = self.parsed().map_err(|error| EvalError::Failed(error.to_string()))?;
        eval::eval(&parsed.root, &mut Fuel::new(env)).map(Value::from)
    }

    /// Its value as extractors print it: large and tiny numbers with an exponent, lists in brackets. Nothing where the
    /// expression has the value of nothing.
    ///
    /// # Errors
    /// As [`Self::eval`].
    pub fn eval_shown(&self, env: &Env<'_>) -> Result<Bytes, EvalError> {
        let parsed = self.parsed().map_err(|error| EvalError::Failed(error.to_string()))?;
        let value = eval::eval(&parsed.root, &mut Fuel::new(env))?;
        match value {
            super::datum::Datum::Nil => Ok(Bytes::new()),
            value => Ok(value.shown().into_owned().into()),
        }
    }

    fn parsed(&self) -> Result<&Parsed, &DslError> {
        self.0.parsed.get_or_init(|| parse(&self.0.source, &Limits::default())).as_ref()
    }
}

fn parse(source: &str, limits: &Limits) -> Result<Parsed, DslError> {
    let open = !markers::leftovers(source.as_bytes()).is_empty();
    parser::parse(source, if open { Some(markers::parts) } else { None }, limits)
}

impl Written for Expr {
    fn written(&self) -> (&str, bool) {
        (&self.0.source, false)
    }

    fn read(source: Arc<str>, _literal: bool) -> Self {
        Self(Arc::new(Held { source, parsed: OnceLock::new() }))
    }
}
