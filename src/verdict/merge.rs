//! Merging matches into findings: one per rule, host and evidence key.
//!
//! Invariant: the result does not depend on the order of the matches. Must never import a folder above `plan`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::judge::Match;
use crate::base::Origin;
use crate::finding::{Finding, Place, fingerprint};
use crate::rule::{AppliesTo, Rule};

/// The most places that one finding lists.
pub(super) const PLACES: usize = 1000;

/// The findings of a rule on a host. `path` is the endpoint's, for rules of endpoints.
pub fn merge(rule: &Rule, target: &Origin, path: &str, matches: Vec<Match>) -> Vec<Finding> {
    let mut by_key: BTreeMap<String, Vec<Match>> = BTreeMap::new();
    for found in matches {
        by_key.entry(found.evidence_key.clone()).or_default().push(found);
    }
    by_key.into_values().filter_map(|group| merge_group(rule, target, path, group)).collect()
}

fn merge_group(rule: &Rule, target: &Origin, path: &str, mut group: Vec<Match>) -> Option<Finding> {
    group.sort_by(|a, b| order(a).cmp(&order(b)));
    let leader = group.first()?.clone();
    let case = leader.case.and_then(|index| rule.cases.get(index));
    let path = (rule.applies_to == AppliesTo::Endpoint).then_some(path);
    Some(Finding {
        rule: Arc::clone(&rule.id),
        case: case.map(|case| Arc::clone(&case.name)),
        title: leader.title,
        severity: leader.severity,
        category: rule.meta.category,
        confidence: leader.confidence,
        exposure: rule.exposure,
        target: target.clone(),
        fingerprint: fingerprint(&rule.id, target, path, None, &leader.evidence_key),
        evidence_key: leader.evidence_key,
        places: distinct_places(group),
        impact: rule.meta.impact.clone(),
        fix: case.and_then(|case| case.fix.clone()).or_else(|| rule.meta.fix.clone()),
        references: rule.meta.references.clone(),
        cwe: rule.meta.cwe,
    })
}

/// The order of matches of one finding: the worst and surest first, the verdict's own before what was overheard, and of
/// one URL what has evidence. It is total, so that the order of arrival never shows.
fn order(found: &Match) -> impl Ord + '_ {
    let Place { url, offset, extracted, evidence, seen_in, .. } = &found.place;
    let place = (seen_in.is_some(), url, evidence.is_empty(), offset, seen_in, extracted, evidence);
    (Reverse(found.severity), Reverse(found.confidence), found.case, place, &found.title)
}

fn distinct_places(group: Vec<Match>) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for Match { place, .. } in group {
        if places.len() < PLACES && seen.insert((place.url.clone(), place.offset, place.case.clone())) {
            places.push(place);
        }
    }
    places
}
