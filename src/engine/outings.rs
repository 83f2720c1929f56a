//! The probes of one host that are not HTTP: each distinct one once, with everybody who waits for what it brings.
//!
//! The same bargain as for requests (`requests.rs`): the key is the probe itself, a later asker joins or is given what is
//! known, and nothing is sent twice but what a rule repeats on purpose. Probes of peers and of resolvers wait in lines of
//! their own, so that a silent port holds up no query, and peers get at most half of the host's connections, so that it
//! holds up no request. A survey makes an ordinary handshake: whoever wants just that waits for the survey and is given it.
//! Invariant: a slot whose observation is in has no waiter. Must never import anything above `discover`.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::observe::Brought;
use super::requests::Who;
use crate::base::{Reservation, Unknown};
use crate::observation::{Observation, OtherProbe};

/// Bytes of observations that one host retains at most for those who may still ask.
const RETAINED: usize = 2 << 20;
/// Queries of resolvers at once.
const QUERIES: usize = 4;

/// A probe of the host, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct OutingId(usize);

/// What becomes of a wish at once.
pub(super) enum Told {
    /// It will come.
    Later,
    /// Here it is.
    Now(Arc<Observation>),
    /// There is none and will be none.
    Never(Unknown),
}

enum State {
    /// Not there yet; those who wait for it.
    Open(Vec<Who>),
    Brought(Arc<Observation>),
    Closed(Unknown),
}

struct Slot {
    probe: Arc<OtherProbe>,
    state: State,
    keyed: bool,
    /// The survey that it waits for, being a part of it.
    within: Option<OutingId>,
}

/// A line of probes, of which only so many are under way.
#[derive(Default)]
struct Line {
    waiting: VecDeque<OutingId>,
    under_way: usize,
    most: usize,
}

/// All probes of a host that are not HTTP.
pub(super) struct Outings {
    slots: Vec<Slot>,
    by_probe: HashMap<Arc<OtherProbe>, OutingId>,
    peers: Line,
    resolvers: Line,
    weight: usize,
    paid: Vec<Reservation>,
}

impl Outings {
    /// None yet; `connections` is what the host allows.
    pub fn new(connections: usize) -> Self {
        let line = |most| Line { most, ..Line::default() };
        Self {
            slots: Vec::new(),
            by_probe: HashMap::new(),
            peers: line((connections / 2).max(1)),
            resolvers: line(QUERIES),
            weight: 0,
            paid: Vec::new(),
        }
    }

    /// Takes a wish for what a probe brings; one that is not `shared` is sent for itself.
    pub fn wish(&mut self, probe: Arc<OtherProbe>, who: Who, shared: bool) -> Told {
        let known = self.by_probe.get(&probe).filter(|_| shared).and_then(|id| self.slots.get_mut(id.0));
        if let Some(slot) = known {
            return match &mut slot.state {
                State::Open(waiting) => {
                    waiting.push(who);
                    Told::Later
                }
                State::Brought(observation) => Told::Now(Arc::clone(observation)),
                State::Closed(why) => Told::Never(*why),
            };
        }
        let id = OutingId(self.slots.len());
        if shared {
            self.by_probe.insert(Arc::clone(&probe), id);
        }
        let within = self.survey_of(&probe).filter(|_| shared);
        if within.is_none() {
            self.line(&probe).waiting.push_back(id);
        }
        self.adopt(id, &probe);
        self.slots.push(Slot { probe, state: State::Open(vec![who]), keyed: shared, within });
        Told::Later
    }

    /// Whether a probe would be sent for whoever wants it now: it is not known, and no part of a survey under way.
    pub fn is_new(&self, probe: &Arc<OtherProbe>) -> bool {
        !self.by_probe.contains_key(probe) && self.survey_of(probe).is_none()
    }

    /// Notes of a probe that it will never be sent.
    pub fn close(&mut self, probe: Arc<OtherProbe>, why: Unknown) {
        self.by_probe.insert(Arc::clone(&probe), OutingId(self.slots.len()));
        self.slots.push(Slot { probe, state: State::Closed(why), keyed: true, within: None });
    }

    /// The survey under way that makes this very handshake.
    fn survey_of(&self, probe: &OtherProbe) -> Option<OutingId> {
        if !matches!(probe, OtherProbe::Tls(_)) {
            return None;
        }
        let at = self
            .slots
            .iter()
            .position(|slot| slot.keyed && matches!(slot.state, State::Open(_)) && slot.probe.includes(probe));
        at.map(OutingId)
    }

    /// Handshakes that were not sent yet and are part of a new survey wait for it.
    fn adopt(&mut self, survey: OutingId, probe: &OtherProbe) {
        if !matches!(probe, OtherProbe::TlsSurvey(_)) {
            return;
        }
        let slots = &mut self.slots;
        self.peers.waiting.retain(|id| {
            let Some(slot) = slots.get_mut(id.0).filter(|slot| slot.keyed && probe.includes(&slot.probe)) else {
                return true;
            };
            slot.within = Some(survey);
            false
        });
    }

