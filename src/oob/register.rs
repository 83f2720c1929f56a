//! Who gets which interaction.
//!
//! Owns the recipients by their correlation ids: the mailbox of a scan in this process, clients of other machines, and
//! the operator who watches. Takes what the servers saw; finds the ids in it and hands it on. Invariant: only what
//! carries the id of a recipient is kept, bounded for each client and in all. Must never import a folder above `engine`.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::access::same_secret;
use super::bounds::{BYTES, CLIENTS, IDLE, IDS, PER_CLIENT};
use super::sealed::Seal;
use crate::base::{Clock, Secret};
use crate::engine::Mailbox;
use crate::observation::{CorrelationId, Interaction, InteractionId};

/// What a server saw, before it is known whom it concerns.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub protocol: &'static str,
    /// Host names in which ids are looked for.
    pub hosts: Vec<String>,
    /// Other text in which ids are looked for: the target of a request.
    pub text: Vec<u8>,
    pub query_type: Option<Arc<str>>,
    pub request: Bytes,
    pub response: Bytes,
    pub mail_from: Option<Arc<str>>,
    pub remote: Option<IpAddr>,
}

/// Why a client is turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Denied {
    #[error("correlation-id provided already exists")]
    Taken,
    #[error("could not get correlation-id from cache")]
    Unknown,
    #[error("invalid secret key passed for user")]
    Secret,
    #[error("too many clients")]
    Full,
}

/// A client of another machine, and what waits for it.
struct Client {
    secret: Secret<String>,
    seal: Seal,
    waiting: VecDeque<Interaction>,
    heard: Instant,
}

enum Recipient {
    Scan(Arc<Mailbox>),
    Client(Box<Client>),
    Operator,
}

/// All recipients.
#[derive(Default)]
pub struct Register {
    state: Mutex<State>,
    watcher: Option<mpsc::Sender<Interaction>>,
    clock: Clock,
}

#[derive(Default)]
struct State {
    recipients: HashMap<CorrelationId, Recipient>,
    clients: usize,
    bytes: usize,
}

impl Register {
    /// One without recipients.
    pub fn new(clock: Clock) -> Self {
        Self { clock, ..Self::default() }
    }

    /// The same, with a channel that every interaction goes to as well; what it does not take at once is left out.
    #[must_use]
    pub fn watched_by(mut self, watcher: mpsc::Sender<Interaction>) -> Self {
        self.watcher = Some(watcher);
        self
    }

    /// Adds a scan of this process.
    pub fn add_scan(&self, mailbox: Arc<Mailbox>) {
        let correlation = mailbox.names().correlation().clone();
        self.lock().recipients.insert(correlation, Recipient::Scan(mailbox));
    }

    /// Adds an id whose interactions only the watcher sees.
    pub fn add_operator(&self, correlation: CorrelationId) {
        self.lock().recipients.insert(correlation, Recipient::Operator);
    }

    /// Adds a client; one that is there already with the same secret stays as it is.
    pub(super) fn add_client(&self, id: CorrelationId, secret: String, seal: Seal) -> Result<(), Denied> {
        let mut state = self.lock();
        if state.recipients.contains_key(&id) {
            return Err(Denied::Taken);
        }
        if state.clients >= CLIENTS {
            state.evict_idle();
        }
        if state.clients >= CLIENTS {
            return Err(Denied::Full);
        }
        state.clients += 1;
        let client = Client { secret: Secret::new(secret), seal, waiting: VecDeque::new(), heard: Instant::now() };
        state.recipients.insert(id, Recipient::Client(Box::new(client)));
        Ok(())
    }

    /// Takes out what waits for a client, and its seal to close it with.
    pub(super) fn collect(&self, id: &CorrelationId, secret: &str) -> Result<(Vec<Interaction>, Seal), Denied> {
        let mut state = self.lock();
        let client = state.client(id, secret)?;
        client.heard = Instant::now();
        let (taken, seal): (Vec<Interaction>, Seal) = (client.waiting.drain(..).collect(), client.seal.clone());
        state.bytes -= taken.iter().map(Interaction::weight).sum::<usize>();
        Ok((taken, seal))
    }

