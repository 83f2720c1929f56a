//! Finding out whether a bare host speaks HTTPS or HTTP.
//!
//! Takes the candidates in order; gives the first that answers `GET /`, with that answer, which is not asked for again.
//! Invariant: what no candidate answers is reported as the first one. Must never import anything above `discover`.

use std::sync::Arc;

use super::fetch::{Errand, fetch};
use super::link::Link;
use super::orders::facts_of;
use super::shared::{Cost, Shared};
use super::survey::get;
use crate::base::Scheme;
use crate::observation::{ErrorKind, HttpProbe, ProbeError, StartTls, SurveyWish};
use crate::predicate::{Answer, HostFacts};
use crate::target::{Scope, Spelled, Target};

/// How a host is talked to.
pub(super) struct Opening {
    pub facts: HostFacts,
    pub link: Link,
    /// The first page, where it was asked for already.
    pub first: Option<(Arc<HttpProbe>, Arc<Answer>)>,
    /// Whether HTTPS was asked and did not answer.
    pub without_https: bool,
}

/// Finds out how to talk to a host; `None` where the scan is stopped meanwhile.
pub(super) async fn open(shared: &Arc<Shared>, target: &Target, scope: &Scope, cost: &Arc<Cost>) -> Option<Opening> {
    let spelled = &target.spelled;
    let first = spelled.first().clone();
    // Where nothing needs HTTP, nobody asks in HTTP which scheme is meant.
    if matches!(spelled, Spelled::Exact(_)) || !shared.orders.needs_http() {
        let link = Link::open(shared, &first, scope);
        let mut facts = facts_of(&shared.orders, first);
        facts.survey.starttls = upgraded(target);
        return Some(Opening { facts, link, first: None, without_https: false });
    }
    let mut failure = None;
    for origin in spelled.candidates() {
        if failure.as_ref().is_some_and(|error| is_pointless(error, first.port == origin.port)) {
            break;
        }
        let facts = facts_of(&shared.orders, origin.clone());
        let mut link = Link::open(shared, origin, scope);
        let Ok(probe) = get(&shared.orders, &facts, "/").map(Arc::new) else { break };
        let errand = Errand {
            shared: Arc::clone(shared),
            gate: Arc::clone(&link.gate),
            connections: Arc::clone(&link.connections),
            cost: Arc::clone(cost),
            probe: Arc::clone(&probe),
            may_retry: true,
        };
        let answer = tokio::select! {
            answer = fetch(errand) => answer,
            _ = shared.control.wait() => return None,
        };
        match &answer.exchange().response {
            Ok(_) => {
                link.note(&answer);
                let without_https = origin.scheme == Scheme::Http;
                let facts = HostFacts { survey: SurveyWish { starttls: upgraded(target), ..facts.survey }, ..facts };
                return Some(Opening { facts, link, first: Some((probe, answer)), without_https });
            }
            Err(error) => drop(failure.get_or_insert_with(|| error.clone())),
        }
    }
    let mut link = Link::open(shared, &first, scope);
    let error = failure.unwrap_or_else(|| ProbeError::new(ErrorKind::Internal, "the first request cannot be written"));
    link.health.give_up(error);
    let mut facts = facts_of(&shared.orders, first);
    facts.survey.starttls = upgraded(target);
    Some(Opening { facts, link, first: None, without_https: true })
}

/// The protocol that is upgraded to TLS: the one that was written, or the one that is usual at the port.
pub(super) fn upgraded(target: &Target) -> Option<StartTls> {
    let by_port = || match &target.spelled {
        Spelled::Either(origin, _) => StartTls::of_port(origin.port),
        Spelled::Exact(_) => None,
    };
    target.starttls.or_else(by_port)
}

/// Whether the second candidate must fail as the first did.
fn is_pointless(error: &ProbeError, same_port: bool) -> bool {
    match error.kind {
        ErrorKind::NoSuchName | ErrorKind::ResolveFailed | ErrorKind::OutOfScope => true,
        // A time-out may have struck the handshake only: some plain servers wait for more of a ClientHello.
        ErrorKind::ConnectionRefused | ErrorKind::Unreachable => same_port,
        _ => false,
    }
}
