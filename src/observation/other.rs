//! What a probe that is not HTTP brought back.
//!
//! Invariant: an observation is whole in itself: what was sent, what came, how long it took and where from. Must never
//! import anything but `base`.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use super::{DnsMessage, OtherProbe, ProbeError, Resumption, Talk, Timing, TlsSession, TlsSurvey, Upgrade};
use crate::base::{Timestamp, Value};

/// One probe and what became of it.
#[derive(Debug, Clone)]
pub struct Observation {
    /// What was sent.
    pub probe: Arc<OtherProbe>,
    /// What came back.
    pub seen: Result<Seen, ProbeError>,
    /// When it was sent, by the scan's clock.
    pub at: Timestamp,
    /// Durations.
    pub timing: Timing,
    /// The address that was talked to.
    pub remote: Option<SocketAddr>,
    /// What was derived from it already.
    pub derived: Derived,
}

/// What is derived from an observation, at most once.
#[derive(Debug, Clone, Default)]
pub struct Derived(OnceLock<Value>);

impl Derived {
    /// The facts, made where they are not there yet.
    pub fn facts(&self, make: impl FnOnce() -> Value) -> &Value {
        self.0.get_or_init(make)
    }
}

/// What came back, by protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The answer to a DNS query.
    Dns(DnsMessage),
    /// What was said over TCP, and the handshake where it was inside TLS.
    Tcp(Talk, Option<Arc<TlsSession>>),
    /// A handshake that came about.
    Tls(Arc<TlsSession>),
    /// What a port speaks.
    TlsSurvey(Arc<TlsSurvey>),
    /// The answer to the upgrade, and what was said after it.
    WebSocket(Upgrade, Talk),
}

impl Observation {
    /// What a survey brings to who wanted its ordinary handshake alone, no more than that would have brought: what the
    /// survey asked for besides is left out, so that a verdict does not depend on who else asks. Nothing where none came
    /// about.
    pub fn handshake(&self, probe: &Arc<OtherProbe>) -> Option<Self> {
        let Ok(Seen::TlsSurvey(survey)) = &self.seen else { return None };
        let session = TlsSession {
            alpn: None,
            client_certificate: None,
            resumption: Resumption::default(),
            ..TlsSession::clone(survey.session.as_ref()?)
        };
        let seen = Ok(Seen::Tls(Arc::new(session)));
        let (probe, derived) = (Arc::clone(probe), Derived::default());
        Some(Self { probe, seen, at: self.at, timing: self.timing, remote: self.remote, derived })
    }

    /// Bytes that keeping it in memory costs, roughly.
    pub fn weight(&self) -> usize {
        let seen = match &self.seen {
            Ok(Seen::Dns(message)) => message.weight(),
            Ok(Seen::Tcp(talk, session)) => talk.weight() + session.as_deref().map_or(0, TlsSession::weight),
            Ok(Seen::Tls(session)) => session.weight(),
            Ok(Seen::TlsSurvey(survey)) => survey.weight(),
            Ok(Seen::WebSocket(upgrade, talk)) => upgrade.head.len() + talk.weight(),
            Err(error) => error.detail.len(),
        };
        seen + 512
    }
}
