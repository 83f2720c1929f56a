//! Surveys on the wire: the questions of a survey, each over a connection of its own, some at a time.
//!
//! Takes a probe and a turn to wait for before every connection; gives the survey. Every connection goes through the
//! dialer, and all of them to one address, but those that look at the others. Invariant: it ends within its time and within
//! its number of questions, whatever the server does. Must never decide about rates: that is the engine's.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::contacts::{Contacts, Trip, server_name};
use super::dialer::Addresses;
use super::tls::survey::{Ask, Heard, Question, Survey};
use super::tls::{Sessions, ask, ask_ssl2, judge_in_the_clear, judge_others, renegotiate, shake, upgrade};
use crate::base::{Limits, Origin, Reservation, Scheme};
use crate::observation::{
    Derived, ErrorKind, Observation, OtherProbe, ProbeError, Seen, StartTls, SurveyDepth, TlsSurvey, TlsSurveyProbe,
};

/// Connections at once, where the host allows as many.
const AT_ONCE: usize = 4;
/// How long a server may take to greet and to upgrade a connection: some keep everybody waiting, to see who does not wait.
const GREETING: Duration = Duration::from_secs(20);

/// The longest that a survey takes.
pub fn longest(depth: SurveyDepth) -> Duration {
    match depth {
        SurveyDepth::Quick | SurveyDepth::Jarm => Duration::from_secs(90),
        SurveyDepth::Full => Duration::from_secs(240),
    }
}

/// What the questions of one survey share.
struct Field<'a, T> {
    probe: &'a TlsSurveyProbe,
    origin: Origin,
    name: ServerName<'static>,
    known: Arc<Addresses>,
    addresses: Vec<SocketAddr>,
    sessions: Sessions,
    turn: T,
    /// The connection that showed which address is surveyed, for the first question.
    first: Mutex<Option<TcpStream>>,
    connections: AtomicU32,
}

/// A question that is under way: its number, and what was heard.
type Flight<'a> = Pin<Box<dyn Future<Output = (usize, Heard)> + Send + 'a>>;

/// Questions that are under way.
struct Flights<'a>(Vec<Flight<'a>>);

impl Flights<'_> {
    /// The next one that lands; never where there is none.
    async fn next(&mut self) -> (usize, Heard) {
        std::future::poll_fn(|cx| {
            for at in 0..self.0.len() {
                let Some(flight) = self.0.get_mut(at) else { break };
                if let Poll::Ready(landed) = flight.as_mut().poll(cx) {
                    drop(self.0.swap_remove(at));
                    return Poll::Ready(landed);
                }
            }
            Poll::Pending
        })
        .await
    }
}

