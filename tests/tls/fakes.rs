//! That the laboratory's servers are what they say: real clients and hellos by hand speak with them.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, Error, RootCertStore, StreamOwned};

use super::lab::authority::{AUTHORITIES, Leaf, NAME, issue};
use super::lab::fake::{Fake, SSL2, SSL3, TLS10, TLS11, TLS12, TLS13};
use super::lab::message::{counted, extensions, message, numbers, record};
use super::lab::ocsp::{By, Response, Status, refusal, revocation_list};
use super::lab::preface::StartTls;
use super::lab::servers::{Made, all, named, strangers};

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a socket");
    stream
}

/// A hello by hand: the version, suites and groups.
fn hello(version: u16, suites: &[u16], groups: &[u16]) -> Vec<u8> {
    let name = [&[0][..], &counted::<2>(NAME.as_bytes())].concat();
    let mut all = vec![(0, counted::<2>(&name)), (10, counted::<2>(&numbers(groups)))];
    if version == TLS13 {
        all.push((43, counted::<1>(&numbers(&[TLS13]))));
        all.push((51, counted::<2>(&[])));
    }
    let all = if version == SSL3 { Vec::new() } else { extensions(&all) };
    let fixed = [&version.min(TLS12).to_be_bytes()[..], &[3; 32], &[0]].concat();
    let offered = [counted::<2>(&numbers(suites)), vec![1, 0]].concat();
    record(22, version.min(TLS10), &message(1, &[fixed, offered, all].concat()), 1 << 14)
}

/// The version and suite that the server chooses, or the alert that it refuses with.
fn ask(address: SocketAddr, hello: &[u8]) -> Result<(u16, u16), u8> {
    let mut stream = connect(address);
    stream.write_all(hello).expect("it reads");
    let mut head = [0; 5];
    stream.read_exact(&mut head).expect("an answer");
    let mut body = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    stream.read_exact(&mut body).expect("a whole record");
    if head[0] == 21 {
        return Err(body[1]);
    }
    assert_eq!((head[0], body[0]), (22, 2), "a ServerHello");
    let number = |at: usize| u16::from_be_bytes([body[at], body[at + 1]]);
    let session = usize::from(body[38]);
    Ok((number(4), number(39 + session)))
}

#[test]
fn canned_servers_choose_as_they_are_told() {
    let address = (named("ssl3-to-tls12").make)().start().address;
    let groups = [0x001d, 0x0017];
    assert_eq!(ask(address, &hello(SSL3, &[0x000a, 0x002f], &[])), Ok((SSL3, 0x002f)));
    assert_eq!(ask(address, &hello(TLS11, &[0x000a, 0xc013], &groups)), Ok((TLS11, 0xc013)));
    assert_eq!(ask(address, &hello(TLS12, &[0x000a, 0xc013], &[0x0019])), Ok((TLS12, 0x000a)), "no common group");
    assert_eq!(ask(address, &hello(TLS12, &[0xc02b], &groups)), Err(40));
    let order = (named("clients-order").make)().start().address;
    assert_eq!(ask(order, &hello(TLS12, &[0x000a, 0xc02f], &groups)), Ok((TLS12, 0x000a)));
    let old = (named("tls10-only").make)().start().address;
    assert_eq!(ask(old, &hello(SSL3, &[0x002f], &[])), Err(70));
    assert_eq!(ask(old, &hello(TLS12, &[0x002f], &[])), Ok((TLS10, 0x002f)));
    let curve = (named("p521-only").make)().start().address;
    assert_eq!(ask(curve, &hello(TLS13, &[0x1301], &groups)), Err(40));
    assert_eq!(ask(curve, &hello(TLS13, &[0x1301], &[0x001d, 0x0019])), Ok((TLS12, 0x1301)));
    let strict = (named("dh-512-strict").make)().start().address;
    assert_eq!(ask(strict, &hello(TLS12, &[0x009e], &[0x0017, 0x0100])), Err(40));
    assert_eq!(ask(strict, &hello(TLS12, &[0x009e], &groups)), Ok((TLS12, 0x009e)));
}

#[test]
fn ssl2_is_spoken_where_it_is_said_to_be() {
    let hello = [&[0x80, 12 + 16, 1][..], &SSL2.to_be_bytes(), &[0, 3, 0, 0, 0, 16, 1, 0, 0x80], &[5; 16]].concat();
    let mut stream = connect((named("ssl2-only").make)().start().address);
    stream.write_all(&hello).expect("it reads");
    let mut head = [0; 7];
    stream.read_exact(&mut head).expect("an answer");
    assert_eq!((head[0] & 0x80, head[2], &head[5..7]), (0x80, 4, &[0, 2][..]));
    let mut stream = connect((named("tls10-only").make)().start().address);
    stream.write_all(&hello).expect("it reads");
    assert_eq!(stream.read(&mut head).expect("it closes"), 0);
}

/// What the library says to a server's certificate, and the version where it says nothing.
fn judged(server: Made) -> Result<u16, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(AUTHORITIES.root.der.clone())).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_webpki_verifier(verifier.expect("roots"))
        .with_no_client_auth();
    let name = ServerName::try_from(NAME).expect("a name");
    let session = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = StreamOwned::new(session, connect(server.start().address));
    let answered =
        stream.write_all(b"GET / HTTP/1.1\r\nHost: lab.example\r\n\r\n").and_then(|()| stream.read(&mut [0; 64]));
    match answered {
        Ok(_) => Ok(u16::from(stream.conn.protocol_version().expect("a version"))),
        Err(error) => {
            Err(error.get_ref().and_then(|it| it.downcast_ref::<Error>()).cloned().unwrap_or_else(|| panic!("{error}")))
        }
    }
}

