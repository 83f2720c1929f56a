//! Verdicts, hosts and totals on the wire.
//!
//! Invariant: as for the folder. Must never import a folder above `score`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EventName, TlsWire, VERSION};
use crate::base::Severity;
use crate::score::{Grade, Points};

/// How a verdict ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VerdictEnd {
    /// The rule matched.
    Match,
    /// It was judged and did not match.
    Clean,
    /// Its own probe failed.
    Error,
    /// It did not apply.
    Skipped,
    /// It could not be told, and that could change the verdict.
    Inconclusive,
}

/// What became of one rule on one host or endpoint; written with `--verdicts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VerdictLine {
    /// Always `verdict`.
    #[schemars(extend("const" = "verdict"))]
    pub event: EventName,
    /// Version of the output format.
    #[schemars(example = VERSION)]
    pub version: u32,
    /// When it was written (RFC 3339, UTC).
    #[schemars(example = &"2026-01-31T12:00:00.000Z", extend("format" = "date-time"))]
    pub time: String,
    /// Id of the rule.
    #[schemars(example = &"dotenv-exposed")]
    pub rule: String,
    /// The host, or the endpoint's URL.
    #[schemars(example = &"https://shop.example")]
    pub target: String,
    /// How it ended.
    #[schemars(example = &"inconclusive")]
    pub outcome: VerdictEnd,
    /// Why, where it is neither `match` nor `clean`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"response-timeout")]
    pub reason: Option<String>,
}

/// How a host ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HostEnd {
    /// Everything planned was judged.
    Complete,
    /// Some probes failed or were not sent.
    Incomplete,
    /// No answer at all.
    Unreachable,
    /// Something in front of it answered everything with a block page or refused us.
    Blocked,
}

/// What a host is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProfileWire {
    /// Programs call it.
    Api,
    /// People browse it.
    Site,
}

/// A host that is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HostLine {
    /// Always `host`.
    #[schemars(extend("const" = "host"))]
    pub event: EventName,
    /// Version of the output format.
    #[schemars(example = VERSION)]
    pub version: u32,
    /// When it was done (RFC 3339, UTC).
    #[schemars(example = &"2026-01-31T12:00:00.000Z", extend("format" = "date-time"))]
    pub time: String,
    /// The host, as scheme, name and port; of files, the path that names them.
    #[schemars(example = &"https://shop.example")]
    pub target: String,
    /// How it ended.
    #[schemars(example = &"complete")]
    pub outcome: HostEnd,
    /// What it was taken for: `site` where people browse it, `api` where programs call it; null where its root is not known.
    #[schemars(example = ProfileWire::Site)]
    pub profile: Option<ProfileWire>,
    /// Why it was taken for that; null as above.
    #[schemars(example = &"the root is an HTML page")]
    pub profile_why: Option<String>,
    /// What it was spared because the user asked for that, a sentence each.
    #[schemars(example = &["budget: after 500 requests, most severe rules first, 17 more were not sent"])]
    pub notes: Vec<String>,
    /// What was read of its site, or of the files; absent where nothing was to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<ReadingWire>,
    /// The letter of its TLS by SSL Labs' criteria, apart from `grade`; null where its TLS was not surveyed.
    #[schemars(example = &"A")]
    pub tls_grade: Option<String>,
    /// Its TLS in short; null as above.
    pub tls: Option<Box<TlsWire>>,
    /// 100 minus the points of all deductions; null where there is no grade.
    #[schemars(example = 89)]
    pub score: Option<Points>,
    /// `A+` to `F`, or `?` where there is none.
    #[schemars(example = &"B")]
    pub grade: Grade,
    /// Why there is no grade; null where there is one.
    #[serde(default)]
    #[schemars(example = &"A grade needs 70 % of the rules that apply to be checked.")]
    pub grade_why: Option<String>,
    /// Findings of community templates that the score leaves out, by severity; `info` costs nothing and is not counted.
    #[serde(default)]
    #[schemars(example = BTreeMap::from([("high", 2)]))]
    pub unscored: BTreeMap<String, u64>,
    /// Part of the rules that applied which came to a conclusion, 0 to 1, rounded down to four decimals.
    #[schemars(example = 0.9875)]
    pub coverage: f64,
    /// What makes up the difference to 100.
    pub deductions: Vec<DeductionWire>,
}

/// What was read of a site, or of files, and what was not. `found` is `read`, `missing` and all of `left` together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReadingWire {
    /// Files that something names.
    #[schemars(example = 57)]
    pub found: u64,
    /// Of these: read and judged.
    #[schemars(example = 51)]
    pub read: u64,
    /// Requests for them, those for files that only might be there and for robots.txt of other hosts included.
    #[schemars(example = 60)]
    pub requests: u64,
    /// Their bytes, content codings undone.
    #[schemars(example = 2_411_724)]
    pub bytes: u64,
    /// Of those found: the server says that it does not have them.
    #[schemars(example = 2)]
    pub missing: u64,
    /// Why others were not read, with how many: `robots`, `action`, `scope`, `depth`, `duplicate`, `query`, `refused`, `bytes` …
    #[schemars(example = BTreeMap::from([("robots", 4)]))]
    pub left: BTreeMap<String, u64>,
}

/// One row of the sum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeductionWire {
    /// The rule; null for a ceiling, a cap or the floor.
    #[schemars(example = &"csp-missing")]
    pub rule: Option<String>,
    /// The worst severity of the rule's findings; null as above.
    #[schemars(example = &"medium")]
    pub severity: Option<Severity>,
    /// Points that it takes away; negative where a ceiling or the floor gives some back.
    #[schemars(example = 8)]
    pub points: Points,
    /// The finding's title, or which bound took effect.
    #[schemars(example = &"There is no Content-Security-Policy")]
    pub why: String,
}

/// The totals of a run. `planned` is the sum of the five outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SummaryLine {
    /// Always `summary`.
    #[schemars(extend("const" = "summary"))]
    pub event: EventName,
    /// Version of the output format.
    #[schemars(example = VERSION)]
    pub version: u32,
    /// When the run ended (RFC 3339, UTC).
    #[schemars(example = &"2026-01-31T12:00:00.000Z", extend("format" = "date-time"))]
    pub time: String,
    /// Verdicts planned: rules times hosts or endpoints.
    #[schemars(example = 80)]
    pub planned: u64,
    /// Verdicts that matched.
    #[schemars(example = 5)]
    #[serde(rename = "match")]
    pub matched: u64,
    /// Verdicts that were judged and did not match.
    #[schemars(example = 70)]
    pub clean: u64,
    /// Verdicts whose own probe failed.
    #[schemars(example = 1)]
    pub error: u64,
    /// Verdicts of rules that did not apply.
    #[schemars(example = 3)]
    pub skipped: u64,
    /// Verdicts that could not be told.
    #[schemars(example = 1)]
    pub inconclusive: u64,
    /// Requests sent.
    #[schemars(example = 41)]
    pub requests: u64,
    /// Bytes received.
    #[schemars(example = 183_220)]
    pub bytes: u64,
    /// Wall time in seconds.
    #[schemars(example = 4.2)]
    pub seconds: f64,
    /// How often each `outcome(reason)` befell a verdict.
    #[schemars(example = BTreeMap::from([("skipped(not-applicable)", 3)]))]
    pub reasons: BTreeMap<String, u64>,
    /// Version of the rules of scoring.
    #[schemars(example = crate::score::SCORE_VERSION)]
    pub score_version: u32,
}
