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
use rustls::{ClientConfig, ConfigBuilder, SupportedCipherSuite, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::ask::ask;
use super::config::Tls;
use super::flight::{Answer, Parameters, Until};
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
    groups: Vec<u16>,
    alpn: Vec<Arc<str>>,
    nameless: bool,
}

impl Offer {
    /// The offer of a probe.
    pub(in crate::wire) fn of(probe: &TlsProbe) -> Self {
        Self {
            least: probe.least,
            most: probe.most,
            ciphers: probe.ciphers.clone(),
            groups: probe.groups.clone(),
            alpn: probe.alpn.clone(),
            nameless: probe.nameless,
        }
    }

    /// The application protocols as bytes.
    fn protocols(&self) -> Vec<Vec<u8>> {
        self.alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect()
    }

    /// The suites wanted that the library has: of TLS 1.2 all or none, so that a server never chooses among some of them.
    fn keeps(&self, provider: &CryptoProvider) -> impl Fn(&SupportedCipherSuite) -> bool {
        let known: Vec<u16> = provider.cipher_suites.iter().map(|suite| suite.suite().into()).collect();
        let is_whole = self.ciphers.iter().all(|number| known.contains(number) || is_of_tls13(*number));
        move |suite| {
            let wanted = self.ciphers.contains(&suite.suite().into());
            wanted && (is_whole || suite.tls13().is_some())
        }
    }

    /// Whether the library can offer something of it.
    pub(in crate::wire) fn is_usual(&self, tls: &Tls) -> bool {
        self.config(tls, &Arc::new(Recorder::new(&tls.provider))).is_some()
    }

    /// The version for a hello written by hand: the highest up to TLS 1.2, where one is wanted.
    fn by_hand(&self) -> Option<TlsVersion> {
        let most = self.most.map_or(TlsVersion::Tls12, |most| most.min(TlsVersion::Tls12));
        let is_of_new = !self.ciphers.is_empty() && self.ciphers.iter().all(|number| is_of_tls13(*number));
        (self.least() <= most && !is_of_new).then_some(most)
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
            let keeps = self.keeps(&tls.provider);
            provider.cipher_suites.retain(keeps);
        }
        if !self.groups.is_empty() {
            let has = |number: &u16| provider.kx_groups.iter().any(|group| u16::from(group.name()) == *number);
            if !self.groups.iter().all(has) {
                return None;
            }
            provider.kx_groups.retain(|group| self.groups.contains(&group.name().into()));
        }
        let builder = ClientConfig::builder_with_provider(Arc::new(provider));
        let builder = builder.with_protocol_versions(&self.versions()).ok()?;
        let builder: ConfigBuilder<ClientConfig, WantsClientCert> =
            builder.dangerous().with_custom_certificate_verifier(Arc::clone(recorder) as _);
        let resolver = Arc::clone(&tls.template.client_auth_cert_resolver);
        let mut config = builder.with_client_cert_resolver(resolver);
        config.resumption = Resumption::disabled();
        config.enable_sni = !self.nameless;
        config.alpn_protocols = self.protocols();
        Some(config)
    }
}

/// Whether a suite is of TLS 1.3 alone.
fn is_of_tls13(number: u16) -> bool {
    suite::of_number(u32::from(number)).is_some_and(|suite| suite.goes_with(TlsVersion::Tls13))
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
        ServerName::DnsName(name) if !offer.nameless => Some(name.as_ref()),
        _ => None,
    };
    let mut random = [0; 32];
    // Where there is no randomness, zeroes serve as well: no key is agreed on.
    let _ = getrandom::fill(&mut random);
    let hello = hello((version, sni), offer, random).record();
    let answer = match timeout(patience, ask(&mut stream, &hello, Until::Done)).await {
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
    let staple = answer.staple.as_deref();
    let judgement = judge(&tls.roots, (&sent, staple), &name, (clock.now().as_second(), Proof::Given));
    let (version, cipher) = (spoken.name().to_owned(), suite::name_of(u32::from(chosen.suite)));
    let (untrusted, alpn) = (distrust(&judgement), chosen.alpn());
    let group = match answer.exchange {
        Some(Parameters::Group(group)) => Some(group),
        _ => None,
    };
    let (chain, staple, signature) = (answer.chain, answer.staple, answer.signature);
    let session = TlsSession { version, cipher, alpn, chain, untrusted, judgement, ..TlsSession::default() };
    Ok(TlsSession { group, staple, signature, ..session })
}

