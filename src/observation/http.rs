//! One HTTP exchange: what was asked, what came back, how long it took, what was odd.
//!
//! Invariant: the body is decoded (content codings undone) and within its limit; where anything was cut off,
//! [`Response::truncated`] says so. Must never import anything but `base`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{HttpProbe, ProbeError, TlsSession};
use crate::base::Timestamp;

/// One header field line as received, name in its original case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Field name.
    pub name: Bytes,
    /// Field value without surrounding white space (RFC 9110 §5.5).
    pub value: Bytes,
}

/// Why a body or head is incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truncation {
    /// The decoded body reached its limit.
    BodyLimit,
    /// The connection ended in the middle.
    Interrupted,
    /// The time ran out in the middle.
    Late,
    /// A content coding could not be undone to its end.
    BadEncoding,
}

/// Something in the answer that no well-behaved server sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anomaly {
    /// The head could not be parsed; its raw bytes are kept as the body, status 0.
    MalformedHead,
    /// More header fields or bytes than the limit; the rest was dropped.
    HeadLimit,
    /// `Content-Length` and `Transfer-Encoding` together, or several different lengths.
    ConflictingLength,
    /// Chunked framing was broken.
    BadChunk,
    /// Bytes came before the request or after the answer.
    Unsolicited,
    /// The answer is the bare body of HTTP/0.9.
    Http09,
    /// More content codings than are undone.
    TooManyEncodings,
    /// A content coding that is not known.
    UnknownEncoding,
    /// The bytes are a file's: no server said anything about them but what its name says.
    NoHead,
}

impl Anomaly {
    /// The name as rules and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MalformedHead => "malformed-head",
            Self::HeadLimit => "head-limit",
            Self::ConflictingLength => "conflicting-length",
            Self::BadChunk => "bad-chunk",
            Self::Unsolicited => "unsolicited",
            Self::Http09 => "http-0.9",
            Self::TooManyEncodings => "too-many-encodings",
            Self::UnknownEncoding => "unknown-encoding",
            Self::NoHead => "no-head",
        }
    }
}

/// How long the parts of an exchange took; zero where a connection was reused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// Name resolution, TCP connect and proxy.
    pub connect: Duration,
    /// TLS handshake.
    pub handshake: Duration,
    /// From the request's last byte to the response's first.
    pub first_byte: Duration,
    /// The whole exchange.
    pub total: Duration,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// `HTTP/1.1`, `HTTP/2.0` …
    pub version: &'static str,
    /// Status code; 0 where the head could not be parsed.
    pub status: u16,
    /// Reason phrase.
    pub reason: Bytes,
    /// Field lines in order.
    pub headers: Vec<Header>,
    /// The head's bytes as received, the empty line excluded.
    pub head: Bytes,
    /// The body, decoded.
    pub body: Bytes,
    /// Bytes received for head and body, before decoding.
    pub wire_bytes: u64,
    /// Why the body is not whole. A body cut at a rule's own `range` is whole.
    pub truncated: Option<Truncation>,
    /// Oddities.
    pub anomalies: Vec<Anomaly>,
}

impl Response {
    /// The values of all field lines of that name, case ignored, in order.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Bytes> {
        self.headers.iter().filter(|h| h.name.eq_ignore_ascii_case(name.as_bytes())).map(|h| &h.value)
    }
}

/// One request and what became of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What was sent.
    pub probe: Arc<HttpProbe>,
    /// What came back.
    pub response: Result<Response, ProbeError>,
    /// When the request was sent, by the scan's clock.
    pub at: Timestamp,
    /// Durations.
    pub timing: Timing,
    /// The address connected to.
    pub remote: Option<SocketAddr>,
    /// The handshake, over HTTPS.
    pub tls: Option<Arc<TlsSession>>,
}

/// What the allocator needs for the parts of an exchange besides their bytes, roughly.
const BLOCKS: usize = 128;

impl Exchange {
    /// Bytes that keeping it in memory costs, roughly.
    pub fn weight(&self) -> usize {
        let response = |r: &Response| r.body.len() + r.head.len() + r.headers.capacity() * size_of::<Header>();
        let probe = size_of::<HttpProbe>() + self.probe.wire.expose().len() + self.probe.target.len();
        self.response.as_ref().map_or(0, response) + probe + BLOCKS
    }
}
