//! From what a scan says to what goes on the wire.
//!
//! Takes core types, gives wire types. Invariant: nothing is invented here and nothing is unmasked; instants are written
//! with milliseconds, so that a line's length does not wander. Must never import a folder above `score`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    DeductionWire, EventName, EvidenceWire, FindingLine, FixWire, HostEnd, HostLine, Line, MatchedWire, PlaceWire,
    ProfileWire, PublicLine, ReadingWire, SummaryLine, VERSION, VerdictEnd, VerdictLine, VerifiedWire, What,
};
use crate::base::Timestamp;
use crate::finding::{
    Evidence, Finding, HostOutcome, HostReport, Outcome, Place, RunSummary, SiteReading, Verdict, Verified,
};
use crate::predicate::Profile;
use crate::rule::{Exposure, Fix};
use crate::score::{Deduction, NoGrade, SCORE_VERSION, Score};

/// The line of a finding, or of a note where its rule speaks of what is public by design.
pub fn line_of_note_or_finding(finding: &Finding, at: Timestamp) -> Line {
    let (version, time, what) = (VERSION, written(at), what(finding));
    match finding.exposure {
        Exposure::Secret => {
            let severity = finding.severity;
            Line::Finding(FindingLine { event: EventName::Finding, version, time, severity, what })
        }
        Exposure::Public | Exposure::Identifier => {
            Line::Public(PublicLine { event: EventName::Public, version, time, what })
        }
    }
}

/// The line of a verdict.
pub fn line_of_verdict(verdict: &Verdict, at: Timestamp) -> Line {
    Line::Verdict(VerdictLine {
        event: EventName::Verdict,
        version: VERSION,
        time: written(at),
        rule: verdict.rule.to_string(),
        target: verdict.target.clone(),
        outcome: match verdict.outcome {
            Outcome::Match => VerdictEnd::Match,
            Outcome::Clean => VerdictEnd::Clean,
            Outcome::Error(_) => VerdictEnd::Error,
            Outcome::Skipped(_) => VerdictEnd::Skipped,
            Outcome::Inconclusive(_) => VerdictEnd::Inconclusive,
        },
        reason: verdict.outcome.reason().map(str::to_string),
    })
}

/// The line of a host with its score.
pub fn line_of_host(report: &HostReport, score: &Score, at: Timestamp) -> Line {
    Line::Host(HostLine {
        event: EventName::Host,
        version: VERSION,
        time: written(at),
        target: report.target.to_string(),
        outcome: match report.outcome {
            HostOutcome::Complete => HostEnd::Complete,
            HostOutcome::Incomplete => HostEnd::Incomplete,
            HostOutcome::Unreachable => HostEnd::Unreachable,
            HostOutcome::Blocked => HostEnd::Blocked,
        },
        profile: report.profile.as_ref().map(|known| match known.profile {
            Profile::Api => ProfileWire::Api,
            Profile::Site => ProfileWire::Site,
        }),
        profile_why: report.profile.as_ref().map(|known| known.why.to_string()),
        notes: report.notes.iter().map(|note| note.to_string()).collect(),
        reading: report.reading.as_ref().map(reading),
        tls_grade: report.tls.as_ref().and_then(|tls| Some(tls.grade.as_ref()?.letter.name().to_owned())),
        tls: report.tls.as_deref().map(|tls| Box::new(super::tls::wire(tls))),
        score: score.score,
        grade: score.grade,
        grade_why: score.no_grade.map(NoGrade::describe),
        unscored: score.unscored.iter().map(|(severity, count)| (severity.name().to_owned(), *count)).collect(),
        coverage: score.coverage.ratio(),
        deductions: score.deductions.iter().map(deduction).collect(),
    })
}

fn reading(reading: &SiteReading) -> ReadingWire {
    ReadingWire {
        found: reading.found,
        read: reading.read,
        requests: reading.requests,
        bytes: reading.bytes,
        missing: reading.missing,
        left: reading.left.iter().map(|(why, count)| ((*why).to_owned(), *count)).collect(),
    }
}

