//! One automaton over the literals that conditions cannot hold without.
//!
//! Owns the literals of all rules, the automaton that finds them in one pass over a body, and each rule's need: a formula
//! over those literals. Invariant: where a need is impossible by the hits of a whole body, the rule's condition is false
//! on it. Must never import a folder above `dialect`.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::FxHashMap;

use crate::predicate::{Base, Pred, Subject};
use crate::rule::{Cond, CondKind, Rule};

/// What must be in a body for a condition to hold there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// One of these literals.
    Literal(Vec<u32>),
    /// All of these.
    All(Vec<Need>),
    /// One of these.
    Any(Vec<Need>),
}

impl Need {
    /// Whether a body with these hits can satisfy it.
    pub fn possible(&self, hits: &Hits) -> bool {
        match self {
            Self::Literal(ids) => ids.iter().any(|id| hits.has(*id)),
            Self::All(needs) => needs.iter().all(|need| need.possible(hits)),
            Self::Any(needs) => needs.iter().any(|need| need.possible(hits)),
        }
    }
}

/// The literals found in one body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits(Box<[u64]>);

impl Hits {
    fn has(&self, id: u32) -> bool {
        self.0.get(id as usize / 64).is_some_and(|word| word & (1 << (id % 64)) != 0)
    }

    fn set(&mut self, id: usize) {
        if let Some(word) = self.0.get_mut(id / 64) {
            *word |= 1 << (id % 64);
        }
    }
}

/// All literals of a program, lower-cased and searched without regard to ASCII case.
#[derive(Debug, Default)]
pub struct Literals {
    automaton: Option<AhoCorasick>,
    count: usize,
}

impl Literals {
    /// Finds all literals in a body in one pass.
    pub fn scan(&self, body: &[u8]) -> Hits {
        let mut hits = Hits(vec![0; self.count.div_ceil(64)].into_boxed_slice());
        if let Some(automaton) = &self.automaton {
            for found in automaton.find_overlapping_iter(body) {
                hits.set(found.pattern().as_usize());
            }
        }
        hits
    }

    /// How many distinct literals there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether nothing is looked for, so that a body can rule nothing out.
    pub fn is_empty(&self) -> bool {
        self.automaton.is_none()
    }
}

/// Collects literals while rules are compiled.
#[derive(Debug, Default)]
pub struct LiteralTable {
    ids: FxHashMap<Vec<u8>, u32>,
}

impl LiteralTable {
    /// The need of a rule's whole condition, where it has one.
    pub fn need_of(&mut self, rule: &Rule) -> Option<Need> {
        let common = self.need(&rule.matches);
        let cases: Option<Vec<Need>> = rule.cases.iter().map(|case| self.need(&case.matches)).collect();
        let case = cases.filter(|needs| !needs.is_empty()).map(Need::Any);
        all_of(common.into_iter().chain(case).collect())
    }

    fn need(&mut self, cond: &Cond) -> Option<Need> {
        match &cond.kind {
            CondKind::All(conds) => all_of(conds.iter().filter_map(|part| self.need(part)).collect()),
            CondKind::Any(conds) if !conds.is_empty() => {
                conds.iter().map(|part| self.need(part)).collect::<Option<Vec<_>>>().map(Need::Any)
            }
            CondKind::Named { expect: true, cond, .. } => self.need(cond),
            CondKind::Test { subject, pred } => self.test_need(subject, pred),
            _ => None,
        }
    }

    fn test_need(&mut self, subject: &Subject, pred: &Pred) -> Option<Need> {
        if subject.base != Base::Body {
            return None;
        }
        let literals = pred.literals()?;
        Some(Need::Literal(literals.into_iter().map(|literal| self.id(&literal.bytes)).collect()))
    }

    fn id(&mut self, literal: &[u8]) -> u32 {
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        *self.ids.entry(literal.to_ascii_lowercase()).or_insert(next)
    }

    /// Builds the automaton.
    pub fn build(self) -> Literals {
        let count = self.ids.len();
        let mut patterns: Vec<(u32, Vec<u8>)> = self.ids.into_iter().map(|(text, id)| (id, text)).collect();
        patterns.sort_unstable();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(patterns.iter().map(|(_, text)| text))
            .ok();
        Literals { automaton: automaton.filter(|_| count > 0), count }
    }
}

fn all_of(mut needs: Vec<Need>) -> Option<Need> {
    match needs.len() {
        0 | 1 => needs.pop(),
        _ => Some(Need::All(needs)),
    }
}
