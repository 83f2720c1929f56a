//! Answers of a host on their way to those who wait: redirects, runs, survey.
//!
//! Invariant: a wish ends in exactly one delivery, whatever its chain of redirects meets. Must never import anything
//! above `discover`.

use std::sync::Arc;

use super::Host;
use crate::base::{Origin, Unknown};
use crate::engine::link::{Line, Link};
use crate::engine::requests::{SlotId, Taken, Who, Wish};
use crate::engine::runs::{Ended, Stepped};
use crate::engine::survey::state_of;
use crate::observation::HttpProbe;
use crate::plan::{Hop, RedirectPolicy, next_hop};
use crate::predicate::{Answer, Hops, ReplyState};
use crate::verdict::{Ask, Wanted};
use crate::wire::http::ends_plainly;

/// Steps of runs after which other hosts get their turn.
const STEPS_IN_A_ROW: u32 = 32;

impl Host {
    /// Gives an answer to all who wait for it, or follows their redirects.
    pub(super) fn take_answer(&mut self, slot: SlotId, answer: &Arc<Answer>) {
        let wishes = self.requests.answer(slot, answer, self.may_ask_later());
        let surveyed = wishes.iter().any(|wish| matches!(wish.who, Who::Survey(_) | Who::Crawl(_)));
        let asker = wishes.iter().filter(|wish| wish.shared).filter_map(|wish| match wish.who {
            Who::Run(run, _) => self.runs.rule(run),
            Who::Survey(_) | Who::Candidate(_) | Who::Robots | Who::Crawl(_) => None,
        });
        let own = answer.exchange().probe.origin == self.facts.origin && answer.response().is_some();
        if own
            && !surveyed
            && self.shared.orders.has_passive
            && let Some(rule) = asker.min().map(Arc::clone)
        {
            self.survey.overhear(ReplyState::Answered(Hops::single(Arc::clone(answer))), rule);
        }
        for wish in wishes {
            self.go_on(wish, Arc::clone(answer));
        }
    }

    /// Follows a redirect or delivers the chain.
    pub(super) fn go_on(&mut self, mut wish: Wish, answer: Arc<Answer>) {
        let mut answer = answer;
        loop {
            wish.hops.push(Arc::clone(&answer));
            let next = match self.next_hop(&wish) {
                Hop::Next(next) => next,
                Hop::Last => {
                    let troubled = self.is_own(&answer) && answer.response().is_none();
                    if let Some(hops) = Hops::new(wish.hops) {
                        self.deliveries.push_back((wish.who, state_of(hops), troubled));
                    }
                    return;
                }
                Hop::Lost(why) => {
                    self.deliveries.push_back((wish.who, ReplyState::Unknown(why), false));
                    return;
                }
            };
            match self.wish(Arc::new(*next), wish) {
                Some((same, known)) => (wish, answer) = (same, known),
                None => return,
            }
        }
    }

    fn is_own(&self, answer: &Answer) -> bool {
        answer.exchange().probe.origin == self.facts.origin
    }

    fn next_hop(&self, wish: &Wish) -> Hop {
        let (identity, now) = (&*self.shared.orders.identity, self.facts.now);
        let most = self.shared.orders.limits.redirects;
        let policy = RedirectPolicy { follow: &wish.follow, identity, now, most };
        next_hop(&wish.hops, policy, |origin| self.scope.allows_host(origin.host()).is_allowed())
    }

    /// Takes a wish. Gives it back with the answer, where that is known already.
    pub(super) fn wish(&mut self, probe: Arc<HttpProbe>, wish: Wish) -> Option<(Wish, Arc<Answer>)> {
        let (who, origin) = (wish.who, probe.origin.clone());
        let turn = if wish.shared { self.shared.turns.of_probe(&probe, &self.facts.origin) } else { None };
        let line = if ends_plainly(probe.wire.expose()) { self.line_of(who) } else { Line::Odd };
        match self.requests.wish(probe, wish) {
            Taken::Known(wish, answer) => return Some((wish, answer)),
            Taken::Closed(wish, why) => self.deliveries.push_back((wish.who, ReplyState::Unknown(why), true)),
            Taken::Joined(slot) => {
                self.wait(who, slot);
                if line == Line::Urgent
                    && let Some(link) = self.links.get_mut(&origin)
                {
                    link.hurry(slot);
                }
            }
            Taken::New(slot) => {
                self.wait(who, slot);
                self.enqueue(slot, origin, line);
                // Rules that would ask for the same later join now, so that it is sent once.
                turn.into_iter().for_each(|turn| self.begin(turn));
            }
        }
        None
    }

