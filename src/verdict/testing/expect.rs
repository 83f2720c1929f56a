//! Comparing what came out of a test with what it expects.
//!
//! Invariant: a list of expected findings is the exact set: one more or one fewer fails. Must never import a folder above
//! `plan`.

use crate::finding::{Finding, Outcome};
use crate::rule::{Expect, ExpectFinding, ExpectOutcome, Exposure};

/// Both sides in words.
#[derive(Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What the test expects.
    pub expected: String,
    /// What came out.
    pub got: String,
}

/// Whether the outcome is as expected.
pub fn compare(expect: &Expect, outcome: &Outcome, findings: &[Finding]) -> Result<(), Mismatch> {
    let fits = match expect {
        Expect::Outcome(wanted) => outcome_fits(*wanted, *outcome, findings),
        Expect::Findings(wanted) => *outcome == Outcome::Match && same_set(wanted, findings),
    };
    if fits { Ok(()) } else { Err(Mismatch { expected: expected_text(expect), got: got_text(outcome, findings) }) }
}

fn outcome_fits(wanted: ExpectOutcome, outcome: Outcome, findings: &[Finding]) -> bool {
    let noted = findings.iter().any(|finding| finding.exposure != Exposure::Secret);
    match wanted {
        ExpectOutcome::Match => outcome == Outcome::Match && !noted,
        ExpectOutcome::Note => outcome == Outcome::Match && noted,
        ExpectOutcome::Clean => outcome == Outcome::Clean,
        ExpectOutcome::Skipped => matches!(outcome, Outcome::Skipped(_)),
        ExpectOutcome::Inconclusive => matches!(outcome, Outcome::Inconclusive(_) | Outcome::Error(_)),
    }
}

/// Whether each expected finding has one of its own and none is left over.
fn same_set(wanted: &[ExpectFinding], findings: &[Finding]) -> bool {
    let mut left: Vec<&Finding> = findings.iter().collect();
    let all_found = wanted.iter().all(|one| match left.iter().position(|finding| finding_fits(one, finding)) {
        Some(at) => {
            left.swap_remove(at);
            true
        }
        None => false,
    });
    all_found && left.is_empty()
}

fn finding_fits(wanted: &ExpectFinding, finding: &Finding) -> bool {
    let place_cases: Vec<_> = finding.places.iter().filter_map(|place| place.case.as_ref()).collect();
    let first_place = finding.places.first();
    let extracted = |name: &str| first_place.and_then(|p| p.extracted.iter().find(|(key, _)| **key == *name));
    let leads = wanted.cases.first().is_none_or(|case| finding.case.as_ref() == Some(case));
    leads
        && wanted.cases.iter().skip(1).all(|case| place_cases.contains(&case))
        && wanted.severity.is_none_or(|severity| severity == finding.severity)
        && wanted.confidence.is_none_or(|confidence| confidence == finding.confidence)
        && wanted.evidence_key.as_ref().is_none_or(|key| **key == *finding.evidence_key)
        && wanted.places.is_none_or(|places| places == finding.places.len())
        && wanted.title.as_ref().is_none_or(|title| **title == *finding.title)
        && wanted.extracted.iter().all(|(name, value)| extracted(name).is_some_and(|(_, got)| **got == **value))
}

fn expected_text(expect: &Expect) -> String {
    match expect {
        Expect::Outcome(ExpectOutcome::Match) => "match".into(),
        Expect::Outcome(ExpectOutcome::Clean) => "clean".into(),
        Expect::Outcome(ExpectOutcome::Skipped) => "skipped".into(),
        Expect::Outcome(ExpectOutcome::Inconclusive) => "inconclusive".into(),
        Expect::Outcome(ExpectOutcome::Note) => "note".into(),
        Expect::Findings(wanted) => {
            let texts: Vec<String> = wanted.iter().map(wanted_text).collect();
            format!("exactly {}", texts.join(" and "))
        }
    }
}

fn wanted_text(wanted: &ExpectFinding) -> String {
    let mut parts = Vec::new();
    if !wanted.cases.is_empty() {
        parts.push(format!("case {}", wanted.cases.join(", ")));
    }
    parts.extend(wanted.severity.map(|severity| format!("severity {severity}")));
    parts.extend(wanted.confidence.map(|confidence| format!("confidence {confidence}")));
    parts.extend(wanted.evidence_key.as_ref().map(|key| format!("evidence key `{key}`")));
    parts.extend(wanted.places.map(|places| format!("{places} places")));
    parts.extend(wanted.title.as_ref().map(|title| format!("title `{title}`")));
    parts.extend(wanted.extracted.iter().map(|(name, value)| format!("{name} = {value}")));
    format!("{{ {} }}", parts.join(", "))
}

fn got_text(outcome: &Outcome, findings: &[Finding]) -> String {
    if findings.is_empty() {
        let reason = outcome.reason().map(|reason| format!(" ({reason})")).unwrap_or_default();
        return format!("{}{reason}", outcome.name());
    }
    let texts: Vec<String> = findings.iter().map(got_finding).collect();
    texts.join(" and ")
}

fn got_finding(finding: &Finding) -> String {
    let case = finding.case.as_ref().map(|case| format!("case {case}, ")).unwrap_or_default();
    let key = if finding.evidence_key.is_empty() {
        String::new()
    } else {
        format!(", evidence key `{}`", finding.evidence_key)
    };
    let note = if finding.exposure == Exposure::Secret { "" } else { "note: " };
    format!(
        "{{ {note}{case}severity {}, confidence {}{key}, {} places }}",
        finding.severity,
        finding.confidence,
        finding.places.len()
    )
}
