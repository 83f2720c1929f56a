//! Politeness: how fast and over how many connections an origin is asked.
//!
//! Owns the pace (one request every so often, halved when the origin complains, slowly regained) and the connection
//! permits of each origin, shared by every host actor that talks to it, and the pace of the whole scan.
//! Invariant: a pace of 0 lifts the pacing only; connection permits and pauses that an origin asked for hold always.
//! Must never import anything above `discover`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::base::Origin;

/// The slowest that complaints alone make us, in requests a second.
const FLOOR: f64 = 0.5;
/// The pace from which complaints are halved where no pace was set.
const UNPACED: f64 = 20.0;
/// Answers without complaint after which the pace grows again.
const CALM: u32 = 20;
/// By how much it grows.
const REGAIN: f64 = 1.25;
/// Gates that outlive who asked for them.
const LASTING: usize = 64;
/// How long an origin may make us wait in all.
const PATIENCE: Duration = Duration::from_secs(60);

/// Slots in time, handed out in order.
#[derive(Debug)]
pub(super) struct Pace {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Requests a second as set; 0 is unpaced.
    set: f64,
    /// Requests a second now; 0 is unpaced.
    now: f64,
    next: Option<Instant>,
    paused: Option<Instant>,
    calm: u32,
    patience: Duration,
}

