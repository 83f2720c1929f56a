//! One host's connections: a small keep-alive pool, and the way a probe takes through it.
//!
//! Takes probes, gives exchanges. Invariant: at most [`MAX_IDLE`] connections wait idle; a connection is put back only
//! after a whole answer without anomalies, and never where it was opened for another server name; a future that is
//! dropped half way drops its connection with it. Must never decide about rates, redirects or retries of answers: that
//! is the engine's.

mod http2;

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::connection::{Connection, Idle};
use super::dialer::Addresses;
use super::http::{Ask, Failure, Outcome, Receiver, ends_plainly};
use super::http2::Http2Connection;
use super::settings::Wire;
use super::stream::Stream;
use super::timer::Deadlines;
use super::tls::{HostTls, Protocol, TlsFailure, handshake};
use crate::base::{Limits, Origin, Reservation, Scheme};
use crate::observation::{
    Anomaly, ErrorKind, Exchange, HttpProbe, HttpVersion, ProbeError, Response, Timing, TlsSession,
};
use crate::target::Scope;

/// Idle connections that are kept.
const MAX_IDLE: usize = 4;
/// A request that must not be sent twice goes only on a connection that was used this recently.
const FRESH: Duration = Duration::from_secs(1);
/// The longest time that a probe may ask for.
const MAX_TIMEOUT: Duration = Duration::from_secs(60);

/// The connections to one host.
#[derive(Debug)]
pub struct Connections {
    wire: Arc<Wire>,
    origin: Origin,
    scope: Scope,
    idle: Mutex<Vec<Connection>>,
    idle_http2: Mutex<Vec<Http2Connection>>,
    addresses: Addresses,
    tls: OnceLock<Box<HostTls>>,
    /// The handshake last recorded; most connections show the same.
    session: Mutex<Option<Arc<TlsSession>>>,
    http2_only: AtomicBool,
    http2_tried: AtomicBool,
    /// Whether nothing is sent to a server whose certificate is not trusted.
    only_trusted: bool,
}

/// What an exchange shows besides its response.
#[derive(Debug, Default)]
struct Trip {
    timing: Timing,
    remote: Option<std::net::SocketAddr>,
    tls: Option<Arc<TlsSession>>,
}

/// A response or why there is none, and what it holds of the byte budget.
type Answer = (Result<Response, ProbeError>, Reservation);

/// Why no connection came about.
enum NoConnection {
    /// The server refuses HTTP/1.1 in the handshake.
    WrongProtocol,
    Error(ProbeError),
}

impl From<ProbeError> for NoConnection {
    fn from(error: ProbeError) -> Self {
        Self::Error(error)
    }
}

impl Connections {
    /// The connections to `origin`, as far as `scope` allows them; none is open yet.
    pub fn new(wire: Arc<Wire>, origin: Origin, scope: Scope) -> Self {
        Self {
            wire,
            origin,
            scope,
            idle: Mutex::default(),
            idle_http2: Mutex::default(),
            addresses: Addresses::new(),
            tls: OnceLock::new(),
            session: Mutex::default(),
            http2_only: AtomicBool::new(false),
            http2_tried: AtomicBool::new(false),
            only_trusted: false,
        }
    }

    /// The same, which sends nothing to a server whose certificate is not trusted: for requests that hold a secret which is
    /// not the server's own.
    #[must_use]
    pub fn only_trusted(self) -> Self {
        Self { only_trusted: true, ..self }
    }

    /// The host they lead to.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Sends a probe and receives its answer. Never fails: what went wrong is in the exchange. The reservation pays for
    /// the exchange's [`Exchange::weight`] and must live as long as it; there is none where the budget was used up.
    pub async fn send(&self, probe: &Arc<HttpProbe>) -> (Exchange, Option<Reservation>) {
        let at = self.wire.clock.now();
        let start = Instant::now();
        let mut trip = Trip::default();
        let wire = probe.wire.expose();
        let (response, reservation) = match self.wire.budget.try_reserve(wire.len() + 512) {
            Some(reservation) => {
                let (response, reservation) = self.exchange(probe, reservation, &mut trip).await;
                (response, Some(reservation))
            }
            None => (Err(ProbeError::new(ErrorKind::Budget, "the byte budget of the scan is used up")), None),
        };
        trip.timing.total = start.elapsed();
        let Trip { timing, remote, tls } = trip;
        let exchange = Exchange { probe: Arc::clone(probe), response, at, timing, remote, tls };
        let reservation = reservation.map(|mut held| {
            held.shrink_to(exchange.weight());
            held
        });
        (exchange, reservation)
    }

