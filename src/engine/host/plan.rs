//! The plan of a host: every verdict it promises, and the rules that are to keep its promises, as they begin.
//!
//! Endpoints that are found later add their verdicts to the book before any of them is given. Invariant: a rule has one
//! place in the book per host or endpoint, whether it is run or refused. Must never import anything above `discover`.

use std::sync::Arc;

use super::Host;
use super::lineup::Held;
use super::restraint::Admitted;
use crate::engine::crawl::Crawling;
use crate::engine::ledger::{HostBook, Said};
use crate::engine::link::Link;
use crate::engine::orders::Enlisted;
use crate::engine::requests::{Who, Wish};
use crate::engine::survey::{Purpose, Wanted};
use crate::engine::turns::{AT_ONCE, Turn};
use crate::finding::{Outcome, SkipReason};
use crate::predicate::EndpointFacts;
use crate::target::Target;
use crate::verdict::Run;

/// Requests that wait to be sent to the host, from which on no further rule begins.
const WAITING: usize = 32;

/// A part of the book under construction, with the rules that are to keep its promises.
struct Draft {
    whole: Arc<str>,
    /// How many verdicts were promised before.
    before: usize,
    promised: Vec<(Arc<str>, Arc<str>)>,
    refused: Vec<(usize, SkipReason)>,
    rules: Vec<Held>,
}

impl Host {
    /// Promises all verdicts, lets the first rules begin and says what is planned.
    pub(super) async fn plan(&mut self, target: &Target) {
        let shared = Arc::clone(&self.shared);
        let mut draft = self.draft();
        for (rule, enlisted) in shared.orders.rules.iter().enumerate() {
            self.enlist((rule, enlisted), &target.paths, &mut draft);
        }
        if !self.is_mute {
            let wanted = self.survey.plan(&shared.orders, &self.facts, &target.paths);
            self.ask_around(wanted);
            self.ask_for_robots();
        } else {
            self.crawling = Crawling::default();
        }
        self.restraint.take(&shared.orders, std::mem::take(&mut draft.rules));
        self.admit().await;
        self.requests.make_room(shared.orders.asking_later());
        self.begin(AT_ONCE);
        let ended = self.step_all().await;
        let to_come = shared.turns.requests(|turn| self.lineup.holds(turn));
        let requests = self.requests.count() + self.abroad.count() + to_come;
        let book =
            HostBook { origin: self.facts.origin.clone(), named: target.named.clone(), promised: draft.promised };
        self.promised = book.promised.len();
        shared.tell(self.id, Said::Planned(Box::new(book), requests)).await;
        #[cfg(test)]
        crate::engine::tests::strike(&target.named);
        if self.survey.is_over() && shared.orders.has_passive {
            self.survey.begin(&shared.orders, &self.facts, &self.root);
        }
        for (place, why) in draft.refused {
            self.book(place, Outcome::Skipped(why)).await;
        }
        for end in ended {
            self.end(*end).await;
        }
    }

    /// Sends what the survey wants.
    fn ask_around(&mut self, wanted: Vec<Wanted>) {
        for Wanted { nth, purpose, probe } in wanted {
            let who = if let Purpose::Candidate(_) = purpose { Who::Candidate(nth) } else { Who::Survey(nth) };
            let wish = Wish { who, follow: purpose.follow(), hops: Vec::new(), shared: true };
            if let Some((wish, answer)) = self.wish(probe, wish) {
                self.go_on(wish, answer);
            }
        }
    }

