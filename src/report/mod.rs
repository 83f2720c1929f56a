//! Reports: what a scan's events become for people and for programs.
//!
//! Owns one file or folder a format, the list of formats, the sink that feeds several of them at once, the progress line
//! and the schema of the machine formats. Takes events, gives bytes to writers that the caller opened. Invariant: text of
//! a target reaches a writer only through an encoder, and one output that fails costs the others nothing.
//! Must never import a folder above `engine`, and opens no file and no socket.

mod encode;
pub mod format;
pub mod line;
mod output;
pub mod progress;
mod schema;

use std::io;

pub use format::{FORMATS, Format};
pub use output::{Output, OutputFailure, Reports};
pub use progress::Progress;
pub use schema::output_schema;

use crate::base::{Clock, Timestamp};
use crate::finding::{Finding, HostReport, RunSummary, Verdict};
use crate::score::{Score, ScoreOptions};

/// What the caller decides about reports.
#[derive(Debug, Clone, Copy)]
pub struct ReportOptions {
    /// Cells of a line of text; what is narrower than 40 is taken as 40.
    pub width: usize,
    /// Whether text is coloured.
    pub colour: bool,
    /// Whether text shows all places, all rules that were not checked, and a `curl` line a finding.
    pub verbose: bool,
    /// Whether machine formats write every verdict.
    pub verdicts: bool,
    /// How hosts are scored.
    pub score: ScoreOptions,
    /// When a verdict was written.
    pub clock: Clock,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            width: 100,
            colour: false,
            verbose: false,
            verdicts: false,
            score: ScoreOptions::default(),
            clock: Clock::System,
        }
    }
}

/// What a report is told, in order.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    /// A finding or note, as soon as it is final.
    Finding(&'a Finding, Timestamp),
    /// A verdict; only where the options ask for them.
    Verdict(&'a Verdict, Timestamp),
    /// A host is done.
    Host(&'a HostItem<'a>, Timestamp),
    /// The run is over.
    Summary(&'a RunSummary, Timestamp),
}

/// A host with all that was found on it.
#[derive(Debug)]
pub struct HostItem<'a> {
    /// What the engine says of it.
    pub report: &'a HostReport,
    /// Its findings and notes, worst first; each came as an [`Item::Finding`] before.
    pub findings: &'a [Finding],
    /// Its score.
    pub score: &'a Score,
}

/// One output in one format.
pub trait Report: Send {
    /// Takes the next item.
    ///
    /// # Errors
    /// Where it cannot be written. The report is not told anything after that.
    fn item(&mut self, item: Item<'_>) -> io::Result<()>;

    /// Ends the report and flushes it. Called once, also where there was no summary because the run broke off.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn finish(&mut self) -> io::Result<()>;
}
