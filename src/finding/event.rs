//! The stream of events that a scan gives, and the sink that takes it.
//!
//! Invariant: reports, scores and notifications are functions of this stream alone. Must never import a folder above `rule`.

use std::collections::BTreeMap;

use super::{Finding, Outcome, Verdict};
use crate::base::{Origin, Timestamp};
use crate::diagnostic::Diagnostic;
use crate::observation::ProbeError;
use crate::predicate::Profiled;
use crate::tls::summary::Summary;

/// How a host ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostOutcome {
    /// Everything planned was judged.
    Complete,
    /// Some probes failed or were not sent.
    Incomplete,
    /// No answer at all.
    Unreachable,
    /// Something in front of it answered everything with a block page or refused us.
    Blocked,
}

impl HostOutcome {
    /// The name as reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Unreachable => "unreachable",
            Self::Blocked => "blocked",
        }
    }
}

/// A count of outcomes, for coverage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CoverageRow {
    /// Rules that applied.
    pub applicable: u64,
    /// Rules that came to a conclusion.
    pub conclusive: u64,
}

impl CoverageRow {
    /// Counts one more outcome.
    pub fn count(&mut self, outcome: Outcome) {
        self.applicable += u64::from(outcome.is_applicable());
        self.conclusive += u64::from(outcome.is_conclusive());
    }
}

/// What was read of a site by its crawl, or of files as a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteReading {
    /// Files that something names.
    pub found: u64,
    /// Of these: read and judged.
    pub read: u64,
    /// Requests for them.
    pub requests: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of those found: the server does not have them.
    pub missing: u64,
    /// Why others were not read, with how many.
    pub left: BTreeMap<&'static str, u64>,
}

/// What the engine says of a host when it is done with it.
#[derive(Debug, Clone, PartialEq)]
pub struct HostReport {
    /// The host.
    pub target: Origin,
    /// The target as the user wrote it.
    pub named: String,
    /// How it ended.
    pub outcome: HostOutcome,
    /// Why, where it is not complete.
    pub error: Option<ProbeError>,
    /// Requests sent to it.
    pub requests: u64,
    /// Bytes received from it.
    pub bytes: u64,
    /// Coverage over all verdicts.
    pub coverage: CoverageRow,
    /// The same without the verdicts of community templates, whose severities nobody has weighed.
    pub curated: CoverageRow,
    /// What was not concluded: `outcome(reason)` → the rules it befell.
    pub not_checked: BTreeMap<String, Vec<std::sync::Arc<str>>>,
    /// Whether HTTPS answered with a certificate that is trusted; `None` where it was not asked.
    pub https: Option<bool>,
    /// What a survey of its TLS came to; `None` where none was made or there is no TLS.
    pub tls: Option<Box<Summary>>,
    /// Whether it was taken for a site or an API, and why; `None` where its root is not known or was not asked for.
    pub profile: Option<Profiled>,
    /// What it was spared because the user asked for that, a sentence each.
    pub notes: Vec<std::sync::Arc<str>>,
    /// What was read of its site; `None` where nothing was to be read.
    pub reading: Option<SiteReading>,
}

/// Totals of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunSummary {
    /// Verdicts planned.
    pub planned: u64,
    /// Of these: matches.
    pub matched: u64,
    /// Of these: clean.
    pub clean: u64,
    /// Of these: errors.
    pub error: u64,
    /// Of these: skipped.
    pub skipped: u64,
    /// Of these: inconclusive.
    pub inconclusive: u64,
    /// Requests sent.
    pub requests: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Wall time in seconds.
    pub seconds: f64,
    /// `outcome(reason)` → how often.
    pub reasons: BTreeMap<String, u64>,
    /// Hosts by outcome.
    pub hosts: BTreeMap<&'static str, u64>,
    /// Targets that could not be read.
    pub invalid_targets: u64,
    /// Whether it was interrupted by the user or a deadline.
    pub interrupted: bool,
}

impl RunSummary {
    /// Whether every planned verdict ended in exactly one outcome.
    pub fn adds_up(&self) -> bool {
        self.planned == self.matched + self.clean + self.error + self.skipped + self.inconclusive
    }
}

/// One event of a scan.
#[derive(Debug, Clone)]
pub enum Event {
    /// The scan knows a host's plan: verdicts planned, requests known so far.
    HostStarted {
        /// The host.
        target: Origin,
        /// Verdicts planned.
        planned: u64,
        /// Requests known before the first packet.
        requests: u64,
    },
    /// A target that could not be read; the others go on.
    InvalidTarget(Box<Diagnostic>),
    /// All targets have been read: the number of hosts is now known (progress only).
    TargetsRead {
        /// Hosts in all, those that are done included.
        hosts: u64,
    },
    /// Requests of a host were answered or failed (progress only).
    Requested {
        /// The host.
        target: Origin,
        /// How many more.
        requests: u64,
    },
    /// A finding or note. Sent once per fingerprint, when its host is done or, streaming, as soon as it is final.
    Finding(Box<Finding>, Timestamp),
    /// A verdict.
    Verdict(Verdict),
    /// A host is done; its findings and verdicts came before.
    Host(Box<HostReport>, Timestamp),
    /// The run is over.
    Summary(Box<RunSummary>, Timestamp),
}

/// Takes events in order. A sink never blocks the engine for long and reports its own failures at the end.
pub trait Sink: Send {
    /// Takes one event.
    ///
    /// # Errors
    /// Where the output cannot be written; the engine then stops and the error is shown.
    fn event(&mut self, event: &Event) -> std::io::Result<()>;
}
