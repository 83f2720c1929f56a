//! One TLS handshake over a connected stream.
//!
//! Takes the stream, the host and the protocol wanted; gives the encrypted stream and its record, or why there is none.
//! Invariant: it ends within the time given. Must never dial.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConnection, Error, PeerMisbehaved, ProtocolVersion};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::config::{HostTls, Tls};
use super::trust::{distrust, judge, name_of};
use super::verify::Recorder;
use crate::base::{Clock, Origin};
use crate::observation::{ErrorKind, ProbeError, TlsSession};

/// The application protocol asked for (RFC 7301).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum Protocol {
    /// `http/1.1`.
    Http1,
    /// `h2`.
    Http2,
}

/// Why a handshake failed.
#[derive(Debug)]
pub(in crate::wire) enum TlsFailure {
    /// The server wants none of the protocols offered (RFC 7301 §3.2).
    WrongProtocol,
    /// Anything else.
    Error(ProbeError),
}

/// Shakes hands within `patience`, asking for `sni` rather than the origin's own name where it is given.
pub(in crate::wire) async fn handshake(
    stream: TcpStream,
    (origin, sni): (&Origin, Option<&str>),
    (tls, host): (&Tls, &HostTls),
    protocol: Protocol,
    (patience, clock): (Duration, Clock),
) -> Result<(TlsStream<TcpStream>, TlsSession), TlsFailure> {
    let refused = |detail: String| TlsFailure::Error(ProbeError::new(ErrorKind::HandshakeRefused, detail));
    let Some(name) = name_of(sni.unwrap_or(origin.host())) else {
        return Err(refused("the host's name cannot be used with TLS".to_owned()));
    };
    let host = host.named(tls, &name);
    let config = match protocol {
        Protocol::Http1 => &host.http1,
        Protocol::Http2 => &host.http2,
    };
    let connector = TlsConnector::from(Arc::clone(config));
    match timeout(patience, connector.connect(name.clone(), stream)).await {
        Err(_) => {
            Err(TlsFailure::Error(ProbeError::new(ErrorKind::ConnectTimeout, "the TLS handshake did not end in time")))
        }
        Ok(Err(error)) => Err(judge_error(&error)),
        Ok(Ok(stream)) => {
            let session = record(stream.get_ref().1, (tls, &host.recorder), &name, clock);
            Ok((stream, session))
        }
    }
}

/// What a handshake showed.
pub(super) fn record(
    connection: &ClientConnection,
    (tls, recorder): (&Tls, &Recorder),
    name: &ServerName<'_>,
    clock: Clock,
) -> TlsSession {
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
        _ => "TLSv1.2",
    };
    let cipher = connection.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or("");
    let chain = connection.peer_certificates().unwrap_or(&[]);
    let sent: Vec<&[u8]> = chain.iter().map(|certificate| &**certificate).collect();
    let judged = (clock.now().as_second(), recorder.proof());
    let staple = recorder.staple();
    let judgement = judge(&tls.roots, (&sent, staple.as_deref()), name, judged);
    TlsSession {
        version: version.to_owned(),
        cipher: cipher.replacen("TLS13_", "TLS_", 1),
        alpn: connection.alpn_protocol().map(|protocol| String::from_utf8_lossy(protocol).into_owned()),
        chain: chain.iter().map(|certificate| Bytes::copy_from_slice(certificate)).collect(),
        untrusted: distrust(&judgement),
        judgement,
        group: connection.negotiated_key_exchange_group().map(|group| group.name().into()),
        signature: recorder.scheme(),
        staple,
        ..TlsSession::default()
    }
}

pub(super) fn judge_error(error: &std::io::Error) -> TlsFailure {
    let refused = |detail: String| TlsFailure::Error(ProbeError::new(ErrorKind::HandshakeRefused, detail));
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(
            Error::AlertReceived(AlertDescription::NoApplicationProtocol)
            | Error::NoApplicationProtocol
            | Error::PeerMisbehaved(PeerMisbehaved::SelectedUnofferedApplicationProtocol),
        ) => TlsFailure::WrongProtocol,
        Some(Error::AlertReceived(alert)) => {
            refused(format!("the server ended the TLS handshake with the alert {alert:?}"))
        }
        Some(Error::PeerIncompatible(_)) => {
            refused("the server speaks only TLS versions, ciphers or groups that are not supported here".to_owned())
        }
        Some(Error::InvalidMessage(_)) => refused("the server does not speak TLS on this port".to_owned()),
        Some(_) => refused("the server broke the rules of the TLS handshake".to_owned()),
        None => match super::super::fault::connect_kind(error) {
            ErrorKind::Local => TlsFailure::Error(super::super::fault::connect_error(error)),
            _ => refused("the server closed the connection in the TLS handshake".to_owned()),
        },
    }
}