    async fn exchange(&self, probe: &HttpProbe, reservation: Reservation, trip: &mut Trip) -> Answer {
        if probe.origin != self.origin {
            let detail = "the probe was given to the connections of another host";
            return (Err(ProbeError::new(ErrorKind::Internal, detail)), reservation);
        }
        if probe.version == HttpVersion::Http2 || self.http2_only.load(Ordering::Relaxed) {
            return Box::pin(self.exchange_http2(probe, reservation, trip)).await;
        }
        let mut reservation = reservation;
        let mut noisy = false;
        let mut reuse = probe.sni.is_none();
        loop {
            let idle = if reuse { self.take_idle(probe, &mut noisy).await } else { None };
            let reused = idle.is_some();
            let mut connection = match idle {
                Some(connection) => connection,
                None => match Box::pin(self.connect(probe, trip)).await {
                    Ok(connection) => connection,
                    Err(NoConnection::Error(error)) => return (Err(error), reservation),
                    Err(NoConnection::WrongProtocol) => break,
                },
            };
            let outcome = self.exchange_on(&mut connection, probe, reservation, noisy, trip).await;
            if outcome.reusable && probe.sni.is_none() && is_clean_after(probe, &outcome) {
                self.put_back(connection);
            }
            reservation = outcome.reservation;
            match outcome.result {
                Ok(response) if self.wants_http2(&response) => {
                    return Box::pin(self.prefer_http2(probe, response, reservation, trip)).await;
                }
                Ok(response) => return (Ok(response), reservation),
                Err(Failure::Silent) if reused && probe.method.is_safe() => reuse = false,
                Err(Failure::Silent) => return (Err(silent()), reservation),
                Err(Failure::SpeaksHttp2) => break,
                Err(Failure::Error(error)) => return (Err(error), reservation),
            }
        }
        self.http2_only.store(true, Ordering::Relaxed);
        Box::pin(self.exchange_http2(probe, reservation, trip)).await
    }

    async fn exchange_on(
        &self,
        connection: &mut Connection,
        probe: &HttpProbe,
        reservation: Reservation,
        noisy: bool,
        trip: &mut Trip,
    ) -> Outcome {
        let wire = probe.wire.expose();
        let deadlines = self.deadlines(probe);
        let limits = limits_of(&self.wire.limits, probe);
        let mut receiver = Receiver::new(&limits, ask(probe), deadlines.exchange, reservation);
        if noisy {
            receiver.note(Anomaly::Unsolicited);
        }
        trip.remote = connection.remote;
        trip.tls.clone_from(&connection.tls);
        self.wire.counters().count_request(wire.len());
        trip.timing.first_byte = connection.exchange(wire, deadlines, &mut receiver).await;
        self.wire.counters().count_answer(receiver.received());
        receiver.finish()
    }

    fn deadlines(&self, probe: &HttpProbe) -> Deadlines {
        let (now, limits) = (Instant::now(), &self.wire.limits);
        match probe.timeout {
            Some(timeout) => {
                let end = now + timeout.min(MAX_TIMEOUT);
                Deadlines { head: end, exchange: end }
            }
            None => {
                Deadlines { head: now + limits.response_head.min(limits.exchange), exchange: now + limits.exchange }
            }
        }
    }

    /// An idle connection that is fit for the probe; `noisy` becomes true where one was found with unasked bytes.
    async fn take_idle(&self, probe: &HttpProbe, noisy: &mut bool) -> Option<Connection> {
        loop {
            let mut connection = lock(&self.idle).pop()?;
            if !probe.method.is_safe() && connection.idle_since.elapsed() > FRESH {
                continue;
            }
            match connection.look().await {
                Idle::Quiet => return Some(connection),
                Idle::Closed => {}
                Idle::Noisy => *noisy = true,
            }
        }
    }

