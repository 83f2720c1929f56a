//! Probes of a host that are not HTTP on their way, and pauses of rules.
//!
//! Invariant: whoever asked gets exactly one delivery; a pause holds up nobody but the run that asked for it. Must never
//! import anything above `discover`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use super::Host;
use crate::base::Unknown;
use crate::engine::contained::words;
use crate::engine::mailbox::called;
use crate::engine::observe::{Brought, Outing, failed, observe};
use crate::engine::outings::{OutingId, Outings, Told};
use crate::engine::requests::Who;
use crate::observation::{ErrorKind, InteractionId, Observation, OtherProbe, ProbeError, Seen, SurveyDepth, TlsSurvey};
use crate::predicate::ReplyState;
use crate::wire::Contacts;
use crate::wire::tls::survey::usual;

/// What comes back to a host besides answers.
pub(super) enum Back {
    /// A probe.
    Brought(Brought),
    /// The end of a pause.
    Rested(Who),
    /// Calls from outside, or the end of waiting for them.
    Called(Who, ReplyState),
}

/// Everything about them that a host owns.
pub(super) struct Abroad {
    outings: Outings,
    pub(super) flights: JoinSet<Back>,
    contacts: Arc<Contacts>,
    aloft: HashMap<OutingId, AbortHandle>,
    tasks: HashMap<Id, OutingId>,
    resting: HashMap<usize, Vec<AbortHandle>>,
}

impl Abroad {
    /// None abroad yet; `connections` is what the host allows.
    pub(super) fn new(contacts: Contacts, connections: usize) -> Self {
        Self {
            outings: Outings::new(connections),
            flights: JoinSet::new(),
            contacts: Arc::new(contacts),
            aloft: HashMap::new(),
            tasks: HashMap::new(),
            resting: HashMap::new(),
        }
    }

    /// How many probes there are.
    pub(super) fn count(&self) -> u64 {
        self.outings.count()
    }

    /// Nobody will ask again: what is retained is let go.
    pub(super) fn forget(&mut self) {
        self.outings.forget();
    }
}

/// Requests of the host that a probe is counted as: queries of resolvers cost it nothing, a survey usually so many hellos.
fn price(probe: &OtherProbe) -> u64 {
    match probe {
        OtherProbe::TlsSurvey(probe) => u64::from(usual(probe.depth)),
        probe => u64::from(probe.peer().is_some()),
    }
}

impl Host {
    /// Takes a run's wish for a probe that is not HTTP; a peer out of scope is never asked.
    pub(super) fn ask_other(&mut self, who: Who, probe: Arc<OtherProbe>, shared: bool) {
        let allowed = probe.peer().is_none_or(|(host, _)| self.scope.allows_host(host).is_allowed());
        if !allowed {
            return self.deliveries.push_back((who, ReplyState::NotAsked, false));
        }
        if self.stopped {
            return self.deliveries.push_back((who, ReplyState::Unknown(Unknown::NotSent), true));
        }
        let is_new = !shared || self.abroad.outings.is_new(&probe);
        if is_new && !self.restraint.spend(price(&probe)) {
            if shared {
                self.abroad.outings.close(probe, Unknown::Budget);
            }
            return self.deliveries.push_back((who, ReplyState::Unknown(Unknown::Budget), true));
        }
        match self.abroad.outings.wish(probe, who, shared) {
            Told::Later => {}
            Told::Now(observation) => self.deliver_observation(who, &observation),
            Told::Never(why) => self.deliveries.push_back((who, ReplyState::Unknown(why), true)),
        }
    }

    /// Lets a run wait.
    pub(super) fn rest(&mut self, run: usize, who: Who, length: Duration) {
        if self.stopped {
            return self.deliveries.push_back((who, ReplyState::Unknown(Unknown::NotSent), true));
        }
        let length = length.min(self.shared.orders.limits.pause);
        let handle = self.abroad.flights.spawn(async move {
            tokio::time::sleep(length).await;
            Back::Rested(who)
        });
        self.abroad.resting.entry(run).or_default().push(handle);
    }

    /// Lets a run wait for calls from outside.
    pub(super) fn listen(&mut self, run: usize, who: Who, ids: Arc<[InteractionId]>, wait: Duration) {
        if self.stopped {
            return self.deliveries.push_back((who, ReplyState::Unknown(Unknown::NotSent), true));
        }
        let mailbox = self.shared.orders.settings.mailbox.clone();
        let wait = wait.min(self.shared.orders.limits.callback);
        let handle = self.abroad.flights.spawn(async move { Back::Called(who, called(mailbox, &ids, wait).await) });
        self.abroad.resting.entry(run).or_default().push(handle);
    }

    /// Starts as many probes as may be under way.
    pub(super) fn launch_others(&mut self) {
        let Some(gate) = self.links.get(&self.facts.origin).map(|link| Arc::clone(&link.gate)) else { return };
        while let Some((id, probe, keyed)) = self.abroad.outings.next() {
            let outing = Outing {
                shared: Arc::clone(&self.shared),
                gate: Arc::clone(&gate),
                contacts: Arc::clone(&self.abroad.contacts),
                cost: Arc::clone(&self.cost),
                probe,
                may_retry: keyed,
            };
            let handle = self.abroad.flights.spawn(async move { Back::Brought(observe(outing).await) });
            self.abroad.tasks.insert(handle.id(), id);
            self.abroad.aloft.insert(id, handle);
        }
    }