    /// Goes on looking for endpoints as far as the answers allow; rules of endpoints are asked of those that are found.
    pub(super) async fn look_around(&mut self) {
        if self.stopped && self.survey.looks_for_endpoints() {
            self.survey.close_inventory();
            self.incomplete = true;
        }
        let shared = Arc::clone(&self.shared);
        let wanted = self.survey.ask_more(&shared.orders, &self.facts);
        self.ask_around(wanted);
        let found = self.survey.take_endpoints();
        if found.is_empty() {
            return;
        }
        let mut draft = self.draft();
        let rules = shared.orders.rules.iter().enumerate();
        for (rule, enlisted) in rules.filter(|(_, rule)| rule.endpoint && !rule.refused) {
            self.enlist((rule, enlisted), &found, &mut draft);
        }
        self.promised += draft.promised.len();
        shared.tell(self.id, Said::Extended(draft.promised)).await;
        self.restraint.take(&shared.orders, draft.rules);
        self.admit().await;
    }

    /// Lines up the rules that may begin, and books those that are left out.
    pub(super) async fn admit(&mut self) {
        let (idle, page) = (self.is_idle(), self.survey.fingerprint());
        let Admitted { rules, left_out } = self.restraint.admit(&self.shared.orders, page, idle);
        if !rules.is_empty() {
            self.lineup.add(rules);
        }
        for place in left_out {
            self.book(place, Outcome::Skipped(SkipReason::Gated)).await;
        }
    }

    fn draft(&self) -> Draft {
        let whole = self.facts.origin.to_string().into();
        Draft { whole, before: self.promised, promised: Vec::new(), refused: Vec::new(), rules: Vec::new() }
    }

    /// Lets the rules of the next turn begin, unless enough requests wait to be sent; whether it did.
    pub(super) fn begin_next(&mut self) -> bool {
        let waiting = self.links.get(&self.facts.origin).map_or(0, Link::waiting);
        let next = if waiting < WAITING { self.lineup.next() } else { None };
        next.map(|turn| self.begin(turn)).is_some()
    }

    /// Lets the rules of a turn begin.
    pub(super) fn begin(&mut self, turn: Turn) {
        for Held { rule, place, asks_later, endpoint, .. } in self.lineup.take(turn) {
            let Some(enlisted) = self.shared.orders.rules.get(rule) else { continue };
            let (compiled, identity) = (Arc::clone(&enlisted.compiled), Arc::clone(&self.shared.orders.identity));
            self.runs.add(Run::new(compiled, Arc::clone(&self.facts), endpoint, identity), place, asks_later);
        }
    }

    fn enlist(&mut self, (nth, enlisted): (usize, &Enlisted), paths: &[Arc<str>], draft: &mut Draft) {
        let rule = &enlisted.compiled.rule.id;
        if self.is_mute && enlisted.needs_http {
            let place = draft.promise(rule, None);
            let why = if enlisted.refused { SkipReason::Refused } else { SkipReason::NotApplicable };
            draft.refused.push((place, why));
        } else if enlisted.passive {
            self.passive.push((draft.promise(rule, None), enlisted.refused));
        } else if enlisted.endpoint {
            for path in paths {
                let place = draft.promise(rule, Some(path));
                self.line_up((nth, enlisted), place, &Arc::new(EndpointFacts::at(Arc::clone(path))), draft);
            }
        } else {
            let place = draft.promise(rule, None);
            self.line_up((nth, enlisted), place, &self.root, draft);
        }
    }

    fn line_up(
        &self,
        (rule, enlisted): (usize, &Enlisted),
        place: usize,
        endpoint: &Arc<EndpointFacts>,
        draft: &mut Draft,
    ) {
        if enlisted.refused {
            draft.refused.push((place, SkipReason::Refused));
            return;
        }
        let (turn, asks_later) = (self.shared.turns.of_rule(rule), enlisted.asks_later);
        draft.rules.push(Held { rule, place, turn, asks_later, endpoint: Arc::clone(endpoint) });
    }
}

impl Draft {
    fn promise(&mut self, rule: &Arc<str>, path: Option<&Arc<str>>) -> usize {
        let target = match path {
            Some(path) => format!("{}{path}", self.whole).into(),
            None => Arc::clone(&self.whole),
        };
        self.promised.push((Arc::clone(rule), target));
        self.before + self.promised.len() - 1
    }
}
