//! HTTPS: certificates recorded and judged, never refused; client certificates; resumption.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, StoresServerSessions, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use tempfile::NamedTempFile;

use super::super::testing::{Step, answers, get, write};
use super::*;
use crate::observation::{ChainFault, ErrorKind, TlsSession};

/// An authority and what it signs.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("params");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority"))
    }

    /// A certificate for a name and its key, both DER.
    fn issue(&self, name: &str) -> (CertificateDer<'static>, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("params");
        (params.signed_by(&key, &self.0).expect("a certificate").der().clone(), key)
    }

    fn pem_file(&self) -> NamedTempFile {
        pem_file(&self.0.pem())
    }
}

fn pem_file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

fn key_der(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).expect("a key")
}

fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
}

fn server_config(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> ServerConfig {
    builder().with_no_client_auth().with_single_cert(chain, key_der(key)).expect("a server")
}

/// A server's session store that counts what is taken from it again.
#[derive(Debug, Default)]
struct Resumed {
    sessions: Mutex<HashMap<Vec<u8>, Vec<u8>>>,
    count: AtomicUsize,
}

impl StoresServerSessions for Resumed {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool {
        self.sessions.lock().expect("no panic").insert(key, value);
        true
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.sessions.lock().expect("no panic").get(key).cloned()
    }

    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        let taken = self.sessions.lock().expect("no panic").remove(key);
        self.count.fetch_add(taken.iter().len(), Ordering::SeqCst);
        taken
    }

    fn can_cache(&self) -> bool {
        true
    }
}

/// Shows one certificate and signs with whatever key it has.
#[derive(Debug)]
struct Impostor(Arc<CertifiedKey>);

impl ResolvesServerCert for Impostor {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

async fn session(server: &Server, settings: Settings, host: &str) -> TlsSession {
    let origin = server.origin(Scheme::Https, host);
    let pool = connections(&wire(settings), &origin);
    let (exchange, _) = send(&pool, get(&origin, "/")).await;
    exchange.response.expect("a response");
    (*exchange.tls.expect("a handshake")).clone()
}

#[tokio::test]
async fn any_certificate_is_accepted_recorded_and_judged() {
    let authority = Authority::new();
    let (leaf, key) = authority.issue("localhost");
    let chain = vec![leaf.clone(), authority.0.der().clone()];
    let server = Server::start_tls(answers(OK), server_config(chain, &key)).await;

    let shown = session(&server, Settings::default(), "localhost").await;
    assert_eq!((&shown.version[..], shown.alpn.as_deref()), ("TLSv1.3", None));
    assert!(shown.cipher.starts_with("TLS_AES_"), "{}", shown.cipher);
    assert_eq!(shown.chain.len(), 2);
    assert_eq!(&shown.chain[0][..], &leaf[..]);
    assert_eq!(shown.untrusted.as_deref(), Some("the certificate comes from an unknown issuer"));

    let ca = authority.pem_file();
    let with_ca = || Settings { ca_file: Some(ca.path().to_owned()), ..Settings::default() };
    assert_eq!(session(&server, with_ca(), "localhost").await.untrusted, None);
    let by_address = session(&server, with_ca(), "127.0.0.1").await;
    assert_eq!(by_address.untrusted.as_deref(), Some("the certificate is for another name"));
}

#[tokio::test]
async fn expiry_is_judged_by_the_scan_s_clock() {
    let authority = Authority::new();
    let (leaf, key) = authority.issue("localhost");
    let server = Server::start_tls(answers(OK), server_config(vec![leaf], &key)).await;
    let ca = authority.pem_file();
    let settings = Settings { ca_file: Some(ca.path().to_owned()), ..Settings::default() };
    let origin = server.origin(Scheme::Https, "localhost");
    let past = Clock::Fixed("1971-01-01T00:00:00Z".parse().expect("a time"));
    let wire = Arc::new(Wire::new(settings, ByteBudget::new(1 << 20), past).expect("a wire"));
    let (exchange, _) = send(&connections(&wire, &origin), get(&origin, "/")).await;
    let tls = exchange.tls.expect("a handshake");
    assert_eq!(tls.untrusted.as_deref(), Some("the certificate is not valid yet"));
}

/// Shows one certificate to one name, and another to all others.
#[derive(Debug)]
struct ByName(&'static str, [Arc<CertifiedKey>; 2]);

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let nth = usize::from(hello.server_name() != Some(self.0));
        self.1.get(nth).cloned()
    }
}

