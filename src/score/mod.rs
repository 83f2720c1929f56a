//! The score of a host (design §8): deductions, bounds, coverage, grade.
//!
//! Takes a host's findings and what the engine says of the host, gives a [`Score`]. Pure. Invariant: a score is 100
//! minus the points of its rows, whatever the order of the findings. Must never import a folder above `verdict`.

mod deduct;
mod grade;
mod points;
#[cfg(test)]
mod tests;

pub use deduct::{Deduction, finding_points};
pub use grade::{Coverage, Grade, MIN_COVERAGE_PERCENT, NoGrade};
pub use points::Points;

use std::collections::BTreeMap;

use crate::base::{Category, Severity};
use crate::finding::{Finding, HostReport};
use crate::rule::Exposure;

/// The version of the rules of scoring. It rises whenever the same findings would give another number.
pub const SCORE_VERSION: u32 = 1;

/// What the caller decides about scoring.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Whether findings of community templates, whose severities are not curated, are scored too.
    pub community: bool,
    /// Whether rules that establish HTTPS and its certificate were selected; without them, their cap does not apply.
    pub https: bool,
}

/// A host's score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// 0 to 100; `None` where too little was checked (then the grade is `?`).
    pub score: Option<Points>,
    /// The grade.
    pub grade: Grade,
    /// Why there is none.
    pub no_grade: Option<NoGrade>,
    /// Findings of community templates that would cost points and are not in the sum, by severity.
    pub unscored: BTreeMap<Severity, u64>,
    /// How much of what applied came to a conclusion.
    pub coverage: Coverage,
    /// What makes up the difference to 100. Listed without a score too: what was found stays found.
    pub deductions: Vec<Deduction>,
}

/// The score of a host with all its findings. Notes cost nothing, and a loopback address is not asked for HTTPS.
pub fn score_host(findings: &[Finding], report: &HostReport, options: ScoreOptions) -> Score {
    let scored: Vec<&Finding> = findings.iter().filter(|finding| is_scored(finding, options)).collect();
    let https_missing = options.https && report.https == Some(false) && !report.target.is_loopback();
    let deductions = deduct::deductions(&scored, https_missing);
    let coverage = Coverage::new(report.coverage);
    let weighed = if options.community { coverage } else { Coverage::new(report.curated) };
    let no_grade = NoGrade::of(report.outcome, coverage, weighed);
    let score = no_grade.is_none().then(|| deduct::rest(&deductions));
    let grade = score.map_or(Grade::Unknown, |score| Grade::of(score, coverage));
    Score { score, grade, no_grade, unscored: unscored(findings, options), coverage, deductions }
}

/// Findings that are not in the sum because nobody has weighed their severities.
fn unscored(findings: &[Finding], options: ScoreOptions) -> BTreeMap<Severity, u64> {
    let mut counts = BTreeMap::new();
    let left = findings.iter().filter(|finding| finding.exposure == Exposure::Secret && !is_scored(finding, options));
    left.filter(|finding| finding.severity.points() > 0).for_each(|finding| {
        *counts.entry(finding.severity).or_default() += 1;
    });
    counts
}

/// Whether a finding can cost points.
fn is_scored(finding: &Finding, options: ScoreOptions) -> bool {
    finding.exposure == Exposure::Secret && (options.community || finding.category != Category::Community)
}
