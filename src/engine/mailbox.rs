//! Interactions on their way from the servers that took them to the runs that wait for them.
//!
//! Whoever has interactions (a server in this process, a client of another) puts them in; the engine takes what was
//! addressed to the ids of a run. Takes and gives each interaction once. Invariant: what is kept is bounded in number and
//! bytes, for each id and in all, and nothing is kept for an id that was not given out. Must never import anything above
//! `discover`.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout_at};

use crate::base::Unknown;
use crate::observation::{CallbackNames, Interaction, InteractionId};
use crate::predicate::{Called, ReplyState};

/// Interactions kept for one id; a target that calls more often adds nothing that a rule could ask for.
const PER_ID: usize = 16;
/// Interactions kept in all, and their bytes. What is over is dropped from the oldest on.
const IN_ALL: usize = 4096;
const BYTES: usize = 16 << 20;

/// The mailbox of a scan.
#[derive(Debug)]
pub struct Mailbox {
    names: Arc<CallbackNames>,
    state: Mutex<State>,
    waiting: watch::Sender<usize>,
    /// Whether what comes gets here.
    reachable: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    kept: HashMap<InteractionId, Vec<Interaction>>,
    /// One entry for each interaction that is kept, oldest first.
    order: VecDeque<InteractionId>,
    bytes: usize,
    waiters: HashMap<InteractionId, Arc<Notify>>,
}

impl Mailbox {
    /// An empty one, for interactions with these names.
    pub fn new(names: CallbackNames) -> Self {
        Self {
            names: Arc::new(names),
            state: Mutex::default(),
            waiting: watch::Sender::new(0),
            reachable: AtomicBool::new(true),
        }
    }

    /// The names that rules write, and whose ids are taken in.
    pub fn names(&self) -> &Arc<CallbackNames> {
        &self.names
    }

    /// Takes an interaction in, unless it is not for us or its id has had enough.
    pub fn put(&self, interaction: Interaction) {
        if !self.names.gave(&interaction.id) {
            return;
        }
        let id = interaction.id.clone();
        let mut state = self.lock();
        let (bytes, kept) = (interaction.weight(), state.kept.entry(id.clone()).or_default());
        if kept.len() >= PER_ID {
            return;
        }
        kept.push(interaction);
        state.bytes += bytes;
        state.order.push_back(id.clone());
        while state.order.len() > IN_ALL || state.bytes > BYTES {
            state.drop_oldest();
        }
        if let Some(waiter) = state.waiters.get(&id) {
            waiter.notify_one();
        }
    }

    /// Takes out what came for one of the ids, and waits for it until then. Empty where nothing came.
    pub async fn take(&self, ids: &[InteractionId], until: Instant) -> Vec<Interaction> {
        let waiter = Waiter::new(self, ids);
        loop {
            let taken = self.lock().take(ids);
            if !taken.is_empty() || timeout_at(until, waiter.arrived.notified()).await.is_err() {
                return if taken.is_empty() { self.lock().take(ids) } else { taken };
            }
        }
    }

    /// Waits until somebody waits for interactions: before that nobody need ask for any.
    pub async fn wanted(&self) {
        // The sender lives as long as `self`.
        let _ = self.waiting.subscribe().wait_for(|waiting| *waiting > 0).await;
    }

    /// Says whether interactions get here: while they do not, that none came says nothing.
    pub fn set_reachable(&self, reachable: bool) {
        self.reachable.store(reachable, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, ids: &[InteractionId]) -> Vec<Interaction> {
        let mut taken = Vec::new();
        for id in ids {
            if let Some(kept) = self.kept.remove(id) {
                self.bytes -= kept.iter().map(Interaction::weight).sum::<usize>();
                self.order.retain(|ordered| ordered != id);
                taken.extend(kept);
            }
        }
        taken
    }

    fn drop_oldest(&mut self) {
        let Some(id) = self.order.pop_front() else { return };
        let Some(kept) = self.kept.get_mut(&id).filter(|kept| !kept.is_empty()) else { return };
        self.bytes -= kept.remove(0).weight();
        if kept.is_empty() {
            self.kept.remove(&id);
        }
    }
}

/// What comes for the ids until the time is over. Without a mailbox nothing comes; where the server behind it cannot be
/// asked, it is unknown.
pub(super) async fn called(mailbox: Option<Arc<Mailbox>>, ids: &[InteractionId], wait: Duration) -> ReplyState {
    let Some(mailbox) = mailbox else {
        return ReplyState::Called(Called { interactions: Arc::default(), left: Duration::ZERO });
    };
    let until = Instant::now() + wait;
    let interactions = mailbox.take(ids, until).await;
    if interactions.is_empty() && !mailbox.reachable.load(Ordering::Relaxed) {
        return ReplyState::Unknown(Unknown::Failed);
    }
    let left = until.saturating_duration_since(Instant::now());
    ReplyState::Called(Called { interactions: interactions.into(), left })
}

/// Somebody who waits, until dropped.
struct Waiter<'a> {
    mailbox: &'a Mailbox,
    ids: &'a [InteractionId],
    arrived: Arc<Notify>,
}