    /// Forgets a client.
    pub(super) fn remove_client(&self, id: &CorrelationId, secret: &str) -> Result<(), Denied> {
        let mut state = self.lock();
        state.client(id, secret)?;
        state.forget(id);
        Ok(())
    }

    /// The first id in these texts that a recipient has.
    pub(super) fn first_id(&self, hosts: &[impl AsRef<str>], text: &[u8]) -> Option<InteractionId> {
        self.ids(hosts, text).into_iter().next().map(|(id, _)| id)
    }

    /// Whether a host name carries the id of a recipient.
    pub(super) fn concerns(&self, host: &str) -> bool {
        !self.ids(std::slice::from_ref(&host), b"").is_empty()
    }

    /// Hands on what a server saw.
    pub(super) fn note(&self, seen: Seen) {
        let at = self.clock.now();
        for (id, full_id) in self.ids(&seen.hosts, &seen.text) {
            self.deliver(Interaction {
                protocol: seen.protocol.into(),
                id,
                full_id,
                query_type: seen.query_type.clone(),
                request: seen.request.clone(),
                response: seen.response.clone(),
                mail_from: seen.mail_from.clone(),
                remote: seen.remote,
                at,
            });
        }
    }

    /// The ids of recipients, each once, with what was written before it.
    fn ids(&self, hosts: &[impl AsRef<str>], text: &[u8]) -> Vec<(InteractionId, Arc<str>)> {
        let state = self.lock();
        let known = |id: &InteractionId| state.recipients.contains_key(&id.correlation());
        let mut found: Vec<(InteractionId, Arc<str>)> = Vec::new();
        let mut add = |id: InteractionId, full: &str| {
            if found.len() < IDS && known(&id) && found.iter().all(|(other, _)| *other != id) {
                found.push((id, full.into()));
            }
        };
        for host in hosts.iter().map(AsRef::as_ref) {
            for (offset, id) in InteractionId::find_in(host.as_bytes()) {
                let end = host.bytes().skip(offset).position(|byte| byte == b'.').map_or(host.len(), |at| offset + at);
                add(id, host.get(..end).unwrap_or(host));
            }
        }
        for (_, id) in InteractionId::find_in(text) {
            let full = id.clone();
            add(id, full.as_str());
        }
        found
    }

    fn deliver(&self, interaction: Interaction) {
        if let Some(watcher) = &self.watcher {
            // A watcher that is slow misses some; it must not hold the servers up.
            let _ = watcher.try_send(interaction.clone());
        }
        let mut state = self.lock();
        let (held, weight) = (state.bytes, interaction.weight());
        match state.recipients.get_mut(&interaction.id.correlation()) {
            Some(Recipient::Scan(mailbox)) => mailbox.put(interaction),
            Some(Recipient::Client(client)) if client.waiting.len() < PER_CLIENT && held + weight <= BYTES => {
                client.waiting.push_back(interaction);
                state.bytes += weight;
            }
            Some(Recipient::Client(_) | Recipient::Operator) | None => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn client(&mut self, id: &CorrelationId, secret: &str) -> Result<&mut Client, Denied> {
        match self.recipients.get_mut(id) {
            Some(Recipient::Client(client)) if same_secret(client.secret.expose(), secret) => Ok(client),
            Some(Recipient::Client(_)) => Err(Denied::Secret),
            _ => Err(Denied::Unknown),
        }
    }

    fn forget(&mut self, id: &CorrelationId) {
        if let Some(Recipient::Client(client)) = self.recipients.remove(id) {
            self.clients -= 1;
            self.bytes -= client.waiting.iter().map(Interaction::weight).sum::<usize>();
        }
    }

    fn evict_idle(&mut self) {
        let is_idle = |recipient: &Recipient| matches!(recipient, Recipient::Client(c) if c.heard.elapsed() > IDLE);
        let idle: Vec<CorrelationId> =
            self.recipients.iter().filter(|(_, recipient)| is_idle(recipient)).map(|(id, _)| id.clone()).collect();
        idle.iter().for_each(|id| self.forget(id));
    }
}
