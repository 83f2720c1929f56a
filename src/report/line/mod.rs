//! The wire types of JSON and JSON Lines (design §9): what other programs may rely on.
//!
//! Owns one struct an event, apart from the core types, which are free to change. Their doc comments are the
//! descriptions of `schemas/output.schema.json`. Invariant: within one [`VERSION`] a field keeps its name, its type and its
//! meaning; a new one may join. Must never import a folder above `score`.

mod convert;
mod finding;
mod run;
mod facts;
mod tls;

pub use convert::{line_of_host, line_of_note_or_finding, line_of_summary, line_of_verdict};
pub use finding::{EvidenceWire, FindingLine, FixWire, MatchedWire, PlaceWire, PublicLine, VerifiedWire, What};
pub use run::{DeductionWire, HostEnd, HostLine, ProfileWire, ReadingWire, SummaryLine, VerdictEnd, VerdictLine};
pub use tls::{GradeLineWire, LinkWire, ProfileStandingWire, TlsWire};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the output format.
pub const VERSION: u32 = 1;

/// Which event a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventName {
    /// Something to mend.
    Finding,
    /// Something that is public by design.
    Public,
    /// What became of one rule.
    Verdict,
    /// A host is done.
    Host,
    /// The run is over.
    Summary,
}

/// One line of the JSON Lines output.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Line {
    /// A finding.
    Finding(FindingLine),
    /// A note.
    Public(PublicLine),
    /// A verdict.
    Verdict(VerdictLine),
    /// A host.
    Host(HostLine),
    /// The totals.
    Summary(SummaryLine),
}

impl Line {
    /// Reads one line of a report.
    ///
    /// # Errors
    /// Where it is not JSON, not an event, or of a version that is not ours.
    pub fn parse(line: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Stamp {
            event: EventName,
            version: u32,
        }
        let stamp: Stamp = serde_json::from_str(line)?;
        if stamp.version != VERSION {
            let told = format!("version {} of the output format; this build reads {VERSION}", stamp.version);
            return Err(serde::de::Error::custom(told));
        }
        Ok(match stamp.event {
            EventName::Finding => Self::Finding(serde_json::from_str(line)?),
            EventName::Public => Self::Public(serde_json::from_str(line)?),
            EventName::Verdict => Self::Verdict(serde_json::from_str(line)?),
            EventName::Host => Self::Host(serde_json::from_str(line)?),
            EventName::Summary => Self::Summary(serde_json::from_str(line)?),
        })
    }
}

/// The whole report of a run as one document: the lines of JSON Lines, sorted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// Version of the output format.
    #[schemars(example = VERSION)]
    pub version: u32,
    /// Every host that is done, by name.
    pub hosts: Vec<HostLine>,
    /// Every finding: by host, worst first.
    pub findings: Vec<FindingLine>,
    /// Every note: by host.
    pub public: Vec<PublicLine>,
    /// What became of every rule; only with `--verdicts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<Vec<VerdictLine>>,
    /// The totals; null where the run broke off before there were any.
    pub summary: Option<SummaryLine>,
}
