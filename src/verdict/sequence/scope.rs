//! All that the operators of a block can read of an answer and of what came before it.
//!
//! From the last said to the first: what extractors find in this answer, what blocks carry on, the answer itself under
//! plain and numbered names, earlier answers of the block under their numbers, and what the request was rendered with.
//! Invariant: a lookup changes nothing but what is remembered. Must never import a folder above `plan`.

use std::cell::{Cell, RefCell};

use bytes::Bytes;

use super::event::{Event, as_part, called};
use super::values::one_or_list;
use super::vars::RequestVars;
use crate::base::{Unknown, Value};
use crate::dsl::{Env, Random, Vars};
use crate::observation::Interaction;
use crate::predicate::lower;
use crate::rule::sequence::{Extractor, Operators};

/// An answer of the block, and the number of the request that brought it.
pub(super) type Past = (usize, Event);

/// What the extractors of a block have found in an answer so far.
#[derive(Debug, Default)]
pub(super) struct Extraction {
    begun: bool,
    /// By extractor, in order; without those that found nothing.
    found: Vec<(usize, Vec<Bytes>)>,
}

impl Extraction {
    /// What was found, by extractor.
    pub fn found(&self) -> &[(usize, Vec<Bytes>)] {
        &self.found
    }

    /// What the last extractor of that name found.
    pub fn named<'a>(&'a self, name: &str, extractors: &[Extractor]) -> Option<&'a [Bytes]> {
        let is = |index: usize| extractors.get(index).is_some_and(|one| one.name.as_deref().unwrap_or("") == name);
        self.found.iter().rev().find(|(index, _)| is(*index)).map(|(_, values)| values.as_slice())
    }
}

/// The scope of one answer.
pub(super) struct Scope<'a> {
    pub operators: &'a Operators,
    pub event: &'a Event,
    /// The number of its request in the block.
    pub number: usize,
    /// Earlier answers of the block; of one request the last hop first, as they were judged.
    pub past: &'a [Past],
    /// Who called from outside because of the request.
    pub call: Option<&'a Interaction>,
    /// What the request was rendered with.
    pub sent: RequestVars<'a>,
    pub random: &'a Random,
    pub extraction: &'a RefCell<Extraction>,
    /// How one extractor finds its values.
    pub extract: fn(&Extractor, &Scope<'_>) -> Vec<Bytes>,
    /// Why something could not be read.
    pub trouble: &'a Cell<Option<Unknown>>,
}

impl Scope<'_> {
    /// Runs all extractors in order, once; what one found, the next can read.
    pub fn ensure_extracted(&self) {
        if std::mem::replace(&mut self.extraction.borrow_mut().begun, true) {
            return;
        }
        for (index, extractor) in self.operators.extractors.iter().enumerate() {
            let values = (self.extract)(extractor, self);
            if !values.is_empty() {
                self.extraction.borrow_mut().found.push((index, values));
            }
        }
    }

    /// The environment of an evaluation.
    pub fn env(&self) -> Env<'_> {
        self.sent.frame.env(self, self.random)
    }

    /// A part of the answer as bytes; `None` where there is none of that name.
    pub fn part(&self, name: Option<&str>) -> Option<Bytes> {
        let name = name.unwrap_or_else(|| self.event.default_part());
        match self.event.part(name, self.sent.frame.host) {
            Some(text) => self.heed(text),
            None => self.numbered_part(name).or_else(|| as_part(self.get(name))),
        }
    }

    /// A part in lower case.
    pub fn lower(&self, name: Option<&str>) -> Option<Bytes> {
        let asked = name.unwrap_or_else(|| self.event.default_part());
        match self.event.lower(asked) {
            Some(text) => self.heed(text),
            None => self.part(name).map(|text| lower(&text)),
        }
    }

    /// Remembers why something could not be read.
    pub fn heed<T>(&self, read: Result<T, Unknown>) -> Option<T> {
        read.map_err(|why| self.trouble.set(Some(self.trouble.get().map_or(why, |known| known.min(why))))).ok()
    }

    /// A value that an extractor of the block finds in this answer.
    fn found(&self, name: &str) -> Option<Value> {
        let extractors = &self.operators.extractors;
        let owner = |owned: &str| extractors.iter().any(|one| one.name.as_deref().unwrap_or("") == owned);
        if owner(name) {
            self.ensure_extracted();
            return self.extraction.borrow().named(name, extractors).map(one_or_list);
        }
        let stem = name.trim_end_matches(|digit: char| digit.is_ascii_digit());
        let internal = |one: &&Extractor| one.internal && one.name.as_deref() == Some(stem);
        if stem.len() == name.len() || !extractors.iter().any(|one| internal(&one)) {
            return None;
        }
        self.ensure_extracted();
        let nth: usize = name.get(stem.len()..)?.parse().ok()?;
        let extraction = self.extraction.borrow();
        let values = extraction.named(stem, extractors).filter(|values| values.len() > 1)?;
        values.get(nth).map(|value| Value::Text(value.clone()))
    }

    /// A value of an answer of the block by the number of its request.
    fn numbered(&self, name: &str) -> Option<Value> {
        let (stem, number) = split_number(name)?;
        self.answers(number).find_map(|event| self.heed(event.value(stem, self.sent.frame.host)).flatten())
    }

    fn numbered_part(&self, name: &str) -> Option<Bytes> {
        let (stem, number) = split_number(name)?;
        self.answers(number).find_map(|event| self.heed(event.part(stem, self.sent.frame.host)?))
    }

    /// The answers to that request of the block, the last judged first.
    fn answers(&self, number: usize) -> impl Iterator<Item = &Event> {
        let own = (number == self.number).then_some(self.event);
        own.into_iter().chain(self.past.iter().rev().filter(move |(of, _)| *of == number).map(|(_, event)| event))
    }
}

impl Vars for Scope<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        self.found(name)
            .or_else(|| called(self.call?, name))
            .or_else(|| self.sent.frame.shared(name))
            .or_else(|| self.numbered(name))
            .or_else(|| self.heed(self.event.value(name, self.sent.frame.host)).flatten())
            .or_else(|| self.sent.get(name))
    }
}

/// `body_2` as `body` and 2.
fn split_number(name: &str) -> Option<(&str, usize)> {
    let (stem, number) = name.rsplit_once('_')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| number.parse().ok()).flatten().map(|number| (stem, number))
}
