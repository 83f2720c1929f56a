//! The search for one source's tokens.
//!
//! A regex that begins with a keyword is tried where one stands; any other in a window around it. Invariant: the number of
//! places that are looked at, and what is looked at around each, are bounded. Must never import a folder above `expr`.

use std::ops::Range;

use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input};
use rustc_hash::FxHashMap;

use super::item::{Token, hash, item};
use super::{boundary, placeholder};
use crate::base::{Unknown, Value};
use crate::predicate::answer::Answer;
use crate::predicate::found::{Extent, Found};
use crate::predicate::scope::Scope;
use crate::predicate::subjects::judged;
use crate::predicate::tokens::{PLACES, Shape, TokenSource, TokenText};

/// Tokens of one answer.
const TOKENS: usize = 1000;
/// Places of one and the same token in an answer.
const OCCURRENCES: usize = 16;

/// The tokens of the judged answer, in the order of the views and of the text.
pub(in crate::predicate::extractors) fn find(source: &TokenSource, scope: &Scope<'_>) -> Found {
    let answer = match judged(scope) {
        Err(why) => return Found::Unknown(why),
        Ok(None) => return Found::missing(),
        Ok(Some(answer)) => answer,
    };
    let Some(shape) = source.shape() else { return Found::Unknown(Unknown::Expression) };
    let (scan, ids) = answer.tokens(source);
    let mut found = Finds { source, answer, items: Vec::new(), seen: FxHashMap::default() };
    let mut whole = !answer.is_truncated() && scan.is_whole(&ids, source.views);
    for text in scan.texts(source.views) {
        let mut places = text.hits().places(&ids);
        whole &= text.hits().is_whole(&ids) && places.len() <= PLACES;
        places.truncate(PLACES);
        each_match(source, shape, text, &places, |captures| found.take(shape, text, captures));
    }
    whole &= found.items.len() < TOKENS;
    Found::to_extent(found.items, if whole { Extent::Whole } else { Extent::More })
}

/// What was found so far.
struct Finds<'f> {
    source: &'f TokenSource,
    answer: &'f Answer,
    items: Vec<Value>,
    /// Where each token was found, by its hash.
    seen: FxHashMap<String, Vec<usize>>,
}

impl Finds<'_> {
    /// Takes a match, where it is a token. Gives where the search goes on.
    fn take(&mut self, shape: &Shape, text: &TokenText, captures: &Captures) -> Option<usize> {
        let matched = captures.get_match()?.range();
        let at = captures.get_group(shape.group)?.range();
        let next = at.end.max(matched.start + 1);
        let served = text.served(at.clone());
        let value = text.text().get(at.clone()).unwrap_or_default();
        let is_cut = self.answer.is_truncated() && served.end >= self.answer.body().len();
        let stopped = placeholder::holds_one(value, &self.source.stop)
            || (!self.source.placeholders && placeholder::is_placeholder(value));
        if value.is_empty() || is_cut || stopped || !boundary::holds(self.source.boundary, text.text(), &at) {
            return Some(next);
        }
        let known = self.seen.entry(hash(value)).or_default();
        if self.items.len() < TOKENS && known.len() < OCCURRENCES && !known.contains(&served.start) {
            known.push(served.start);
            let groups = shape.names.iter().filter_map(|(index, name)| {
                captures.get_group(*index).map(|group| (std::sync::Arc::clone(name), group.range()))
            });
            let token = Token { text, at, matched, served, groups: groups.collect() };
            self.items.push(item(self.source, self.answer, &token));
        }
        Some(next)
    }
}

/// Every match around these places, in order and apart. `take` says where the search goes on.
fn each_match(
    source: &TokenSource,
    shape: &Shape,
    text: &TokenText,
    places: &[usize],
    mut take: impl FnMut(&Captures) -> Option<usize>,
) {
    let bytes = text.text();
    let mut captures = shape.regex.create_captures();
    let mut from = 0;
    let windows = if shape.anchored { Vec::new() } else { windows(source, places, bytes.len()) };
    for place in places.iter().filter(|_| shape.anchored) {
        if *place < from {
            continue;
        }
        let end = place.saturating_add(shape.longest).min(bytes.len());
        let input = Input::new(bytes).span(*place..end).anchored(Anchored::Yes);
        shape.regex.search_captures(&input, &mut captures);
        if captures.is_match() {
            from = take(&captures).unwrap_or(end);
        }
    }
    for window in windows {
        from = from.max(window.start);
        let end = window.end.saturating_add(shape.longest).min(bytes.len());
        while from < window.end {
            shape.regex.search_captures(&Input::new(bytes).span(from..end), &mut captures);
            if captures.get_match().is_none_or(|found| found.start() >= window.end) {
                break;
            }
            from = take(&captures).unwrap_or(end);
        }
    }
}

/// Stretches around keywords in which a match may begin, in order and apart.
fn windows(source: &TokenSource, places: &[usize], length: usize) -> Vec<Range<usize>> {
    let word = source.keywords.iter().map(|word| word.len()).max().unwrap_or(0);
    let mut windows: Vec<Range<usize>> = Vec::new();
    for place in places {
        let window = place.saturating_sub(source.window)..(place + word + source.window).min(length);
        match windows.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => windows.push(window),
        }
    }
    windows
}
