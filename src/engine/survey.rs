//! What the engine asks of a host by itself: the first page, two random paths, the named paths, candidates for the
//! inventory of endpoints; and what passive rules say of the first three and of every other answer.
//!
//! Owns the replies to those requests, the inventory and the passive tally. The two random paths are the baseline that
//! exposure rules compare with (soft 404). Pages are followed to where visitors land, and every hop is an answer of the
//! guaranteed set. Answers that arrive before the baseline wait here, because passive rules may compare too. Invariant: an
//! answer is judged once by all passive rules together, and candidates never count as guaranteed, so that no verdict
//! depends on whether endpoints were wanted. Must never import anything above `discover`.

use std::sync::Arc;

use super::contained::{HEAVY, contained};
use super::link::is_refusal;
use super::orders::Orders;
use crate::base::{Origin, Scheme, Unknown};
use crate::compile::CompiledRule;
use crate::discover::Inventory;
use crate::expr::Template;
use crate::observation::{ErrorKind, HttpProbe, Interaction, Method};
use crate::plan::{Follow, RenderError, render};
use crate::predicate::{EndpointFacts, Fingerprint, Hops, HostFacts, Profiled, Reply, ReplyState, Scope};
use crate::rule::HttpRequest;
use crate::verdict::{PassiveTally, RunResult, Seen};

/// What a request of the survey is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The first page.
    Root,
    /// A path that the user named.
    Named,
    /// A random path.
    Baseline,
    /// It may be an endpoint; by its place in the inventory.
    Candidate(usize),
}

impl Purpose {
    /// Whether every verdict may rest on it, whatever rules there are.
    pub fn is_guaranteed(self) -> bool {
        !matches!(self, Self::Candidate(_))
    }

    fn is_page(self) -> bool {
        matches!(self, Self::Root | Self::Named)
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Root | Self::Named | Self::Baseline => "the first page and the baseline",
            Self::Candidate(_) => "the look for endpoints",
        }
    }

    /// Where its redirects are followed to.
    pub fn follow(self) -> Follow {
        if self.is_page() { Follow::LANDING } else { Follow::NOTHING }
    }
}

/// One request of the survey. Of candidates no answer is kept.
struct Question {
    purpose: Purpose,
    reply: Option<ReplyState>,
}

/// A request to send, by its place in the survey.
pub(super) struct Wanted {
    pub nth: usize,
    pub purpose: Purpose,
    pub probe: Arc<HttpProbe>,
}

/// The survey of one host.
#[derive(Default)]
pub(super) struct Survey {
    questions: Vec<Question>,
    /// Until the endpoints are known.
    inventory: Option<Inventory>,
    grown: bool,
    passive: bool,
    /// Whether rules wait for the front page, and what it shows once it is known.
    gates: bool,
    fingerprint: Option<Fingerprint>,
    unjudged: Vec<(ReplyState, Seen)>,
    tally: Option<PassiveTally>,
    /// Whether the facts that the replies give were given out.
    learned: bool,
    /// The words of a panic that ended passive judging.
    pub lost: Option<String>,
}

impl Survey {
    /// What must be asked of a host, in order. Candidates are asked only where some rule is asked of endpoints.
    pub fn plan(&mut self, orders: &Orders, facts: &HostFacts, paths: &[Arc<str>]) -> Vec<Wanted> {
        let endpoints = orders.needs_endpoints();
        self.passive = orders.has_passive;
        self.gates = orders.needs_front_page();
        let judges = self.passive || self.gates || orders.needs_profile();
        let mut wanted: Vec<(Purpose, String)> = Vec::new();
        if judges || endpoints {
            wanted.push((Purpose::Root, "/".to_string()));
        }
        if orders.needs_survey() || endpoints {
            wanted.extend(baseline_paths(&facts.nonce).map(|path| (Purpose::Baseline, path)));
        }
        if judges {
            wanted.extend(paths.iter().filter(|path| &***path != "/").map(|path| (Purpose::Named, path.to_string())));
        }
        if endpoints {
            let inventory = Inventory::new(facts.origin.clone(), paths);
            let candidates = inventory.candidates().enumerate();
            wanted.extend(candidates.map(|(nth, path)| (Purpose::Candidate(nth), path.to_string())));
            self.inventory = Some(inventory);
        }
        self.ask(orders, facts, wanted)
    }

    fn ask(&mut self, orders: &Orders, facts: &HostFacts, wanted: Vec<(Purpose, String)>) -> Vec<Wanted> {
        let mut asked = Vec::new();
        for (purpose, path) in wanted {
            if let Ok(probe) = get(orders, facts, &path) {
                asked.push(Wanted { nth: self.questions.len(), purpose, probe: Arc::new(probe) });
                self.questions.push(Question { purpose, reply: None });
            }
        }
        asked
    }