/// The line of the totals.
pub fn line_of_summary(summary: &RunSummary, at: Timestamp) -> Line {
    Line::Summary(SummaryLine {
        event: EventName::Summary,
        version: VERSION,
        time: written(at),
        planned: summary.planned,
        matched: summary.matched,
        clean: summary.clean,
        error: summary.error,
        skipped: summary.skipped,
        inconclusive: summary.inconclusive,
        requests: summary.requests,
        bytes: summary.bytes,
        seconds: (summary.seconds * 1000.0).round() / 1000.0,
        reasons: summary.reasons.clone(),
        score_version: SCORE_VERSION,
    })
}

fn written(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn what(finding: &Finding) -> What {
    let leading = finding.places.first();
    What {
        rule: finding.rule.to_string(),
        case: finding.case.as_deref().map(str::to_string),
        title: finding.title.clone(),
        category: finding.category,
        confidence: finding.confidence,
        target: finding.target.to_string(),
        url: leading.map_or_else(|| Some(finding.target.to_string()), |place| url_and_file(place).0),
        file: leading.and_then(|place| url_and_file(place).1),
        extracted: leading.map(extracted).unwrap_or_default(),
        places: finding.places.iter().map(place).collect(),
        fingerprint: finding.fingerprint.clone(),
        fix: finding.fix.as_ref().map(fix),
        references: finding.references.iter().map(|text| text.to_string()).collect(),
        cwe: finding.cwe,
        verified: finding.verified.map(|told| match told {
            Verified::Live => VerifiedWire::Live,
            Verified::Dead => VerifiedWire::Dead,
            Verified::Unknown => VerifiedWire::Unknown,
            Verified::NotAsked => VerifiedWire::NotAsked,
        }),
        matched: leading.and_then(|place| matched(finding, place)),
    }
}

fn matched(finding: &Finding, place: &Place) -> Option<MatchedWire> {
    let matched = place.matched.as_ref()?;
    Some(MatchedWire {
        template_id: finding.rule.to_string(),
        matcher_name: matched.matcher.as_deref().map(str::to_string),
        extractor_name: matched.extractor.as_deref().map(str::to_string),
        matched_at: place.url.clone(),
        extracted_results: results(place),
    })
}

fn results(place: &Place) -> Vec<String> {
    place.extracted.iter().map(|(_, value)| value.clone()).collect()
}

fn fix(fix: &Fix) -> FixWire {
    let entry = |(server, text): &(Arc<str>, Arc<str>)| (server.to_string(), text.to_string());
    FixWire {
        default: fix.default.as_deref().map(str::to_string),
        by_server: fix.by_server.iter().map(entry).collect(),
    }
}

fn extracted(place: &Place) -> BTreeMap<String, String> {
    place.extracted.iter().map(|(name, value)| (name.to_string(), value.clone())).collect()
}

/// The URL of a place, or its file.
fn url_and_file(place: &Place) -> (Option<String>, Option<String>) {
    let named = Some(place.url.clone());
    if place.is_file { (None, named) } else { (named, None) }
}

fn place(place: &Place) -> PlaceWire {
    PlaceWire {
        url: url_and_file(place).0,
        file: url_and_file(place).1,
        offset: place.offset,
        length: place.length,
        line: place.line,
        column: place.column,
        source: place.source.clone(),
        case: place.case.as_deref().map(str::to_string),
        extracted: extracted(place),
        evidence: evidence(&place.evidence),
        seen_in: place.seen_in.as_deref().map(str::to_string),
        extracted_results: place.matched.as_ref().map(|_| results(place)),
    }
}

fn evidence(evidence: &Evidence) -> EvidenceWire {
    EvidenceWire {
        request: evidence.request.clone(),
        status: evidence.status,
        head: evidence.head.clone(),
        snippet: evidence.snippet.clone(),
        curl: evidence.curl.clone(),
    }
}

fn deduction(row: &Deduction) -> DeductionWire {
    DeductionWire {
        rule: row.rule.as_deref().map(str::to_string),
        severity: row.severity,
        points: row.points,
        why: row.why.clone(),
    }
}
