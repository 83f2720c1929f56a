//! One rule on one target, with everything that led to its verdict.
//!
//! Takes a rule and a target; asks what the rule asks, one request after the other, and keeps what was sent and the truth
//! tree of each item. Invariant: the same gates, limits, scope and verdicts as in a scan. Must never import anything
//! above `discover`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::contained::contained;
use super::control::Control;
use super::crawl::{Crawling, ROBOTS, reach};
use super::dispatch::open_wire;
use super::error::EngineError;
use super::fetch::{Errand, failed, fetch};
use super::host::observed;
use super::link::Link;
use super::mailbox::called;
use super::observe::{self, Outing, observe};
use super::orders::Orders;
use super::scheme::{Opening, open};
use super::settings::Settings;
use super::shared::{Cost, Shared};
use super::survey::{self, Survey, get, plain, state_of, steps};
use super::turns::Turns;
use crate::base::{Origin, Unknown};
use crate::compile::{CompiledRule, Program};
use crate::finding::{Finding, Outcome, SkipReason};
use crate::observation::{ErrorKind, HttpProbe, InteractionId, Observation, OtherProbe};
use crate::plan::{Follow, Hop, RedirectPolicy, next_hop};
use crate::predicate::{Answer, EndpointFacts, Hops, HostFacts, Profiled, Reply, ReplyState};
use crate::target::{Scope, Target};
use crate::verdict::{PassiveTally, Run, Seen, Step, Trace, Wanted};
use crate::wire::Contacts;

/// One request that was sent, and its answer.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The request's name in the rule; empty for what the engine asks by itself.
    pub request: Arc<str>,
    /// The item's label.
    pub label: Arc<str>,
    /// What was sent and what came back.
    pub brought: Brought,
}

/// What was sent and what came back.
#[derive(Debug, Clone)]
pub enum Brought {
    /// An HTTP exchange.
    Answer(Arc<Answer>),
    /// Anything else.
    Observation(Arc<Observation>),
}

/// Everything that led to a verdict.
#[derive(Debug)]
pub struct Explained {
    /// The host.
    pub origin: Origin,
    /// What was sent, in order; a chain of redirects hop by hop.
    pub sent: Vec<Sent>,
    /// The truth tree of each item, or of each answer where the rule is passive.
    pub traces: Vec<Trace>,
    /// Whether it was taken for a site or an API; `None` where nothing asks for it or it is not known.
    pub profile: Option<Profiled>,
    /// The verdict.
    pub outcome: Outcome,
    /// What would be reported.
    pub findings: Vec<Finding>,
}

/// Runs one rule on the first path of one target. `None` where it was stopped before anything was known of the host.
///
/// # Errors
/// Where a setting of the wire is wrong.
pub async fn explain(
    compiled: Arc<CompiledRule>,
    target: &Target,
    settings: Settings,
    control: Control,
) -> Result<Option<Explained>, EngineError> {
    let wire = open_wire(&settings)?;
    let (tell, _) = mpsc::channel(1);
    let orders = Orders::new(Arc::new(Program::of_one(&compiled)), settings);
    let refused = orders.rules.iter().any(|rule| rule.refused);
    let shared = Arc::new(Shared::new(orders, Turns::default(), wire, control, tell));
    let scope = shared.orders.settings.scope.for_host(target.spelled.first().host());
    let cost = Arc::new(Cost::default());
    let Some(opening) = open(&shared, target, &scope, &cost).await else { return Ok(None) };
    let mut asker = Asker::new(shared, scope, opening);
    let mut explained = Explained {
        origin: asker.facts.origin.clone(),
        sent: Vec::new(),
        traces: Vec::new(),
        profile: None,
        outcome: Outcome::Skipped(SkipReason::Refused),
        findings: Vec::new(),
    };
    if !refused {
        let replies = asker.survey(target).await;
        if compiled.rule.applies_to == crate::rule::AppliesTo::Response {
            let read = asker.read_site(&replies).await;
            asker.judge_passive(&compiled, replies, read, &mut explained);
        } else {
            asker.run(&compiled, target, &mut explained).await;
        }
    }
    if let Some(link) = asker.links.get(&asker.facts.origin).filter(|_| !refused) {
        explained.outcome = link.health.judge(explained.outcome);
    }
    explained.profile = asker.facts.profile;
    explained.sent = asker.sent;
    Ok(Some(explained))
}

struct Asker {
    shared: Arc<Shared>,
    scope: Scope,
    facts: HostFacts,
    links: HashMap<Origin, Link>,
    known: HashMap<Arc<HttpProbe>, Arc<Answer>>,
    contacts: Arc<Contacts>,
    observed: HashMap<Arc<OtherProbe>, Arc<Observation>>,
    cost: Arc<Cost>,
    sent: Vec<Sent>,
}

