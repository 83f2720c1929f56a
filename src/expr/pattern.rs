//! Regexes as rules write them, in predicates and in expressions: syntax of the `regex` crate, over bytes, compiled on
//! first use.
//!
//! Classes are ASCII (`\w` is `[0-9A-Za-z_]`, `(?i)` folds A to Z) and `.` is any byte but a line feed, because answers
//! are bytes and need not be UTF-8. A regex that only makes sense for Unicode (`\p{Greek}`, `[é]`) falls back to
//! Unicode mode as a whole. Invariant: a [`Pattern`] is syntactically right, and within the limits on its length; a
//! compiled one is within the limit on its size. Must never import a folder above `base`.

use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::Hir;

use super::weight::compiled_weight;
use crate::base::Limits;

/// The weight from which on a regex is compiled to see whether it may be.
const SUSPICIOUS: usize = 1 << 20;
/// Nesting of groups in a regex.
const NEST: u32 = 100;

/// Why a pattern was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PatternError {
    /// One sentence.
    pub message: String,
    /// Bytes of the pattern that are wrong, where known.
    pub at: Option<std::ops::Range<usize>>,
}

impl PatternError {
    /// An error that speaks of the whole pattern.
    pub fn whole(message: impl Into<String>) -> Self {
        Self { message: message.into(), at: None }
    }
}

/// A regex whose syntax is checked and which is compiled on first use. Cloning shares the compiled form.
#[derive(Clone)]
pub struct Pattern(Arc<Inner>);

struct Inner {
    text: Box<str>,
    ignore_case: bool,
    unicode: bool,
    weight: usize,
    size_limit: usize,
    compiled: OnceLock<Result<Regex, String>>,
}

impl Pattern {
    /// Checks a regex; only one that may be too large is compiled for that.
    ///
    /// # Errors
    /// Where it is longer than the limit, not a regex of the `regex` crate, or too large once compiled.
    pub fn new(text: &str, ignore_case: bool, limits: &Limits) -> Result<Self, PatternError> {
        if text.len() > limits.regex {
            let message = format!("a regex of {} bytes; the limit is {}", text.len(), limits.regex);
            return Err(PatternError::whole(message));
        }
        let (unicode, hir) = match parse(text, ignore_case, false) {
            Ok(hir) => (false, hir),
            Err(_) => (true, parse(text, ignore_case, true)?),
        };
        let (weight, size_limit) = (compiled_weight(&hir), limits.regex_compiled);
        let compiled = OnceLock::new();
        let pattern = Self(Arc::new(Inner { text: text.into(), ignore_case, unicode, weight, size_limit, compiled }));
        if weight >> 8 > size_limit || (weight > SUSPICIOUS && pattern.regex().is_err()) {
            let message = format!("compiled it would have more than {size_limit} bytes; repeat less");
            return Err(PatternError::whole(message));
        }
        Ok(pattern)
    }

    /// The regex as written.
    pub fn source(&self) -> &str {
        &self.0.text
    }

    /// Whether case is ignored throughout.
    pub fn ignores_case(&self) -> bool {
        self.0.ignore_case
    }

    /// Bytes, roughly, that it takes once it is compiled.
    pub fn weight(&self) -> usize {
        self.0.weight
    }

    /// The compiled regex; an error sentence where it is too large.
    pub fn regex(&self) -> Result<&Regex, String> {
        let compile = || {
            RegexBuilder::new(&self.0.text)
                .unicode(self.0.unicode)
                .case_insensitive(self.0.ignore_case)
                .nest_limit(NEST)
                .size_limit(self.0.size_limit)
                .build()
                .map_err(|error| match error {
                    regex::Error::CompiledTooBig(limit) => format!("the regex compiles to more than {limit} bytes"),
                    other => other.to_string(),
                })
        };
        self.0.compiled.get_or_init(compile).as_ref().map_err(Clone::clone)
    }

    /// The syntax tree, for literal extraction.
    pub fn hir(&self) -> Option<Hir> {
        parse(&self.0.text, self.0.ignore_case, self.0.unicode).ok()
    }
}

fn parse(text: &str, ignore_case: bool, unicode: bool) -> Result<Hir, PatternError> {
    let mut parser = regex_syntax::ParserBuilder::new()
        .unicode(unicode)
        .utf8(false)
        .case_insensitive(ignore_case)
        .nest_limit(NEST)
        .build();
    // The reason and the place alone, without the crate's own drawing of them.
    parser.parse(text).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => located(error.kind(), error.span()),
        regex_syntax::Error::Translate(error) => located(error.kind(), error.span()),
        other => PatternError::whole(other.to_string()),
    })
}

fn located(kind: &dyn std::fmt::Display, span: &regex_syntax::ast::Span) -> PatternError {
    PatternError { message: kind.to_string(), at: Some(span.start.offset..span.end.offset) }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text && self.0.ignore_case == other.0.ignore_case
    }
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pattern({:?})", self.0.text)
    }
}
