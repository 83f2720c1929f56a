//! Tests of scoring: the worked cases of design §8 and its properties.
//!
//! Must never be compiled outside tests.

use proptest::prelude::*;

use super::*;
use crate::base::{Confidence, Origin, Scheme, Severity};
use crate::finding::{CoverageRow, HostOutcome};

fn finding(rule: &str, category: Category, severity: Severity, confidence: Confidence) -> Finding {
    Finding {
        rule: rule.into(),
        case: None,
        title: format!("{rule} is wrong"),
        severity,
        category,
        confidence,
        exposure: Exposure::Secret,
        target: Origin::new(Scheme::Https, "a.example", 443).expect("valid"),
        evidence_key: String::new(),
        fingerprint: format!("{rule}/{severity}/{confidence}"),
        places: Vec::new(),
        impact: None,
        fix: None,
        references: Vec::new(),
        cwe: None,
        question: None,
        verified: None,
    }
}

fn host(applicable: u64, conclusive: u64) -> HostReport {
    HostReport {
        target: Origin::new(Scheme::Https, "a.example", 443).expect("valid"),
        named: "a.example".to_string(),
        outcome: HostOutcome::Complete,
        error: None,
        requests: 3,
        bytes: 100,
        coverage: CoverageRow { applicable, conclusive },
        curated: CoverageRow { applicable, conclusive },
        not_checked: Default::default(),
        https: None,
        tls: None,
        profile: None,
        notes: Vec::new(),
        reading: None,
    }
}

const OPTIONS: ScoreOptions = ScoreOptions { community: false, https: true };

fn shown(findings: &[Finding], report: &HostReport) -> String {
    let score = score_host(findings, report, OPTIONS);
    let points = score.score.map_or("-".to_string(), |points| points.to_string());
    let rows: Vec<_> = score.deductions.iter().map(|row| row.points.to_string()).collect();
    format!("{points} {} [{}]", score.grade, rows.join(" "))
}

#[test]
fn severities_confidence_and_repeats() {
    use Category::{Exposure, Headers};
    use Confidence::{Certain, Tentative};
    use Severity::{Info, Low, Medium};
    let host = host(10, 10);
    assert_eq!(shown(&[], &host), "100 A+ []");
    assert_eq!(shown(&[finding("a", Headers, Info, Certain)], &host), "100 A+ []");
    assert_eq!(shown(&[finding("a", Headers, Low, Tentative)], &host), "98.5 A [1.5]");
    let twice = [finding("a", Headers, Low, Certain), finding("a", Headers, Medium, Certain)];
    assert_eq!(shown(&twice, &host), "92 A [8]");
    let several = [finding("a", Headers, Low, Certain), finding("b", Exposure, Medium, Certain)];
    assert_eq!(shown(&several, &host), "89 B [8 3]");
}

#[test]
fn ceilings_caps_and_the_floor_are_rows_of_their_own() {
    use Category::{Exposure, Headers, RateLimit};
    use Confidence::{Certain, Tentative};
    use Severity::{Critical, High, Medium};
    let host = host(10, 10);
    let many: Vec<_> = ["a", "b", "c", "d", "e"].map(|r| finding(r, Headers, Medium, Certain)).to_vec();
    assert_eq!(shown(&many, &host), "70 C [8 8 8 8 8 -10]");
    assert_eq!(shown(&[finding("a", RateLimit, Medium, Certain)], &host), "95 A [8 -3]");
    assert_eq!(shown(&[finding("a", Exposure, High, Certain)], &host), "74 C [20 6]");
    assert_eq!(shown(&[finding("a", Exposure, Critical, Tentative)], &host), "39 F [20 41]");
    let ruin: Vec<_> = ["a", "b", "c"].map(|r| finding(r, Exposure, Critical, Certain)).to_vec();
    assert_eq!(shown(&ruin, &host), "0 F [40 40 40 -20]");
}

#[test]
fn https_caps_only_where_it_was_asked() {
    let mut plain = host(10, 10);
    assert_eq!(shown(&[], &plain), "100 A+ []");
    plain.https = Some(false);
    assert_eq!(shown(&[], &plain), "49 F [51]");
    let unselected = ScoreOptions { https: false, ..OPTIONS };
    assert_eq!(score_host(&[], &plain, unselected).score, Some(Points::whole(100)));
    plain.target = Origin::new(Scheme::Http, "127.0.0.1", 8080).expect("valid");
    assert_eq!(shown(&[], &plain), "100 A+ []");
}

