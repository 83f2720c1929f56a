//! What one finished handshake showed.
//!
//! Every HTTPS exchange records it, and so does a handshake that is asked for by itself.
//! Must never import anything but `base`.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::ChainJudgement;

/// The negotiated session and the chain as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsSession {
    /// `TLSv1.2` or `TLSv1.3`; older ones where the server was asked by hand.
    pub version: String,
    /// The cipher suite's IANA name.
    pub cipher: String,
    /// The application protocol chosen by ALPN, if any.
    pub alpn: Option<String>,
    /// DER certificates in the order sent, the server's own first.
    pub chain: Vec<Bytes>,
    /// Why the chain is not trusted for this host against the configured roots; `None` where it is.
    pub untrusted: Option<String>,
    /// How the chain was judged against the configured roots: every fault.
    pub judgement: ChainJudgement,
    /// The group of the key exchange, by its IANA number; `None` where there was none (static RSA, a resumed session).
    pub group: Option<u16>,
    /// The scheme that the server signed the handshake with, by its IANA number.
    pub signature: Option<u16>,
    /// The stapled OCSP response, DER; `None` where the server sent none.
    pub staple: Option<Bytes>,
    /// The list of signed certificate timestamps of the TLS extension (RFC 6962 §3.3) as sent; `None` where there is
    /// none, or where it cannot be seen: the library does not ask for it, hellos by hand do.
    pub timestamps: Option<Bytes>,
    /// What the server asks of clients by way of a certificate; `None` where it asks for none. With TLS 1.3 a server may
    /// ask for one later, which is not seen.
    pub client_certificate: Option<ClientCertificate>,
    /// What the session offers for the next one. Tickets of TLS 1.3 come after the handshake: those are here that came
    /// before the record was made.
    pub resumption: Resumption,
}

impl TlsSession {
    /// Bytes that keeping it in memory costs, roughly.
    pub fn weight(&self) -> usize {
        let asked = self.client_certificate.iter().flat_map(|asked| &asked.authorities);
        let extra = [&self.staple, &self.timestamps].into_iter().flatten();
        self.chain.iter().chain(asked).chain(extra).map(|bytes| bytes.len()).sum()
    }
}

/// A server's wish for a client certificate (RFC 5246 §7.4.4, RFC 8446 §4.3.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCertificate {
    /// The distinguished names of acceptable authorities, DER, in the order sent, 64 at most.
    pub authorities: Vec<Bytes>,
    /// The schemes that the client may sign with, by their IANA numbers.
    pub schemes: Vec<u16>,
}

/// What was offered for resuming a session; `None` is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumption {
    /// A session was resumed by its identifier (TLS 1.2 and older).
    pub ids: Option<bool>,
    /// A session was resumed by a ticket (RFC 5077 or RFC 8446 §4.6.1).
    pub tickets: Option<bool>,
    /// Bytes of early data that a ticket of TLS 1.3 allows; 0 where there is a ticket without. None is ever sent.
    pub early_data: Option<u32>,
}