impl Contacts {
    /// Makes a survey; `turn` is waited for before every connection, and what it gives is kept while the connection is
    /// open. The reservation pays for the observation's weight and must live as long as it.
    pub async fn survey<T, F, P>(&self, probe: &Arc<OtherProbe>, turn: T) -> (Observation, Option<Reservation>)
    where
        T: Fn() -> F + Sync + Send,
        F: Future<Output = P> + Send,
        P: Send,
    {
        let at = self.wire.clock.now();
        let start = Instant::now();
        let mut trip = Trip::default();
        let mut paid = self.wire.budget.try_reserve(1024);
        let seen = match (&**probe, &mut paid) {
            (OtherProbe::TlsSurvey(wanted), Some(paid)) => self.conduct(wanted, turn, &mut trip, paid).await,
            (_, None) => Err(ProbeError::new(ErrorKind::Budget, "the byte budget of the scan is used up")),
            (_, Some(_)) => Err(ProbeError::new(ErrorKind::Internal, "what is no survey cannot be conducted")),
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

    async fn conduct<T, F, P>(
        &self,
        probe: &TlsSurveyProbe,
        turn: T,
        trip: &mut Trip,
        paid: &mut Reservation,
    ) -> Result<Seen, ProbeError>
    where
        T: Fn() -> F + Sync + Send,
        F: Future<Output = P> + Send,
        P: Send,
    {
        let start = Instant::now();
        let (field, mut survey) = self.open(probe, turn, trip).await?;
        let end = start + longest(probe.depth);
        let (mut flights, mut at_once) = (Flights(Vec::new()), AT_ONCE);
        loop {
            while flights.0.len() < at_once {
                let Some(question) = survey.ask() else { break };
                flights.0.push(Box::pin(self.put(&field, question)));
            }
            if flights.0.is_empty() {
                break;
            }
            match tokio::time::timeout_at(end.into(), flights.next()).await {
                Ok((id, heard)) => {
                    // Who has no room for several connections of ours may have room for one.
                    if matches!(heard, Heard::PutOff(_) | Heard::NotTls(_)) {
                        at_once = 1;
                    }
                    survey.told(id, heard);
                }
                Err(_) => {
                    survey.stop();
                    break;
                }
            }
        }
        drop(flights);
        trip.timing.handshake = start.elapsed().saturating_sub(trip.timing.connect);
        let mut found = survey.finish();
        let now = self.wire.clock.now().as_second();
        found.judgement = judge_in_the_clear(&self.wire.tls, &found, &field.name, now);
        judge_others(&self.wire.tls, &mut found, &field.name, now);
        found.connections = field.connections.load(Ordering::Relaxed);
        let over = || ProbeError::new(ErrorKind::Budget, "the byte budget of the scan is used up");
        paid.try_grow(found.weight()).then_some(()).ok_or_else(over)?;
        Ok(Seen::TlsSurvey(Arc::new(found)))
    }

    /// Connects once, to see where the survey goes.
    async fn open<'a, T, F, P>(
        &self,
        probe: &'a TlsSurveyProbe,
        turn: T,
        trip: &mut Trip,
    ) -> Result<(Field<'a, T>, Survey), ProbeError>
    where
        T: Fn() -> F,
        F: Future<Output = P>,
    {
        let asked = probe.name.as_ref().unwrap_or(&probe.host);
        let name = server_name(asked)?;
        let no_host = || ProbeError::new(ErrorKind::NoSuchName, "the host is neither a name nor an address");
        let origin = Origin::new(Scheme::Http, &probe.host, probe.port).ok_or_else(no_host)?;
        let known = self.peer(&probe.host, probe.port);
        let _pass = turn().await;
        let stream = self.dial(&probe.host, probe.port, trip).await?;
        let mut addresses: Vec<SocketAddr> = trip.remote.into_iter().collect();
        let others = trip.remote.and(known.get()).into_iter().flatten();
        addresses.extend(others.filter(|other| Some(**other) != trip.remote));
        let ips: Vec<IpAddr> = addresses.iter().map(SocketAddr::ip).collect();
        let blank = TlsSurvey {
            depth: probe.depth,
            starttls: probe.starttls,
            name: matches!(name, ServerName::DnsName(_)).then(|| Arc::clone(asked)),
            ..TlsSurvey::default()
        };
        let mut seed = [0; 32];
        // Where there is no randomness, zeroes serve as well: no key is agreed on.
        let _ = getrandom::fill(&mut seed);
        let (first, connections) = (Mutex::new(Some(stream)), AtomicU32::new(1));
        let sessions = Sessions::new(&self.wire.tls);
        let field = Field { probe, origin, name, known, addresses, sessions, turn, first, connections };
        Ok((field, Survey::new(blank, ips, seed)))
    }

    /// Puts one question.
    async fn put<T, F, P>(&self, field: &Field<'_, T>, question: Ask) -> (usize, Heard)
    where
        T: Fn() -> F,
        F: Future<Output = P>,
    {
        if !question.pause.is_zero() {
            tokio::time::sleep(question.pause).await;
        }
        let spare = field.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        let _pass = match spare {
            Some(_) => None,
            None => Some((field.turn)().await),
        };
        let stream = match spare {
            Some(stream) => Ok(stream),
            None => {
                let address = field.addresses.get(question.address).copied();
                self.reach(field, address).await
            }
        };
        let heard = match stream {
            Ok(stream) => self.hear(field, stream, &question.question).await,
            Err(error) if error.kind == ErrorKind::ConnectionRefused => Heard::Shut(error.detail),
            Err(error) => Heard::NoConnection(error.detail),
        };
        (question.id, heard)
    }

    async fn reach<T>(&self, field: &Field<'_, T>, address: Option<SocketAddr>) -> Result<TcpStream, ProbeError> {
        let (stream, _) = self.wire.dialer.dial_at(&field.origin, &self.scope, &field.known, address).await?;
        self.wire.counters().count_connection();
        field.connections.fetch_add(1, Ordering::Relaxed);
        Ok(stream)
    }

    /// What is heard to a question over a connection.
    async fn hear<T>(&self, field: &Field<'_, T>, mut stream: TcpStream, question: &Question) -> Heard {
        if let Some(protocol) = field.probe.starttls {
            let name = field.probe.name.as_ref().unwrap_or(&field.probe.host);
            let upgraded =
                timeout(patience_before_tls(protocol, &self.wire.limits), upgrade(&mut stream, protocol, name)).await;
            if let Err(heard) = upgraded.unwrap_or(Err(Heard::Mute(protocol))) {
                let _ = stream.shutdown().await;
                return heard;
            }
        }
        let talk = async {
            match question {
                Question::Hello(hello, until) => {
                    self.wire.counters().count_request(hello.len());
                    ask(&mut stream, hello, *until).await
                }
                Question::Ssl2(hello) => {
                    self.wire.counters().count_request(hello.len());
                    ask_ssl2(&mut stream, hello).await
                }
                Question::Renegotiation(hello) => {
                    self.wire.counters().count_request(2 * HANDSHAKE);
                    renegotiate(&mut stream, hello.clone()).await
                }
                Question::Handshake(wish) => {
                    self.wire.counters().count_request(HANDSHAKE);
                    let tls = (&self.wire.tls, self.wire.clock);
                    shake(&mut stream, field.name.clone(), wish, &field.sessions, tls).await
                }
            }
        };
        let heard = timeout(self.wire.limits.connect, talk).await.unwrap_or(Heard::TimedOut);
        // In order, so that nothing is left of the connection on either side.
        let _ = stream.shutdown().await;
        heard
    }
}

/// How long the way to TLS may take: where the server speaks first, two exchanges of the user's time at most.
fn patience_before_tls(protocol: StartTls, limits: &Limits) -> Duration {
    use StartTls::{Ftp, Imap, Ldap, Mysql, Pop3, Postgres, Smtp, Xmpp};
    match protocol {
        Smtp | Imap | Pop3 | Ftp | Mysql => GREETING.min(limits.exchange * 2).max(limits.connect),
        Ldap | Postgres | Xmpp => limits.connect,
    }
}

/// Bytes that a hello of the library has, roughly.
const HANDSHAKE: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_greets_late_is_waited_for_within_the_users_time() {
        let seconds = |protocol, exchange| {
            let limits = Limits { exchange: Duration::from_secs(exchange), ..Limits::default() };
            patience_before_tls(protocol, &limits).as_secs()
        };
        let (smtp, ldap) = (StartTls::Smtp, StartTls::Ldap);
        assert_eq!((seconds(smtp, 12), seconds(smtp, 60), seconds(smtp, 4), seconds(smtp, 1)), (20, 20, 8, 5));
        assert_eq!(seconds(ldap, 60), 5);
    }
}
