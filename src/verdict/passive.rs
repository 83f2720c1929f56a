//! Passive rules: every answer is judged by all of them in one pass, and each ends in one verdict per host.
//!
//! Owns the tally over a host's answers. The verdict is over the guaranteed set (the root, the two baseline answers, the
//! named endpoint), so it does not depend on which other rules are loaded; what answers to other rules' probes add is a
//! finding too, marked with the rule it was seen in. Invariant: an answer is scanned for literals once, however many
//! rules there are. Must never import a folder above `plan`.

use std::sync::Arc;

use super::Trace;
use super::judge::{Input, ItemOutcome, Match, judge};
use super::merge::merge;
use super::run::{RunResult, Tally, explain_item};
use crate::base::Unknown;
use crate::compile::{CompiledRule, Hits, Program};
use crate::finding::SkipReason;
use crate::predicate::{EndpointFacts, HostFacts, Reply, ReplyState};

/// Why an answer is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It belongs to the guaranteed set.
    Guaranteed,
    /// It answered a probe of this rule.
    In(Arc<str>),
}

/// What the passive rules of a program say of one host.
#[derive(Debug)]
pub struct PassiveTally {
    program: Arc<Program>,
    host: Arc<HostFacts>,
    endpoint: Arc<EndpointFacts>,
    rules: Vec<Arc<CompiledRule>>,
    tallies: Vec<Tally>,
    judged: bool,
}

impl PassiveTally {
    /// An empty tally. `host` must already hold the baseline.
    pub fn new(program: Arc<Program>, host: Arc<HostFacts>, endpoint: Arc<EndpointFacts>) -> Self {
        let rules: Vec<_> = program.passive().map(Arc::clone).collect();
        let tallies = rules.iter().map(|_| Tally::default()).collect();
        Self { program, host, endpoint, rules, tallies, judged: false }
    }

    /// Judges one answer by all rules. Call it once per distinct answer.
    pub fn observe(&mut self, reply: &Reply, seen: &Seen) {
        let hits = self.hits(reply);
        let names = Vec::new();
        for (compiled, tally) in self.rules.iter().zip(&mut self.tallies) {
            let ruled_out = hits.as_ref().is_some_and(|hits| compiled.is_ruled_out(hits));
            if compiled.rule.refused.is_some() || (ruled_out && *seen != Seen::Guaranteed) {
                continue;
            }
            let (host, endpoint) = (&*self.host, &*self.endpoint);
            let rule = &compiled.rule;
            let input = Input { rule, host, endpoint, names: &names, requests: &[], judged: Some(reply), facts: None };
            let outcomes = if ruled_out { ruled_out_outcome(input) } else { judge(input) };
            for outcome in outcomes {
                take(tally, outcome, seen);
            }
            if *seen == Seen::Guaranteed {
                tally.note_failure(&reply.state);
            }
        }
        self.judged |= *seen == Seen::Guaranteed;
    }

    /// The truth tree of a rule on one answer.
    pub fn explain(&self, rule: &str, reply: &Reply) -> Option<Trace> {
        let compiled = self.rules.iter().find(|compiled| &*compiled.rule.id == rule)?;
        let (names, host, endpoint) = (Vec::new(), &*self.host, &*self.endpoint);
        let rule = &compiled.rule;
        let judged = Some(reply);
        Some(explain_item(Input { rule, host, endpoint, names: &names, requests: &[], judged, facts: None }))
    }

    /// One result per passive rule, in the program's order.
    pub fn finish(self) -> Vec<(Arc<CompiledRule>, RunResult)> {
        let (host, path, judged) = (self.host, &self.endpoint.path, self.judged);
        let finish_one = |(compiled, mut tally): (Arc<CompiledRule>, Tally)| {
            if compiled.rule.refused.is_some() {
                tally.take(ItemOutcome::Skipped(SkipReason::Refused));
            } else if !judged {
                tally.take(ItemOutcome::Unknown(Unknown::NotSent));
            }
            let extra = tally.take_extra();
            let outcome = tally.outcome();
            let matches: Vec<Match> = tally.take_matches().into_iter().chain(extra).collect();
            let findings = merge(&compiled.rule, &host.origin, path, matches);
            (compiled, RunResult { outcome, findings })
        };
        self.rules.into_iter().zip(self.tallies).map(finish_one).collect()
    }

    /// The literals in a whole body; `None` where the body is cut off or not there, so that nothing can be ruled out.
    fn hits(&self, reply: &Reply) -> Option<Hits> {
        let ReplyState::Answered(hops) = &reply.state else { return None };
        let response = hops.last().response()?;
        let whole = response.truncated.is_none() && !self.program.literals().is_empty();
        whole.then(|| self.program.literals().scan(&response.body))
    }
}

/// What a rule says of an answer that lacks its literals: its gate decides between clean and skipped.
fn ruled_out_outcome(input: Input<'_>) -> Vec<ItemOutcome> {
    let plain = input.rule.extract.is_empty() && input.rule.collect.is_empty() && input.rule.for_each.is_empty();
    if !plain || input.rule.inconclusive_when.is_some() {
        return judge(input);
    }
    let gate = input.rule.when.as_ref().map(|when| super::eval(when, super::judge::scope_of(input)));
    vec![match gate {
        Some(crate::base::Truth::False) => ItemOutcome::Skipped(SkipReason::NotApplicable),
        Some(crate::base::Truth::Unknown(why)) => ItemOutcome::Unknown(why),
        _ => ItemOutcome::Clean,
    }]
}

fn take(tally: &mut Tally, outcome: ItemOutcome, seen: &Seen) {
    match (seen, outcome) {
        (Seen::Guaranteed, outcome) => tally.take(outcome),
        (Seen::In(rule), ItemOutcome::Matches(mut found)) => {
            for one in &mut found {
                one.place.seen_in = Some(Arc::clone(rule));
            }
            tally.take_seen(found);
        }
        (Seen::In(_), _) => {}
    }
}
