//! The requests of one host: each distinct one once, with everybody who waits for its answer.
//!
//! The key is the probe itself: the exact bytes, the origin and the connection's options. A request that is asked again
//! while it is queued or under way gains a waiter; one that is asked again after its answer gets that answer, which is
//! retained as long as some run may still ask ([`Requests::forget_answers`]). Such runs go first, and everybody else is
//! held back while much is retained for them. Should their own answers weigh more than there is room for, the survey's
//! apart, the oldest are let go, and whoever asks for one of them then has it sent again; one that alone takes much of
//! the room is not fetched twice, and its later askers are told that it is over the budget. So no probe is sent twice while
//! its answer is at hand, except those that a rule repeats on purpose, which have no key. Of a request that is over and
//! whose answer is not retained nothing is left but its number.
//! Invariant: a slot whose answer is in has no waiter. Must never import anything above `discover`.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::base::Unknown;
use crate::observation::HttpProbe;
use crate::plan::Follow;
use crate::predicate::{Answer, Received};
use crate::verdict::AskId;

/// Bytes of answers that one host retains at least for those who may still ask, where it has so many.
const ROOM: usize = 2 << 20;
/// Bytes for every rule that may ask for more, where there are many.
const ROOM_PER_RULE: usize = 1 << 10;

/// Bytes of answers that a host may retain for so many rules that may ask for more.
pub(super) fn room_for_answers(rules: usize) -> usize {
    if rules == 0 { 0 } else { rules.saturating_mul(ROOM_PER_RULE).max(ROOM) }
}

/// A request of the host, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SlotId(usize);

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// A rule's run, by its place in the host's list.
    Run(usize, AskId),
    /// The survey: the first page, a random path, a named path; by its place in the survey's list.
    Survey(usize),
    /// The survey as well: what may be an endpoint.
    Candidate(usize),
    /// The crawl, before it begins: robots.txt.
    Robots,
    /// The crawl: a file of the site, by its place in the order of asking.
    Crawl(usize),
}

/// A wish for the answer at the end of a chain of redirects.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub who: Who,
    pub follow: Follow,
    /// The chain so far.
    pub hops: Vec<Arc<Answer>>,
    /// Whether others may share the request.
    pub shared: bool,
}

/// What becomes of a wish at once.
#[derive(Debug)]
pub(super) enum Taken {
    /// The request is new and must be sent.
    New(SlotId),
    /// Somebody asked before; the answer will come.
    Joined(SlotId),
    /// Here is the answer.
    Known(Wish, Arc<Answer>),
    /// There is no answer and will be none: it could not be retained, or the request was given up.
    Closed(Wish, Unknown),
}

#[derive(Debug)]
enum State {
    Open(Vec<Wish>),
    /// The survey's: many will ask, so what is parsed from it is kept as well.
    Answered(Arc<Answer>),
    /// Few will ask, if anybody does: whatever they need is parsed again.
    Retained(Arc<Received>),
    /// Whoever asks now is told why there is no answer for it.
    Closed(Unknown),
}

#[derive(Debug)]
struct Slot {
    probe: Arc<HttpProbe>,
    state: State,
    keyed: bool,
    /// Part of the survey: retained whatever it weighs.
    pinned: bool,
}

/// All requests of a host.
#[derive(Debug, Default)]
pub(super) struct Requests {
    slots: FxHashMap<SlotId, Slot>,
    /// How many there were.
    made: usize,
    by_probe: HashMap<Arc<HttpProbe>, SlotId>,
    retained: VecDeque<(SlotId, usize)>,
    /// Answers that are retained whatever they weigh.
    pinned: Vec<SlotId>,
    weight: usize,
    room: usize,
}

impl Requests {
    /// Makes room for the answers that so many rules may still ask for.
    pub fn make_room(&mut self, rules: usize) {
        self.room = room_for_answers(rules);
    }

    fn room(&self) -> usize {
        self.room.max(ROOM)
    }