    /// Once all that was asked is answered: what the answers give reason to ask, at most once.
    pub fn ask_more(&mut self, orders: &Orders, facts: &HostFacts) -> Vec<Wanted> {
        if self.grown || !self.is_answered() {
            return Vec::new();
        }
        self.grown = true;
        let Some(inventory) = &mut self.inventory else { return Vec::new() };
        let known = inventory.candidates().count();
        let pages = self.questions.iter().filter(|asked| asked.purpose.is_page());
        inventory.grow(pages.filter_map(|asked| asked.reply.as_ref()));
        let more = inventory.candidates().enumerate().skip(known);
        let more = more.map(|(nth, path)| (Purpose::Candidate(nth), path.to_string())).collect();
        self.ask(orders, facts, more)
    }

    /// The endpoints besides the named ones, once they are known, and only then.
    pub fn take_endpoints(&mut self) -> Vec<Arc<str>> {
        let known = self.grown && self.is_answered();
        let inventory = if known { self.inventory.take() } else { None };
        inventory.map(|inventory| inventory.endpoints(&self.baseline())).unwrap_or_default()
    }

    /// Whether endpoints are still looked for.
    pub fn looks_for_endpoints(&self) -> bool {
        self.inventory.is_some()
    }

    /// No endpoints are looked for any more.
    pub fn close_inventory(&mut self) {
        self.inventory = None;
    }

    /// Takes the reply to a question. Gives the host's facts with baseline and profile, once, as soon as the replies that
    /// decide about them are in.
    pub fn take(&mut self, question: usize, reply: ReplyState, facts: &HostFacts) -> Option<HostFacts> {
        let asked = self.questions.get_mut(question)?;
        if let Purpose::Candidate(nth) = asked.purpose {
            asked.reply = Some(ReplyState::NotAsked);
            self.inventory.iter_mut().for_each(|inventory| inventory.take(nth, &reply));
            return None;
        }
        let steps = steps(reply, &facts.origin);
        asked.reply = steps.last().cloned();
        if self.gates && asked.purpose == Purpose::Root {
            self.fingerprint = asked.reply.as_ref().map(Fingerprint::of_root);
        }
        if self.passive {
            self.unjudged.extend(steps.into_iter().map(|step| (step, Seen::Guaranteed)));
        }
        let is_in = |purpose| self.of(purpose).all(|asked| asked.reply.is_some());
        let is_plain = |root: &ReplyState| Profiled::of_root(root).is_ok();
        let decided = facts.profile.is_some() || self.replies(Purpose::Root).all(is_plain) || is_in(Purpose::Named);
        if self.learned || !is_in(Purpose::Root) || !is_in(Purpose::Baseline) || !decided {
            return None;
        }
        self.learned = true;
        let decide = |root| Profiled::of_host(&facts.origin, root, self.replies(Purpose::Named));
        let profile = facts.profile.clone().or_else(|| self.replies(Purpose::Root).next().and_then(decide));
        Some(HostFacts { baseline: self.baseline(), profile, ..facts.clone() })
    }

    /// What the front page shows that the host is built with, once it is known and where some rule waits for it.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        self.fingerprint.as_ref()
    }

    fn of(&self, purpose: Purpose) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(move |asked| asked.purpose == purpose)
    }

    fn replies(&self, purpose: Purpose) -> impl Iterator<Item = &ReplyState> {
        self.of(purpose).filter_map(|asked| asked.reply.as_ref())
    }

    /// The replies to the random paths, as far as they are in.
    fn baseline(&self) -> Vec<Reply> {
        self.replies(Purpose::Baseline).cloned().map(plain).collect()
    }

    /// Takes an answer to a rule's request.
    pub fn overhear(&mut self, reply: ReplyState, rule: Arc<str>) {
        self.unjudged.push((reply, Seen::In(rule)));
    }

    /// Whether all that every scan asks for is in.
    pub fn has_pages(&self) -> bool {
        self.guaranteed().all(|asked| asked.reply.is_some())
    }

    /// The pages: the first one and the named ones, each with the hops that led to it.
    pub fn pages(&self) -> Vec<ReplyState> {
        let pages = self.questions.iter().filter(|asked| asked.purpose.is_page());
        pages.filter_map(|asked| asked.reply.clone()).collect()
    }

    /// The answers to random paths.
    pub fn random(&self) -> Vec<ReplyState> {
        self.replies(Purpose::Baseline).cloned().collect()
    }

    /// Takes a file of the site that the crawl read.
    pub fn read(&mut self, reply: ReplyState) {
        if self.passive {
            self.unjudged.push((reply, Seen::Crawled));
        }
    }

    /// Begins to judge: the baseline is in, or none is needed.
    pub fn begin(&mut self, orders: &Orders, facts: &Arc<HostFacts>, root: &Arc<EndpointFacts>) {
        if self.tally.is_none() && self.lost.is_none() {
            self.tally = Some(PassiveTally::new(Arc::clone(&orders.program), Arc::clone(facts), Arc::clone(root)));
        }
    }

    /// Judges the answers that wait, if judging has begun. Answers to other rules' requests wait until the guaranteed ones are
    /// in, so that what equals one of them is known whatever came first.
    pub async fn judge(&mut self) {
        if self.tally.is_none() && self.lost.is_none() {
            return;
        }
        let all_in = self.is_over();
        let (now, later) = std::mem::take(&mut self.unjudged)
            .into_iter()
            .partition(|(_, seen)| all_in || !matches!(seen, Seen::In(_)));
        self.unjudged = later;
        let now: Vec<(ReplyState, Seen)> = now;
        for (state, seen) in now {
            let Some(mut tally) = self.tally.take() else { return };
            let judged = contained(weight(&state) > HEAVY, move || {
                tally.observe(&plain(state), &seen);
                tally
            });
            match judged.await {
                Ok(tally) => self.tally = Some(tally),
                Err(words) => self.lost = Some(words),
            }
        }
    }

    /// Whether every question has its reply and no endpoint is looked for.
    pub fn is_over(&self) -> bool {
        self.is_answered() && self.inventory.is_none()
    }

    fn is_answered(&self) -> bool {
        self.questions.iter().all(|asked| asked.reply.is_some())
    }

    /// Whether a question of the guaranteed set failed or was not asked.
    pub fn is_troubled(&self) -> bool {
        self.guaranteed().any(|asked| match &asked.reply {
            Some(ReplyState::Answered(hops)) => hops.last().response().is_none(),
            _ => true,
        })
    }

    fn guaranteed(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(|asked| asked.purpose.is_guaranteed())
    }

    /// Whether anything was asked.
    pub fn asked(&self) -> bool {
        !self.questions.is_empty()
    }

    /// Whether every question of the guaranteed set was only refused; false where there was none.
    pub fn is_refused(&self) -> bool {
        let status = |asked: &Question| match &asked.reply {
            Some(ReplyState::Answered(hops)) => hops.last().response().map(|response| response.status),
            _ => None,
        };
        self.asked() && self.guaranteed().all(|asked| status(asked).is_some_and(is_refusal))
    }

    /// The passive rules' results; `None` where they are lost.
    pub fn finish(&mut self) -> Option<Vec<(Arc<CompiledRule>, RunResult)>> {
        self.tally.take().map(PassiveTally::finish)
    }
}