impl Asker {
    fn new(shared: Arc<Shared>, scope: Scope, opening: Opening) -> Self {
        let Opening { facts, link, first, .. } = opening;
        let links = HashMap::from([(facts.origin.clone(), link)]);
        Self {
            contacts: Arc::new(Contacts::new(Arc::clone(&shared.wire), scope.clone())),
            shared,
            scope,
            facts,
            links,
            known: first.into_iter().collect(),
            observed: HashMap::new(),
            cost: Arc::default(),
            sent: Vec::new(),
        }
    }

    /// Asks what the engine asks by itself, and keeps the baseline.
    async fn survey(&mut self, target: &Target) -> Vec<Reply> {
        let mut survey = Survey::default();
        let mut replies = Vec::new();
        let probes = survey.plan(&self.shared.orders, &self.facts, &target.paths);
        // One path is explained, and it is named: no endpoint is looked for.
        for survey::Wanted { nth, purpose, probe } in probes.into_iter().filter(|wanted| wanted.purpose.is_guaranteed())
        {
            let state = self.ask(probe, purpose.follow(), true, (&"".into(), &"".into())).await;
            replies.extend(steps(state.clone(), &self.facts.origin).into_iter().map(plain));
            if let Some(facts) = survey.take(nth, state, &self.facts) {
                self.facts = facts;
            }
        }
        replies
    }

    /// Reads the site as a scan would, where the rule wants that; gives what is judged of it.
    async fn read_site(&mut self, replies: &[Reply]) -> Vec<Reply> {
        let shared = Arc::clone(&self.shared);
        let own = self.facts.origin.clone();
        let reach = reach(&shared.orders, &own, &self.scope);
        let mut crawling = Crawling::new(&shared.orders, &own, &self.scope, &reach);
        let Some(robots) = get(&shared.orders, &self.facts, ROBOTS).ok().filter(|_| crawling.is_wanted()) else {
            return Vec::new();
        };
        self.scope = reach;
        let none = (&"".into(), &"".into());
        crawling.take_robots(self.ask(Arc::new(robots), Follow::LANDING, true, none).await);
        let random = self.facts.baseline.iter().map(|reply| reply.state.clone()).collect();
        let pages = replies.iter().map(|reply| reply.state.clone()).collect();
        crawling.begin(|| random, || pages).await;
        let mut judged = Vec::new();
        while !crawling.is_over() && shared.control.stopped().is_none() {
            for (nth, probe) in crawling.wanted(&shared.orders, &self.facts) {
                let state = self.ask(probe, Follow::NOTHING, true, none).await;
                crawling.take(nth, state);
            }
            judged.extend(crawling.read().await.into_iter().map(plain));
        }
        judged
    }

    async fn run(&mut self, compiled: &Arc<CompiledRule>, target: &Target, explained: &mut Explained) {
        let path =
            target.paths.first().cloned().filter(|_| compiled.rule.applies_to == crate::rule::AppliesTo::Endpoint);
        let at = Arc::new(path.map_or_else(EndpointFacts::root, EndpointFacts::at));
        let identity = Arc::clone(&self.shared.orders.identity);
        let mut run = Run::new(Arc::clone(compiled), Arc::new(self.facts.clone()), at, identity).keeping_traces();
        loop {
            let stepped = contained(true, move || {
                let step = run.step();
                (run, step)
            });
            let step = match stepped.await {
                Ok((same, step)) => {
                    run = same;
                    step
                }
                Err(_) => {
                    explained.outcome = Outcome::Error(ErrorKind::Internal);
                    return;
                }
            };
            match step {
                Step::Ask(asks) => {
                    for ask in asks {
                        let names = (&ask.request, &ask.label);
                        let state = match ask.wanted {
                            Wanted::Http { probe, follow, unshared } => {
                                self.ask(probe, follow, unshared.is_none(), names).await
                            }
                            Wanted::Other { probe, unshared } => self.observe(probe, unshared.is_none(), names).await,
                            Wanted::Pause(length) => self.rest(length).await,
                            Wanted::Interactions { ids, wait } => self.listen(&ids, wait).await,
                        };
                        run.reply(ask.id, state);
                    }
                }
                Step::Done(result) => {
                    explained.traces = run.traces().to_vec();
                    (explained.outcome, explained.findings) = (result.outcome, result.findings);
                    return;
                }
                Step::Wait => return,
            }
        }
    }

    fn judge_passive(
        &self,
        compiled: &Arc<CompiledRule>,
        replies: Vec<Reply>,
        read: Vec<Reply>,
        explained: &mut Explained,
    ) {
        let program = Arc::clone(&self.shared.orders.program);
        let mut tally = PassiveTally::new(program, Arc::new(self.facts.clone()), Arc::new(EndpointFacts::root()));
        let read = read.into_iter().map(|reply| (reply, Seen::Crawled));
        for (reply, seen) in replies.into_iter().map(|reply| (reply, Seen::Guaranteed)).chain(read) {
            tally.observe(&reply, &seen);
            explained.traces.extend(tally.explain(&compiled.rule.id, &reply));
        }
        if let Some((_, result)) = tally.finish().pop() {
            (explained.outcome, explained.findings) = (result.outcome, result.findings);
        }
    }