    fn wait(&mut self, who: Who, slot: SlotId) {
        if let Who::Run(run, _) = who {
            self.runs.wait(run, slot);
        }
    }

    fn line_of(&self, who: Who) -> Line {
        match who {
            Who::Run(run, _) if !self.runs.asks_later(run) => Line::Rest,
            Who::Run(..) | Who::Survey(_) | Who::Candidate(_) => Line::Urgent,
            Who::Robots | Who::Crawl(_) => Line::Rest,
        }
    }

    fn enqueue(&mut self, slot: SlotId, origin: Origin, line: Line) {
        let (shared, scope) = (&self.shared, &self.reach);
        let link = self.links.entry(origin.clone()).or_insert_with_key(|origin| Link::open(shared, origin, scope));
        let closed = self.stopped || link.health.given_up().is_some();
        if !closed && !self.restraint.spend(1) {
            for wish in self.requests.close(slot, Unknown::Budget) {
                self.deliveries.push_back((wish.who, ReplyState::Unknown(Unknown::Budget), true));
            }
            return;
        }
        link.queue(slot, line);
        if closed {
            self.drop_queue(&origin);
        }
    }

    /// Delivers what has come and steps the runs, until nothing is new.
    pub(super) async fn settle(&mut self) {
        loop {
            while let Some((who, state, troubled)) = self.deliveries.pop_front() {
                self.deliver(who, state, troubled);
            }
            self.look_around().await;
            self.read_on().await;
            self.survey.judge().await;
            let ended = self.step_all().await;
            for end in ended {
                self.end(*end).await;
            }
            if self.restraint.holds() {
                self.admit().await;
            }
            if self.deliveries.is_empty() && !self.runs.is_stirred() && !self.begin_next() {
                return self.tell_some().await;
            }
        }
    }

    fn deliver(&mut self, who: Who, state: ReplyState, troubled: bool) {
        match who {
            Who::Run(run, ask) => self.runs.reply(run, ask, state, troubled),
            Who::Robots => self.crawling.take_robots(state),
            Who::Crawl(nth) => self.crawling.take(nth, state),
            Who::Survey(nth) | Who::Candidate(nth) => {
                if let Some(facts) = self.survey.take(nth, state, &self.facts) {
                    self.facts = Arc::new(facts);
                    self.runs.set_host(&self.facts);
                    if self.shared.orders.has_passive {
                        self.survey.begin(&self.shared.orders, &self.facts, &self.root);
                    }
                }
            }
        }
    }

    /// Steps every run that has something new; gives those that ended.
    pub(super) async fn step_all(&mut self) -> Vec<Box<Ended>> {
        let mut ended = Vec::new();
        let mut steps = 0_u32;
        while let Some((run, stepped)) = self.runs.step().await {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(STEPS_IN_A_ROW) {
                tokio::task::yield_now().await;
            }
            match stepped {
                Some(Stepped::Asks(asks)) => asks.into_iter().for_each(|ask| self.ask(run, ask)),
                Some(Stepped::Ended(end)) => ended.push(end),
                None => {}
            }
        }
        ended
    }

    /// Takes a run's request; what is out of scope, as what lies on other hosts is by default, is never asked for.
    fn ask(&mut self, run: usize, ask: Ask) {
        let who = Who::Run(run, ask.id);
        let (probe, follow, unshared) = match ask.wanted {
            Wanted::Http { probe, follow, unshared } => (probe, follow, unshared),
            Wanted::Other { probe, unshared } => return self.ask_other(who, probe, unshared.is_none()),
            Wanted::Pause(length) => return self.rest(run, who, length),
            Wanted::Interactions { ids, wait } => return self.listen(run, who, ids, wait),
        };
        if !self.scope.allows_host(probe.origin.host()).is_allowed() {
            self.deliveries.push_back((who, ReplyState::NotAsked, false));
            return;
        }
        let shared = unshared.is_none();
        let wish = Wish { who, follow, hops: Vec::new(), shared };
        if let Some((wish, answer)) = self.wish(probe, wish) {
            self.go_on(wish, answer);
        }
    }
}
