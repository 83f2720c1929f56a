//! What a sequence says to people and to other tools.
//!
//! Invariant: nothing here changes a verdict. Must never import a folder above `predicate`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Title, authors, texts, classification.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Info {
    /// One line.
    pub name: Arc<str>,
    /// Who wrote it.
    pub author: Vec<Arc<str>>,
    /// Words to select by, in the order of the file.
    pub tags: Vec<Arc<str>>,
    /// What it is.
    pub description: Option<Arc<str>>,
    /// What an attacker gains.
    pub impact: Option<Arc<str>>,
    /// What to change.
    pub remediation: Option<Arc<str>>,
    /// Where to read on.
    pub reference: Vec<Arc<str>>,
    /// The severity as written: `info` … `critical`, or `unknown`.
    pub severity: Arc<str>,
    /// Numbers in public registers of weaknesses.
    pub classification: Option<Classification>,
    /// Whatever else the author notes, as the text of a JSON object; empty where there is nothing.
    pub metadata: Arc<str>,
}

/// Numbers in public registers of weaknesses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// Common Vulnerabilities and Exposures.
    pub cve_id: Vec<Arc<str>>,
    /// Common Weakness Enumeration.
    pub cwe_id: Vec<Arc<str>>,
    /// The vector of the Common Vulnerability Scoring System.
    pub cvss_metrics: Option<Arc<str>>,
    /// Its score.
    pub cvss_score: Option<f64>,
    /// Exploit Prediction Scoring System.
    pub epss_score: Option<f64>,
    /// The percentile of that.
    pub epss_percentile: Option<f64>,
    /// Common Platform Enumeration.
    pub cpe: Option<Arc<str>>,
}

impl Info {
    /// The number of the first weakness that it names.
    pub fn cwe(&self) -> Option<u32> {
        let first = self.classification.as_ref()?.cwe_id.first()?;
        first.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }
}
