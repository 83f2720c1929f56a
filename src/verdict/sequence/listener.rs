//! Sequences that send nothing: their operators are asked of the answers to everybody's requests.
//!
//! Takes answers in any order; gives whether each holds and, in the end, findings. Owns which matches are kept where there are many.
//! Invariant: what is kept does not depend on the order in which answers come. Must never import a folder above `plan`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::super::trace::Trace;
use super::event::Event;
use super::explain::{explain, title_of};
use super::extractors::extract;
use super::fingerprint::Fingerprint;
use super::hits::Hit;
use super::judged::{judge, rows};
use super::scope::{Extraction, Scope};
use super::vars::{Frame, Given, RequestVars};
use super::written::holds;
use crate::base::{Span, Truth, Unknown};
use crate::finding::{Finding, Place};
use crate::plan::sequence::TargetVars;
use crate::predicate::{Answer, EndpointFacts, HostFacts};
use crate::rule::Rule;
use crate::rule::sequence::{Block, Sequence};

/// The most matches of a rule on a host that are kept.
const MOST: usize = 1000;
/// How many of them keep the texts of request and answer.
const WITH_TEXTS: usize = 64;

/// Where a match stands among those of its rule: answers to the host's own requests first, then by URL, who asked, the bytes of the
/// request, and its place among the matches of the answer.
type Rank = (bool, String, Option<Arc<str>>, Bytes, usize);

/// The matches of one rule on one host.
#[derive(Debug, Default)]
pub(in crate::verdict) struct Listener {
    places: BTreeMap<Rank, Place>,
}

/// What a rule hears, and where.
#[derive(Clone, Copy)]
pub(in crate::verdict) struct Hearing<'a> {
    /// The rule, a sequence that [listens](Sequence::listens).
    pub rule: &'a Rule,
    pub host: &'a HostFacts,
    pub endpoint: &'a EndpointFacts,
}

impl Hearing<'_> {
    /// The rule's blocks, each with what it makes of the answer.
    fn each<T>(self, answer: &Arc<Answer>, mut ask: impl FnMut(&Block, &Scope<'_>) -> T) -> (Vec<T>, Option<Unknown>) {
        let Some(sequence) = &self.rule.sequence else { return (Vec::new(), None) };
        let trouble = Cell::new(None);
        let (event, pause) = (Event::Http(Arc::clone(answer), false), Cell::new(Duration::ZERO));
        let (rule, host, fingerprint) = (&self.rule.id, self.host, &Fingerprint::default());
        let frame = Frame { sequence, host, rule, carried: &[], events: &[], pause: &pause, fingerprint };
        let given = self.given(sequence);
        let random = frame.random("answer", 0);
        let told = sequence.blocks.iter().map(|block| {
            let extraction = RefCell::new(Extraction::default());
            let scope = Scope {
                operators: &block.operators,
                event: &event,
                number: 0,
                past: &[],
                call: None,
                sent: RequestVars::all(frame, &given),
                random: &random,
                extraction: &extraction,
                extract,
                trouble: &trouble,
            };
            ask(block, &scope)
        });
        (told.collect(), trouble.get())
    }

    fn given(self, sequence: &Sequence) -> Given {
        Given {
            target: TargetVars::new(self.host, self.endpoint, &self.rule.id, &sequence.tokens),
            payloads: Vec::new(),
            dynamic: Vec::new(),
            drawing: 0,
            callback: None,
            told: Cell::new(false),
            memo: RefCell::default(),
        }
    }

    /// The truth tree of an answer.
    pub fn explain(self, answer: &Arc<Answer>) -> Trace {
        let ask = |block: &Block, scope: &Scope<'_>| {
            let held = holds(block, &judge(&block.operators, scope));
            explain(title_of(0, scope.event, false), &block.operators, scope, held)
        };
        let (parts, _) = self.each(answer, ask);
        let truth = Truth::from(parts.iter().any(|part| part.truth.is_true()));
        Trace::inner("some of its matchers and extractors".to_owned(), truth, Span::default(), parts)
    }
}

impl Listener {
    /// Asks the rule of one answer, which somebody else's request brought where `asker` says whose.
    pub fn hear(&mut self, hearing: Hearing<'_>, answer: &Arc<Answer>, asker: Option<&Arc<str>>) -> Truth {
        if answer.response().is_none() {
            return Truth::False;
        }
        let probe = &answer.exchange().probe;
        let url = probe.url();
        let hits = |block: &Block, scope: &Scope<'_>| -> Vec<Hit> {
            let told = rows(&block.operators, judge(&block.operators, scope));
            told.into_iter().map(|row| Hit::new(row, block, scope.event, &url)).collect()
        };
        let (hits, trouble) = hearing.each(answer, hits);
        let places = hits.into_iter().flatten().filter_map(|hit| hit.into_place(hearing.rule, hearing.host.now));
        let places: Vec<Place> = places.collect();
        let truth = match trouble {
            Some(why) if places.is_empty() => Truth::Unknown(why),
            _ => Truth::from(!places.is_empty()),
        };
        for (nth, mut place) in places.into_iter().enumerate() {
            place.seen_in = asker.cloned();
            self.keep((asker.is_some(), url.clone(), asker.cloned(), probe.wire.expose().clone(), nth), place);
        }
        truth
    }

    /// Keeps a place; only the first ones keep their texts.
    fn keep(&mut self, rank: Rank, mut place: Place) {
        let forget = |place: &mut Place| place.matched.iter_mut().for_each(|matched| matched.forget_texts());
        if self.places.range(..&rank).nth(WITH_TEXTS - 1).is_some() {
            forget(&mut place);
        }
        self.places.insert(rank, place);
        // The one that this pushed out of the first.
        self.places.values_mut().nth(WITH_TEXTS).into_iter().for_each(forget);
        if self.places.len() > MOST {
            self.places.pop_last();
        }
    }

    /// The findings.
    pub fn findings(self, rule: &Rule, host: &HostFacts) -> Vec<Finding> {
        Finding::of_matches(rule, &host.origin, self.places.into_values().collect())
    }
}
