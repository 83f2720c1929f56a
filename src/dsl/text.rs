//! Texts with markers: `{{name}}`, `{{expression}}` and `§name§`.
//!
//! Rendering is one pass: a marker that names a variable stands for its value, else one that is an expression stands for
//! what it computes, and what is put in place is never read again. An expression without functions whose variables all are
//! unknown stays as it is, which is how `{{7*7}}` gets onto the wire. What cannot be told stays as written and is named.
//!
//! Invariant: a text without markers renders without allocating. Must never import a folder above `base`.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::ast::{self, Part};
use super::env::{Env, Fuel};
use super::error::DslError;
use super::eval;
use super::markers;
use super::source::{Shared, Written};
use crate::base::Limits;

/// A text with markers. Cloning is cheap; two are equal where their sources are.
#[derive(Clone)]
pub struct Text(Arc<Inner>);

struct Inner {
    source: Arc<str>,
    /// Whether it is taken as it is.
    literal: bool,
    parts: OnceLock<Result<Vec<Part>, DslError>>,
    bytes: OnceLock<Bytes>,
}

/// A rendered text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub bytes: Bytes,
    /// What stands between braces and could not be told; empty where everything could.
    pub unresolved: Vec<Arc<str>>,
}

impl Text {
    /// Parses a text. What is between braces and is no expression is text, so only functions that are refused and texts
    /// over a limit are errors.
    ///
    /// # Errors
    /// Where a marker calls a function that is not offered.
    pub fn parse(source: &str, limits: &Limits) -> Result<Self, DslError> {
        let parts = markers::parts(source, limits)?;
        let text = Self::new(source.into(), false);
        drop(text.0.parts.set(Ok(parts)));
        Ok(text)
    }

    /// A text that is taken as it is, braces included.
    pub fn literal(source: impl Into<Arc<str>>) -> Self {
        Self::new(source.into(), true)
    }

    fn new(source: Arc<str>, literal: bool) -> Self {
        Self(Arc::new(Inner { source, literal, parts: OnceLock::new(), bytes: OnceLock::new() }))
    }

    /// The text as written.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Whether it renders to itself in every environment, with nothing unresolved.
    pub fn is_literal(&self) -> bool {
        self.parts().is_empty()
    }

    /// The variables that it may read, in the order of the text.
    pub fn names(&self) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        ast::add_names(self.parts(), &mut names);
        names
    }

    /// The functions that it calls, in the order of the text.
    pub fn functions(&self) -> Vec<Arc<str>> {
        let mut functions = Vec::new();
        ast::add_functions(self.parts(), &mut functions);
        functions
    }

    /// The text with what its markers stand for in their place.
    pub fn render(&self, env: &Env<'_>) -> Rendered {
        if self.is_literal() {
            let shared = || Bytes::from_owner(Shared(Arc::clone(&self.0.source)));
            return Rendered { bytes: self.0.bytes.get_or_init(shared).clone(), unresolved: Vec::new() };
        }
        let (text, mut unresolved) = eval::render(&self.0.source, self.parts(), &mut Fuel::new(env));
        for name in markers::leftovers(&text) {
            if !unresolved.contains(&name) {
                unresolved.push(name);
            }
        }
        Rendered { bytes: text.into(), unresolved }
    }

    /// The parts; none where the text is literal.
    fn parts(&self) -> &[Part] {
        if self.0.literal {
            return &[];
        }
        let parse = || markers::parts(&self.0.source, &Limits::default());
        self.0.parts.get_or_init(parse).as_deref().unwrap_or_default()
    }
}

impl Written for Text {
    fn written(&self) -> (&str, bool) {
        (&self.0.source, self.0.literal && !markers::none(&self.0.source))
    }

    fn read(source: Arc<str>, literal: bool) -> Self {
        Self::new(source, literal)
    }
}
