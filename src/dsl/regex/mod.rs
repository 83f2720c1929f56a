//! Regexes in RE2's syntax, over bytes, compiled on first use.
//!
//! `.` is any byte but a line feed and classes are ASCII, because answers are bytes; literals and classes beyond ASCII
//! are their UTF-8. Matches are leftmost, and the first alternative wins. Invariant: what [`Regex::parse`] accepts is
//! legal RE2; compiled it is within the limit on its size, or is no regex. Must never import a folder above `expr`.

mod classes;
mod escapes;
mod required;
mod translate;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use self::required::Required;
use super::error::DslError;
use super::source::Written;
use crate::base::Limits;
use crate::expr::literals;

/// Nesting of groups in a regex.
const NEST: u32 = 100;

/// A regex. Cloning shares the compiled form; two are equal where their sources are.
#[derive(Clone)]
pub struct Regex(Arc<Inner>);

struct Inner {
    source: Arc<str>,
    size_limit: usize,
    /// Whether its syntax is known to be right.
    checked: bool,
    /// Texts one of which is in all that it matches.
    required: OnceLock<Option<Required>>,
    compiled: OnceLock<Result<regex::bytes::Regex, String>>,
}

impl Regex {
    /// Checks a regex without compiling it.
    ///
    /// # Errors
    /// Where it is no regex of RE2, or longer than the limit.
    pub fn parse(source: &str, limits: &Limits) -> Result<Self, DslError> {
        if source.len() > limits.regex {
            return Err(DslError::Limit(format!("a regex of {} bytes; the limit is {}", source.len(), limits.regex)));
        }
        let translated = translate::translate(source).map_err(DslError::Regex)?;
        check(&translated).map_err(DslError::Regex)?;
        Ok(Self::new(source.into(), limits.regex_compiled, true))
    }

    /// A regex that is checked on its first use; where it is none, whoever uses it has no value.
    pub(super) fn unchecked(source: &str) -> Self {
        Self::new(source.into(), Limits::default().regex_compiled, false)
    }

    fn new(source: Arc<str>, size_limit: usize, checked: bool) -> Self {
        Self(Arc::new(Inner { source, size_limit, checked, required: OnceLock::new(), compiled: OnceLock::new() }))
    }

    /// The regex as written.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The compiled regex; nothing where it is none or too large.
    pub fn get(&self) -> Option<&regex::bytes::Regex> {
        self.compiled().ok()
    }

    /// The compiled regex, where it may match in a text; where it cannot, it is not even compiled.
    pub fn get_for(&self, text: &[u8]) -> Option<&regex::bytes::Regex> {
        if self.may_match(text) { self.get() } else { None }
    }

    /// Whether it matches in a text.
    ///
    /// # Errors
    /// As [`Self::compiled`].
    pub(super) fn is_match(&self, text: &[u8]) -> Result<bool, String> {
        if self.may_match(text) { self.compiled().map(|regex| regex.is_match(text)) } else { Ok(false) }
    }

    /// Whether a text holds what all matches hold.
    fn may_match(&self, text: &[u8]) -> bool {
        let is_regex =
            || self.0.checked || translate::translate(&self.0.source).is_ok_and(|regex| check(&regex).is_ok());
        let find = || Required::of(&self.0.source).filter(|_| is_regex());
        self.0.required.get_or_init(find).as_ref().is_none_or(|required| required.are_in(text))
    }

    /// The compiled regex.
    ///
    /// # Errors
    /// A sentence, where it is none or too large.
    pub fn compiled(&self) -> Result<&regex::bytes::Regex, String> {
        let compiled = self.0.compiled.get_or_init(|| compile(&self.0.source, self.0.size_limit));
        compiled.as_ref().map_err(Clone::clone)
    }

    /// Texts one of which is in everything that matches; nothing where no such text is known.
    pub fn literals(&self) -> Option<Vec<literals::Literal>> {
        let translated = translate::translate(&self.0.source).ok()?;
        literals::of_hir(&parser().parse(&translated).ok()?)
    }
}

fn parser() -> regex_syntax::Parser {
    regex_syntax::ParserBuilder::new().unicode(false).utf8(false).nest_limit(NEST).build()
}

/// Whether the crate takes it, as far as its syntax tells.
fn check(translated: &str) -> Result<(), String> {
    let mut parser = regex_syntax::ast::parse::ParserBuilder::new().nest_limit(NEST).build();
    parser.parse(translated).map(drop).map_err(|error| error.kind().to_string())
}

fn compile(source: &str, size_limit: usize) -> Result<regex::bytes::Regex, String> {
    let translated = translate::translate(source)?;
    let mut builder = regex::bytes::RegexBuilder::new(&translated);
    builder.unicode(false).nest_limit(NEST).size_limit(size_limit);
    builder.build().map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => format!("the regex compiles to more than {limit} bytes"),
        _ => "this is no regex".to_owned(),
    })
}

impl Written for Regex {
    fn written(&self) -> (&str, bool) {
        (&self.0.source, false)
    }

    fn read(source: Arc<str>, _literal: bool) -> Self {
        Self::new(source, Limits::default().regex_compiled, true)
    }
}