    /// Asks and follows redirects, as a scan would.
    async fn ask(
        &mut self,
        probe: Arc<HttpProbe>,
        follow: Follow,
        shared: bool,
        (request, label): (&Arc<str>, &Arc<str>),
    ) -> ReplyState {
        if !self.scope.allows_host(probe.origin.host()).is_allowed() {
            return ReplyState::NotAsked;
        }
        let (mut probe, mut hops) = (probe, Vec::new());
        loop {
            let answer = self.send(&probe, shared).await;
            self.sent.push(Sent {
                request: Arc::clone(request),
                label: Arc::clone(label),
                brought: Brought::Answer(Arc::clone(&answer)),
            });
            hops.push(Arc::clone(&answer));
            let (identity, now) = (&*self.shared.orders.identity, self.facts.now);
            let most = self.shared.orders.limits.redirects;
            let policy = RedirectPolicy { follow: &follow, identity, now, most };
            match next_hop(&hops, policy, |origin| self.scope.allows_host(origin.host()).is_allowed()) {
                Hop::Next(next) => probe = Arc::new(*next),
                Hop::Last => return Hops::new(hops).map_or(ReplyState::NotAsked, state_of),
                Hop::Lost(why) => return ReplyState::Unknown(why),
            }
        }
    }

    /// Sends a probe that is not HTTP, as a scan would.
    async fn observe(
        &mut self,
        probe: Arc<OtherProbe>,
        shared: bool,
        (request, label): (&Arc<str>, &Arc<str>),
    ) -> ReplyState {
        if !probe.peer().is_none_or(|(host, _)| self.scope.allows_host(host).is_allowed()) {
            return ReplyState::NotAsked;
        }
        let known = self.observed.get(&probe).filter(|_| shared).cloned();
        let observation = match known {
            Some(known) => known,
            None => {
                let outing = Outing {
                    shared: Arc::clone(&self.shared),
                    gate: self.shared.gates.of(&self.facts.origin),
                    contacts: Arc::clone(&self.contacts),
                    cost: Arc::clone(&self.cost),
                    probe: Arc::clone(&probe),
                    may_retry: shared,
                };
                let now = self.shared.orders.settings.clock.now();
                tokio::select! {
                    (observation, _) = observe(outing) => observation,
                    why = self.shared.control.wait() => {
                        observe::failed(&probe, now, ErrorKind::Cancelled, why.describe())
                    }
                }
            }
        };
        let (request, label) = (Arc::clone(request), Arc::clone(label));
        self.sent.push(Sent { request, label, brought: Brought::Observation(Arc::clone(&observation)) });
        if shared {
            self.observed.insert(probe, Arc::clone(&observation));
        }
        observed(&observation)
    }

    async fn listen(&self, ids: &[InteractionId], wait: Duration) -> ReplyState {
        let mailbox = self.shared.orders.settings.mailbox.clone();
        tokio::select! {
            called = called(mailbox, ids, wait.min(self.shared.orders.limits.callback)) => called,
            _ = self.shared.control.wait() => ReplyState::Unknown(Unknown::NotSent),
        }
    }

    async fn rest(&self, length: Duration) -> ReplyState {
        tokio::select! {
            () = tokio::time::sleep(length.min(self.shared.orders.limits.pause)) => ReplyState::NotAsked,
            _ = self.shared.control.wait() => ReplyState::Unknown(Unknown::NotSent),
        }
    }

    async fn send(&mut self, probe: &Arc<HttpProbe>, shared: bool) -> Arc<Answer> {
        if let Some(known) = self.known.get(probe).filter(|_| shared) {
            return Arc::clone(known);
        }
        let now = self.shared.orders.settings.clock.now();
        let (orders, scope) = (&self.shared, &self.scope);
        let link =
            self.links.entry(probe.origin.clone()).or_insert_with_key(|origin| Link::open(orders, origin, scope));
        if let Some(error) = link.health.given_up() {
            return failed(probe, now, error.kind, error.detail.clone());
        }
        let errand = Errand {
            shared: Arc::clone(&self.shared),
            gate: Arc::clone(&link.gate),
            connections: Arc::clone(&link.connections),
            cost: Arc::clone(&self.cost),
            probe: Arc::clone(probe),
            may_retry: shared,
        };
        let answer = tokio::select! {
            answer = fetch(errand) => answer,
            why = self.shared.control.wait() => failed(probe, now, ErrorKind::Cancelled, why.describe()),
        };
        link.note(&answer);
        if shared {
            self.known.insert(Arc::clone(probe), Arc::clone(&answer));
        }
        answer
    }
}
