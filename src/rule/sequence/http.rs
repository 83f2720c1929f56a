//! HTTP requests of a block.
//!
//! Invariant: what is written is kept as written; paths are joined with the target's when they are rendered. Must never
//! import a folder above `predicate`.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::dsl::Text;
use crate::rule::Redirects;

/// HTTP requests with what they share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpBlock {
    /// Paths first, then raw requests, each in the order of the file.
    pub steps: Vec<HttpStep>,
    /// The method of requests by path.
    pub method: Arc<str>,
    /// Fields of requests by path.
    pub headers: Vec<(Arc<str>, Text)>,
    /// The body of requests by path.
    pub body: Option<Text>,
    /// Which redirects are followed.
    pub redirects: Redirects,
    /// How many at most; `None`: as many as the scan allows.
    pub max_redirects: Option<u32>,
    /// Whether raw requests go out byte for byte, malformed or not.
    pub exact: bool,
    /// Whether the path of a raw request is appended to the target's.
    pub joins_paths: bool,
    /// Bytes of the body after which reading stops.
    pub max_size: Option<u64>,
    /// Whether the body of an exact request's answer is read until the server closes, whatever length it claims.
    pub reads_to_end: bool,
    /// Credentials for digest access authentication (RFC 7616).
    pub digest: Option<Digest>,
}

impl HttpBlock {
    /// The most requests for one set of payloads, with so many hops where redirects are followed without a bound.
    pub(super) fn most_requests(&self, redirects: u64) -> u64 {
        let hops = match (self.redirects, self.max_redirects) {
            (Redirects::None, _) => 0,
            (_, Some(most)) => redirects.min(u64::from(most)),
            (_, None) => redirects,
        };
        let authentication = u64::from(self.digest.is_some());
        (self.steps.len() as u64).saturating_mul(1 + hops + authentication)
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum HttpStep {
    /// A URL, usually of the target's with a path of its own.
    Path(Text),
    /// A request as text: request line, fields, body.
    Raw(RawStep),
}

/// A request as text, with what its annotations say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawStep {
    /// The text, annotations left out.
    pub text: Text,
    /// Where to connect to, instead of the target.
    pub host: Option<Text>,
    /// The server name of the TLS handshake; `request.host` stands for the value of the request's `Host` field.
    pub sni: Option<Text>,
    /// The time for the whole exchange.
    pub timeout: Option<Duration>,
    /// Whether it is sent once, however many payloads there are.
    pub once: bool,
}

/// Credentials for digest access authentication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The user's name.
    pub username: Text,
    /// The password.
    pub password: Text,
}
