//! What authorities said of a certificate when they were asked.
//!
//! Owns the shapes; who reads the answers is `tls`, who fetches them is `wire`. Invariant: an answer that cannot be relied
//! on has a problem, and never counts as a word for or against the certificate. Must never import anything but this folder.

use serde::{Deserialize, Serialize};

/// Whether the server's certificate was revoked, by those whom it names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// What each of those said that were asked, in that order. Empty: the certificate names nobody who can be asked, or
    /// its issuer was not sent.
    pub answers: Vec<RevocationAnswer>,
}

impl Revocation {
    /// What is to be believed: `Revoked` as soon as one says so, `Good` where one does and none says otherwise.
    pub fn status(&self) -> RevocationStatus {
        let reliable = |status| self.answers.iter().any(|it| it.status == status && it.problem.is_none());
        [RevocationStatus::Revoked, RevocationStatus::Good]
            .into_iter()
            .find(|status| reliable(*status))
            .unwrap_or(RevocationStatus::Unknown)
    }

    /// The answer that decides.
    pub fn decisive(&self) -> Option<&RevocationAnswer> {
        let status = self.status();
        self.answers.iter().find(|it| it.status == status && it.problem.is_none())
    }
}

/// One authority's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationAnswer {
    /// How it was asked.
    pub source: RevocationSource,
    /// Where it was asked, as the certificate says, 256 characters at most.
    pub url: String,
    /// What it said; `Unknown` where it said nothing.
    pub status: RevocationStatus,
    /// Why that cannot be relied on; `None` where it can.
    pub problem: Option<RevocationProblem>,
    /// When the certificate was revoked, in seconds since 1970.
    pub revoked_at: Option<i64>,
    /// Why it was revoked (RFC 5280 §5.3.1).
    pub reason: Option<String>,
    /// By when there will be a newer answer, in seconds since 1970.
    pub next_update: Option<i64>,
}

impl RevocationAnswer {
    /// No answer, for that reason.
    pub fn none(source: RevocationSource, url: &str, problem: RevocationProblem) -> Self {
        Self {
            source,
            url: url.chars().take(256).collect(),
            status: RevocationStatus::Unknown,
            problem: Some(problem),
            revoked_at: None,
            reason: None,
            next_update: None,
        }
    }
}

/// How an authority is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationSource {
    /// By OCSP (RFC 6960).
    Ocsp,
    /// By its list of revoked certificates (RFC 5280 §5).
    List,
}

impl RevocationSource {
    /// The name as rules and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ocsp => "ocsp",
            Self::List => "crl",
        }
    }
}

/// What is said of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationStatus {
    /// It is not revoked.
    Good,
    /// It is.
    Revoked,
    /// Nobody knows, or nobody said.
    Unknown,
}

impl RevocationStatus {
    /// The name as rules and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }
}

/// Why an answer cannot be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationProblem {
    /// The address is no address that can be asked: not HTTP, or not within the scope.
    NotAllowed,
    /// No answer came, or none with status 200.
    Unreachable,
    /// It is longer than what is read.
    TooLong,
    /// The bytes are no answer.
    Malformed,
    /// The responder gave an error instead.
    Error,
    /// It is about another certificate or of another authority.
    OtherCertificate,
    /// It has not begun to count, or does not count any more.
    OutOfDate,
    /// The issuer did not sign it, nor whom it put in charge.
    NotSigned,
}

impl RevocationProblem {
    /// The name as rules and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAllowed => "not-allowed",
            Self::Unreachable => "unreachable",
            Self::TooLong => "too-long",
            Self::Malformed => "malformed",
            Self::Error => "error",
            Self::OtherCertificate => "other-certificate",
            Self::OutOfDate => "out-of-date",
            Self::NotSigned => "not-signed",
        }
    }
}
