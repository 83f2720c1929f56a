//! The plan of a host: every verdict it promises, every run, and what they ask for before anything is sent.
//!
//! Invariant: a rule has one place in the book per host or endpoint, whether it is run or refused. Must never import
//! anything above `discover`.

use std::sync::Arc;

use super::Host;
use crate::engine::ledger::{HostBook, Said};
use crate::engine::orders::Enlisted;
use crate::engine::requests::{Who, Wish};
use crate::engine::survey::endpoint;
use crate::finding::{Outcome, SkipReason};
use crate::predicate::EndpointFacts;
use crate::rule::Redirects;
use crate::target::Target;
use crate::verdict::Run;

/// The book under construction.
struct Draft {
    book: HostBook,
    whole: Arc<str>,
    refused: Vec<usize>,
    runs: Vec<(Run, usize, bool)>,
}

impl Host {
    /// Makes all runs, collects their first requests and says what is planned.
    pub(super) async fn plan(&mut self, target: &Target) {
        let shared = Arc::clone(&self.shared);
        let origin = self.facts.origin.clone();
        let whole = origin.to_string().into();
        let book = HostBook { origin, named: target.named.clone(), promised: Vec::new() };
        let mut draft = Draft { book, whole, refused: Vec::new(), runs: Vec::new() };
        for enlisted in &shared.orders.rules {
            self.enlist(enlisted, &target.paths, &mut draft);
        }
        for (nth, probe) in self.survey.plan(&shared.orders, &self.facts, &target.paths).into_iter().enumerate() {
            let wish = Wish { who: Who::Survey(nth), follow: Redirects::None, hops: Vec::new(), shared: true };
            if let Some((wish, answer)) = self.wish(probe, wish) {
                self.go_on(wish, answer);
            }
        }
        for (run, place, asks_later) in draft.runs {
            self.runs.add(run, place, asks_later);
        }
        let ended = self.step_all().await;
        let requests = self.requests.count();
        shared.tell(self.id, Said::Planned(Arc::new(draft.book), requests)).await;
        #[cfg(test)]
        crate::engine::tests::strike(&target.named);
        if self.survey.is_over() && shared.orders.has_passive() {
            self.survey.begin(&shared.orders, &self.facts, &self.root);
        }
        for place in draft.refused {
            self.book(place, Outcome::Skipped(SkipReason::Refused)).await;
        }
        for end in ended {
            self.end(*end).await;
        }
    }

    fn enlist(&mut self, enlisted: &Enlisted, paths: &[Arc<str>], draft: &mut Draft) {
        let rule = &enlisted.compiled.rule.id;
        if enlisted.passive {
            self.passive.push((draft.promise(rule, None), enlisted.refused));
        } else if enlisted.endpoint {
            for path in paths {
                let place = draft.promise(rule, Some(path));
                self.draw_up(enlisted, place, &Arc::new(endpoint(Arc::clone(path))), draft);
            }
        } else {
            let place = draft.promise(rule, None);
            self.draw_up(enlisted, place, &self.root, draft);
        }
    }

    fn draw_up(&self, enlisted: &Enlisted, place: usize, endpoint: &Arc<EndpointFacts>, draft: &mut Draft) {
        if enlisted.refused {
            draft.refused.push(place);
            return;
        }
        let (compiled, identity) = (Arc::clone(&enlisted.compiled), Arc::clone(&self.shared.orders.identity));
        let run = Run::new(compiled, Arc::clone(&self.facts), Arc::clone(endpoint), identity);
        draft.runs.push((run, place, enlisted.asks_later));
    }
}

impl Draft {
    fn promise(&mut self, rule: &Arc<str>, path: Option<&Arc<str>>) -> usize {
        let target = match path {
            Some(path) => format!("{}{path}", self.whole).into(),
            None => Arc::clone(&self.whole),
        };
        self.book.promised.push((Arc::clone(rule), target));
        self.book.promised.len() - 1
    }
}
