//! Gates that many rules share, evaluated once per answer.
//!
//! Owns the distinct `when` conditions of passive rules. Takes rules while they are compiled; gives each the number of its
//! gate. Invariant: a shared gate speaks of the answer alone, never of a name that a rule made up. Must never import a
//! folder above `dialect`.

use crate::base::Span;
use crate::rule::{AppliesTo, Cond, Rule};

/// The most gates that are told apart; rules with others evaluate their own.
const GATES: usize = 256;

/// The distinct gates of a program.
#[derive(Debug, Default)]
pub struct Gates(Vec<Cond>);

impl Gates {
    /// The conditions, by number.
    pub fn all(&self) -> &[Cond] {
        &self.0
    }

    /// The number of a rule's gate, where it has one that can be shared.
    pub(super) fn number_of(&mut self, rule: &Rule) -> Option<usize> {
        let when = rule.when.as_deref().filter(|_| speaks_of_answer_alone(rule))?;
        let plain = without_spans(when);
        if let Some(known) = self.0.iter().position(|gate| *gate == plain) {
            return Some(known);
        }
        (self.0.len() < GATES).then(|| {
            self.0.push(plain);
            self.0.len() - 1
        })
    }
}

fn speaks_of_answer_alone(rule: &Rule) -> bool {
    let makes_names = !rule.vars.is_empty()
        || !rule.for_each.is_empty()
        || !rule.extract.is_empty()
        || !rule.collect.is_empty()
        || rule.inconclusive_when.is_some();
    rule.applies_to == AppliesTo::Response && !makes_names
}

/// The same condition wherever it was written.
fn without_spans(cond: &Cond) -> Cond {
    let mut plain = cond.clone();
    clear(&mut plain);
    plain
}

fn clear(cond: &mut Cond) {
    cond.span = Span::default();
    cond.children_mut().iter_mut().for_each(clear);
}