#[test]
fn certificates_have_the_faults_that_they_are_said_to_have() {
    for name in ["good", "tls13-only", "tls10-to-tls13", "two-libraries", "wildcard", "five-years", "misordered-chain"]
    {
        assert_eq!(judged((named(name).make)()), Ok(TLS13), "{name}");
    }
    for (name, word) in [
        ("expired", "Expired"),
        ("expired-intermediate", "Expired"),
        ("not-yet-valid", "NotValidYet"),
        ("wrong-host", "NotValidForName"),
        ("common-name-only", "NotValidForName"),
        ("unknown-root", "UnknownIssuer"),
        ("self-signed", "UnknownIssuer"),
        ("incomplete-chain", "UnknownIssuer"),
        ("wrong-purpose", "InvalidPurpose"),
        ("sha1", "UnsupportedSignatureAlgorithm"),
        ("md5", "UnsupportedSignatureAlgorithm"),
    ] {
        let error = format!("{:?}", judged((named(name).make)()).expect_err(name));
        assert!(error.contains(word), "{name}: {error}");
    }
}

#[test]
fn names_are_unique_and_there_are_enough() {
    let mut names: Vec<&str> = all().chain(strangers()).map(|server| server.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(all().filter(|server| !server.raises.is_empty()).count() >= 36, "{count}");
}

/// What a client sends, and how what it reads then ends.
type Steps = &'static [(&'static [u8], &'static [u8])];

/// What is said before TLS, by protocol; the last answer is the one after which TLS begins.
const PREFACES: [(StartTls, Steps); 8] = [
    (
        StartTls::Smtp,
        &[(b"", b"be nice\r\n"), (b"EHLO me\r\n", b"250 STARTTLS\r\n"), (b"STARTTLS\r\n", b"220 go ahead\r\n")],
    ),
    (StartTls::Imap, &[(b"", b"ready\r\n"), (b"a STARTTLS\r\n", b"a OK done\r\n")]),
    (StartTls::Pop3, &[(b"", b"ready\r\n"), (b"STLS\r\n", b"+OK begin\r\n")]),
    (StartTls::Ftp, &[(b"", b"220 ready\r\n"), (b"AUTH TLS\r\n", b"234 go ahead\r\n")]),
    (StartTls::Ldap, &[(b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037", b"\x0a\x01\0\x04\0\x04\0")]),
    (StartTls::Postgres, &[(&[0, 0, 0, 8, 4, 210, 22, 47], b"S")]),
    (StartTls::Mysql, &[(b"", b"mysql_native_password\0"), (&MYSQL_REQUEST, b"")]),
    (StartTls::Xmpp, &[(b"<stream:stream to='a'>", b"</stream:features>"), (b"<starttls/>", b"'/>")]),
];

const MYSQL_REQUEST: [u8; 36] = {
    let mut request = [0; 36];
    (request[0], request[3], request[5]) = (32, 1, 8);
    request
};

#[test]
fn what_begins_in_the_clear_leads_to_tls() {
    assert_eq!(StartTls::ALL.map(|(_, kind)| kind), PREFACES.map(|(kind, _)| kind));
    for (kind, steps) in PREFACES {
        let fake = Fake::tls12(issue(&Leaf::good())).with(|it| it.starttls = Some(kind));
        let mut stream = connect(fake.start().address);
        for (send, ending) in steps {
            stream.write_all(send).expect("it reads");
            let mut held = Vec::new();
            while !held.ends_with(ending) {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("an answer");
                held.push(byte[0]);
            }
        }
        stream.write_all(&hello(TLS12, &[0xc02b], &[0x001d])).expect("it reads");
        let mut head = [0; 6];
        stream.read_exact(&mut head).expect("an answer");
        assert_eq!((head[0], head[5]), (22, 2), "{kind:?}");
    }
    for kind in [StartTls::SmtpWithout, StartTls::PostgresWithout] {
        let fake = Fake::tls12(issue(&Leaf::good())).with(|it| it.starttls = Some(kind));
        let mut stream = connect(fake.start().address);
        let (send, answer): (&[u8], &[u8]) = match kind {
            StartTls::SmtpWithout => (b"EHLO me\r\nSTARTTLS\r\nSTARTTLS\r\n", b"502 not here\r\n"),
            _ => (&[0, 0, 0, 8, 4, 210, 22, 47], b"N"),
        };
        stream.write_all(send).expect("it reads");
        let mut held = Vec::new();
        while !held.ends_with(answer) {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("an answer");
            held.push(byte[0]);
        }
    }
}

#[test]
fn what_is_said_of_revocation_is_well_formed() {
    let list = revocation_list(&[&[5, 6]], 7);
    let (rest, list) = x509_parser::parse_x509_crl(&list).expect("a list");
    assert!(rest.is_empty());
    assert_eq!(list.iter_revoked_certificates().count(), 1);
    assert_eq!(refusal(3), [0x30, 3, 0x0a, 1, 3]);
    for by in [By::Issuer, By::Delegate, By::Pretender, By::Nobody] {
        for status in [Status::Good, Status::Revoked, Status::Unknown] {
            let der = Response { by, ..Response::about(&Leaf::good(), status) }.der();
            assert_eq!(usize::from(u16::from_be_bytes([der[2], der[3]])) + 4, der.len(), "{by:?} {status:?}");
        }
    }
}
