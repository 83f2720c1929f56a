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

use super::ask::ask;
use super::config::Tls;
use super::flight::{Answer, Until};
use super::handshake::{TlsFailure, judge_error, record};
use super::hello::{ClientHello, Extension, NO_RENEGOTIATION};
use super::survey::{BUNDLE, Heard, SCHEMES, usual_suites};
use super::trust::{distrust, judge};
use super::verify::Recorder;
use crate::base::Clock;
use crate::observation::{ErrorKind, ProbeError, TlsProbe, TlsSession, TlsVersion};
use crate::tls::chain::Proof;
use crate::tls::suite;

/// x25519, secp256r1, secp384r1, secp521r1.
const GROUPS: [u16; 4] = [0x001D, 0x0017, 0x0018, 0x0019];

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

    /// Whether the library can offer something of it.
    pub(in crate::wire) fn is_usual(&self, tls: &Tls) -> bool {
        self.config(tls, &Arc::new(Recorder::new(&tls.provider))).is_some()
    }

    /// The version for a hello written by hand: the highest up to TLS 1.2, where one is wanted.
    fn by_hand(&self) -> Option<TlsVersion> {
        let most = self.most.map_or(TlsVersion::Tls12, |most| most.min(TlsVersion::Tls12));
        (self.least() <= most).then_some(most)
    }

    /// The lowest version that may be chosen. Nobody is asked for SSL 3.0 who does not say so.
    fn least(&self) -> TlsVersion {
        let most = self.most.unwrap_or(TlsVersion::Tls13);
        self.least.unwrap_or(TlsVersion::Tls10.min(most))
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

/// Asks with a hello written by hand, where the library cannot have what is wanted: older versions, other suites. Gives what
/// the server says in the clear.
pub(in crate::wire) async fn ask_by_hand(
    mut stream: TcpStream,
    name: ServerName<'static>,
    offer: &Offer,
    tls: &Tls,
    (patience, clock): (Duration, Clock),
) -> Result<TlsSession, ProbeError> {
    let refused = |detail: String| ProbeError::new(ErrorKind::HandshakeRefused, detail);
    let Some(version) = offer.by_hand() else {
        return Err(refused("the server takes none of the versions and suites wanted".to_owned()));
    };
    let sni = match &name {
        ServerName::DnsName(name) => Some(name.as_ref()),
        _ => None,
    };
    let mut random = [0; 32];
    // Where there is no randomness, zeroes serve as well: no key is agreed on.
    let _ = getrandom::fill(&mut random);
    let hello = hello(version, sni, &offer.ciphers, random).record();
    let answer = match timeout(patience, ask(&mut stream, &hello, Until::Certificate)).await {
        Ok(heard) => answered(heard)?,
        Err(_) => {
            return Err(ProbeError::new(ErrorKind::ConnectTimeout, "the TLS handshake did not end in time"));
        }
    };
    let chosen = answer.hello.ok_or_else(|| refused("the server breaks the rules of the TLS handshake".to_owned()))?;
    let spoken = TlsVersion::of_number(chosen.version()).filter(|spoken| (offer.least()..=version).contains(spoken));
    let Some(spoken) = spoken else {
        return Err(refused("the server chose a version that was not offered".to_owned()));
    };
    let sent: Vec<&[u8]> = answer.chain.iter().map(|der| &**der).collect();
    let judgement = judge(&tls.roots, (&sent, None), &name, (clock.now().as_second(), Proof::Given));
    let (version, cipher) = (spoken.name().to_owned(), suite::name_of(u32::from(chosen.suite)));
    let untrusted = distrust(&judgement);
    Ok(TlsSession { version, cipher, chain: answer.chain, untrusted, judgement, ..TlsSession::default() })
}

/// The hello that asks for a version and these suites; the usual ones where there is none.
fn hello(version: TlsVersion, name: Option<&str>, suites: &[u16], random: [u8; 32]) -> ClientHello {
    let mut hello = ClientHello::of(version, random);
    hello.suites = if suites.is_empty() { usual_suites(version) } else { suites.to_vec() };
    hello.suites.truncate(suites.len().max(BUNDLE));
    hello.suites.push(NO_RENEGOTIATION);
    if version > TlsVersion::Ssl30 {
        hello.extensions.extend(name.map(|name| Extension::ServerName(name.to_owned())));
        hello.extensions.extend([Extension::Groups(GROUPS.to_vec()), Extension::PointFormats]);
    }
    if version >= TlsVersion::Tls12 {
        hello.extensions.push(Extension::Schemes(SCHEMES.to_vec()));
    }
    if hello.has_dropped_length() { hello.padded() } else { hello }
}

/// The answer, where there is one.
fn answered(heard: Heard) -> Result<Answer, ProbeError> {
    let refused = |detail: &str| Err(ProbeError::new(ErrorKind::HandshakeRefused, detail));
    match heard {
        Heard::Answer(answer) => Ok(*answer),
        Heard::Alert(alert) => {
            let alert = rustls::AlertDescription::from(alert);
            refused(&format!("the server ended the TLS handshake with the alert {alert:?}"))
        }
        Heard::NotTls(_) => refused("the server does not speak TLS on this port"),
        Heard::Lied => refused("the server breaks the rules of the TLS handshake"),
        _ => refused("the server closed the connection in the TLS handshake"),
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
        return Err(ProbeError::new(
            ErrorKind::HandshakeRefused,
            "the library speaks none of the versions and suites wanted",
        ));
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
