//! What an HTTPS connection's handshake showed.
//!
//! The full TLS observation belongs to the TLS wire; this is what every HTTPS exchange records anyway.
//! Must never import anything but `base`.

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
