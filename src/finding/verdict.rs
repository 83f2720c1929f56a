//! Verdicts: what became of each rule on each host or endpoint.
//!
//! Invariant: every planned verdict ends in exactly one outcome (design §7, the accounting identity). Must never import a
//! folder above `rule`.

use std::sync::Arc;

use crate::base::Unknown;
use crate::observation::ErrorKind;

/// Why a rule did not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// Its `when` was false.
    NotApplicable,
    /// A mandatory `extract` found nothing.
    NothingToExtract,
    /// This build cannot run it, or its tier is above the one allowed.
    Refused,
    /// All that it would have asked is out of scope.
    OutOfScope,
    /// The host's front page speaks against the product that it is for.
    Gated,
    /// It waits for calls to a server of its own, and there is none.
    NoOob,
    /// It needs a server, and files were scanned.
    NoServer,
}

impl SkipReason {
    /// Whether it was left open what the rule would have found, rather than known that it says nothing here.
    pub fn leaves_open(self) -> bool {
        match self {
            Self::NotApplicable | Self::NothingToExtract => false,
            Self::Refused | Self::OutOfScope | Self::Gated | Self::NoOob | Self::NoServer => true,
        }
    }

    /// The reason in words, as reports count it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotApplicable => "not-applicable",
            Self::NothingToExtract => "nothing-to-extract",
            Self::Refused => "refused",
            Self::OutOfScope => "out-of-scope",
            Self::NoOob => "no-oob",
            Self::Gated => "gated",
            Self::NoServer => "no-server",
        }
    }
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It matched.
    Match,
    /// It was judged and did not match.
    Clean,
    /// Its own probe failed.
    Error(ErrorKind),
    /// It did not apply.
    Skipped(SkipReason),
    /// It could not be told, and that could change the verdict.
    Inconclusive(Unknown),
}

impl Outcome {
    /// `match`, `clean`, `error`, `skipped` or `inconclusive`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Clean => "clean",
            Self::Error(_) => "error",
            Self::Skipped(_) => "skipped",
            Self::Inconclusive(_) => "inconclusive",
        }
    }

    /// The reason behind an outcome that is neither match nor clean.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Match | Self::Clean => None,
            Self::Error(kind) => Some(kind.name()),
            Self::Skipped(reason) => Some(reason.name()),
            Self::Inconclusive(unknown) => Some(unknown.name()),
        }
    }

    /// Whether the rule came to a conclusion: the numerator of coverage.
    pub fn is_conclusive(self) -> bool {
        matches!(self, Self::Match | Self::Clean)
    }

    /// Whether the rule applied: the denominator of coverage.
    pub fn is_applicable(self) -> bool {
        !matches!(self, Self::Skipped(_))
    }
}

/// One rule's outcome on one host or endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule's id.
    pub rule: Arc<str>,
    /// The host, or the endpoint's URL.
    pub target: String,
    /// What became of it.
    pub outcome: Outcome,
}
