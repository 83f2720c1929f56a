//! What matched, as places and findings.
//!
//! Takes rows and the answers that brought them; gives findings. Invariant: what people see is redacted, and a finding
//! keeps no more of an answer than it shows. Must never import a folder above `plan`.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use memchr::memmem;

use super::super::evidence::{evidence_of, locate};
use super::event::Event;
use super::judged::Row;
use crate::base::{Secret, Timestamp};
use crate::finding::{Finding, Matched, Place, Raw, redact};
use crate::predicate::{HostFacts, Part};
use crate::rule::Rule;
use crate::rule::sequence::{Block, Matcher, MatcherKind};

/// Bytes of a decisive text that are shown.
const SHOWN: usize = 160;

/// One row with the answer that brought it.
#[derive(Debug)]
pub(super) struct Hit {
    row: Row,
    event: Event,
    at: String,
    protocol: &'static str,
    /// The decisive bytes in the body.
    spot: Option<Range<usize>>,
}

impl Hit {
    /// A row of an answer to a request of the block.
    pub fn new(row: Row, block: &Block, event: &Event, at: &str) -> Self {
        let spot = spot(&block.operators.matchers, event);
        Self { row, event: event.clone(), at: at.to_owned(), protocol: block.protocol.name(), spot }
    }

    /// The match as a place of a finding.
    pub fn into_place(self, rule: &Rule, now: Timestamp) -> Option<Place> {
        let texts = |values: Vec<Bytes>| values.iter().map(|v| String::from_utf8_lossy(v).into_owned()).collect();
        let extracted: Vec<String> = texts(self.row.extracted);
        let (request, response) = self.event.dialogue(now);
        let mut place = Place::of_match(Matched {
            sequence: Arc::clone(rule.sequence.as_ref()?),
            file: Arc::clone(&rule.source.name),
            protocol: self.protocol,
            matcher: self.row.matcher,
            extractor: self.row.extractor,
            address: self.event.address(),
            raw: Secret::new(Raw::new(self.at, extracted, request, response)),
        });
        match &self.event {
            Event::Http(answer, _) => {
                place.evidence = evidence_of(answer, self.spot.clone());
                if let (Some(range), Some(response)) = (&self.spot, answer.response()) {
                    locate(&mut place, answer, range);
                    place.evidence.decided_by = vec![format!("body: {}", shown(&response.body, range))];
                }
            }
            Event::Other(_) => {
                let (sent, brought) = self.event.dialogue(now);
                place.evidence.request = shown(&sent, &(0..sent.len()));
                place.evidence.snippet = shown(&brought, &(0..brought.len()));
            }
        }
        Some(place)
    }
}

/// The findings of what matched, in order.
pub(super) fn findings(rule: &Rule, host: &HostFacts, hits: Vec<Hit>) -> Vec<Finding> {
    let places = hits.into_iter().filter_map(|hit| hit.into_place(rule, host.now)).collect();
    Finding::of_matches(rule, &host.origin, places)
}

/// What decided, as far as it stands in the body: the first word or pattern that holds there.
fn spot(matchers: &[Matcher], event: &Event) -> Option<Range<usize>> {
    let texts = event.texts()?;
    let body = texts.part(Part::Body).ok()?;
    let of_body = |matcher: &&Matcher| !matcher.negative && matches!(matcher.part.as_deref(), None | Some("body"));
    matchers.iter().filter(of_body).find_map(|matcher| match &matcher.kind {
        MatcherKind::Word(words) if !matcher.ignores_case => {
            words.iter().filter(|word| word.is_literal()).find_map(|word| find(&body, word.source().as_bytes()))
        }
        MatcherKind::Binary(list) => list.iter().find_map(|bytes| find(&body, bytes)),
        MatcherKind::Regex(patterns) => {
            patterns.iter().find_map(|pattern| pattern.get()?.find(&body).map(|hit| hit.range()))
        }
        _ => None,
    })
}

fn find(text: &[u8], needle: &[u8]) -> Option<Range<usize>> {
    memmem::find(text, needle).map(|at| at..at + needle.len()).filter(|range| !range.is_empty())
}

fn shown(body: &[u8], range: &Range<usize>) -> String {
    let end = range.end.min(range.start + SHOWN);
    String::from_utf8_lossy(&redact(body.get(range.start..end).unwrap_or_default())).into_owned()
}
