//! Probes: one wire request each, as the exact bytes to send.
//!
//! Invariant: two probes are equal if and only if they put the same bytes on the same kind of connection and read the
//! answer within the same bounds, so a probe is its own interning key (design §7). Must never import anything but `base`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{DnsProbe, StartTls, SurveyDepth, TcpProbe, TlsProbe, TlsSurveyProbe, WebSocketProbe};
use crate::base::{Origin, Secret};

/// A request method (RFC 9110 §9), any token allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Method(pub Arc<str>);

impl Method {
    /// Whether the method only reads: GET, HEAD, OPTIONS.
    pub fn is_safe(&self) -> bool {
        matches!(&*self.0, "GET" | "HEAD" | "OPTIONS")
    }

    /// Whether an answer to it carries no body (RFC 9110 §9.3.2).
    pub fn is_head(&self) -> bool {
        &*self.0 == "HEAD"
    }
}

impl From<&str> for Method {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

/// Which HTTP version a probe is sent with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HttpVersion {
    /// HTTP/1.1, byte for byte; HTTP/2 only where the host speaks nothing else.
    #[default]
    Http1,
    /// HTTP/2 only.
    Http2,
}

/// One HTTP request as it goes on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HttpProbe {
    /// Where to connect to, and how.
    pub origin: Origin,
    /// The request method.
    pub method: Method,
    /// The request target exactly as sent: path and query, or `*`, or anything a raw request says.
    pub target: Bytes,
    /// The whole request exactly as sent over HTTP/1.1: request line, fields, empty line, body.
    /// User-given credentials are part of it, so it is shown only through redaction.
    pub wire: Secret<Bytes>,
    /// HTTP version.
    pub version: HttpVersion,
    /// Decoded body bytes after which reading stops because the rule asked for no more (`range`).
    pub window: Option<u64>,
    /// Decoded body bytes at which the body is cut off, where that is not the scan's own limit.
    pub most: Option<u64>,
    /// Time for the whole exchange, where the rule asks for more than the default.
    pub timeout: Option<Duration>,
    /// The server name of the TLS handshake, where it is not the origin's host.
    pub sni: Option<Arc<str>>,
}

impl HttpProbe {
    /// A request over HTTP/1.1, its answer within the scan's own limits and under the origin's own name.
    pub fn new(origin: Origin, method: Method, target: Bytes, wire: Secret<Bytes>) -> Self {
        let version = HttpVersion::Http1;
        Self { origin, method, target, wire, version, window: None, most: None, timeout: None, sni: None }
    }

    /// The URL asked for, target as sent.
    pub fn url(&self) -> String {
        let target = String::from_utf8_lossy(&self.target);
        if self.origin.is_files() {
            return format!("file://{target}");
        }
        if target.starts_with('/') { format!("{}{target}", self.origin) } else { format!("{}/{target}", self.origin) }
    }
}

/// A probe that is not an HTTP exchange.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OtherProbe {
    /// A DNS query.
    Dns(DnsProbe),
    /// A TCP conversation, inside TLS or not.
    Tcp(TcpProbe),
    /// A TLS handshake.
    Tls(TlsProbe),
    /// A survey of what a port speaks of TLS.
    TlsSurvey(TlsSurveyProbe),
    /// A WebSocket conversation.
    WebSocket(WebSocketProbe),
}

impl OtherProbe {
    /// The host and port that it connects to; none for a DNS query, which goes to a resolver.
    pub fn peer(&self) -> Option<(&str, u16)> {
        match self {
            Self::Dns(_) => None,
            Self::Tcp(probe) => Some((&probe.host, probe.port)),
            Self::Tls(probe) => Some((&probe.host, probe.port)),
            Self::TlsSurvey(probe) => Some((&probe.host, probe.port)),
            Self::WebSocket(probe) => Some((probe.origin.host(), probe.origin.port)),
        }
    }

    /// Whether it is a survey that makes this very handshake: an ordinary one, of the same port, with the same name.
    pub fn includes(&self, other: &Self) -> bool {
        let (Self::TlsSurvey(survey), Self::Tls(wanted)) = (self, other) else { return false };
        let is_there = (&survey.host, survey.port, &survey.name) == (&wanted.host, wanted.port, &wanted.name);
        // Ten hellos for a fingerprint end before any handshake.
        let makes_one = survey.depth != SurveyDepth::Jarm && survey.starttls.is_none();
        wanted.is_ordinary() && is_there && makes_one
    }

    /// Whether it is about TLS alone: what it brings is public.
    pub fn is_of_tls(&self) -> bool {
        matches!(self, Self::Tls(_) | Self::TlsSurvey(_))
    }

    /// The protocol in one word, as reports write it.
    pub fn protocol(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dns",
            Self::Tcp(_) => "tcp",
            Self::Tls(_) | Self::TlsSurvey(_) => "tls",
            Self::WebSocket(_) => "websocket",
        }
    }
}

impl std::fmt::Display for OtherProbe {
    /// Where it goes, in the manner of a URL.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dns(probe) => write!(f, "dns:{}?type={}", probe.name, probe.kind),
            Self::Tcp(probe) => {
                let scheme = if probe.tls { "tls" } else { "tcp" };
                write!(f, "{scheme}://{}", Peer(&probe.host, probe.port))
            }
            Self::Tls(probe) => write!(f, "tls://{}", Peer(&probe.host, probe.port)),
            Self::TlsSurvey(probe) => {
                let scheme = probe.starttls.map_or("tls", StartTls::name);
                write!(f, "{scheme}://{}", Peer(&probe.host, probe.port))
            }
            Self::WebSocket(probe) => f.write_str(&probe.url()),
        }
    }
}

/// Host and port as URLs write them.
struct Peer<'a>(&'a str, u16);

impl std::fmt::Display for Peer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.contains(':') { write!(f, "[{}]:{}", self.0, self.1) } else { write!(f, "{}:{}", self.0, self.1) }
    }
}

/// Any probe.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Probe {
    /// An HTTP exchange.
    Http(Arc<HttpProbe>),
    /// Anything else.
    Other(Arc<OtherProbe>),
}

impl Probe {
    /// The HTTP probe, where it is one.
    pub fn http(&self) -> Option<&Arc<HttpProbe>> {
        match self {
            Self::Http(probe) => Some(probe),
            Self::Other(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survey_makes_the_ordinary_handshake_and_a_fingerprint_makes_none() {
        let (host, port, name): (Arc<str>, _, _) = ("a.example".into(), 443, None);
        let wanted = TlsProbe::of(Arc::clone(&host), port);
        let survey = TlsSurveyProbe { host, port, name, depth: SurveyDepth::Quick, starttls: None };
        for (depth, makes_one) in [(SurveyDepth::Quick, true), (SurveyDepth::Full, true), (SurveyDepth::Jarm, false)] {
            let survey = OtherProbe::TlsSurvey(TlsSurveyProbe { depth, ..survey.clone() });
            assert_eq!(survey.includes(&OtherProbe::Tls(wanted.clone())), makes_one, "{depth:?}");
            for wanted in [
                TlsProbe { nameless: true, ..wanted.clone() },
                TlsProbe { groups: vec![29], ..wanted.clone() },
                TlsProbe { alpn: vec!["h2".into()], ..wanted.clone() },
                TlsProbe { most: Some(crate::observation::TlsVersion::Tls12), ..wanted.clone() },
            ] {
                assert!(!survey.includes(&OtherProbe::Tls(wanted)));
            }
        }
        let other = OtherProbe::Tls(TlsProbe { port: 8443, ..wanted });
        assert!(!OtherProbe::TlsSurvey(survey).includes(&other));
    }
}