    /// Takes what came back.
    pub(super) fn come_back(&mut self, back: Result<(Id, Back), JoinError>) {
        let (task, brought) = match back {
            Ok((_, Back::Called(who, called))) => {
                return self.deliveries.push_back((who, called, false));
            }
            Ok((_, Back::Rested(who))) => return self.deliveries.push_back((who, ReplyState::NotAsked, false)),
            Ok((task, Back::Brought(brought))) => (task, Ok(brought)),
            Err(error) => (error.id(), Err(error)),
        };
        let Some(id) = self.abroad.tasks.remove(&task) else { return };
        self.abroad.aloft.remove(&id);
        let Some(probe) = self.abroad.outings.probe(id).map(Arc::clone) else { return };
        let brought = match brought {
            Ok(brought) => brought,
            Err(error) if error.is_cancelled() => return,
            Err(error) => {
                let detail = format!("the probe panicked: {}", words(&*error.into_panic()));
                (failed(&probe, self.shared.orders.settings.clock.now(), ErrorKind::Internal, detail), None)
            }
        };
        let observation = Arc::clone(&brought.0);
        self.note_observation(&observation);
        self.book_survey(&observation);
        let parts = self.abroad.outings.parts(id, Some(&observation));
        for who in self.abroad.outings.take(id, brought, self.may_ask_later()) {
            self.deliver_observation(who, &observation);
        }
        for (id, part) in parts {
            let part = Arc::new(part);
            for who in self.abroad.outings.take(id, (Arc::clone(&part), None), self.may_ask_later()) {
                self.deliver_observation(who, &part);
            }
        }
        self.untold.note_request();
    }

    /// A run ends: what only it waited for is given up.
    pub(super) fn leave_others(&mut self, run: usize) {
        for pause in self.abroad.resting.remove(&run).into_iter().flatten() {
            pause.abort();
        }
        for id in self.abroad.outings.leave(run) {
            if let Some(handle) = self.abroad.aloft.remove(&id) {
                handle.abort();
                self.abroad.tasks.remove(&handle.id());
            }
        }
    }

    /// The scan is stopped: nothing more is sent or waited for.
    pub(super) fn stop_others(&mut self) {
        self.abroad.flights.abort_all();
        self.abroad.aloft.clear();
        self.abroad.tasks.clear();
        self.abroad.resting.clear();
        for who in self.abroad.outings.stop() {
            self.deliveries.push_back((who, ReplyState::Unknown(Unknown::NotSent), true));
        }
    }

    fn deliver_observation(&mut self, who: Who, observation: &Arc<Observation>) {
        let fails = match &observation.seen {
            Ok(Seen::TlsSurvey(survey)) if survey.depth != SurveyDepth::Jarm => self.note_survey(survey),
            seen => seen.as_ref().is_err_and(|error| !error.kind.is_answer()),
        };
        let troubled = fails && self.is_of_target(&observation.probe);
        self.deliveries.push_back((who, observed(observation), troubled));
    }

    /// Whether a survey found no TLS to survey, which ends a host as incomplete.
    fn note_survey(&mut self, survey: &TlsSurvey) -> bool {
        let words = match &survey.not_tls {
            Some(instead) => instead.words().to_owned(),
            None if survey.is_spoken() => return false,
            None => {
                let why = survey.no_session.as_deref().unwrap_or("no hello was answered");
                let hint = if survey.name.is_none() { ": it may want a name, so scan it by one" } else { "" };
                format!("no handshake of TLS came about ({why}){hint}")
            }
        };
        self.trouble.get_or_insert(ProbeError::new(ErrorKind::HandshakeRefused, words));
        true
    }

    /// A survey costs the hellos that it took, which may be more or fewer than usual.
    fn book_survey(&mut self, observation: &Observation) {
        let took = match &observation.seen {
            Ok(Seen::TlsSurvey(survey)) => u64::from(survey.hellos),
            _ => 1,
        };
        if matches!(&*observation.probe, OtherProbe::TlsSurvey(_)) {
            self.restraint.settle(price(&observation.probe), took);
        }
    }

    /// A target that cannot be connected to is as bad for requests; what another port does, or a handshake that the port
    /// is not made for, says nothing about the target.
    fn note_observation(&mut self, observation: &Observation) {
        if self.is_of_target(&observation.probe) {
            self.tls.note(observation);
        }
        let Err(error) = &observation.seen else { return };
        let unreachable = matches!(
            error.kind,
            ErrorKind::ConnectionRefused | ErrorKind::Unreachable | ErrorKind::NoSuchName | ErrorKind::ResolveFailed
        );
        if unreachable && self.is_of_target(&observation.probe) {
            let origin = self.facts.origin.clone();
            let Some(link) = self.links.get_mut(&origin) else { return };
            link.health.failure(error);
            if link.health.given_up().is_some() {
                self.drop_queue(&origin);
            }
        }
    }

    fn is_of_target(&self, probe: &OtherProbe) -> bool {
        probe.peer() == Some((self.facts.origin.host(), self.facts.origin.port))
    }
}

/// The reply that an observation makes: what never left us is unknown.
pub(in crate::engine) fn observed(observation: &Arc<Observation>) -> ReplyState {
    match observation.seen.as_ref().err().map(|error| error.kind) {
        Some(ErrorKind::Budget) => ReplyState::Unknown(Unknown::Budget),
        Some(kind) if kind.is_not_sent() => ReplyState::Unknown(Unknown::NotSent),
        _ => ReplyState::Observed(Arc::clone(observation)),
    }
}
