//! What a diagnostic says: code, level, blame, title, labels, help.
//!
//! Invariant: a code, once published, keeps its meaning. Must never import a folder above `base`.

use std::sync::Arc;

use crate::base::{SourceFile, Span};

/// Who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blame {
    /// The author of a rule.
    RuleAuthor,
    /// Whoever wrote the command line, the configuration or a list of targets.
    Configuration,
    /// The scanned service.
    Target,
    /// The network between, or the machine that Outsight runs on.
    Network,
    /// We: please report it.
    Outsight,
}

impl Blame {
    /// The words that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::RuleAuthor => "rule",
            Self::Configuration => "configuration",
            Self::Target => "target",
            Self::Network => "network",
            Self::Outsight => "outsight",
        }
    }
}

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing can go on with it.
    Error,
    /// It works, but hardly as meant.
    Warning,
}

impl Level {
    /// The word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A place in a source text with a word about it.
#[derive(Debug, Clone)]
pub struct Label {
    /// The text that the span points into.
    pub source: SourceFile,
    /// The bytes meant.
    pub span: Span,
    /// What to say under the caret; may be empty.
    pub message: String,
}

/// One error or warning for people.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Stable code, for example `R0107`. R = rule, E = expression, C = configuration and command line,
    /// T = target, N = network, I = internal.
    pub code: &'static str,
    /// Error or warning.
    pub level: Level,
    /// Who can mend it.
    pub blame: Blame,
    /// One sentence without a full stop.
    pub title: String,
    /// Where; the first is the primary one. Empty where there is no text to point into.
    pub labels: Vec<Label>,
    /// How to mend it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without a place.
    pub fn error(code: &'static str, blame: Blame, title: impl Into<String>) -> Self {
        Self { code, level: Level::Error, blame, title: title.into(), labels: Vec::new(), help: None }
    }

    /// A warning without a place.
    pub fn warning(code: &'static str, blame: Blame, title: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, blame, title) }
    }

    /// Adds a place; the first one added is the primary. What lies beyond the end of the text is its end.
    #[must_use]
    pub fn at(mut self, source: &SourceFile, span: Span, message: impl Into<String>) -> Self {
        let end = u32::try_from(source.text.len()).unwrap_or(u32::MAX);
        let span = Span { start: span.start.min(end), end: span.end.min(end) };
        self.labels.push(Label { source: source.clone(), span, message: message.into() });
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether it is an error rather than a warning.
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

/// A growing list of diagnostics: all of a file at once.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    /// In order of discovery.
    pub items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// No diagnostic yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    /// Adds those of another list.
    pub fn extend(&mut self, other: Self) {
        self.items.extend(other.items);
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(Diagnostic::is_error)
    }

    /// How many are errors.
    pub fn errors(&self) -> usize {
        self.items.iter().filter(|item| item.is_error()).count()
    }

    /// The errors without the warnings.
    #[must_use]
    pub fn into_errors(mut self) -> Self {
        self.items.retain(Diagnostic::is_error);
        self
    }

    /// Sorts them by file and place, so that output does not depend on the order of checks.
    pub fn sort(&mut self) {
        let key = |item: &Diagnostic| {
            let label = item.labels.first();
            (label.map(|l| Arc::clone(&l.source.name)), label.map(|l| l.span), item.code)
        };
        self.items.sort_by_key(key);
    }
}
