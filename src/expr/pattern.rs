//! Regexes as rules write them: syntax of the `regex` crate, over bytes, compiled on first use.
//!
//! Classes are ASCII (`\w` is `[0-9A-Za-z_]`, `(?i)` folds A to Z) and `.` is any byte but a line feed, because answers
//! are bytes and need not be UTF-8. A regex that only makes sense for Unicode (`\p{Greek}`, `[é]`) falls back to
//! Unicode mode as a whole. Invariant: a [`Pattern`] is syntactically right, and within the limits on its length; a
//! compiled one is within the limit on its size. Must never import a folder above `base`.

use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use super::compiled_weight;
use crate::base::Limits;

/// The weight from which on a regex is compiled to see whether it may be.
const SUSPICIOUS: usize = 1 << 20;
/// Nesting of groups in a regex.
const NEST: u32 = 100;

/// A regex whose syntax is checked and which is compiled on first use. Cloning shares the compiled form.
#[derive(Clone)]
pub struct Pattern(Arc<Inner>);

struct Inner {
    text: Box<str>,
    unicode: bool,
    size_limit: usize,
    compiled: OnceLock<Result<Regex, String>>,
}

impl Pattern {
    /// Checks a regex. The error is a sentence.
    pub fn new(text: &str, limits: &Limits) -> Result<Self, String> {
        if text.len() > limits.regex {
            return Err(format!("the regex is longer than {} bytes", limits.regex));
        }
        let syntax = |unicode: bool| {
            let mut parser = regex_syntax::ParserBuilder::new().unicode(unicode).utf8(false).nest_limit(NEST).build();
            parser.parse(text).map(|hir| compiled_weight(&hir)).map_err(|error| reason(&error))
        };
        let (unicode, weight) = match syntax(false) {
            Ok(weight) => (false, weight),
            Err(why) => (true, syntax(true).map_err(|_| why)?),
        };
        let size_limit = limits.regex_compiled;
        if weight >> 8 > size_limit {
            return Err(format!("compiled the regex would have more than {size_limit} bytes"));
        }
        let pattern = Self(Arc::new(Inner { text: text.into(), unicode, size_limit, compiled: OnceLock::new() }));
        if weight > SUSPICIOUS {
            pattern.regex()?;
        }
        Ok(pattern)
    }

    /// The regex as written.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The compiled regex; an error sentence where it is too large.
    pub fn regex(&self) -> Result<&Regex, String> {
        let compile = || {
            RegexBuilder::new(&self.0.text)
                .unicode(self.0.unicode)
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
}

/// The reason alone, without the crate's own drawing of the place.
fn reason(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        other => other.to_string(),
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pattern({:?})", self.0.text)
    }
}
