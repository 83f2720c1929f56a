//! A serialized policy to its directives (CSP3 §2.2.1), and what is lost on the way.
//!
//! Invariant: what is lost is told: each token between semicolons is a directive, or a [`Lost`]. Must never import a folder
//! of this crate but `base`.

use std::collections::HashSet;

use super::super::lines::lower;
use super::directives::{HEADER_ONLY, has_sources};
use super::source::Source;

/// Most directives of one policy.
const MAX_DIRECTIVES: usize = 256;
/// Most sources of one directive.
const MAX_SOURCES: usize = 512;

/// A directive that browsers act on: its name in lower case, its values, and what they are as sources, where they are.
pub(super) struct Directive<'a> {
    pub name: String,
    pub values: Vec<&'a [u8]>,
    pub sources: Vec<Source<'a>>,
}

impl<'a> Directive<'a> {
    fn new(name: String, values: Vec<&'a [u8]>) -> Self {
        let sources = values.iter().filter(|_| has_sources(&name)).map(|value| Source::parse(value)).collect();
        Self { name, values, sources }
    }

    /// Whether one of its values is this word, case ignored.
    pub fn has(&self, word: &str) -> bool {
        self.values.iter().any(|value| value.eq_ignore_ascii_case(word.as_bytes()))
    }
}

/// Why browsers drop a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// A byte in it is not ASCII.
    NotAscii,
    /// The policy has one of that name already.
    Repeated,
    /// It stands in a `meta` element, which cannot give it.
    InMeta,
}

/// A directive that browsers drop, its name as far as it could be read.
pub(super) struct Lost<'a> {
    pub name: String,
    pub text: &'a [u8],
    pub why: Loss,
}

/// What a policy holds.
#[derive(Default)]
pub(super) struct Policy<'a> {
    pub directives: Vec<Directive<'a>>,
    pub lost: Vec<Lost<'a>>,
}

impl<'a> Policy<'a> {
    /// The directives of a text: names in lower case, the first of a name alone, none that is not ASCII.
    pub fn parse(text: &'a [u8], meta: bool) -> Self {
        let mut seen = HashSet::new();
        let mut policy = Self::default();
        for token in text.split(|byte| *byte == b';').map(<[u8]>::trim_ascii) {
            let mut values = token.split(u8::is_ascii_whitespace).filter(|value| !value.is_empty());
            let Some(name) = values.next().map(lower) else { continue };
            let loss = if !token.is_ascii() {
                Some(Loss::NotAscii)
            } else if !seen.insert(name.clone()) {
                Some(Loss::Repeated)
            } else {
                (meta && HEADER_ONLY.contains(&name.as_str())).then_some(Loss::InMeta)
            };
            match loss {
                Some(why) => policy.lost.push(Lost { name, text: token, why }),
                None => policy.directives.push(Directive::new(name, values.take(MAX_SOURCES).collect())),
            }
            if policy.directives.len() + policy.lost.len() >= MAX_DIRECTIVES {
                break;
            }
        }
        policy
    }

    /// The directive of that name.
    pub fn directive(&self, name: &str) -> Option<&Directive<'a>> {
        self.directives.iter().find(|directive| directive.name == name)
    }
}