/// The two paths that no host has.
pub(super) fn baseline_paths(nonce: &str) -> [String; 2] {
    [format!("/{nonce}"), format!("/{nonce}/{nonce}.txt")]
}

/// `GET path`, byte for byte as a rule without further fields would ask for it.
pub(super) fn get(orders: &Orders, facts: &HostFacts, path: &str) -> Result<HttpProbe, RenderError> {
    let request = HttpRequest {
        method: Method::from("GET"),
        target: Template::literal(path),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        raw: None,
        range: None,
    };
    render(&request, &Scope::of(facts, &EndpointFacts::root()), &orders.identity, None)
}

/// Decoded bytes of a reply's answers.
pub(super) fn weight(state: &ReplyState) -> usize {
    match state {
        ReplyState::Answered(hops) => {
            hops.all().iter().filter_map(|answer| answer.response()).map(|response| response.body.len()).sum()
        }
        ReplyState::Observed(observation) => observation.weight(),
        ReplyState::Called(called) => called.interactions.iter().map(Interaction::weight).sum(),
        ReplyState::NotAsked | ReplyState::Unknown(_) => 0,
    }
}

/// A reply without a label.
pub(super) fn plain(state: ReplyState) -> Reply {
    Reply { label: "".into(), bindings: Vec::new(), state }
}

/// Whether HTTPS answered with a trusted certificate, as far as an answer tells.
pub(super) fn https_of(reply: &crate::predicate::Answer) -> Option<bool> {
    let exchange = reply.exchange();
    (exchange.probe.origin.scheme == Scheme::Https)
        .then(|| exchange.tls.as_ref().is_some_and(|session| session.untrusted.is_none()))
}

/// A chain as the replies that passive rules are shown: every hop with those before it. Where the last hop left the host
/// and failed there, that is the other host's trouble: the chain ends with the redirect.
pub(super) fn steps(reply: ReplyState, own: &Origin) -> Vec<ReplyState> {
    let ReplyState::Answered(hops) = &reply else { return vec![reply] };
    let all = hops.all();
    let last = hops.last().exchange();
    let lost = all.len() > 1 && last.probe.origin != *own && last.response.is_err();
    let chains = (1..=all.len() - usize::from(lost)).filter_map(|to| Hops::new(all.get(..to)?.to_vec()));
    chains.map(ReplyState::Answered).collect()
}

/// The reply that a chain makes: what never left us is unknown, everything else was answered.
pub(super) fn state_of(hops: Hops) -> ReplyState {
    let kind = hops.last().exchange().response.as_ref().err().map(|error| error.kind);
    match kind {
        Some(ErrorKind::Budget) => ReplyState::Unknown(Unknown::Budget),
        Some(kind) if kind.is_not_sent() => ReplyState::Unknown(Unknown::NotSent),
        _ => ReplyState::Answered(hops),
    }
}