#[tokio::test]
async fn what_is_shown_to_one_name_is_not_said_of_another() {
    let authority = Authority::new();
    let (leaf, key) = authority.issue("localhost");
    let load = |key: &KeyPair| ring::default_provider().key_provider.load_private_key(key_der(key)).expect("a key");
    let own = CertifiedKey::new(vec![leaf.clone()], load(&key));
    let mut others = CertifiedKey::new(vec![leaf], load(&KeyPair::generate().expect("a key")));
    others.ocsp = Some(b"a response".to_vec());
    let shown = ByName("localhost", [own, others].map(Arc::new));
    let config = builder().with_no_client_auth().with_cert_resolver(Arc::new(shown));
    let server = Server::start_tls(answers(OK), config).await;
    let ca = authority.pem_file();
    let settings = Settings { ca_file: Some(ca.path().to_owned()), ..Settings::default() };
    let origin = server.origin(Scheme::Https, "localhost");
    let pool = connections(&wire(settings), &origin);
    let mut seen = Vec::new();
    for name in [Some("other.example"), None, Some("other.example")] {
        let probe = HttpProbe { sni: name.map(Into::into), ..get(&origin, "/") };
        let session = send(&pool, probe).await.0.tls.expect("a handshake");
        seen.push((
            session.staple.is_some(),
            session.judgement.problems.iter().any(|it| it.fault == ChainFault::Unproven),
        ));
    }
    assert_eq!(seen, [(true, true), (false, false), (true, true)]);
}

#[tokio::test]
async fn a_certificate_without_its_key_is_not_trusted() {
    let authority = Authority::new();
    let (leaf, _) = authority.issue("localhost");
    let other = key_der(&KeyPair::generate().expect("a key"));
    let signer = ring::default_provider().key_provider.load_private_key(other).expect("a key");
    let impostor = Impostor(Arc::new(CertifiedKey::new(vec![leaf], signer)));
    let server =
        Server::start_tls(answers(OK), builder().with_no_client_auth().with_cert_resolver(Arc::new(impostor))).await;
    let ca = authority.pem_file();
    let settings = Settings { ca_file: Some(ca.path().to_owned()), ..Settings::default() };
    let shown = session(&server, settings, "localhost").await;
    assert_eq!(shown.untrusted.as_deref(), Some("the handshake is not signed with the certificate's key"));
}

/// A key that signs by a scheme of its own choice, with bytes that mean nothing.
#[derive(Debug)]
struct Junk(rustls::SignatureScheme);

impl rustls::sign::SigningKey for Junk {
    fn choose_scheme(&self, _offered: &[rustls::SignatureScheme]) -> Option<Box<dyn rustls::sign::Signer>> {
        Some(Box::new(Self(self.0)))
    }

    fn algorithm(&self) -> rustls::SignatureAlgorithm {
        rustls::SignatureAlgorithm::ECDSA
    }
}

impl rustls::sign::Signer for Junk {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Ok(vec![7; 72])
    }

    fn scheme(&self) -> rustls::SignatureScheme {
        self.0
    }
}

#[tokio::test]
async fn only_a_genuine_signature_proves_a_key() {
    use rustls::SignatureScheme as S;
    let authority = Authority::new();
    let (leaf, _) = authority.issue("localhost");
    let ca = authority.pem_file();
    let wrong = "the handshake is not signed with the certificate's key";
    let unchecked = "a signature is of a kind that cannot be checked here";
    let (new, old) = (&rustls::version::TLS13, &rustls::version::TLS12);
    let mut shaken = 0;
    for (version, scheme, why) in [
        (new, S::ECDSA_NISTP256_SHA256, wrong),
        (new, S::RSA_PSS_SHA256, wrong),
        (new, S::RSA_PKCS1_SHA1, wrong),
        (new, S::ED25519, wrong),
        (new, S::ECDSA_SHA1_Legacy, unchecked),
        (old, S::ECDSA_NISTP256_SHA256, wrong),
        (old, S::RSA_PKCS1_SHA1, wrong),
        (old, S::ECDSA_SHA1_Legacy, unchecked),
    ] {
        let impostor = Impostor(Arc::new(CertifiedKey::new(vec![leaf.clone()], Arc::new(Junk(scheme)))));
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[version])
            .expect("versions");
        let config = builder.with_no_client_auth().with_cert_resolver(Arc::new(impostor));
        let server = Server::start_tls(answers(OK), config).await;
        let settings = Settings { ca_file: Some(ca.path().to_owned()), ..Settings::default() };
        let origin = server.origin(Scheme::Https, "localhost");
        let (exchange, _) = send(&connections(&wire(settings), &origin), get(&origin, "/")).await;
        let Some(shown) = exchange.tls else {
            // The library ends a handshake by itself whose scheme does not go with the suite.
            assert!(exchange.response.is_err() && version.version == old.version, "{version:?} {scheme:?}");
            continue;
        };
        assert_eq!(shown.untrusted.as_deref(), Some(why), "{version:?} {scheme:?}");
        shaken += 1;
    }
    assert!(shaken >= 7, "{shaken}");
}

