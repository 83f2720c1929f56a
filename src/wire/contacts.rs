//! One host's probes of other protocols than HTTP.
//!
//! Takes probes, gives observations. Every connection goes through the dialer, so the scope, `--resolve` and the proxy
//! hold here as they do for HTTP; only DNS queries go to resolvers, past the proxy. Invariant: never fails, what went
//! wrong is in the observation; no probe takes longer than [`LONGEST`] after it is connected. Must never decide about
//! rates or retries of answers: that is the engine's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;

use super::dialer::Addresses;
use super::dns;
use super::settings::Wire;
use super::stream::Stream;
use super::tcp::Conversation;
use super::tls::{Offer, ask_by_hand, name_of, shake_hands};
use super::websocket;
use crate::base::{Origin, Reservation, Scheme};
use crate::observation::{
    Derived, DnsProbe, ErrorKind, Observation, OtherProbe, ProbeError, Seen, TcpProbe, Timing, TlsProbe, TlsSession,
    WebSocketProbe,
};
use crate::target::Scope;

/// The longest time that a conversation takes, whatever its probe says.
const LONGEST: Duration = Duration::from_secs(60);
/// Peers whose addresses are remembered.
const PEERS: usize = 256;

/// The way to whatever one host is asked besides HTTP.
#[derive(Debug)]
pub struct Contacts {
    pub(super) wire: Arc<Wire>,
    pub(super) scope: Scope,
    peers: Mutex<Peers>,
}

/// What is known of the addresses of each peer.
type Peers = HashMap<(Arc<str>, u16), Arc<Addresses>>;

/// What a probe shows besides what it brings.
#[derive(Debug, Default)]
pub(super) struct Trip {
    pub(super) timing: Timing,
    pub(super) remote: Option<std::net::SocketAddr>,
}

impl Contacts {
    /// Contacts as far as `scope` allows them; none is made yet.
    pub fn new(wire: Arc<Wire>, scope: Scope) -> Self {
        Self { wire, scope, peers: Mutex::default() }
    }

    /// Sends a probe and takes what comes back. The reservation pays for the observation's weight and must live as long
    /// as it; there is none where the budget was used up.
    pub async fn send(&self, probe: &Arc<OtherProbe>) -> (Observation, Option<Reservation>) {
        let at = self.wire.clock.now();
        let start = Instant::now();
        let mut trip = Trip::default();
        let mut paid = self.wire.budget.try_reserve(512);
        let seen = match &mut paid {
            Some(paid) => self.observe(probe, &mut trip, paid).await,
            None => Err(ProbeError::new(ErrorKind::Budget, "the byte budget of the scan is used up")),
        };
        trip.timing.total = start.elapsed();
        let observation = Observation {
            probe: Arc::clone(probe),
            seen,
            at,
            timing: trip.timing,
            remote: trip.remote,
            derived: Derived::default(),
        };
        (observation, paid)
    }

    async fn observe(&self, probe: &OtherProbe, trip: &mut Trip, paid: &mut Reservation) -> Result<Seen, ProbeError> {
        match probe {
            OtherProbe::Dns(probe) => self.query(probe, trip, paid).await,
            OtherProbe::Tcp(probe) => self.converse(probe, trip, paid).await,
            OtherProbe::Tls(probe) => self.shake(probe, trip, paid).await.map(Seen::Tls),
            OtherProbe::TlsSurvey(_) => Err(ProbeError::new(ErrorKind::Internal, "a survey is no single question")),
            OtherProbe::WebSocket(probe) => self.upgrade(probe, trip, paid).await,
        }
    }

    async fn query(&self, probe: &DnsProbe, trip: &mut Trip, paid: &mut Reservation) -> Result<Seen, ProbeError> {
        let servers = if probe.servers.is_empty() { self.wire.resolvers() } else { &probe.servers };
        // Who wrote the rule chose these, not who runs the scan.
        let strange = probe.servers.iter().find(|server| !self.allows(server.ip()));
        if let Some(server) = strange {
            return Err(ProbeError::new(ErrorKind::OutOfScope, format!("the resolver {server} is out of scope")));
        }
        self.wire.counters().count_request(probe.name.len());
        let (message, server) = dns::ask(probe, servers, self.wire.limits.talk, paid).await?;
        trip.remote = Some(server);
        Ok(Seen::Dns(message))
    }

    fn allows(&self, ip: std::net::IpAddr) -> bool {
        let host = ip.to_string();
        self.scope.allows_host(&host).is_allowed() && self.scope.allows_address(&host, ip).is_allowed()
    }

    async fn converse(&self, probe: &TcpProbe, trip: &mut Trip, paid: &mut Reservation) -> Result<Seen, ProbeError> {
        let (stream, session) = self.connect(&probe.host, probe.port, probe.tls, trip, paid).await?;
        let patience = probe.patience.unwrap_or(self.wire.limits.talk);
        let end = Instant::now() + LONGEST;
        let most = self.wire.limits.body;
        let mut conversation = Conversation { stream, patience, end, most, paid, counters: self.wire.counters() };
        let talk = conversation.hold(probe).await;
        Ok(Seen::Tcp(talk, session))
    }