    /// Takes a wish for a probe's answer.
    pub fn wish(&mut self, probe: Arc<HttpProbe>, wish: Wish) -> Taken {
        if wish.shared
            && let Some(id) = self.by_probe.get(&probe).copied()
            && let Some(slot) = self.slots.get_mut(&id)
        {
            return match &mut slot.state {
                State::Open(wishes) => {
                    slot.pinned |= matches!(wish.who, Who::Survey(_));
                    wishes.push(wish);
                    Taken::Joined(id)
                }
                State::Answered(answer) => Taken::Known(wish, Arc::clone(answer)),
                State::Retained(received) => Taken::Known(wish, Arc::new(Answer::of(Arc::clone(received)))),
                State::Closed(why) => Taken::Closed(wish, *why),
            };
        }
        let pinned = matches!(wish.who, Who::Survey(_));
        let (keyed, state) = (wish.shared, State::Open(vec![wish]));
        Taken::New(self.add(Slot { probe, keyed, pinned, state }))
    }

    /// A request that was answered before anybody wished for it.
    pub fn insert_answered(&mut self, probe: Arc<HttpProbe>, answer: Arc<Answer>) {
        let slot = Slot { probe, keyed: true, pinned: true, state: State::Closed(Unknown::Budget) };
        let id = self.add(slot);
        self.retain(id, answer);
    }

    fn add(&mut self, slot: Slot) -> SlotId {
        let id = SlotId(self.made);
        self.made += 1;
        if slot.keyed {
            self.by_probe.insert(Arc::clone(&slot.probe), id);
        }
        self.slots.insert(id, slot);
        id
    }

    /// How many there were so far.
    pub fn count(&self) -> u64 {
        self.made as u64
    }

    /// The probe of a request.
    pub fn probe(&self, id: SlotId) -> Option<&Arc<HttpProbe>> {
        self.slots.get(&id).map(|slot| &slot.probe)
    }

    /// Who waits for it now.
    pub fn wishes(&self, id: SlotId) -> &[Wish] {
        match self.slots.get(&id).map(|slot| &slot.state) {
            Some(State::Open(wishes)) => wishes,
            _ => &[],
        }
    }

    /// Closes a request with its answer, which is retained if somebody may still ask; gives those who waited.
    pub fn answer(&mut self, id: SlotId, answer: &Arc<Answer>, retain: bool) -> Vec<Wish> {
        let Some(slot) = self.slots.get_mut(&id) else { return Vec::new() };
        let State::Open(wishes) = &mut slot.state else { return Vec::new() };
        let wishes = std::mem::take(wishes);
        if retain && slot.keyed {
            self.retain(id, Arc::clone(answer));
        } else {
            self.remove(id);
        }
        wishes
    }

    /// Closes a request; gives those who waited. Whoever asks later is told `why`.
    pub fn close(&mut self, id: SlotId, why: Unknown) -> Vec<Wish> {
        let Some(slot) = self.slots.get_mut(&id) else { return Vec::new() };
        match std::mem::replace(&mut slot.state, State::Closed(why)) {
            State::Open(wishes) => wishes,
            State::Answered(_) | State::Retained(_) | State::Closed(_) => Vec::new(),
        }
    }

    /// A run leaves; whether nobody waits for the request any more.
    pub fn leave(&mut self, id: SlotId, run: usize) -> bool {
        match self.slots.get_mut(&id).map(|slot| &mut slot.state) {
            Some(State::Open(wishes)) => {
                wishes.retain(|wish| !matches!(wish.who, Who::Run(who, _) if who == run));
                wishes.is_empty()
            }
            _ => false,
        }
    }

    /// Takes a request back that was not answered and that nobody waits for: asked again, it is new.
    pub fn withdraw(&mut self, id: SlotId) {
        self.remove(id);
    }

    fn remove(&mut self, id: SlotId) {
        let Some(slot) = self.slots.remove(&id) else { return };
        if self.by_probe.get(&slot.probe) == Some(&id) {
            self.by_probe.remove(&slot.probe);
        }
    }

    /// Whether so much is retained that no more should be added for those who cannot ask again.
    pub fn retains_much(&self) -> bool {
        self.weight > self.room() / 32
    }

