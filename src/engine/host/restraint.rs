//! What a host is spared, where the user asks for that: rules that its front page speaks against, and requests over a
//! budget, the most severe rules first.
//!
//! Owns the rules that wait for the front page or for their severity's turn. Takes rules; gives them back when they may
//! begin, and the places of those that are left out. Invariant: a rule is given back, left out or abandoned exactly once,
//! and without gate and budget all are given back at once. Must never import anything above `discover`.

use std::ops::AddAssign as _;
use std::sync::Arc;

use super::lineup::Held;
use crate::base::Severity;
use crate::engine::orders::Orders;
use crate::predicate::Fingerprint;
use crate::rule::Rule;

struct Waiting {
    held: Held,
    severity: Severity,
    /// Whether the front page may speak against it.
    gated: bool,
}

/// What may go on now.
#[derive(Default)]
pub(super) struct Admitted {
    pub rules: Vec<Held>,
    /// Places of those that the front page speaks against.
    pub left_out: Vec<usize>,
}

/// The restraint of one host.
#[derive(Default)]
pub(super) struct Restraint {
    waiting: Vec<Waiting>,
    /// Severities that are still to come, mildest first; only with a budget.
    turns: Vec<Severity>,
    budget: Option<u64>,
    gate: bool,
    sent: u64,
    refused: u64,
    /// Why rules were left out, with how many.
    contradicted: Vec<(String, u64)>,
}

impl Restraint {
    pub fn new(orders: &Orders) -> Self {
        let budget = orders.settings.requests_per_host;
        let turns = if budget.is_some() { Severity::ALL.to_vec() } else { Vec::new() };
        Self { budget, turns, gate: orders.settings.gate, ..Self::default() }
    }

    /// Takes rules of the host.
    pub fn take(&mut self, orders: &Orders, rules: Vec<Held>) {
        self.waiting.extend(rules.into_iter().map(|held| {
            let rule = rule_of(orders, &held);
            let gated = self.gate && rule.is_some_and(|rule| Fingerprint::is_asked_by(&rule.meta.tags));
            let severities = rule.filter(|_| self.budget.is_some()).map(Rule::severities);
            let severity = severities.and_then(|all| all.last().copied()).unwrap_or(Severity::Info);
            Waiting { held, severity, gated }
        }));
    }

    /// What may start: all whose severity has had its turn, and of those that the front page may speak against the ones
    /// that it does not, once it is known. `idle`: what was given so far has ended, so that the next severity has its turn.
    pub fn admit(&mut self, orders: &Orders, page: Option<&Fingerprint>, idle: bool) -> Admitted {
        if self.waiting.is_empty() {
            return Admitted::default();
        }
        let due = |waiting: &Waiting, turns: &[Severity]| !turns.contains(&waiting.severity);
        if idle && !self.waiting.iter().any(|waiting| due(waiting, &self.turns)) {
            while let Some(turn) = self.turns.pop()
                && !self.waiting.iter().any(|waiting| waiting.severity == turn)
            {}
        }
        let mut admitted = Admitted::default();
        for waiting in std::mem::take(&mut self.waiting) {
            let contradiction = match page {
                Some(page) if waiting.gated => {
                    rule_of(orders, &waiting.held).and_then(|rule| page.contradicts(&rule.meta.tags))
                }
                _ => None,
            };
            if let Some(why) = contradiction {
                admitted.left_out.push(waiting.held.place);
                self.note(why);
            } else if due(&waiting, &self.turns) && (page.is_some() || !waiting.gated) {
                admitted.rules.push(waiting.held);
            } else {
                self.waiting.push(waiting);
            }
        }
        admitted
    }

    fn note(&mut self, why: String) {
        match self.contradicted.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += 1,
            None => self.contradicted.push((why, 1)),
        }
    }

    /// Whether some rule waits.
    pub fn holds(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The places of rules that will never begin.
    pub fn abandon(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.waiting).into_iter().map(|waiting| waiting.held.place).collect()
    }

    /// Whether so many more requests may be sent; counts them if so.
    pub fn spend(&mut self, requests: u64) -> bool {
        let allowed = self.budget.is_none_or(|budget| self.sent.saturating_add(requests) <= budget);
        if allowed { &mut self.sent } else { &mut self.refused }.add_assign(requests);
        allowed
    }

    /// Counts what a survey took, in the place of what it was thought to take.
    pub fn settle(&mut self, thought: u64, took: u64) {
        self.sent = self.sent.saturating_sub(thought).saturating_add(took);
    }

    /// What was spared, for the report.
    pub fn notes(&self) -> Vec<Arc<str>> {
        let gate = self.contradicted.iter().map(|(why, count)| {
            let rules = if *count == 1 { "rule for it was" } else { "rules for it were" };
            format!("gate: {why}, so {count} {rules} left out")
        });
        let budget = self.budget.filter(|_| self.refused > 0).map(|budget| {
            format!("budget: after {budget} requests, most severe rules first, {} more were not sent", self.refused)
        });
        gate.chain(budget).map(Arc::from).collect()
    }
}

fn rule_of<'o>(orders: &'o Orders, held: &Held) -> Option<&'o Rule> {
    orders.rules.get(held.rule).map(|enlisted| &enlisted.compiled.rule)
}