impl Pace {
    pub fn new(per_second: f64) -> Self {
        Self { state: Mutex::new(State::new(per_second)) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next slot. A pause that begins while waiting is waited for as well; the patience bounds how often.
    pub async fn turn(&self) {
        loop {
            let slot = self.state().take_slot(Instant::now());
            let Some(slot) = slot else { return };
            tokio::time::sleep_until(slot).await;
            if self.state().paused.is_none_or(|until| until <= slot) {
                return;
            }
        }
    }

    /// Somebody new asks, who waits as long as anybody.
    fn renew(&self) {
        self.state().patience = PATIENCE;
    }

    /// The origin complained (429 or 503): half the pace.
    pub fn complain(&self) {
        self.state().complain();
    }

    /// The origin did not complain.
    pub fn please(&self) {
        self.state().please();
    }

    /// Sends nothing for that long, as the origin asked; false, and no pause, where it asks for more than is left of
    /// our patience.
    pub fn pause(&self, length: Duration) -> bool {
        self.state().pause(Instant::now(), length)
    }
}

impl State {
    fn new(per_second: f64) -> Self {
        let set = if per_second.is_finite() { per_second.max(0.0) } else { 0.0 };
        Self { set, now: set, next: None, paused: None, calm: 0, patience: PATIENCE }
    }

    /// The next slot, if it is not now.
    fn take_slot(&mut self, now: Instant) -> Option<Instant> {
        let slot = self.next.max(self.paused).filter(|slot| *slot > now);
        let gap = if self.now > 0.0 { Duration::from_secs_f64((1.0 / self.now).min(3600.0)) } else { Duration::ZERO };
        self.next = Some(slot.unwrap_or(now) + gap);
        slot
    }

    fn complain(&mut self) {
        let from = if self.now > 0.0 { self.now } else { UNPACED };
        self.now = (from / 2.0).max(FLOOR.min(from));
        self.calm = 0;
    }

    fn please(&mut self) {
        if self.now == self.set {
            return;
        }
        self.calm += 1;
        if self.calm >= CALM {
            self.calm = 0;
            let ceiling = if self.set > 0.0 { self.set } else { UNPACED };
            let faster = self.now * REGAIN;
            self.now = if faster >= ceiling { self.set } else { faster };
        }
    }

    fn pause(&mut self, now: Instant, length: Duration) -> bool {
        let already = self.paused.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let Some(left) = self.patience.checked_sub(length.saturating_sub(already)) else { return false };
        self.patience = left;
        self.paused = self.paused.max(Some(now + length));
        true
    }
}

/// Pace and connection permits of one origin.
#[derive(Debug)]
pub(super) struct Gate {
    pub pace: Pace,
    pub connections: Arc<Semaphore>,
}

/// The gates of all origins that are being talked to.
#[derive(Debug)]
pub(super) struct Gates {
    per_second: f64,
    connections: usize,
    open: Mutex<HashMap<Origin, Weak<Gate>>>,
    lasting: Mutex<VecDeque<Arc<Gate>>>,
}

impl Gates {
    pub fn new(per_second: f64, connections: usize) -> Self {
        let (open, lasting) = (Mutex::default(), Mutex::default());
        Self { per_second, connections: connections.max(1), open, lasting }
    }

    /// The gate of an origin: the same one for all who hold it at the same time.
    pub fn of(&self, origin: &Origin) -> Arc<Gate> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = open.get(origin).and_then(Weak::upgrade) {
            return gate;
        }
        if open.len() >= 64 && open.len().is_power_of_two() {
            open.retain(|_, gate| gate.strong_count() > 0);
        }
        let gate = Arc::new(Gate {
            pace: Pace::new(self.per_second),
            connections: Arc::new(Semaphore::new(self.connections)),
        });
        open.insert(origin.clone(), Arc::downgrade(&gate));
        gate
    }
}

impl Gates {
    /// The gate of an origin that nobody scans and many hosts ask something of, one after the other: it is kept for the next
    /// of them, with its pace.
    pub fn lasting(&self, origin: &Origin) -> Arc<Gate> {
        let gate = self.of(origin);
        gate.pace.renew();
        let mut lasting = self.lasting.lock().unwrap_or_else(PoisonError::into_inner);
        lasting.retain(|known| !Arc::ptr_eq(known, &gate));
        lasting.push_back(Arc::clone(&gate));
        if lasting.len() > LASTING {
            lasting.pop_front();
        }
        gate
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Scheme;

    /// When the last of so many turns comes, in seconds from `now`.
    fn last_turn(state: &mut State, now: Instant, turns: u32) -> f64 {
        let last = (0..turns).map(|_| state.take_slot(now)).last().flatten();
        last.map_or(0.0, |slot| (slot - now).as_secs_f64())
    }

    #[test]
    fn slots_are_spaced_halved_by_complaints_and_regained() {
        let now = Instant::now();
        let mut state = State::new(10.0);
        assert!((last_turn(&mut state, now, 11) - 1.0).abs() < 1e-6);
        state.complain();
        assert_eq!(state.now, 5.0);
        (0..20).for_each(|_| state.complain());
        assert_eq!(state.now, FLOOR);
        (0..CALM).for_each(|_| state.please());
        assert!(state.now > FLOOR && state.now < 1.0, "the pace is regained slowly");
        (0..100 * CALM).for_each(|_| state.please());
        assert_eq!(state.now, 10.0);
    }

    #[test]
    fn no_pace_still_obeys_a_pause_until_the_patience_ends() {
        let (now, secs) = (Instant::now(), Duration::from_secs);
        let mut state = State::new(0.0);
        assert_eq!(last_turn(&mut state, now, 1000), 0.0);
        assert!(state.pause(now, secs(40)));
        assert!(state.pause(now, secs(40)), "the same pause costs no patience twice");
        assert_eq!(last_turn(&mut state, now, 2), 40.0);
        let later = now + secs(41);
        assert!(!state.pause(later, secs(40)), "the origin's patience with us is our patience with it");
        assert!(state.pause(later, secs(20)));
        assert_eq!(last_turn(&mut state, later, 1), 20.0);
    }

    #[tokio::test]
    async fn a_pause_holds_back_those_who_wait_already() {
        let pace = Pace::new(20.0);
        pace.turn().await;
        let start = Instant::now();
        let pause = async { assert!(pace.pause(Duration::from_millis(200))) };
        let ((), ()) = tokio::join!(pace.turn(), pause);
        assert!(start.elapsed() >= Duration::from_millis(200), "{:?}", start.elapsed());
    }

    #[test]
    fn the_gate_of_an_origin_that_is_asked_now_and_then_keeps_its_pace() {
        let gates = Gates::new(1.0, 4);
        let origin = |port| Origin::new(Scheme::Http, "a.example", port).expect("valid");
        let turns = |gate: &Gate| gate.pace.state().next.is_some();
        gates.of(&origin(1)).pace.state().take_slot(Instant::now());
        assert!(!turns(&gates.of(&origin(1))), "forgotten with who asked");
        gates.lasting(&origin(1)).pace.state().take_slot(Instant::now());
        assert!(turns(&gates.of(&origin(1))) && turns(&gates.lasting(&origin(1))));
        for port in 2..200 {
            gates.lasting(&origin(port));
        }
        assert!(!turns(&gates.of(&origin(1))) && gates.lasting.lock().expect("not poisoned").len() == LASTING);
    }

    #[test]
    fn an_origin_has_one_gate_while_it_is_used() {
        let gates = Gates::new(1.0, 4);
        let origin = |port| Origin::new(Scheme::Http, "a.example", port).expect("valid");
        let (one, same) = (gates.of(&origin(1)), gates.of(&origin(1)));
        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &gates.of(&origin(2))));
        for port in 3..5000 {
            drop(gates.of(&origin(port)));
        }
        assert!(gates.open.lock().expect("not poisoned").len() < 200);
        assert!(Arc::ptr_eq(&one, &gates.of(&origin(1))));
    }
}
