//! The way of a probe over HTTP/2.
//!
//! Takes probes that ask for it, and those of hosts that turned out to speak nothing else. Invariant: a host is asked
//! for HTTP/2 instead of HTTP/1.1 at most once, and where that fails its HTTP/1.1 answer stands. Must never decide about rates.

use std::sync::atomic::Ordering;

use super::super::http::{Failure, Receiver};
use super::super::http2::{Http2Connection, translate};
use super::super::tls::Protocol;
use super::{Answer, Connections, MAX_IDLE, NoConnection, Trip, ask, limits_of, lock, silent};
use crate::base::Reservation;
use crate::observation::{ErrorKind, HttpProbe, ProbeError, Response};

impl Connections {
    /// Whether an answer says that only HTTP/2 will do, and that was not tried yet.
    pub(super) fn wants_http2(&self, response: &Response) -> bool {
        let asks = match response.status {
            505 => true,
            426 => response.header("upgrade").any(|value| value.to_ascii_lowercase().starts_with(b"h2")),
            _ => false,
        };
        asks && !self.http2_tried.swap(true, Ordering::Relaxed)
    }

    /// Tries HTTP/2, and stays with the answer to HTTP/1.1 where that fails.
    pub(super) async fn prefer_http2(
        &self,
        probe: &HttpProbe,
        response: Response,
        held: Reservation,
        trip: &mut Trip,
    ) -> Answer {
        let Some(reservation) = self.wire.budget.try_reserve(probe.wire.expose().len() + 512) else {
            return (Ok(response), held);
        };
        let mut other = Trip::default();
        match self.exchange_http2(probe, reservation, &mut other).await {
            (Ok(better), reservation) => {
                self.http2_only.store(true, Ordering::Relaxed);
                *trip = other;
                (Ok(better), reservation)
            }
            (Err(_), _) => (Ok(response), held),
        }
    }

    pub(super) async fn exchange_http2(
        &self,
        probe: &HttpProbe,
        mut reservation: Reservation,
        trip: &mut Trip,
    ) -> Answer {
        let request = match translate(probe) {
            Ok(request) => request,
            Err(error) => return (Err(error), reservation),
        };
        let mut reuse = probe.method.is_safe() && probe.sni.is_none();
        loop {
            let idle = if reuse { lock(&self.idle_http2).pop() } else { None };
            let reused = idle.is_some();
            let mut connection = match idle {
                Some(connection) => connection,
                None => match self.connect_http2(probe, trip).await {
                    Ok(connection) => connection,
                    Err(error) => return (Err(error), reservation),
                },
            };
            let deadlines = self.deadlines(probe);
            let limits = limits_of(&self.wire.limits, probe);
            let mut receiver = Receiver::new(&limits, ask(probe), deadlines.exchange, reservation);
            trip.remote = connection.remote;
            trip.tls.clone_from(&connection.tls);
            self.wire.counters().count_request(probe.wire.expose().len());
            trip.timing.first_byte = connection.exchange(request.clone(), deadlines, &mut receiver).await;
            self.wire.counters().count_answer(receiver.received());
            let outcome = receiver.finish();
            reservation = outcome.reservation;
            if outcome.result.is_ok() && connection.is_open() && probe.sni.is_none() {
                let mut idle = lock(&self.idle_http2);
                if idle.len() < MAX_IDLE {
                    idle.push(connection);
                }
            }
            match outcome.result {
                Ok(response) => return (Ok(response), reservation),
                Err(Failure::Silent) if reused => reuse = false,
                Err(Failure::Error(error)) => return (Err(error), reservation),
                Err(Failure::Silent | Failure::SpeaksHttp2) => return (Err(silent()), reservation),
            }
        }
    }

    async fn connect_http2(&self, probe: &HttpProbe, trip: &mut Trip) -> Result<Http2Connection, ProbeError> {
        let stream = match self.open(Protocol::Http2, probe.sni.as_deref(), trip).await {
            Ok(stream) => stream,
            Err(NoConnection::Error(error)) => return Err(error),
            Err(NoConnection::WrongProtocol) => {
                return Err(ProbeError::new(ErrorKind::HandshakeRefused, "the server does not speak HTTP/2"));
            }
        };
        Http2Connection::open(stream, trip.remote, trip.tls.clone(), &self.wire.limits).await
    }
}
