//! What the engine asks of a host by itself: the first page, two random paths, the named paths; and what passive rules
//! say of these and of every other answer.
//!
//! Owns the replies to those requests and the passive tally. The two random paths are the baseline that exposure rules
//! compare with (soft 404). Answers that arrive before the baseline wait here, because passive rules may compare too.
//! Invariant: an answer is judged once by all passive rules together. Must never import anything above `discover`.

use std::sync::Arc;

use super::contained::{HEAVY, contained};
use super::link::is_refusal;
use super::orders::Orders;
use crate::base::{Scheme, Unknown, Value};
use crate::compile::CompiledRule;
use crate::expr::Template;
use crate::observation::{ErrorKind, HttpProbe, Method};
use crate::plan::{RenderError, render};
use crate::predicate::{EndpointFacts, Hops, HostFacts, Profiled, Reply, ReplyState, Scope};
use crate::rule::HttpRequest;
use crate::verdict::{PassiveTally, RunResult, Seen};

/// One request of the survey.
struct Question {
    kind: Kind,
    reply: Option<ReplyState>,
}

/// What a request of the survey is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Root,
    Baseline,
    Named,
}

/// The survey of one host.
#[derive(Default)]
pub(super) struct Survey {
    questions: Vec<Question>,
    unjudged: Vec<(ReplyState, Seen)>,
    tally: Option<PassiveTally>,
    /// Whether the facts that the replies give were given out.
    learned: bool,
    /// The words of a panic that ended passive judging.
    pub lost: Option<String>,
}

impl Survey {
    /// What must be asked of a host, in order.
    pub fn plan(&mut self, orders: &Orders, facts: &HostFacts, paths: &[Arc<str>]) -> Vec<Arc<HttpProbe>> {
        let judges = orders.has_passive() || orders.needs_profile();
        let mut wanted: Vec<(Kind, String)> = Vec::new();
        if judges {
            wanted.push((Kind::Root, "/".to_string()));
        }
        if orders.needs_survey() {
            wanted.extend(baseline_paths(&facts.nonce).map(|path| (Kind::Baseline, path)));
        }
        if judges {
            wanted.extend(paths.iter().filter(|path| &***path != "/").map(|path| (Kind::Named, path.to_string())));
        }
        let mut probes = Vec::new();
        for (kind, path) in wanted {
            if let Ok(probe) = get(orders, facts, &path) {
                self.questions.push(Question { kind, reply: None });
                probes.push(Arc::new(probe));
            }
        }
        probes
    }

    /// Takes the reply to a question. Gives the host's facts with baseline and profile, once, as soon as the replies that
    /// decide about them are in.
    pub fn take(&mut self, question: usize, reply: ReplyState, facts: &HostFacts) -> Option<HostFacts> {
        let asked = self.questions.get_mut(question)?;
        self.unjudged.push((reply.clone(), Seen::Guaranteed));
        asked.reply = Some(reply);
        let is_in = |kind| self.of_kind(kind).all(|asked| asked.reply.is_some());
        let is_plain = |root: &ReplyState| Profiled::of_root(root).is_ok();
        let decided = facts.profile.is_some() || self.replies(Kind::Root).all(is_plain) || is_in(Kind::Named);
        if self.learned || !is_in(Kind::Root) || !is_in(Kind::Baseline) || !decided {
            return None;
        }
        self.learned = true;
        let baseline = self.replies(Kind::Baseline).cloned().map(plain).collect();
        let decide = |root| Profiled::of_host(&facts.origin, root, self.replies(Kind::Named));
        let profile = facts.profile.clone().or_else(|| self.replies(Kind::Root).next().and_then(decide));
        Some(HostFacts { baseline, profile, ..facts.clone() })
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(move |asked| asked.kind == kind)
    }

    fn replies(&self, kind: Kind) -> impl Iterator<Item = &ReplyState> {
        self.of_kind(kind).filter_map(|asked| asked.reply.as_ref())
    }

    /// Takes an answer to a rule's request.
    pub fn overhear(&mut self, reply: ReplyState, rule: Arc<str>) {
        self.unjudged.push((reply, Seen::In(rule)));
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
        let (now, later) =
            std::mem::take(&mut self.unjudged).into_iter().partition(|(_, seen)| all_in || *seen == Seen::Guaranteed);
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

    /// Whether every question has its reply.
    pub fn is_over(&self) -> bool {
        self.questions.iter().all(|asked| asked.reply.is_some())
    }

    /// Whether a question failed or was not asked.
    pub fn is_troubled(&self) -> bool {
        self.questions.iter().any(|asked| match &asked.reply {
            Some(ReplyState::Answered(hops)) => hops.last().response().is_none(),
            _ => true,
        })
    }

    /// Whether anything was asked.
    pub fn asked(&self) -> bool {
        !self.questions.is_empty()
    }

    /// Whether every question was only refused; false where there was none.
    pub fn is_refused(&self) -> bool {
        let status = |asked: &Question| match &asked.reply {
            Some(ReplyState::Answered(hops)) => hops.last().response().map(|response| response.status),
            _ => None,
        };
        !self.questions.is_empty() && self.questions.iter().all(|asked| status(asked).is_some_and(is_refusal))
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
    let (endpoint, names) = (root_endpoint(), Vec::new());
    let scope = Scope {
        host: facts,
        endpoint: &endpoint,
        requests: &[],
        names: &names,
        reply: None,
        item: None,
        probe: None,
        facts: None,
        case: None,
    };
    render(&request, &scope, &orders.identity, None)
}

/// The host as a whole.
pub(super) fn root_endpoint() -> EndpointFacts {
    endpoint("/".into())
}

/// A path without an inventory.
pub(super) fn endpoint(path: Arc<str>) -> EndpointFacts {
    EndpointFacts { path, facts: Value::list([]) }
}

/// Decoded bytes of a reply's answers.
pub(super) fn weight(state: &ReplyState) -> usize {
    match state {
        ReplyState::Answered(hops) => {
            hops.all().iter().filter_map(|answer| answer.response()).map(|response| response.body.len()).sum()
        }
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

/// The reply that a chain makes: what never left us is unknown, everything else was answered.
pub(super) fn state_of(hops: Hops) -> ReplyState {
    let kind = hops.last().exchange().response.as_ref().err().map(|error| error.kind);
    match kind {
        Some(ErrorKind::Budget) => ReplyState::Unknown(Unknown::Budget),
        Some(kind) if kind.is_not_sent() => ReplyState::Unknown(Unknown::NotSent),
        _ => ReplyState::Answered(hops),
    }
}