/// The hello that asks for a version and the suites offered that go with it; the usual ones where none is named.
fn hello((version, name): (TlsVersion, Option<&str>), offer: &Offer, random: [u8; 32]) -> ClientHello {
    let mut hello = ClientHello::of(version, random);
    let own = offer.ciphers.iter().copied().filter(|number| !is_of_tls13(*number));
    hello.suites = if offer.ciphers.is_empty() { usual_suites(version) } else { own.collect() };
    hello.suites.truncate(offer.ciphers.len().max(BUNDLE));
    hello.suites.push(NO_RENEGOTIATION);
    if version > TlsVersion::Ssl30 {
        hello.extensions.extend(name.map(|name| Extension::ServerName(name.to_owned())));
        let groups = if offer.groups.is_empty() { GROUPS.to_vec() } else { offer.groups.clone() };
        hello.extensions.extend([Extension::Groups(groups), Extension::PointFormats, Extension::StatusRequest]);
        hello.extensions.extend((!offer.alpn.is_empty()).then(|| Extension::Alpn(offer.protocols())));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(change: impl FnOnce(&mut TlsProbe)) -> Offer {
        let mut probe = TlsProbe::of("a.example".into(), 443);
        change(&mut probe);
        Offer::of(&probe)
    }

    #[test]
    fn what_handshakes_are_made_with_is_what_the_library_has() {
        let provider = rustls::crypto::ring::default_provider();
        let mut suites: Vec<u16> = provider.cipher_suites.iter().map(|suite| suite.suite().into()).collect();
        let mut groups: Vec<u16> = provider.kx_groups.iter().map(|group| group.name().into()).collect();
        suites.sort_unstable();
        groups.sort_unstable();
        assert_eq!((suites, groups), (TlsProbe::WHOLE_SUITES.to_vec(), TlsProbe::WHOLE_GROUPS.to_vec()));
    }

    #[test]
    fn without_a_word_everything_from_tls_1_0_on_is_taken() {
        assert_eq!((offer(|_| ()).least(), offer(|_| ()).by_hand()), (TlsVersion::Tls10, Some(TlsVersion::Tls12)));
        assert_eq!(offer(|probe| probe.most = Some(TlsVersion::Ssl30)).least(), TlsVersion::Ssl30);
        let newest = offer(|probe| probe.least = Some(TlsVersion::Tls13));
        assert_eq!((newest.by_hand(), offer(|probe| probe.ciphers = vec![0x1301]).by_hand()), (None, None));
    }

    #[test]
    fn a_server_never_chooses_among_some_of_the_suites_wanted() {
        let tls = Tls::new(None, None).expect("a configuration");
        let suites = |ciphers: &[u16]| {
            let offer = offer(|probe| probe.ciphers = ciphers.to_vec());
            let config = offer.config(&tls, &Arc::new(Recorder::new(&tls.provider)))?;
            Some(config.crypto_provider().cipher_suites.iter().map(|suite| suite.suite().into()).collect::<Vec<u16>>())
        };
        assert_eq!(suites(&[0xC02F, 0x1301]).map(|suites| suites.len()), Some(2));
        assert_eq!((suites(&[0xC02F, 0x0005]), suites(&[0xC02F, 0x0005, 0x1301])), (None, Some(vec![0x1301])));
    }

    #[test]
    fn a_hello_by_hand_says_what_is_offered() {
        let offer = offer(|probe| {
            (probe.ciphers, probe.groups) = (vec![0x1301, 0x0005], vec![0x001E]);
            probe.alpn = vec!["h2".into()];
        });
        let hello = hello((TlsVersion::Tls12, None), &offer, [7; 32]);
        assert_eq!(hello.suites, [0x0005, NO_RENEGOTIATION]);
        let has = |extension| hello.extensions.contains(&extension);
        assert!(has(Extension::Groups(vec![0x001E])) && has(Extension::Alpn(vec![b"h2".to_vec()])));
        assert!(has(Extension::StatusRequest) && !hello.extensions.iter().any(|extension| extension.number() == 0));
    }
}
