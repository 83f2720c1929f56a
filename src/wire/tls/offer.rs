//! Handshakes that are asked for by themselves: versions and suites as a probe wants them, any certificate recorded.
//!
//! Takes a connected stream, a name and an offer; gives the stream and its record. Invariant: nothing is offered that the
//! probe does not ask for, and no session is resumed, so that each handshake is whole. Must never dial.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::{Resumption, WantsClientCert};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ConfigBuilder, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::config::Tls;
use super::handshake::{TlsFailure, judge_error, record};
use super::verify::Recorder;
use crate::base::Clock;
use crate::observation::{ErrorKind, ProbeError, TlsProbe, TlsSession, TlsVersion};

/// What a handshake offers.
#[derive(Debug, Clone, Default)]
pub(in crate::wire) struct Offer {
    least: Option<TlsVersion>,
    most: Option<TlsVersion>,
    ciphers: Vec<u16>,
}

impl Offer {
    /// The offer of a probe.
    pub(in crate::wire) fn of(probe: &TlsProbe) -> Self {
        Self { least: probe.least, most: probe.most, ciphers: probe.ciphers.clone() }
    }

    /// The versions of it that the library speaks.
    fn versions(&self) -> Vec<&'static SupportedProtocolVersion> {
        let wanted = |version: TlsVersion| {
            self.least.is_none_or(|least| version >= least) && self.most.is_none_or(|most| version <= most)
        };
        let known = [(TlsVersion::Tls13, &TLS13), (TlsVersion::Tls12, &TLS12)];
        known.into_iter().filter(|(version, _)| wanted(*version)).map(|(_, known)| known).collect()
    }

    /// The library's configuration for it; `None` where it speaks nothing of it.
    fn config(&self, tls: &Tls, recorder: &Arc<Recorder>) -> Option<ClientConfig> {
        let mut provider = CryptoProvider::clone(&tls.provider);
        if !self.ciphers.is_empty() {
            provider.cipher_suites.retain(|suite| self.ciphers.contains(&suite.suite().into()));
        }
        let builder = ClientConfig::builder_with_provider(Arc::new(provider));
        let builder = builder.with_protocol_versions(&self.versions()).ok()?;
        let builder: ConfigBuilder<ClientConfig, WantsClientCert> =
            builder.dangerous().with_custom_certificate_verifier(Arc::clone(recorder) as _);
        let resolver = Arc::clone(&tls.template.client_auth_cert_resolver);
        let mut config = builder.with_client_cert_resolver(resolver);
        config.resumption = Resumption::disabled();
        Some(config)
    }
}

/// Shakes hands within `patience`.
pub(in crate::wire) async fn shake_hands(
    stream: TcpStream,
    name: ServerName<'static>,
    offer: &Offer,
    tls: &Tls,
    (patience, clock): (Duration, Clock),
) -> Result<(TlsStream<TcpStream>, TlsSession), ProbeError> {
    let recorder = Arc::new(Recorder::new(&tls.provider));
    let Some(config) = offer.config(tls, &recorder) else {
        return Err(ProbeError::new(ErrorKind::Local, "none of the versions and suites wanted can be offered"));
    };
    let connector = TlsConnector::from(Arc::new(config));
    match timeout(patience, connector.connect(name.clone(), stream)).await {
        Err(_) => Err(ProbeError::new(ErrorKind::ConnectTimeout, "the TLS handshake did not end in time")),
        Ok(Err(error)) => Err(match judge_error(&error) {
            TlsFailure::Error(error) => error,
            TlsFailure::WrongProtocol => {
                ProbeError::new(ErrorKind::HandshakeRefused, "the server insists on an application protocol")
            }
        }),
        Ok(Ok(stream)) => {
            let session = record(stream.get_ref().1, (tls, &recorder), &name, clock);
            Ok((stream, session))
        }
    }
}