    /// What a survey brought to those who wait for a part of it; parts that it does not have are sent by themselves.
    pub fn parts(&mut self, survey: OutingId, observation: Option<&Observation>) -> Vec<(OutingId, Observation)> {
        let mut brought = Vec::new();
        if !self.slots.get(survey.0).is_some_and(|slot| matches!(*slot.probe, OtherProbe::TlsSurvey(_))) {
            return brought;
        }
        for (at, slot) in self.slots.iter_mut().enumerate() {
            if slot.within != Some(survey) || !matches!(slot.state, State::Open(_)) {
                continue;
            }
            slot.within = None;
            match observation.and_then(|whole| whole.handshake(&slot.probe)) {
                Some(part) => {
                    // As if it had been under way, until it is taken.
                    self.peers.under_way += 1;
                    brought.push((OutingId(at), part));
                }
                None => self.peers.waiting.push_back(OutingId(at)),
            }
        }
        brought
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.slots.len() as u64
    }

    /// The next one that may be sent now, and whether others share it.
    pub fn next(&mut self) -> Option<(OutingId, Arc<OtherProbe>, bool)> {
        let line = [&mut self.peers, &mut self.resolvers].into_iter().find(|line| line.may_send())?;
        let id = line.waiting.pop_front()?;
        line.under_way += 1;
        let slot = self.slots.get(id.0)?;
        Some((id, Arc::clone(&slot.probe), slot.keyed))
    }

    /// The probe of a number.
    pub fn probe(&self, id: OutingId) -> Option<&Arc<OtherProbe>> {
        self.slots.get(id.0).map(|slot| &slot.probe)
    }

    /// Takes what a probe brought; gives those who waited. It is retained if somebody may still ask.
    pub fn take(&mut self, id: OutingId, (observation, paid): Brought, retain: bool) -> Vec<Who> {
        self.landed(id);
        let weight = observation.weight();
        let Some(slot) = self.slots.get_mut(id.0) else { return Vec::new() };
        let keeps = retain && slot.keyed && self.weight + weight <= RETAINED;
        let state = if keeps { State::Brought(observation) } else { State::Closed(Unknown::Budget) };
        if keeps {
            self.weight += weight;
            self.paid.extend(paid);
        }
        match std::mem::replace(&mut slot.state, state) {
            State::Open(waiting) => waiting,
            State::Brought(_) | State::Closed(_) => Vec::new(),
        }
    }

    /// A run leaves everything that it waits for; gives what is under way for nobody.
    pub fn leave(&mut self, run: usize) -> Vec<OutingId> {
        let mut deserted = Vec::new();
        for (at, slot) in self.slots.iter_mut().enumerate() {
            let State::Open(waiting) = &mut slot.state else { continue };
            let before = waiting.len();
            waiting.retain(|who| !matches!(who, Who::Run(other, _) if *other == run));
            if waiting.is_empty() && before > 0 {
                deserted.push(OutingId(at));
            }
        }
        for id in &deserted {
            self.withdraw(*id);
        }
        let within = |id: &OutingId| self.slots.get(id.0).is_some_and(|slot| slot.within.is_some());
        let queued = |id: &OutingId| [&self.peers, &self.resolvers].iter().any(|line| line.waiting.contains(id));
        let under_way: Vec<OutingId> = deserted.iter().filter(|id| !queued(id) && !within(id)).copied().collect();
        self.peers.waiting.retain(|id| !deserted.contains(id));
        self.resolvers.waiting.retain(|id| !deserted.contains(id));
        under_way.iter().for_each(|id| self.landed(*id));
        for id in deserted {
            self.parts(id, None);
        }
        under_way
    }

    /// Nothing more is sent or awaited; gives everybody who waited.
    pub fn stop(&mut self) -> Vec<Who> {
        let mut left = Vec::new();
        for slot in &mut self.slots {
            if let State::Open(waiting) = &mut slot.state {
                left.append(waiting);
                slot.state = State::Closed(Unknown::NotSent);
            }
        }
        for line in [&mut self.peers, &mut self.resolvers] {
            line.waiting.clear();
            line.under_way = 0;
        }
        left
    }

    /// Nobody will ask for anything that was asked before: what is retained is let go.
    pub fn forget(&mut self) {
        if self.weight == 0 {
            return;
        }
        self.weight = 0;
        self.paid.clear();
        for slot in &mut self.slots {
            if matches!(slot.state, State::Brought(_)) {
                slot.state = State::Closed(Unknown::Budget);
            }
        }
    }

    fn withdraw(&mut self, id: OutingId) {
        if let Some(slot) = self.slots.get_mut(id.0) {
            slot.state = State::Closed(Unknown::NotSent);
            if self.by_probe.get(&slot.probe) == Some(&id) {
                self.by_probe.remove(&slot.probe);
            }
        }
    }

    fn landed(&mut self, id: OutingId) {
        let Some(probe) = self.probe(id).map(Arc::clone) else { return };
        let line = self.line(&probe);
        line.under_way = line.under_way.saturating_sub(1);
    }

    fn line(&mut self, probe: &OtherProbe) -> &mut Line {
        if probe.peer().is_some() { &mut self.peers } else { &mut self.resolvers }
    }
}

impl Line {
    fn may_send(&self) -> bool {
        self.under_way < self.most && !self.waiting.is_empty()
    }
}
