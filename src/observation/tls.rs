//! What an HTTPS connection's handshake showed.
//!
//! Every HTTPS exchange records it, and so does a handshake that is asked for by itself.
//! Must never import anything but `base`.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The negotiated session and the chain as sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsSession {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: String,
    /// The cipher suite's IANA name.
    pub cipher: String,
    /// The application protocol chosen by ALPN, if any.
    pub alpn: Option<String>,
    /// DER certificates in the order sent, the server's own first.
    pub chain: Vec<Bytes>,
    /// Why the chain is not trusted for this host against the configured roots; `None` where it is.
    pub untrusted: Option<String>,
}

/// A TLS handshake by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TlsProbe {
    /// Name or address, an IPv6 address without brackets.
    pub host: Arc<str>,
    /// The port.
    pub port: u16,
    /// The name sent and judged instead of the host's.
    pub name: Option<Arc<str>>,
    /// The lowest version offered; the lowest that is spoken without asking, TLS 1.2, where it is none.
    pub least: Option<TlsVersion>,
    /// The highest version offered.
    pub most: Option<TlsVersion>,
    /// The cipher suites offered, by their IANA numbers; empty: the usual ones.
    pub ciphers: Vec<u16>,
}

/// A version of the protocol, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TlsVersion {
    /// SSL 3.0 (RFC 6101).
    Ssl30,
    /// TLS 1.0 (RFC 2246).
    Tls10,
    /// TLS 1.1 (RFC 4346).
    Tls11,
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 8446).
    Tls13,
}

impl TlsVersion {
    /// Every version, oldest first.
    pub const ALL: [Self; 5] = [Self::Ssl30, Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];

    /// The name as sessions and rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ssl30 => "SSLv3.0",
            Self::Tls10 => "TLSv1.0",
            Self::Tls11 => "TLSv1.1",
            Self::Tls12 => "TLSv1.2",
            Self::Tls13 => "TLSv1.3",
        }
    }

    /// The number on the wire.
    pub fn number(self) -> u16 {
        match self {
            Self::Ssl30 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }

    /// The version of that number.
    pub fn of_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.number() == number)
    }
}
