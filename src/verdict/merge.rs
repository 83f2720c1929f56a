//! Merging matches into findings: one per rule, host and evidence key.
//!
//! Invariant: the result does not depend on the order of the matches. Must never import a folder above `plan`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::judge::Match;
use crate::base::Origin;
use crate::finding::{Finding, Place, fingerprint};
use crate::rule::Rule;

/// The most places that one finding lists.
pub(super) const PLACES: usize = 1000;

/// The findings of a rule on a host, or on one endpoint of it.
pub fn merge(rule: &Rule, target: &Origin, matches: Vec<Match>) -> Vec<Finding> {
    let mut by_key: BTreeMap<String, Vec<Match>> = BTreeMap::new();
    for found in matches {
        by_key.entry(found.evidence_key.clone()).or_default().push(found);
    }
    by_key.into_values().filter_map(|group| merge_group(rule, target, group)).collect()
}

fn merge_group(rule: &Rule, target: &Origin, mut group: Vec<Match>) -> Option<Finding> {
    group.sort_by(|a, b| order(a).cmp(&order(b)));
    let leader = group.first()?.clone();
    let case = leader.case.and_then(|index| rule.cases.get(index));
    Some(Finding {
        rule: Arc::clone(&rule.id),
        case: case.map(|case| Arc::clone(&case.name)),
        title: leader.title,
        severity: leader.severity,
        category: rule.meta.category,
        confidence: leader.confidence,
        exposure: rule.exposure,
        target: target.clone(),
        fingerprint: fingerprint(&rule.id, target, None, None, &leader.evidence_key),
        evidence_key: leader.evidence_key,
        places: distinct_places(group),
        impact: rule.meta.impact.clone(),
        fix: case.and_then(|case| case.fix.clone()).or_else(|| rule.meta.fix.clone()),
        references: rule.meta.references.clone(),
        cwe: rule.meta.cwe,
        question: leader.question,
        verified: None,
    })
}

/// The order of matches of one finding: the worst and surest first, the verdict's own before what was overheard, and
/// what has evidence before what has none. It is total, so that the order of arrival never shows.
fn order(found: &Match) -> impl Ord + '_ {
    let Place { url, offset, extracted, evidence, seen_in, .. } = &found.place;
    let place = (seen_in.is_some(), evidence.is_empty(), url, offset, seen_in, extracted, evidence);
    (Reverse(found.severity), Reverse(found.confidence), found.case, place, &found.title)
}

/// Findings of one rule on several endpoints of a host as one for each evidence key: the worst leads, and the places of all
/// are its places.
pub fn join(rule: &Rule, findings: Vec<Finding>) -> Vec<Finding> {
    let mut by_key: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for found in findings {
        by_key.entry(found.evidence_key.clone()).or_default().push(found);
    }
    by_key.into_values().filter_map(|group| join_group(rule, group)).collect()
}

fn join_group(rule: &Rule, mut group: Vec<Finding>) -> Option<Finding> {
    let case_of = |found: &Finding| rule.cases.iter().position(|case| Some(&case.name) == found.case.as_ref());
    let rank = |found: &Finding| {
        let first = found.places.first();
        let place = first.map(|place| (place.url.clone(), place.offset, place.evidence.clone()));
        (Reverse(found.severity), Reverse(found.confidence), case_of(found), place)
    };
    group.sort_by_cached_key(rank);
    let places: Vec<Place> = group.iter_mut().flat_map(|found| std::mem::take(&mut found.places)).collect();
    let leader = group.into_iter().next()?;
    Some(Finding { places: distinct(places.into_iter()), ..leader })
}

fn distinct_places(group: Vec<Match>) -> Vec<Place> {
    distinct(group.into_iter().map(|found| found.place))
}

fn distinct(all: impl Iterator<Item = Place>) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for place in all {
        if places.len() < PLACES && seen.insert((place.url.clone(), place.offset, place.case.clone())) {
            places.push(place);
        }
    }
    places
}