    fn put_back(&self, connection: Connection) {
        let mut idle = lock(&self.idle);
        if idle.len() < MAX_IDLE {
            idle.push(connection);
        }
    }

    async fn connect(&self, probe: &HttpProbe, trip: &mut Trip) -> Result<Connection, NoConnection> {
        let stream = self.open(Protocol::Http1, probe.sni.as_deref(), trip).await?;
        Ok(Connection::new(stream, trip.remote, trip.tls.clone()))
    }

    /// Opens a stream and shakes hands over HTTPS, with another server name than the origin's where one is given; the trip
    /// notes where it leads and how long that took.
    async fn open(&self, protocol: Protocol, sni: Option<&str>, trip: &mut Trip) -> Result<Stream, NoConnection> {
        let start = Instant::now();
        let (stream, remote) = self.wire.dialer.dial(&self.origin, &self.scope, &self.addresses).await?;
        self.wire.counters().count_connection();
        trip.timing.connect = start.elapsed();
        trip.remote = remote;
        if self.origin.scheme == Scheme::Http {
            return Ok(Stream::Plain(stream));
        }
        let start = Instant::now();
        let host = self.tls.get_or_init(Box::default);
        let within = (self.wire.limits.connect, self.wire.clock);
        match handshake(stream, (&self.origin, sni), (&self.wire.tls, host), protocol, within).await {
            Ok((_, TlsSession { untrusted: Some(why), .. })) if self.only_trusted => {
                let detail = format!("the certificate is not trusted: {why}");
                Err(ProbeError::new(ErrorKind::HandshakeRefused, detail).into())
            }
            Ok((stream, session)) => {
                trip.timing.handshake = start.elapsed();
                trip.tls = Some(self.remember(session));
                Ok(Stream::Tls(Box::new(stream)))
            }
            Err(TlsFailure::WrongProtocol) => Err(NoConnection::WrongProtocol),
            Err(TlsFailure::Error(error)) => Err(error.into()),
        }
    }

    /// Shares the record of a handshake with those before, as long as they show the same.
    fn remember(&self, session: TlsSession) -> Arc<TlsSession> {
        let mut last = lock(&self.session);
        match &*last {
            Some(known) if **known == session => Arc::clone(known),
            _ => Arc::clone(last.insert(Arc::new(session))),
        }
    }
}

/// The limits of one exchange.
fn limits_of<'a>(limits: &'a Limits, probe: &HttpProbe) -> Cow<'a, Limits> {
    match probe.most.and_then(|most| usize::try_from(most).ok()) {
        Some(body) => Cow::Owned(Limits { body, ..limits.clone() }),
        None => Cow::Borrowed(limits),
    }
}

fn ask(probe: &HttpProbe) -> Ask {
    Ask { head: probe.method.is_head(), connect: &*probe.method.0 == "CONNECT", window: probe.window }
}

/// Whether nothing of this exchange can be taken for part of the next one: neither the rest of an oddly framed request, nor
/// the body that some servers send with a 304.
fn is_clean_after(probe: &HttpProbe, outcome: &Outcome) -> bool {
    let announces_body = |response: &Response| response.header("content-length").any(|length| &length[..] != b"0");
    let odd = outcome.result.as_ref().is_ok_and(|response| response.status == 304 && announces_body(response));
    !odd && ends_plainly(probe.wire.expose())
}

fn silent() -> ProbeError {
    ProbeError::new(ErrorKind::Reset, "the connection was closed without an answer")
}

/// A lock is held for a push or a pop, so a panic elsewhere cannot leave the list half changed.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
impl Connections {
    /// Connections that wait idle.
    pub(super) fn idle_connections(&self) -> usize {
        lock(&self.idle).len()
    }

    /// Whether the last idle connection's socket has something to say.
    pub(super) async fn idle_has_news(&self) -> bool {
        std::future::poll_fn(|cx| {
            let idle = lock(&self.idle);
            let news = idle.last().is_some_and(|connection| connection.stream.poll_readable(cx).is_ready());
            std::task::Poll::Ready(news)
        })
        .await
    }
}