    /// Nobody will ask for anything that was asked before: retained answers are let go.
    pub fn forget_answers(&mut self) {
        self.weight = 0;
        let retained = std::mem::take(&mut self.retained).into_iter().map(|(id, _)| id);
        for id in retained.chain(std::mem::take(&mut self.pinned)) {
            self.remove(id);
        }
    }

    fn retain(&mut self, id: SlotId, answer: Arc<Answer>) {
        let Some(slot) = self.slots.get_mut(&id) else { return };
        if slot.pinned {
            slot.state = State::Answered(answer);
            return self.pinned.push(id);
        }
        let weight = answer.received().weight() + size_of::<(SlotId, Slot)>();
        slot.state = State::Retained(Arc::clone(answer.received()));
        self.retained.push_back((id, weight));
        self.weight += weight;
        while self.weight > self.room()
            && let Some((oldest, weight)) = self.retained.pop_front()
        {
            self.weight = self.weight.saturating_sub(weight);
            if weight <= self.room() / 4 {
                self.remove(oldest);
            } else if let Some(slot) = self.slots.get_mut(&oldest) {
                slot.state = State::Closed(Unknown::Budget);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Origin, Scheme, Secret};
    use crate::engine::fetch::failed;
    use crate::observation::ErrorKind;

    fn probe(target: &str) -> Arc<HttpProbe> {
        Arc::new(HttpProbe::new(
            Origin::new(Scheme::Http, "a.example", 80).expect("valid"),
            "GET".into(),
            target.to_string().into(),
            Secret::new(target.to_string().into()),
        ))
    }

    fn wish(shared: bool) -> Wish {
        Wish { who: Who::Survey(0), follow: Follow::NOTHING, hops: Vec::new(), shared }
    }

    fn answer(probe: &Arc<HttpProbe>, bytes: usize) -> Arc<Answer> {
        failed(probe, crate::base::Timestamp::UNIX_EPOCH, ErrorKind::Reset, "x".repeat(bytes))
    }

    fn new(taken: Taken) -> SlotId {
        match taken {
            Taken::New(slot) => slot,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_request_is_new_then_joined_then_known() {
        let (mut requests, probe) = (Requests::default(), probe("/x"));
        let slot = new(requests.wish(Arc::clone(&probe), wish(true)));
        assert!(matches!(requests.wish(Arc::clone(&probe), wish(true)), Taken::Joined(same) if same == slot));
        assert!(matches!(requests.wish(Arc::clone(&probe), wish(false)), Taken::New(_)), "repeated on purpose");
        assert_eq!(requests.answer(slot, &answer(&probe, 0), true).len(), 2);
        assert!(matches!(requests.wish(Arc::clone(&probe), wish(true)), Taken::Known(..)));
        requests.forget_answers();
        let again = new(requests.wish(Arc::clone(&probe), wish(true)));
        assert!(matches!(requests.wish(probe, wish(true)), Taken::Joined(same) if same == again), "sent again, once");
    }

    #[test]
    fn what_had_to_be_let_go_is_sent_again_unless_it_is_heavy() {
        let mut requests = Requests::default();
        let mut ask = |size: usize| {
            let probe = probe(&format!("/{}", "x".repeat(size)));
            let slot = new(requests.wish(Arc::clone(&probe), Wish { who: Who::Candidate(0), ..wish(true) }));
            requests.answer(slot, &answer(&probe, 0), true);
            probe
        };
        // A probe weighs its target twice: by itself, and in its bytes.
        let (light, heavy) = (ask(ROOM / 16), ask(ROOM / 4));
        (0..8).for_each(|more| drop(ask(ROOM / 5 + more)));
        assert!(matches!(requests.wish(light, wish(true)), Taken::New(_)));
        assert!(matches!(requests.wish(heavy, wish(true)), Taken::Closed(_, Unknown::Budget)));
    }

    #[test]
    fn a_request_that_was_taken_back_is_new_again() {
        let (mut requests, probe) = (Requests::default(), probe("/x"));
        let slot = new(requests.wish(Arc::clone(&probe), wish(true)));
        requests.withdraw(slot);
        assert!(matches!(requests.wish(probe, wish(true)), Taken::New(_)));
    }
}
