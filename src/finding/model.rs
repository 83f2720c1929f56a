//! A finding: one rule, one host, one evidence key, with all its places.
//!
//! Invariant: merging findings never depends on the order in which they were found. Must never import a folder above `rule`.

use std::sync::Arc;

use super::Matched;
use crate::base::{Category, Confidence, Origin, Severity};
use crate::observation::HttpProbe;
use crate::rule::{Cond, Exposure, Fix};

/// The bytes that decided, and how to see them again. Redacted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Evidence {
    /// Request line and fields as sent.
    pub request: String,
    /// Status code; 0 without an answer.
    pub status: u16,
    /// Response head as received.
    pub head: String,
    /// The decisive bytes with a little context.
    pub snippet: String,
    /// A command that sends the same request.
    pub curl: String,
    /// What decided, as `subject: what was found`, the most telling first.
    pub decided_by: Vec<String>,
}

impl Evidence {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One place where a finding shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Place {
    /// The URL as requested; of a file, its path relative to the target.
    pub url: String,
    /// Whether it is in a file.
    pub is_file: bool,
    /// Byte offset of the decisive text in the decoded body, where it is in the body.
    pub offset: Option<u64>,
    /// Its length in bytes.
    pub length: Option<u64>,
    /// Line in the decoded body, from 1.
    pub line: Option<u64>,
    /// Column in bytes, from 1.
    pub column: Option<u64>,
    /// The original source that the text stands in, with its line, where a source map names it: `src/config.ts:12`.
    pub source: Option<String>,
    /// The case that held here.
    pub case: Option<Arc<str>>,
    /// Values that the rule extracted here, redacted.
    pub extracted: Vec<(Arc<str>, String)>,
    /// The decisive bytes and the request.
    pub evidence: Evidence,
    /// The rule whose probe this answer belongs to, where a passive rule found it outside its guaranteed set.
    pub seen_in: Option<Arc<str>>,
    /// The match, where the rule is a sequence.
    pub matched: Option<Box<Matched>>,
}

/// What asking a provider about a token takes, and how its answer is read. It lives until the provider was asked or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The request; it holds the token.
    pub probe: Arc<HttpProbe>,
    /// What its answer says of a token that works.
    pub live: Cond,
    /// What its answer says of one that does not.
    pub dead: Cond,
}

/// What a provider says of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// It works.
    Live,
    /// It does not.
    Dead,
    /// Neither for certain: there was no answer, or another one.
    Unknown,
    /// Nothing: it was not asked, because there were too many questions or the scan was stopped.
    NotAsked,
}

impl Verified {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Dead => "dead",
            Self::Unknown => "unknown",
            Self::NotAsked => "not-asked",
        }
    }
}

/// A match worth showing.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule's id.
    pub rule: Arc<str>,
    /// The leading case: the worst severity's.
    pub case: Option<Arc<str>>,
    /// Rendered title.
    pub title: String,
    /// Severity of the leading case.
    pub severity: Severity,
    /// Category.
    pub category: Category,
    /// Confidence.
    pub confidence: Confidence,
    /// Finding or note.
    pub exposure: Exposure,
    /// The host.
    pub target: Origin,
    /// What tells it apart from other findings of its rule and host.
    pub evidence_key: String,
    /// Stable identity.
    pub fingerprint: String,
    /// Where it shows; the leading place first.
    pub places: Vec<Place>,
    /// What an attacker gains.
    pub impact: Option<Arc<str>>,
    /// What to change.
    pub fix: Option<Fix>,
    /// Standards and advisories.
    pub references: Vec<Arc<str>>,
    /// Weakness number.
    pub cwe: Option<u32>,
    /// How to ask the provider; taken out before a report sees the finding.
    pub question: Option<Box<Question>>,
    /// What the provider says, where the user had it asked.
    pub verified: Option<Verified>,
}
