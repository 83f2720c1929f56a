//! The sink that feeds every output of a run.
//!
//! Takes the scan's events, keeps each open host's findings until the host is done, scores it once, and tells every
//! output. Invariant: an output that fails is told nothing more and costs the others nothing; the sink itself fails only
//! when no output is left, so that a scan whose reader went away ends. Must never import a folder above `score`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;

use super::{HostItem, Item, Progress, Report, ReportOptions};
use crate::base::{Category, Origin, Severity, Timestamp};
use crate::finding::{CoverageRow, Event, Finding, HostOutcome, HostReport, Sink};
use crate::rule::Exposure;
use crate::score::score_host;

/// One place that a report is written to.
pub struct Output {
    /// What messages call it: a path, or `standard output`.
    name: String,
    report: Box<dyn Report>,
    /// Whether a reader that went away is no failure: `outsight scan … | head`.
    is_pipe: bool,
}

impl Output {
    /// Standard output. A closed pipe ends it quietly.
    pub fn standard(report: Box<dyn Report>) -> Self {
        Self { name: "standard output".to_string(), report, is_pipe: true }
    }

    /// A file, by the path that messages name.
    pub fn file(path: impl Into<String>, report: Box<dyn Report>) -> Self {
        Self { name: path.into(), report, is_pipe: false }
    }
}

/// An output that could not be written to the end. What was written before stays where it is.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the report to {name}: {error}")]
pub struct OutputFailure {
    /// The path, or `standard output`.
    pub name: String,
    /// Why.
    #[source]
    pub error: io::Error,
}

/// All outputs of a run, as one sink.
pub struct Reports {
    live: Vec<Output>,
    failures: Vec<OutputFailure>,
    open: HashMap<Origin, Vec<Finding>>,
    options: ReportOptions,
    progress: Option<Progress>,
    last: Option<Timestamp>,
    had_outputs: bool,
}

impl Reports {
    /// These outputs. `progress` is shown while they are written.
    pub fn new(outputs: Vec<Output>, options: ReportOptions, progress: Option<Progress>) -> Self {
        let (failures, open, had_outputs) = (Vec::new(), HashMap::new(), !outputs.is_empty());
        Self { live: outputs, failures, open, options, progress, last: None, had_outputs }
    }

    /// Ends every output and says which of them failed, in the order in which they did. A reader that closed standard
    /// output is no failure.
    pub fn finish(mut self) -> Vec<OutputFailure> {
        if let Some(at) = self.last {
            self.close_open_hosts(at);
        }
        if let Some(progress) = self.progress.take() {
            progress.finish();
        }
        self.each(|report| report.finish());
        self.failures
    }

    /// Tells every live output; those that fail are dropped and noted.
    fn each(&mut self, mut tell: impl FnMut(&mut dyn Report) -> io::Result<()>) {
        for mut output in std::mem::take(&mut self.live) {
            match tell(&mut *output.report) {
                Ok(()) => self.live.push(output),
                Err(error) if output.is_pipe && error.kind() == io::ErrorKind::BrokenPipe => {}
                Err(error) => self.failures.push(OutputFailure { name: output.name, error }),
            }
        }
    }

    fn tell(&mut self, item: Item<'_>) {
        self.each(|report| report.item(item));
    }

    fn close_host(&mut self, report: &HostReport, at: Timestamp) {
        let mut findings = self.open.remove(&report.target).unwrap_or_default();
        findings.sort_by_cached_key(rank);
        let score = score_host(&findings, report, self.options.score);
        self.tell(Item::Host(&HostItem { report, findings: &findings, score: &score }, at));
    }

    /// Hosts whose end was never told, because the run broke off, are incomplete; what was found on them is not lost.
    fn close_open_hosts(&mut self, at: Timestamp) {
        let mut left: Vec<Origin> = self.open.keys().cloned().collect();
        left.sort();
        for target in left {
            let report = HostReport {
                named: target.to_string(),
                target,
                outcome: HostOutcome::Incomplete,
                error: None,
                requests: 0,
                bytes: 0,
                coverage: CoverageRow::default(),
                curated: CoverageRow::default(),
                not_checked: BTreeMap::new(),
                https: None,
                tls: None,
                profile: None,
                notes: Vec::new(),
                reading: None,
            };
            self.close_host(&report, at);
        }
    }
}

impl Sink for Reports {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Some(progress) = &mut self.progress {
            progress.event(event);
        }
        match event {
            Event::Finding(finding, at) => {
                self.last = Some(*at);
                self.tell(Item::Finding(finding, *at));
                let mut kept = Finding::clone(finding);
                kept.forget_texts();
                self.open.entry(finding.target.clone()).or_default().push(kept);
            }
            Event::Verdict(verdict) if self.options.verdicts => {
                self.tell(Item::Verdict(verdict, self.options.clock.now()));
            }
            Event::Host(report, at) => {
                self.last = Some(*at);
                self.close_host(report, *at);
            }
            Event::Summary(summary, at) => {
                self.close_open_hosts(*at);
                self.tell(Item::Summary(summary, *at));
            }
            Event::Verdict(_) | Event::Requested { .. } | Event::HostStarted { .. } => {}
            // The caller shows a broken target on standard error, where diagnostics go.
            Event::TargetsRead { .. } | Event::InvalidTarget(_) => {}
        }
        match self.live.is_empty() && self.had_outputs {
            true => Err(io::Error::new(io::ErrorKind::BrokenPipe, "no output is left to write to")),
            false => Ok(()),
        }
    }
}

/// Where a finding stands within its host: notes last, worst first, then by category, rule, case and identity.
pub(super) type Rank = (bool, Reverse<Severity>, Category, Arc<str>, Option<Arc<str>>, String);

/// A finding's rank.
pub(super) fn rank(finding: &Finding) -> Rank {
    (
        finding.exposure != Exposure::Secret,
        Reverse(finding.severity),
        finding.category,
        finding.rule.clone(),
        finding.case.clone(),
        finding.fingerprint.clone(),
    )
}