#[tokio::test]
async fn tls_1_2_is_spoken_too() {
    let authority = Authority::new();
    let (leaf, key) = authority.issue("localhost");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS12])
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![leaf], key_der(&key))
        .expect("a server");
    let server = Server::start_tls(answers(OK), config).await;
    let shown = session(&server, Settings::default(), "localhost").await;
    assert_eq!(shown.version, "TLSv1.2");
    assert!(shown.cipher.starts_with("TLS_ECDHE_ECDSA_WITH_"), "{}", shown.cipher);
}

#[tokio::test]
async fn connections_are_kept_and_sessions_resumed() {
    let authority = Authority::new();
    let (leaf, key) = authority.issue("localhost");
    let server_keeps = vec![Step::Read, write(OK), Step::Read, write(OK)];
    let resumed = Arc::new(Resumed::default());
    let mut config = server_config(vec![leaf], &key);
    config.session_storage = Arc::clone(&resumed) as _;
    let server = Server::start_tls(vec![server_keeps], config).await;
    let origin = server.origin(Scheme::Https, "localhost");
    let pool = connections(&wire(Settings::default()), &origin);
    let mut sessions = Vec::new();
    for _ in 0..6 {
        let (exchange, _) = send(&pool, get(&origin, "/")).await;
        assert_eq!(exchange.response.expect("a response").status, 200);
        sessions.push(exchange.tls.expect("a handshake"));
    }
    assert_eq!(server.connections(), 3, "two requests each");
    assert_eq!(resumed.count.load(Ordering::SeqCst), 2, "every handshake but the first");
    assert!(sessions.iter().all(|session| Arc::ptr_eq(session, &sessions[0])), "one record, chain included");
    assert_eq!(sessions[0].chain.len(), 1);
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_asked_for() {
    let authority = Authority::new();
    let (leaf, key) = authority.issue("localhost");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.0.der().clone()).expect("a root");
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(ring::default_provider())).build();
    let config = builder()
        .with_client_cert_verifier(verifier.expect("a verifier"))
        .with_single_cert(vec![leaf], key_der(&key))
        .expect("a server");
    let server = Server::start_tls(answers(OK), config).await;

    let (client, client_key) = authority.issue("client");
    let encode = |der: &[u8]| data_encoding::BASE64_MIME.encode(der).replace('\r', "");
    let certificate = format!("-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n", encode(&client));
    let pem = pem_file(&format!("{certificate}{}", client_key.serialize_pem()));
    let shown = Settings { client_cert: Some(pem.path().to_owned()), ..Settings::default() };
    session(&server, shown, "localhost").await;

    let origin = server.origin(Scheme::Https, "localhost");
    let without = connections(&wire(Settings::default()), &origin);
    assert!(send(&without, get(&origin, "/")).await.0.response.is_err());
}

#[tokio::test]
async fn what_is_no_tls_refuses_the_handshake() {
    let plain = vec![write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), Step::Hold];
    for script in [plain, vec![], vec![write(&b"\x15\x03\x03\0\x02\x02\x28"[..]), Step::Hold]] {
        let server = Server::start(vec![script]).await;
        let origin = server.origin(Scheme::Https, "localhost");
        let pool = connections(&wire(Settings::default()), &origin);
        assert_eq!(error(&pool, get(&origin, "/")).await.kind, ErrorKind::HandshakeRefused);
    }
}

#[tokio::test]
async fn a_silent_handshake_ends_in_time() {
    let server = Server::start(vec![vec![Step::Hold]]).await;
    let origin = server.origin(Scheme::Https, "localhost");
    let brief = Limits { connect: std::time::Duration::from_millis(80), ..Limits::default() };
    let pool = connections(&wire(settings(brief)), &origin);
    assert_eq!(error(&pool, get(&origin, "/")).await.kind, ErrorKind::ConnectTimeout);
}

#[test]
fn unusable_files_are_said_before_the_scan() {
    let code = |settings: Settings| {
        Wire::new(settings, ByteBudget::new(1), Clock::System).err().map(|diagnostic| diagnostic.code)
    };
    let missing = || Some(PathBuf::from("/nonexistent/file.pem"));
    assert_eq!(code(Settings { ca_file: missing(), ..Settings::default() }), Some("C0312"));
    assert_eq!(code(Settings { client_cert: missing(), ..Settings::default() }), Some("C0312"));
    let empty = pem_file("no pem");
    let path = || Some(empty.path().to_owned());
    assert_eq!(code(Settings { ca_file: path(), ..Settings::default() }), Some("C0313"));
    assert_eq!(code(Settings { client_cert: path(), ..Settings::default() }), Some("C0313"));
    let keyless = Authority::new().pem_file();
    let path = Some(keyless.path().to_owned());
    assert_eq!(code(Settings { client_cert: path, ..Settings::default() }), Some("C0313"));
}