    async fn upgrade(
        &self,
        probe: &WebSocketProbe,
        trip: &mut Trip,
        paid: &mut Reservation,
    ) -> Result<Seen, ProbeError> {
        let (host, tls) = (probe.origin.host().into(), probe.origin.scheme == Scheme::Https);
        let (stream, _) = self.connect(&host, probe.origin.port, tls, trip, paid).await?;
        let end = Instant::now() + LONGEST;
        self.wire.counters().count_request(probe.messages.iter().map(|message| message.len()).sum());
        let mut conversation = websocket::Conversation::new(stream, &self.wire.limits, end, paid);
        let (upgrade, talk) = conversation.hold(probe).await?;
        Ok(Seen::WebSocket(upgrade, talk))
    }

    /// A stream to a peer, inside TLS where `tls` says so.
    async fn connect(
        &self,
        host: &Arc<str>,
        port: u16,
        tls: bool,
        trip: &mut Trip,
        paid: &mut Reservation,
    ) -> Result<(Stream, Option<Arc<TlsSession>>), ProbeError> {
        let stream = self.dial(host, port, trip).await?;
        if !tls {
            return Ok((Stream::Plain(stream), None));
        }
        let start = Instant::now();
        let shaken = shake_hands(stream, server_name(host)?, &Offer::default(), &self.wire.tls, self.within()).await;
        trip.timing.handshake = start.elapsed();
        let (stream, session) = shaken?;
        pay_for(&session, paid)?;
        Ok((Stream::Tls(Box::new(stream)), Some(Arc::new(session))))
    }

    async fn shake(
        &self,
        probe: &TlsProbe,
        trip: &mut Trip,
        paid: &mut Reservation,
    ) -> Result<Arc<TlsSession>, ProbeError> {
        let offer = Offer::of(probe);
        let name = server_name(probe.name.as_ref().unwrap_or(&probe.host))?;
        let start = Instant::now();
        let session = match self.shake_as_usual(probe, name.clone(), &offer, trip).await {
            // It may well speak what the library does not.
            Err(error) if error.kind == ErrorKind::HandshakeRefused => {
                let stream = self.dial(&probe.host, probe.port, trip).await?;
                ask_by_hand(stream, name, &offer, &self.wire.tls, self.within()).await
            }
            shaken => shaken,
        };
        trip.timing.handshake = start.elapsed().saturating_sub(trip.timing.connect);
        let session = session?;
        pay_for(&session, paid)?;
        Ok(Arc::new(session))
    }

    /// A whole handshake, where the library can offer what is wanted.
    async fn shake_as_usual(
        &self,
        probe: &TlsProbe,
        name: ServerName<'static>,
        offer: &Offer,
        trip: &mut Trip,
    ) -> Result<TlsSession, ProbeError> {
        if !offer.is_usual(&self.wire.tls) {
            return Err(ProbeError::new(ErrorKind::HandshakeRefused, "the library cannot offer what is wanted"));
        }
        let stream = self.dial(&probe.host, probe.port, trip).await?;
        let shaken = shake_hands(stream, name, offer, &self.wire.tls, self.within()).await;
        shaken.map(|(_, session)| session)
    }

    pub(super) async fn dial(
        &self,
        host: &Arc<str>,
        port: u16,
        trip: &mut Trip,
    ) -> Result<tokio::net::TcpStream, ProbeError> {
        let Some(origin) = Origin::new(Scheme::Http, host, port) else {
            return Err(ProbeError::new(ErrorKind::NoSuchName, "the host is neither a name nor an address"));
        };
        let known = self.peer(host, port);
        let start = Instant::now();
        let dialed = self.wire.dialer.dial(&origin, &self.scope, &known).await;
        trip.timing.connect = start.elapsed();
        let (stream, remote) = dialed?;
        self.wire.counters().count_connection();
        trip.remote = remote;
        Ok(stream)
    }

    /// What is known of a peer's addresses.
    pub(super) fn peer(&self, host: &Arc<str>, port: u16) -> Arc<Addresses> {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if peers.len() >= PEERS {
            peers.clear();
        }
        Arc::clone(peers.entry((Arc::clone(host), port)).or_default())
    }

    fn within(&self) -> (Duration, crate::base::Clock) {
        (self.wire.limits.connect, self.wire.clock)
    }
}

pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, ProbeError> {
    name_of(host).ok_or_else(|| ProbeError::new(ErrorKind::HandshakeRefused, "the name cannot be used with TLS"))
}

/// Reserves what a handshake's record weighs.
fn pay_for(session: &TlsSession, paid: &mut Reservation) -> Result<(), ProbeError> {
    let over = || ProbeError::new(ErrorKind::Budget, "the byte budget of the scan is used up");
    paid.try_grow(session.weight()).then_some(()).ok_or_else(over)
}
