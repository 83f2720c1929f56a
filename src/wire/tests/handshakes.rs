//! Handshakes by themselves: pinned versions, servers that the library cannot talk to, ports that speak something else.

use std::sync::Arc;

use bytes::Bytes;
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::version::TLS12;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::super::testing::{Step, write};
use super::*;
use crate::observation::{ErrorKind, OtherProbe, Seen, TlsProbe, TlsSession, TlsVersion};

fn probe(port: u16) -> TlsProbe {
    TlsProbe::of("localhost".into(), port)
}

async fn shake(probe: TlsProbe) -> Result<Arc<TlsSession>, ErrorKind> {
    let scope: Scope = ScopeBuilder::new().build();
    let overridden = Override::parse(&format!("localhost:{}:127.0.0.1", probe.port)).expect("an entry");
    let settings = Settings { resolve: vec![overridden], ..Settings::default() };
    let contacts = Contacts::new(wire(settings), scope.for_host("localhost"));
    match contacts.send(&Arc::new(OtherProbe::Tls(probe))).await.0.seen {
        Ok(Seen::Tls(session)) => Ok(session),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.kind),
    }
}

fn certificate() -> (Vec<u8>, KeyPair) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("params");
    (params.self_signed(&key).expect("a certificate").der().to_vec(), key)
}

fn server_config(versions: &[&'static rustls::SupportedProtocolVersion]) -> ServerConfig {
    let (certificate, key) = certificate();
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.into()], key)
        .expect("a server")
}

#[tokio::test]
async fn versions_are_pinned_and_an_old_server_is_not_taken_for_a_new_one() {
    let server = Server::start_tls(vec![vec![Step::Hold]], server_config(rustls::ALL_VERSIONS)).await;
    let port = server.address.port();
    let version = async |least, most| shake(TlsProbe { least, most, ..probe(port) }).await.map(|s| s.version.clone());
    assert_eq!(version(None, None).await.as_deref(), Ok("TLSv1.3"));
    assert_eq!(version(None, Some(TlsVersion::Tls12)).await.as_deref(), Ok("TLSv1.2"));
    assert_eq!(version(Some(TlsVersion::Tls13), None).await.as_deref(), Ok("TLSv1.3"));
    let old = Some(TlsVersion::Tls10);
    assert_eq!(version(old, old).await, Err(ErrorKind::HandshakeRefused));
    let server = Server::start_tls(vec![vec![Step::Hold]], server_config(&[&TLS12])).await;
    let only = Some(TlsVersion::Tls13);
    let refused = shake(TlsProbe { least: only, ..probe(server.address.port()) }).await;
    assert_eq!(refused.err(), Some(ErrorKind::HandshakeRefused));
}

/// A server that speaks nothing but TLS 1.0 and one old suite.
async fn old_server() -> (u16, Vec<u8>) {
    let (certificate, _) = certificate();
    let shown = certificate.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = vec![0; 4096];
            let Ok(length) = stream.read(&mut hello).await else { continue };
            let is_old = hello.get(..length).is_some_and(|hello| hello.get(9..11) != Some(&[3, 0]));
            let answer = if is_old { old_flight(&shown) } else { vec![21, 3, 0, 0, 2, 2, 40] };
            let _ = stream.write_all(&answer).await;
        }
    });
    (port, certificate)
}

/// ServerHello, Certificate and ServerHelloDone of TLS 1.0.
fn old_flight(certificate: &[u8]) -> Vec<u8> {
    let counted = |length: usize| u32::try_from(length).expect("short").to_be_bytes()[1..].to_vec();
    let message = |kind: u8, body: &[u8]| [&[kind], &counted(body.len())[..], body].concat();
    let hello = [&[3, 1][..], &[0; 32], &[0, 0, 0x0A, 0]].concat();
    let entry = [counted(certificate.len()), certificate.to_vec()].concat();
    let list = [counted(entry.len()), entry].concat();
    let messages = [message(2, &hello), message(11, &list), message(14, &[])].concat();
    let length = u16::try_from(messages.len()).expect("short").to_be_bytes();
    [&[22, 3, 1], &length[..], &messages].concat()
}

