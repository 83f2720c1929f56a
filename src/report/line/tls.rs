//! A host's TLS on the wire: letter, profiles, protocols, chain.
//!
//! Invariant: versioned with the output format. Must never import a folder above `score`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::facts;
use crate::observation::{Revocation, RevocationAnswer};
use crate::tls::summary::{Link, Summary};

/// TLS of a host in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TlsWire {
    /// The versions spoken, oldest first.
    #[schemars(example = &["TLS 1.2", "TLS 1.3"])]
    pub protocols: Vec<String>,
    /// Whole days until the server's certificate ends; null where none was seen.
    #[schemars(example = 63)]
    pub days_left: Option<i64>,
    /// The certificates, the server's own first, up to the root; those that nobody needs come last.
    pub chain: Vec<LinkWire>,
    /// The server's certificates that other clients are presented with: by a key of another kind, or under another version.
    #[serde(default)]
    pub others: Vec<LinkWire>,
    /// The letter if the certificate were trusted and for this name; null where there is no letter.
    #[schemars(example = &"A")]
    pub grade_without_trust: Option<String>,
    /// The points behind the letter; null where there is none.
    #[schemars(example = 93)]
    pub grade_points: Option<u32>,
    /// Why there is no letter; null where there is one.
    #[serde(default)]
    #[schemars(example = &"its certificate was not seen")]
    pub no_grade: Option<String>,
    /// What decides the letter, worst first.
    pub grade_lines: Vec<GradeLineWire>,
    /// The strictest of Mozilla's profiles that is kept: `modern`, `intermediate` or `old`; null where none is known to be.
    #[schemars(example = &"intermediate")]
    pub mozilla_profile: Option<String>,
    /// How it stands to each of them, strictest first.
    pub mozilla: Vec<ProfileStandingWire>,
    /// The attacks that what the server takes allows; none was tried.
    #[serde(default)]
    #[schemars(example = &["beast", "sweet32"])]
    pub attacks: Vec<String>,
    /// What authorities say of the server's certificate; null where they were not asked (`--tls-online`).
    pub revocation: Option<RevocationWire>,
    /// Hellos that it took to know.
    #[schemars(example = 12)]
    pub hellos: u32,
    /// Every fact of the survey, by the names that rules have for them below `tls`; what is unknown or was not asked is not
    /// there.
    #[serde(default)]
    #[schemars(schema_with = "facts::tls_schema")]
    pub facts: serde_json::Map<String, serde_json::Value>,
}

/// What authorities say of a certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RevocationWire {
    /// `good`, `revoked` or `unknown`.
    #[schemars(example = &"good")]
    pub status: String,
    /// Whom was asked and what came of it.
    pub answers: Vec<RevocationAnswerWire>,
}

/// One authority's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RevocationAnswerWire {
    /// `ocsp` or `crl`.
    #[schemars(example = &"ocsp")]
    pub source: String,
    /// Where it was asked.
    #[schemars(example = &"http://ocsp.example/")]
    pub url: String,
    /// `good`, `revoked` or `unknown`.
    #[schemars(example = &"good")]
    pub status: String,
    /// Why it cannot be relied on; null where it can.
    #[schemars(example = &"out-of-date")]
    pub problem: Option<String>,
}

/// A certificate of a chain, or the root that it leads to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkWire {
    /// Its name.
    #[schemars(example = &"shop.example")]
    pub name: String,
    /// `server`, `intermediate`, `root`, `missing` or `surplus`.
    #[schemars(example = &"server")]
    pub role: String,
    /// Its key; null where it was not sent.
    #[schemars(example = &"EC 256")]
    pub key: Option<String>,
    /// Whole days until it ends; null where it was not sent.
    #[schemars(example = 63)]
    pub days_left: Option<i64>,
    /// What is wrong with it.
    #[schemars(example = &["expired"])]
    pub problems: Vec<String>,
}

/// Why a letter is not better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GradeLineWire {
    /// The best letter with it; null where the line only explains.
    #[schemars(example = &"B")]
    pub cap: Option<String>,
    /// Why.
    #[schemars(example = &"TLS 1.0 or 1.1 is spoken")]
    pub why: String,
    /// The rule that reports it; null where there is none.
    #[schemars(example = &"tls-old-protocol")]
    pub rule: Option<String>,
}

/// How a host stands to a profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileStandingWire {
    /// The profile.
    #[schemars(example = &"modern")]
    pub profile: String,
    /// What to change; none where nothing is known against it.
    #[schemars(example = &["switch TLS 1.2 off"])]
    pub changes: Vec<String>,
    /// What was not asked or not answered; it is kept where there is nothing to change and nothing open.
    #[serde(default)]
    #[schemars(example = &["all suites of TLS 1.2", "all groups"])]
    pub open: Vec<String>,
    /// What it does beside the profile, which is no difference.
    #[schemars(example = &["groups beside those of the profile: x448"])]
    pub notes: Vec<String>,
}

/// A summary as it goes on the wire.
pub(super) fn wire(summary: &Summary) -> TlsWire {
    let line = |line: &crate::tls::grade::GradeLine| GradeLineWire {
        cap: line.cap.map(|cap| cap.name().to_owned()),
        why: line.why.clone(),
        rule: line.rule.clone(),
    };
    let standing = |standing: &crate::tls::mozilla::Standing| ProfileStandingWire {
        profile: standing.profile.to_owned(),
        changes: standing.changes.clone(),
        open: standing.open.clone(),
        notes: standing.notes.clone(),
    };
    TlsWire {
        protocols: summary.protocols.iter().map(|version| (*version).to_owned()).collect(),
        days_left: summary.days_left,
        chain: summary.chain.iter().map(link).collect(),
        others: summary.others.iter().map(link).collect(),
        grade_without_trust: summary.grade.as_ref().map(|grade| grade.without_trust.name().to_owned()),
        grade_points: summary.grade.as_ref().map(|grade| grade.scores.total),
        no_grade: summary.no_grade.map(str::to_owned),
        grade_lines: summary.grade.iter().flat_map(|grade| &grade.lines).map(line).collect(),
        attacks: summary.attacks.iter().map(|name| (*name).to_owned()).collect(),
        mozilla_profile: summary.profile.map(str::to_owned),
        mozilla: summary.standings.iter().map(standing).collect(),
        revocation: summary.revocation.as_ref().map(revocation),
        hellos: summary.hellos,
        facts: facts::of_tls(&summary.facts),
    }
}

fn revocation(said: &Revocation) -> RevocationWire {
    let answer = |answer: &RevocationAnswer| RevocationAnswerWire {
        source: answer.source.name().to_owned(),
        url: answer.url.clone(),
        status: answer.status.name().to_owned(),
        problem: answer.problem.map(|problem| problem.name().to_owned()),
    };
    RevocationWire { status: said.status().name().to_owned(), answers: said.answers.iter().map(answer).collect() }
}

fn link(link: &Link) -> LinkWire {
    LinkWire {
        name: link.name.clone(),
        role: link.role.name().to_owned(),
        key: link.key.clone(),
        days_left: link.days_left,
        problems: link.problems.iter().map(|problem| (*problem).to_owned()).collect(),
    }
}