impl<'a> Waiter<'a> {
    fn new(mailbox: &'a Mailbox, ids: &'a [InteractionId]) -> Self {
        let arrived = Arc::new(Notify::new());
        let mut state = mailbox.lock();
        for id in ids {
            state.waiters.insert(id.clone(), Arc::clone(&arrived));
        }
        drop(state);
        mailbox.waiting.send_modify(|waiting| *waiting += 1);
        Self { mailbox, ids, arrived }
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut state = self.mailbox.lock();
        for id in self.ids {
            if state.waiters.get(id).is_some_and(|waiter| Arc::ptr_eq(waiter, &self.arrived)) {
                state.waiters.remove(id);
            }
        }
        drop(state);
        self.mailbox.waiting.send_modify(|waiting| *waiting = waiting.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;
    use crate::observation::{CallbackSite, CorrelationId};

    fn mailbox() -> Arc<Mailbox> {
        let site = CallbackSite::Domain("oob.test".into());
        Arc::new(Mailbox::new(CallbackNames::new(CorrelationId::from_bytes([7; 12]), site, [7; 32])))
    }

    fn called(id: &InteractionId, request: &[u8]) -> Interaction {
        Interaction {
            protocol: "dns".into(),
            id: id.clone(),
            full_id: id.as_str().into(),
            query_type: Some("A".into()),
            request: request.to_vec().into(),
            response: Default::default(),
            mail_from: None,
            remote: None,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(20)
    }

    #[tokio::test]
    async fn what_came_is_taken_once_and_by_its_id() {
        let mailbox = mailbox();
        let [one, other] = [0, 1].map(|nth| mailbox.names().id("run", nth));
        mailbox.put(called(&one, b"1"));
        mailbox.put(called(&one, b"2"));
        assert!(mailbox.take(std::slice::from_ref(&other), soon()).await.is_empty());
        let taken = mailbox.take(&[one.clone(), other.clone()], soon()).await;
        assert_eq!(taken.iter().map(|i| &*i.request).collect::<Vec<_>>(), [b"1", b"2"]);
        assert!(mailbox.take(&[one], soon()).await.is_empty());
    }

    #[tokio::test]
    async fn who_waits_is_woken_at_once() {
        let mailbox = mailbox();
        let id = mailbox.names().id("run", 0);
        let (waiting, awaited) = (Arc::clone(&mailbox), id.clone());
        let far = Instant::now() + Duration::from_secs(60);
        let task = tokio::spawn(async move { waiting.take(&[awaited], far).await });
        mailbox.wanted().await;
        mailbox.put(called(&id, b"1"));
        assert_eq!(task.await.unwrap().len(), 1);
        assert!(mailbox.lock().waiters.is_empty());
        assert_eq!(*mailbox.waiting.borrow(), 0);
    }

    #[tokio::test]
    async fn what_is_kept_is_bounded() {
        let mailbox = mailbox();
        let noisy = mailbox.names().id("noisy", 0);
        (0..100).for_each(|_| mailbox.put(called(&noisy, b"x")));
        assert_eq!(mailbox.lock().order.len(), PER_ID);
        let foreign = InteractionId::parse(&"c".repeat(33)).unwrap();
        mailbox.put(called(&foreign, b"x"));
        assert_eq!(mailbox.lock().order.len(), PER_ID);
        let large = vec![0; 1 << 20];
        for nth in 0..64 {
            mailbox.put(called(&mailbox.names().id("run", nth), &large));
        }
        {
            let state = mailbox.lock();
            assert!(state.bytes <= BYTES && state.order.len() < 64);
            assert_eq!(state.bytes, state.kept.values().flatten().map(Interaction::weight).sum::<usize>());
        }
        assert_eq!(mailbox.take(&[mailbox.names().id("run", 63)], soon()).await.len(), 1);
    }
}