#[tokio::test]
async fn a_server_of_another_age_is_asked_by_hand() {
    let (port, certificate) = old_server().await;
    let shown = shake(probe(port)).await.expect("it is spoken to");
    assert_eq!((&*shown.version, &*shown.cipher), ("TLSv1.0", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"));
    assert_eq!(shown.chain, [Bytes::from(certificate)]);
    assert!(shown.untrusted.is_some());
    let pinned = |version| TlsProbe { least: Some(version), most: Some(version), ..probe(port) };
    assert!(shake(pinned(TlsVersion::Tls10)).await.is_ok());
    for version in [TlsVersion::Ssl30, TlsVersion::Tls11, TlsVersion::Tls12, TlsVersion::Tls13] {
        assert_eq!(shake(pinned(version)).await.err(), Some(ErrorKind::HandshakeRefused), "{version:?}");
    }
}

#[tokio::test]
async fn a_port_that_speaks_something_else_refuses() {
    let server = Server::start(vec![vec![write("SSH-2.0-demo\r\n"), Step::Hold]]).await;
    assert_eq!(shake(probe(server.address.port())).await.err(), Some(ErrorKind::HandshakeRefused));
}

/// A server's certificate, and the names that it was asked for.
#[derive(Debug)]
struct Named {
    certified: Arc<rustls::sign::CertifiedKey>,
    asked: std::sync::Mutex<Vec<Option<String>>>,
}

impl rustls::server::ResolvesServerCert for Named {
    fn resolve(&self, hello: rustls::server::ClientHello<'_>) -> Option<Arc<rustls::sign::CertifiedKey>> {
        // Once for each hello: a client that guessed another group sends two.
        let (name, mut asked) = (hello.server_name().map(str::to_owned), self.asked.lock().expect("whole"));
        if asked.last() != Some(&name) {
            asked.push(name);
        }
        Some(Arc::clone(&self.certified))
    }
}

#[tokio::test]
async fn groups_protocols_and_the_name_are_offered_as_wanted() {
    let (certificate, key) = certificate();
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let mut provider = ring::default_provider();
    provider.kx_groups.retain(|group| u16::from(group.name()) == 0x0018);
    let certified = rustls::sign::CertifiedKey::from_der(vec![certificate.into()], key, &provider).expect("a key");
    let named = Arc::new(Named { certified: Arc::new(certified), asked: std::sync::Mutex::default() });
    let builder = ServerConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions();
    let mut config = builder.expect("versions").with_no_client_auth().with_cert_resolver(Arc::clone(&named) as _);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let server = Server::start_tls(vec![vec![Step::Hold]], config).await;
    let wanted = |groups: &[u16], alpn: &[&str]| TlsProbe {
        groups: groups.to_vec(),
        alpn: alpn.iter().map(|protocol| Arc::from(*protocol)).collect(),
        ..probe(server.address.port())
    };
    let group = async |groups: &[u16]| shake(wanted(groups, &[])).await.map(|session| session.group);
    assert_eq!(group(&[0x0018]).await, Ok(Some(0x0018)));
    assert_eq!(group(&[0x001D]).await, Err(ErrorKind::HandshakeRefused));
    let alpn = async |alpn: &[&str]| shake(wanted(&[], alpn)).await.map(|session| session.alpn.clone());
    assert_eq!((alpn(&[]).await, alpn(&["h2", "http/1.1"]).await), (Ok(None), Ok(Some("h2".into()))));
    assert_eq!(alpn(&["smb"]).await, Err(ErrorKind::HandshakeRefused));
    named.asked.lock().expect("whole").clear();
    shake(TlsProbe { nameless: true, ..wanted(&[], &[]) }).await.expect("a handshake");
    shake(TlsProbe { name: Some("b.example".into()), ..wanted(&[], &[]) }).await.expect("a handshake");
    assert_eq!(*named.asked.lock().expect("whole"), [None, Some("b.example".to_owned())]);
}

#[tokio::test]
async fn a_suite_that_the_library_lacks_is_asked_for_by_hand() {
    let (port, certificate) = old_server().await;
    let wanted = |ciphers: &[u16]| TlsProbe { ciphers: ciphers.to_vec(), ..probe(port) };
    let shown = shake(wanted(&[0x000A])).await.expect("it is spoken to");
    assert_eq!((&*shown.cipher, &shown.chain[..]), ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", &[Bytes::from(certificate)][..]));
    assert_eq!(shake(wanted(&[0x1301])).await.err(), Some(ErrorKind::HandshakeRefused), "nothing of TLS 1.2 is asked");
}