#[test]
fn without_coverage_there_is_no_grade() {
    let low = finding("a", Category::Headers, Severity::Low, Confidence::Certain);
    assert_eq!(shown(std::slice::from_ref(&low), &host(10, 6)), "- ? [3]");
    assert_eq!(shown(&[low], &host(10, 7)), "97 A [3]");
    assert_eq!(shown(&[], &host(10, 9)), "100 A []");
    assert_eq!(shown(&[], &host(0, 0)), "- ? []");
    for outcome in [HostOutcome::Unreachable, HostOutcome::Blocked] {
        assert_eq!(shown(&[], &HostReport { outcome, ..host(10, 10) }), "- ? []");
    }
    assert_eq!(Coverage::new(CoverageRow { applicable: 100_000, conclusive: 99_999 }).ratio(), 0.9999);
}

#[test]
fn notes_and_community_findings_cost_nothing() {
    let mut note = finding("a", Category::Secrets, Severity::High, Confidence::Certain);
    note.exposure = Exposure::Public;
    let template = finding("CVE-1", Category::Community, Severity::Critical, Confidence::Certain);
    assert_eq!(shown(&[note, template.clone()], &host(5, 5)), "100 A+ []");
    let counted = ScoreOptions { community: true, ..OPTIONS };
    assert_eq!(score_host(&[template], &host(5, 5), counted).score, Some(Points::whole(39)));
}

#[test]
fn community_templates_alone_give_no_grade_unless_they_are_scored() {
    let alone = HostReport { curated: CoverageRow::default(), ..host(5, 5) };
    let template = finding("CVE-1", Category::Community, Severity::Critical, Confidence::Certain);
    let fact = finding("tech", Category::Community, Severity::Info, Confidence::Certain);
    let found = [template, fact];
    let score = score_host(&found, &alone, OPTIONS);
    assert_eq!((score.score, score.grade, score.no_grade), (None, Grade::Unknown, Some(NoGrade::NotWeighed)));
    assert_eq!(score.unscored, BTreeMap::from([(Severity::Critical, 1)]));
    let counted = score_host(&found, &alone, ScoreOptions { community: true, ..OPTIONS });
    assert_eq!((counted.score, counted.no_grade), (Some(Points::whole(39)), None));
    assert!(counted.unscored.is_empty());
    let mixed = score_host(&found, &host(5, 5), OPTIONS);
    assert_eq!((mixed.score, mixed.unscored), (Some(Points::whole(100)), score.unscored));
    let barely = HostReport { curated: CoverageRow { applicable: 10, conclusive: 6 }, ..host(8_000, 7_900) };
    assert_eq!(score_host(&[], &barely, OPTIONS).no_grade, Some(NoGrade::TooLittle));
}

#[test]
fn the_costliest_finding_is_the_worst_one() {
    for pair in Severity::ALL.windows(2) {
        let milder = finding_points(pair[0], Confidence::Certain);
        assert!(finding_points(pair[1], Confidence::Tentative) >= milder, "{pair:?}");
    }
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let parts = ("[a-d]", 0..Category::ALL.len(), 0..Severity::ALL.len(), 0..Confidence::ALL.len());
    parts.prop_map(|(rule, c, s, sure)| finding(&rule, Category::ALL[c], Severity::ALL[s], Confidence::ALL[sure]))
}

proptest! {
    #[test]
    fn one_finding_more_never_raises_the_score(
        findings in prop::collection::vec(any_finding(), 0..12), more in any_finding(), https in any::<bool>(),
    ) {
        let report = HostReport { https: Some(https), ..host(9, 9) };
        let options = ScoreOptions { community: true, https: true };
        let before = score_host(&findings, &report, options);
        let after = score_host(&[findings, vec![more]].concat(), &report, options);
        prop_assert!(after.score <= before.score);
        prop_assert!(after.grade <= before.grade);
    }

    #[test]
    fn order_never_matters(findings in prop::collection::vec(any_finding(), 0..12), seed in any::<u64>()) {
        let mut shuffled = findings.clone();
        let key = |f: &Finding| {
            f.fingerprint.bytes().fold(seed, |hash, b| hash.rotate_left(7).wrapping_mul(31) ^ u64::from(b))
        };
        shuffled.sort_by_key(key);
        prop_assert_eq!(score_host(&findings, &host(9, 9), OPTIONS), score_host(&shuffled, &host(9, 9), OPTIONS));
    }

    #[test]
    fn the_rows_add_up(findings in prop::collection::vec(any_finding(), 0..20), https in any::<bool>()) {
        let report = HostReport { https: Some(https), ..host(9, 9) };
        let score = score_host(&findings, &report, OPTIONS);
        let sum: f64 = score.deductions.iter().map(|row| row.points.as_f64()).sum();
        let points = score.score.expect("covered").as_f64();
        prop_assert_eq!(100.0 - sum, points);
        prop_assert!((0.0..=100.0).contains(&points));
        prop_assert!(score.deductions.iter().all(|row| row.points != Points::ZERO));
    }
}
