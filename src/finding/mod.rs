//! Findings and verdicts: what a scan says.
//!
//! Owns findings with their places, evidence and matches of sequences, fingerprints, verdicts with their reasons, redaction, and the stream of
//! scan events with its sink trait. Invariant: nothing here holds an unredacted secret in a field meant to be shown.
//! Must never import a folder above `rule`.

mod event;
mod evidence;
mod fingerprint;
mod matched;
mod model;
mod personal;
mod redact;
mod rows;
mod veil;
mod verdict;

pub use event::{CoverageRow, Event, HostOutcome, HostReport, RunSummary, Sink, SiteReading};
pub use evidence::curl_line;
pub use fingerprint::fingerprint;
pub use matched::{Matched, Raw};
pub use model::{Evidence, Finding, Place, Question, Verified};
pub use redact::{redact, redact_head, redact_header, redact_url};
pub use veil::{Veil, masked, redact_around};
pub use verdict::{Outcome, SkipReason, Verdict};
