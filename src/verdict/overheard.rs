//! What passive rules find in answers to other rules' probes.
//!
//! Owns these matches by evidence key, in the order in which a finding lists its places. Only the first of a key has its
//! evidence, and none where the verdict's own matches come before: a field that is missing everywhere then costs little
//! more than its URLs. Invariant: what is kept, and which match has evidence, does not depend on the order of arrival.
//! Must never import a folder above `plan`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use rustc_hash::FxHashMap;

use super::judge::Match;
use super::merge::PLACES;
use crate::base::{Confidence, Severity};
use crate::finding::Evidence;
use crate::predicate::{Reply, ReplyState};

/// The most evidence keys of one rule: a hostile site makes up as many as it likes.
const KEYS: usize = 1000;

/// How bad a match is, the worst first.
type Weight = (Reverse<Severity>, Reverse<Confidence>, Option<usize>);
/// Where a match stands among those of its key: weight, URL, the bytes of the request, the look of the answer, the rule
/// that asked, place within the answer.
type Rank = (Weight, String, Bytes, u64, Option<Arc<str>>, usize);

/// The overheard matches of one rule.
#[derive(Debug, Default)]
pub(super) struct Overheard {
    by_key: FxHashMap<String, BTreeMap<Rank, Match>>,
}

impl Overheard {
    /// Takes what was found in an answer of this look to a probe of `rule`. `full` finds the same again, with evidence; it is called
    /// only where some of it will be shown.
    pub fn take(
        &mut self,
        own: &[Match],
        (reply, look): (&Reply, u64),
        rule: &Arc<str>,
        bare: Vec<Match>,
        full: impl FnOnce() -> Vec<Match>,
    ) {
        self.take_all(own, (reply, look), Some(rule), bare, full);
    }

    /// Takes what was found in a file of the site: of every place it is known where in the file it is.
    pub fn take_read(&mut self, own: &[Match], (reply, look): (&Reply, u64), found: Vec<Match>) {
        let mut bare = found.clone();
        bare.iter_mut().for_each(|one| one.place.evidence = Evidence::default());
        self.take_all(own, (reply, look), None, bare, || found);
    }

    fn take_all(
        &mut self,
        own: &[Match],
        (reply, look): (&Reply, u64),
        rule: Option<&Arc<str>>,
        bare: Vec<Match>,
        full: impl FnOnce() -> Vec<Match>,
    ) {
        let wire = wire_of(reply);
        let rank = |nth, one: &Match| (weight(one), one.place.url.clone(), wire.clone(), look, rule.cloned(), nth);
        let ranked: Vec<(Rank, Match)> =
            bare.into_iter().enumerate().map(|(nth, one)| (rank(nth, &one), one)).collect();
        let leads = |(rank, one): &(Rank, Match)| {
            let first = self.by_key.get(&one.evidence_key).and_then(|known| known.first_key_value());
            first.is_none_or(|(known, _)| rank < known) && !is_behind(one, own)
        };
        let mut shown = if ranked.iter().any(leads) { full() } else { Vec::new() };
        for (nth, (rank, bare)) in ranked.into_iter().enumerate() {
            if self.by_key.len() >= KEYS && !self.by_key.contains_key(&bare.evidence_key) {
                continue;
            }
            let known = self.by_key.entry(bare.evidence_key.clone()).or_default();
            let is_first = known.first_key_value().is_none_or(|(first, _)| rank < *first);
            if let Some((_, before)) = known.iter_mut().next().filter(|_| is_first) {
                bare_again(before);
            }
            let mut one = match shown.get_mut(nth).filter(|_| is_first) {
                Some(full) => full.clone(),
                None => bare,
            };
            one.place.seen_in = rule.cloned();
            known.insert(rank, one);
            if known.len() > PLACES {
                known.pop_last();
            }
        }
    }

    /// All that was kept. Evidence stays only where none of the verdict's own matches comes first.
    pub fn into_matches(self, own: &[Match]) -> Vec<Match> {
        let mut all: Vec<Match> = self.by_key.into_values().flat_map(BTreeMap::into_values).collect();
        for one in &mut all {
            if is_behind(one, own) {
                bare_again(one);
            }
        }
        all
    }
}

/// What is left of a match that does not lead after all.
fn bare_again(one: &mut Match) {
    let place = &mut one.place;
    place.evidence = Evidence::default();
    if place.seen_in.is_none() {
        return;
    }
    (place.offset, place.length, place.line, place.column) = (None, None, None, None);
}

fn weight(one: &Match) -> Weight {
    (Reverse(one.severity), Reverse(one.confidence), one.case)
}

/// Whether one of the verdict's own matches leads the finding.
fn is_behind(one: &Match, own: &[Match]) -> bool {
    own.iter().any(|known| known.evidence_key == one.evidence_key && weight(known) <= weight(one))
}

fn wire_of(reply: &Reply) -> Bytes {
    match &reply.state {
        ReplyState::Answered(hops) => hops.last().exchange().probe.wire.expose().clone(),
        ReplyState::Observed(_) | ReplyState::Called(_) | ReplyState::NotAsked | ReplyState::Unknown(_) => Bytes::new(),
    }
}
