//! Errors of one file as they are found.
//!
//! Invariant: at most [`MOST`] are kept, however many there are. Must never import a dialect.

use crate::base::{SourceFile, Span};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};

/// The most errors that one file reports.
const MOST: usize = 100;

/// The file and what is wrong with it so far.
pub(super) struct Report<'a> {
    pub source: &'a SourceFile,
    found: Diagnostics,
}

impl<'a> Report<'a> {
    pub(super) fn new(source: &'a SourceFile) -> Self {
        Self { source, found: Diagnostics::new() }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &'a str {
        &self.source.text
    }

    /// Adds an error with its place and remedy.
    pub(super) fn error(&mut self, code: &'static str, title: impl Into<String>, place: (Span, &str), help: &str) {
        let (span, label) = place;
        self.push(Diagnostic::error(code, Blame::RuleAuthor, title).at(self.source, span, label).help(help));
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        if self.found.items.len() < MOST {
            self.found.push(diagnostic);
        }
    }

    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.found.items.is_empty()
    }

    /// Whether an error of one of these codes is on the line of a byte.
    pub(super) fn has_on_line(&self, at: usize, codes: &[&str]) -> bool {
        let line = |offset: u32| self.source.position(offset).0;
        let wanted = line(Span::new(at, at).start);
        let first = |item: &Diagnostic| item.labels.first().map(|label| line(label.span.start));
        self.found.items.iter().any(|item| codes.contains(&item.code) && first(item) == Some(wanted))
    }

    /// Everything found, in order of place.
    pub(super) fn finish(mut self) -> Diagnostics {
        self.found.sort();
        self.found
    }
}
