//! Real servers, by `rustls`: whole handshakes, and a page after them.

use std::io::{Cursor, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion, version};

use super::again::{SUITE, serve_again};
use super::authority::{AUTHORITIES, Identity, NAME};
use super::fake::Running;

/// `ecdsa_secp256r1_sha256` (RFC 8446 §4.2.3).
const P256: u16 = 0x0403;

/// The page that they serve, with a policy that browsers' lists accept.
const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\
    Strict-Transport-Security: max-age=63072000; includeSubDomains; preload\r\n\r\n<!doctype html>";

/// What a real server is like, by its difference from a good one.
#[derive(Debug, Clone)]
pub struct Modern {
    pub identity: Identity,
    pub versions: Vec<&'static SupportedProtocolVersion>,
    /// Numbers of its groups; none: the library's.
    pub groups: Vec<u16>,
    /// Bytes of early data that its tickets allow.
    pub early_data: u32,
    pub resumes: bool,
    /// Whether it wants certificates of clients.
    pub asks_client: bool,
    /// Another identity for those who do not ask for `NAME`; `Some(None)`: they are refused.
    pub for_others: Option<Option<Identity>>,
    /// An identity with a key of another kind, for those who do not offer the scheme of P-256.
    pub beside: Option<Identity>,
    /// A stapled OCSP response.
    pub staple: Vec<u8>,
    /// Its application protocols; who offers others is refused.
    pub protocols: Vec<&'static str>,
    /// Whether it begins a second handshake where the client asks for one.
    pub renegotiates: bool,
}

impl Modern {
    /// TLS 1.2 and 1.3 without a fault.
    pub fn good(identity: Identity) -> Self {
        Self {
            identity,
            versions: vec![&version::TLS13, &version::TLS12],
            groups: Vec::new(),
            early_data: 0,
            resumes: true,
            asks_client: false,
            for_others: None,
            beside: None,
            staple: Vec::new(),
            protocols: vec!["http/1.1"],
            renegotiates: false,
        }
    }

    /// The same with something changed.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Its configuration.
    pub fn config(&self) -> Arc<ServerConfig> {
        let mut provider = rustls::crypto::ring::default_provider();
        if !self.groups.is_empty() {
            provider.kx_groups.retain(|group| self.groups.contains(&u16::from(group.name())));
        }
        if self.renegotiates {
            provider.cipher_suites.retain(|suite| u16::from(suite.suite()) == SUITE);
        }
        let provider = Arc::new(provider);
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&self.versions)
            .expect("versions");
        let builder = match self.asks_client {
            true => builder.with_client_cert_verifier(client_verifier(&provider)),
            false => builder.with_no_client_auth(),
        };
        let chosen = |identity: &Identity| Arc::new(self.certified(identity, &provider));
        let mut config = builder.with_cert_resolver(Arc::new(ByName {
            own: chosen(&self.identity),
            beside: self.beside.as_ref().map(chosen),
            others: self.for_others.as_ref().map(|other| other.as_ref().map(chosen)),
        }));
        config.alpn_protocols = self.protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        config.max_early_data_size = self.early_data;
        config.ignore_client_order = true;
        config.enable_secret_extraction = self.renegotiates;
        if !self.resumes {
            config.send_tls13_tickets = 0;
            config.session_storage = Arc::new(NoServerSessionStorage {});
        }
        Arc::new(config)
    }

    fn certified(&self, identity: &Identity, provider: &rustls::crypto::CryptoProvider) -> CertifiedKey {
        let key = identity.key.clone().expect("a key that servers can use");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key));
        let key = provider.key_provider.load_private_key(key).expect("a key");
        let chain = identity.chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
        let mut certified = CertifiedKey::new(chain, key);
        certified.ocsp = (!self.staple.is_empty()).then(|| self.staple.clone());
        certified
    }

    /// Starts it on a free port of loopback.
    pub fn start(&self) -> Running {
        let config = self.config();
        let renegotiates = self.renegotiates;
        Running::start(move |stream, _| match renegotiates {
            true => serve_again(&config, stream),
            false => serve_modern(&config, Vec::new(), stream, PAGE.as_bytes()),
        })
    }

    /// Starts it at a second address of loopback, with the port of another.
    pub fn start_beside(&self, first: &Running) -> Option<Running> {
        let config = self.config();
        Running::beside(first, move |stream, _| serve_modern(&config, Vec::new(), stream, PAGE.as_bytes()))
    }
}

fn client_verifier(
    provider: &Arc<rustls::crypto::CryptoProvider>,
) -> Arc<dyn rustls::server::danger::ClientCertVerifier> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(AUTHORITIES.root.der.clone())).expect("a root");
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build().expect("roots")
}

#[derive(Debug)]
struct ByName {
    own: Arc<CertifiedKey>,
    beside: Option<Arc<CertifiedKey>>,
    others: Option<Option<Arc<CertifiedKey>>>,
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        match &self.others {
            Some(other) if hello.server_name() != Some(NAME) => other.clone(),
            _ if hello.signature_schemes().iter().any(|scheme| u16::from(*scheme) == P256) => {
                Some(Arc::clone(&self.own))
            }
            _ => self.beside.clone().or_else(|| Some(Arc::clone(&self.own))),
        }
    }
}

/// A stream of which something was read already.
struct Resumed {
    first: Cursor<Vec<u8>>,
    stream: TcpStream,
}

impl Read for Resumed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match self.first.read(into)? {
            0 => self.stream.read(into),
            read => Ok(read),
        }
    }
}

impl Write for Resumed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

/// Shakes hands, the bytes of `first` having been read, and answers what comes with the page.
pub fn serve_modern(config: &Arc<ServerConfig>, first: Vec<u8>, stream: TcpStream, page: &[u8]) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let _ = stream.set_nodelay(true);
    let Ok(raw) = stream.try_clone() else { return };
    let Ok(session) = ServerConnection::new(Arc::clone(config)) else { return };
    let mut secured = StreamOwned::new(session, Resumed { first: Cursor::new(first), stream });
    let page = if page.is_empty() { PAGE.as_bytes() } else { page };
    let mut held = Vec::new();
    let mut chunk = [0; 8192];
    while let Ok(read) = secured.read(&mut chunk) {
        if read == 0 {
            break;
        }
        held.extend_from_slice(&chunk[..read]);
        while let Some(end) = held.windows(4).position(|window| window == b"\r\n\r\n") {
            held.drain(..end + 4);
            if secured.write_all(page).is_err() {
                return;
            }
        }
    }
    // An alert that was written must be read before the connection goes.
    let _ = secured.flush();
    let _ = raw.shutdown(Shutdown::Write);
    let mut raw = raw;
    while raw.read(&mut chunk).is_ok_and(|read| read > 0) {}
}
