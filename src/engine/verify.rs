//! Asking providers whether what was found still works, where the user wants that.
//!
//! Owns the order to ask, and how often. Takes findings; gives them with the provider's word. A question goes to the
//! origin that the rule names and to no other: redirects are not followed, its certificate must be trusted, and what the user's scope denies is denied here too.
//! Invariant: without the user's word nothing is sent, nor once the scan is stopped, and a finding leaves here without its
//! secret either way. Must never import anything above `discover`.

use std::collections::HashMap;
use std::sync::Arc;

use super::fetch::{Errand, fetch};
use super::shared::{Cost, Shared};
use super::survey::plain;
use crate::base::{Confidence, Truth};
use crate::finding::{Finding, Question, Verified};
use crate::observation::HttpProbe;
use crate::predicate::{EndpointFacts, Hops, HostFacts, Reply, ReplyState, Scope};
use crate::rule::Cond;
use crate::verdict::eval;
use crate::wire::Connections;

/// The most questions of one host.
const QUESTIONS: usize = 20;

/// What was asked for one host so far.
#[derive(Default)]
pub(super) struct Questions {
    known: HashMap<Arc<HttpProbe>, Verified>,
    /// Findings that were not asked about because there were too many questions, and because the scan was stopped.
    over: u64,
    late: u64,
}

impl Questions {
    /// The finding with its provider's word, where the user wants that.
    pub async fn ask(&mut self, mut finding: Finding, shared: &Arc<Shared>, cost: &Arc<Cost>) -> Finding {
        let Some(question) = finding.question.take().filter(|_| shared.orders.settings.verify) else { return finding };
        let told = match self.known.get(&question.probe) {
            Some(told) => *told,
            None => self.send(&question, shared, cost).await,
        };
        finding.verified = Some(told);
        finding.confidence = match told {
            Verified::Live => Confidence::Certain,
            Verified::Dead => Confidence::Tentative,
            Verified::Unknown | Verified::NotAsked => finding.confidence,
        };
        finding
    }

    /// Asks what was not asked before. A scan that is stopped waits for no provider.
    async fn send(&mut self, question: &Question, shared: &Arc<Shared>, cost: &Arc<Cost>) -> Verified {
        if self.known.len() >= QUESTIONS {
            self.over += 1;
            return Verified::NotAsked;
        }
        let reply = tokio::select! {
            biased;
            _ = shared.control.wait() => {
                self.late += 1;
                return Verified::NotAsked;
            }
            reply = send(shared, &question.probe, cost) => reply,
        };
        let told = read(&reply, &facts(shared, &question.probe), (&question.live, &question.dead));
        self.known.insert(Arc::clone(&question.probe), told);
        told
    }

    /// A sentence for each reason why findings were not asked about.
    pub fn notes(&self) -> impl Iterator<Item = Arc<str>> {
        let over = format!("{QUESTIONS} questions a host are the bound");
        let all = [(self.over, over), (self.late, "the scan was stopped".to_owned())];
        let told = |(count, why)| Arc::from(format!("verify: of {count} findings the provider was not asked: {why}"));
        all.into_iter().filter(|(count, _)| *count > 0).map(told)
    }
}

async fn send(shared: &Arc<Shared>, probe: &Arc<HttpProbe>, cost: &Arc<Cost>) -> Reply {
    let scope = shared.orders.settings.scope.for_host(probe.origin.host());
    let connections = Connections::new(Arc::clone(&shared.wire), probe.origin.clone(), scope).only_trusted();
    let errand = Errand {
        shared: Arc::clone(shared),
        gate: shared.gates.lasting(&probe.origin),
        connections: Arc::new(connections),
        cost: Arc::clone(cost),
        probe: Arc::clone(probe),
        may_retry: false,
    };
    plain(ReplyState::Answered(Hops::single(fetch(errand).await)))
}

/// The provider as conditions see it.
fn facts(shared: &Shared, probe: &HttpProbe) -> HostFacts {
    let now = shared.orders.settings.clock.now();
    let limits = Arc::clone(&shared.orders.limits);
    HostFacts { limits, ..HostFacts::new(probe.origin.clone(), "verify", now) }
}

/// What an answer says: live, dead, or neither for certain.
fn read(reply: &Reply, host: &HostFacts, (live, dead): (&Cond, &Cond)) -> Verified {
    let endpoint = EndpointFacts::root();
    let scope = Scope::of(host, &endpoint).at(reply);
    match (eval(live, scope), eval(dead, scope)) {
        (Truth::True, Truth::False | Truth::Unknown(_)) => Verified::Live,
        (Truth::False | Truth::Unknown(_), Truth::True) => Verified::Dead,
        _ => Verified::Unknown,
    }
}
