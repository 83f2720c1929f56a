//! One probe that is not HTTP, sent politely.
//!
//! Takes a probe and the gate of the host under test; gives the observation, an error included. What goes to a peer takes
//! a connection permit and a turn of the host, as requests do; a DNS query, which goes to a resolver, takes a turn of the
//! scan alone. Invariant: every wait is bounded, and the permit goes back on every path. Must never import anything above
//! `discover`.

use std::sync::Arc;
use std::time::Duration;

use super::fetch::{Errand, fetch};
use super::gate::Gate;
use super::shared::{Cost, Shared};
use crate::base::{Reservation, Timestamp};
use crate::observation::{Derived, ErrorKind, HttpProbe, Observation, OtherProbe, ProbeError, Seen, Timing};
use crate::wire::{Connections, Contacts};

/// The wait before a probe is sent again.
const BACKOFF: Duration = Duration::from_millis(250);
/// The longest that a probe may take in all.
const LONGEST: Duration = Duration::from_secs(90);

/// One probe to send.
pub(super) struct Outing {
    pub shared: Arc<Shared>,
    pub gate: Arc<Gate>,
    pub contacts: Arc<Contacts>,
    pub cost: Arc<Cost>,
    pub probe: Arc<OtherProbe>,
    /// Whether it may be sent again.
    pub may_retry: bool,
}

/// What a probe brought, and what pays for it.
pub(super) type Brought = (Arc<Observation>, Option<Reservation>);

/// Sends the probe.
pub(super) async fn observe(outing: Outing) -> Brought {
    // A query is asked again by itself, of the next resolver.
    let retries =
        if outing.may_retry && outing.probe.peer().is_some() { outing.shared.orders.settings.retries } else { 0 };
    let mut attempt = 0;
    loop {
        let brought = send(&outing).await;
        let again = attempt < retries && brought.0.seen.as_ref().is_err_and(|error| is_transient(error.kind));
        if !again {
            return brought;
        }
        tokio::time::sleep(BACKOFF * 2_u32.saturating_pow(attempt.min(6))).await;
        attempt += 1;
    }
}

async fn send(outing: &Outing) -> Brought {
    let now = || outing.shared.orders.settings.clock.now();
    let goes_to_peer = outing.probe.peer().is_some();
    if matches!(&*outing.probe, OtherProbe::TlsSurvey(_)) {
        return survey(outing).await;
    }
    let permit = match goes_to_peer {
        true => outing.gate.connections.acquire().await.ok(),
        false => None,
    };
    if goes_to_peer {
        outing.gate.pace.turn().await;
    }
    outing.shared.pace.turn().await;
    let sent = tokio::time::timeout(LONGEST, outing.contacts.send(&outing.probe)).await;
    drop(permit);
    let (observation, paid) = match sent {
        Ok((observation, paid)) => (Arc::new(observation), paid),
        Err(_) => (failed(&outing.probe, now(), ErrorKind::ResponseTimeout, "no end of the probe in time"), None),
    };
    outing.cost.add(bytes_of(&observation));
    (observation, paid)
}

/// Conducts a survey: each of its connections waits for a permit and a turn, as a request does. Authorities that are asked
/// about its certificate are asked as any other origin, one host after the other.
async fn survey(outing: &Outing) -> Brought {
    let turn = || async {
        let permit = outing.gate.connections.acquire().await.ok();
        outing.gate.pace.turn().await;
        outing.shared.pace.turn().await;
        permit
    };
    let (mut observation, paid) = outing.contacts.survey(&outing.probe, turn).await;
    if let Ok(Seen::TlsSurvey(survey)) = &mut observation.seen {
        let send = |connections: Connections, probe: Arc<HttpProbe>| {
            fetch(Errand {
                shared: Arc::clone(&outing.shared),
                gate: outing.shared.gates.lasting(&probe.origin),
                connections: Arc::new(connections),
                cost: Arc::clone(&outing.cost),
                probe,
                may_retry: true,
            })
        };
        outing.contacts.ask_about_revocation(Arc::make_mut(survey), send).await;
    }
    let hellos = match &observation.seen {
        Ok(Seen::TlsSurvey(survey)) => u64::from(survey.hellos),
        _ => 1,
    };
    outing.cost.add_many(hellos, bytes_of(&observation));
    (Arc::new(observation), paid)
}

/// Whether another attempt may end otherwise. A port that is closed or filtered stays so; a resolver is asked again by
/// the query itself.
fn is_transient(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ResolveFailed | ErrorKind::Unreachable | ErrorKind::Local)
}

fn bytes_of(observation: &Observation) -> u64 {
    let talk = match &observation.seen {
        Ok(Seen::Tcp(talk, _)) => talk.all().len(),
        Ok(_) => observation.weight(),
        Err(_) => 0,
    };
    talk as u64
}

/// An observation that is a failure of ours.
pub(super) fn failed(
    probe: &Arc<OtherProbe>,
    at: Timestamp,
    kind: ErrorKind,
    detail: impl Into<String>,
) -> Arc<Observation> {
    Arc::new(Observation {
        probe: Arc::clone(probe),
        seen: Err(ProbeError::new(kind, detail)),
        at,
        timing: Timing::default(),
        remote: None,
        derived: Derived::default(),
    })
}
