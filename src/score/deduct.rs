//! Deductions: what each rule costs a host, and the ceilings, caps and floor that bound them (design §8).
//!
//! Takes findings, gives the rows that a report lists. Invariant: 100 minus the rows is the score, between 0 and 100,
//! and neither the order of the findings nor one finding more can raise it. Must never import a folder above `finding`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Points;
use crate::base::{Category, Confidence, Severity};
use crate::finding::Finding;

/// One row of the sum. A rule's row takes points away; a ceiling or the floor gives some back (negative points); a cap
/// takes more away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deduction {
    /// The rule; `None` for a ceiling, a cap or the floor.
    pub rule: Option<Arc<str>>,
    /// The worst severity of the rule's findings; `None` as above.
    pub severity: Option<Severity>,
    /// What it takes from the score.
    pub points: Points,
    /// The finding's title, or which bound took effect. May hold text of the target.
    pub why: String,
}

impl Deduction {
    fn bound(points: Points, why: String) -> Self {
        Self { rule: None, severity: None, points, why }
    }
}

/// Points of a finding: its severity's, half of them where it is tentative.
pub fn finding_points(severity: Severity, confidence: Confidence) -> Points {
    match confidence {
        Confidence::Tentative => Points::half_of(severity.points()),
        Confidence::Firm | Confidence::Certain => Points::whole(severity.points()),
    }
}

/// All rows for these findings: rules by weight, ceilings, then the cap and the floor.
pub(super) fn deductions(findings: &[&Finding], https_missing: bool) -> Vec<Deduction> {
    let costs = costs(findings);
    let mut rows: Vec<Deduction> = costs.iter().map(rule_row).collect();
    rows.extend(ceilings(&costs));
    let after_ceilings = rest(&rows);
    rows.extend(cap(findings, https_missing, after_ceilings));
    rows.extend(floor(after_ceilings));
    rows
}

/// What the rows leave of 100.
pub(super) fn rest(rows: &[Deduction]) -> Points {
    Points::whole(100) - rows.iter().map(|row| row.points).sum()
}

/// A rule's costliest finding, and how many it has.
struct Cost<'a> {
    leading: &'a Finding,
    points: Points,
    findings: usize,
}

/// One cost a rule, heaviest first. Rules are told apart by category too, so that a rule that spoke in two of them could
/// not hide a finding under the other's ceiling.
fn costs<'a>(findings: &[&'a Finding]) -> Vec<Cost<'a>> {
    let mut by_rule: BTreeMap<(Category, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_rule.entry((finding.category, &finding.rule)).or_default().push(finding);
    }
    let weight = |f: &&Finding| (f.severity, f.confidence, Reverse((f.title.clone(), f.fingerprint.clone())));
    let cost = |own: Vec<&'a Finding>| {
        let leading = own.iter().copied().max_by_key(weight)?;
        let points = finding_points(leading.severity, leading.confidence);
        (points > Points::ZERO).then_some(Cost { leading, points, findings: own.len() })
    };
    let mut costs: Vec<_> = by_rule.into_values().filter_map(cost).collect();
    costs.sort_by_key(|cost| Reverse(cost.points));
    costs
}

fn rule_row(cost: &Cost<'_>) -> Deduction {
    let finding = cost.leading;
    let mut why = finding.title.clone();
    if cost.findings > 1 {
        why.push_str(&format!(" ({} findings, counted once)", cost.findings));
    }
    if finding.confidence == Confidence::Tentative {
        why.push_str(" (tentative: half)");
    }
    Deduction { rule: Some(finding.rule.clone()), severity: Some(finding.severity), points: cost.points, why }
}

fn ceilings(costs: &[Cost<'_>]) -> impl Iterator<Item = Deduction> {
    Category::ALL.into_iter().filter_map(|category| {
        let sum: Points = costs.iter().filter(|c| c.leading.category == category).map(|c| c.points).sum();
        let over = sum - Points::whole(category.ceiling());
        let why = || format!("back: {} points at most for {category}", category.ceiling());
        (over > Points::ZERO).then(|| Deduction::bound(-over, why()))
    })
}

/// The lowest cap that holds, where it is below what is left.
fn cap(findings: &[&Finding], https_missing: bool, left: Points) -> Option<Deduction> {
    let worst = findings.iter().map(|f| f.severity).max();
    let caps = [
        (worst >= Some(Severity::Critical), 39, "with a critical finding"),
        (https_missing, 49, "without HTTPS and a valid certificate"),
        (worst >= Some(Severity::High), 74, "with a high finding"),
    ];
    let (_, most, why) = caps.into_iter().find(|(holds, ..)| *holds)?;
    let over = left - Points::whole(most);
    (over > Points::ZERO).then(|| Deduction::bound(over, format!("{most} points at most {why}")))
}

fn floor(left: Points) -> Option<Deduction> {
    (left < Points::ZERO).then(|| Deduction::bound(left, "back: a score is never below 0".to_string()))
}
