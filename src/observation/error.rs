//! How a probe failed.
//!
//! Invariant: a kind says who is to blame and whether it is an answer (the server refused) or ignorance (we cannot tell).
//! Must never import anything but `base` and `diagnostic`.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Blame;

/// The kinds of failure. Rules ask for the first four by name (`error: connection-refused`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// The port answered with a reset to our SYN.
    ConnectionRefused,
    /// An open connection was reset or closed before the answer was complete.
    Reset,
    /// The server refused the TLS handshake with an alert or by closing.
    HandshakeRefused,
    /// The name does not exist.
    NoSuchName,
    /// No address could be looked up for another reason.
    ResolveFailed,
    /// The connection did not come about in time.
    ConnectTimeout,
    /// The answer did not come in time.
    ResponseTimeout,
    /// The route or the network is down.
    Unreachable,
    /// The bytes were not HTTP.
    NotHttp,
    /// The bytes were not of the protocol that was spoken: DNS, WebSocket.
    Malformed,
    /// The proxy refused or failed.
    Proxy,
    /// The address is outside the scope, or forbidden without a flag.
    OutOfScope,
    /// Interrupted by the user or by a deadline.
    Cancelled,
    /// Over a budget of bytes or of requests.
    Budget,
    /// The origin answered nothing but 429 or 503 for so long that no more was asked of it.
    TurnedAway,
    /// Out of file descriptors, memory or the like on our side.
    Local,
    /// A fault of ours.
    Internal,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::ConnectionRefused,
        Self::Reset,
        Self::HandshakeRefused,
        Self::NoSuchName,
        Self::ResolveFailed,
        Self::ConnectTimeout,
        Self::ResponseTimeout,
        Self::Unreachable,
        Self::NotHttp,
        Self::Malformed,
        Self::Proxy,
        Self::OutOfScope,
        Self::Cancelled,
        Self::Budget,
        Self::TurnedAway,
        Self::Local,
        Self::Internal,
    ];

    /// The name as rules and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConnectionRefused => "connection-refused",
            Self::Reset => "reset",
            Self::HandshakeRefused => "handshake-refused",
            Self::NoSuchName => "no-such-name",
            Self::ResolveFailed => "resolve-failed",
            Self::ConnectTimeout => "connect-timeout",
            Self::ResponseTimeout => "response-timeout",
            Self::Unreachable => "unreachable",
            Self::NotHttp => "not-http",
            Self::Malformed => "malformed",
            Self::Proxy => "proxy",
            Self::OutOfScope => "out-of-scope",
            Self::Cancelled => "cancelled",
            Self::Budget => "budget",
            Self::TurnedAway => "turned-away",
            Self::Local => "local",
            Self::Internal => "internal",
        }
    }

    /// Whether the failure is itself an answer that rules can judge.
    pub fn is_answer(self) -> bool {
        matches!(self, Self::ConnectionRefused | Self::Reset | Self::HandshakeRefused | Self::NoSuchName)
    }

    /// Whether the request never left: held back rather than failed.
    pub fn is_not_sent(self) -> bool {
        matches!(self, Self::OutOfScope | Self::Cancelled | Self::Budget | Self::TurnedAway)
    }

    /// Whether it speaks against the health of the host it happened on.
    pub fn counts_against_host(self) -> bool {
        matches!(
            self,
            Self::ConnectionRefused
                | Self::Reset
                | Self::HandshakeRefused
                | Self::NoSuchName
                | Self::ResolveFailed
                | Self::ConnectTimeout
                | Self::ResponseTimeout
                | Self::Unreachable
        )
    }

    /// Who can mend it.
    pub fn blame(self) -> Blame {
        match self {
            Self::ConnectionRefused
            | Self::Reset
            | Self::HandshakeRefused
            | Self::NotHttp
            | Self::Malformed
            | Self::ResponseTimeout
            | Self::TurnedAway => Blame::Target,
            Self::NoSuchName | Self::OutOfScope | Self::Proxy | Self::Cancelled | Self::Budget => Blame::Configuration,
            Self::ResolveFailed | Self::ConnectTimeout | Self::Unreachable | Self::Local => Blame::Network,
            Self::Internal => Blame::Outsight,
        }
    }
}

impl std::fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// A failure with its story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct ProbeError {
    /// What kind of failure.
    pub kind: ErrorKind,
    /// One sentence for people; holds no text of the target unescaped.
    pub detail: String,
}

impl ProbeError {
    /// A failure of that kind.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}
