use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::OsRng;
use rustls::crypto::ring as provider;
use rustls::pki_types::PrivateKeyDer;
use rustls::version::{TLS12, TLS13};
use rustls::{ConnectionTrafficSecrets, ServerConfig, ServerConnection};

use super::*;
use crate::observation::TlsVersion;

fn hello(suites: &[u16]) -> ClientHello {
    let mut hello = ClientHello::of(TlsVersion::Tls12, [9; 32]);
    hello.suites = suites.to_vec();
    hello.extensions = vec![
        Extension::ServerName("a.example".to_owned()),
        Extension::Renegotiation,
        Extension::Groups(GROUPS.to_vec()),
        Extension::PointFormats,
        Extension::Schemes(vec![0x0403, 0x0804, 0x0401]),
    ];
    hello
}

/// A server of the library with one suite and one group.
fn server(suite: u16, group: u16, versions: &[&'static rustls::SupportedProtocolVersion]) -> ServerConnection {
    let mut provider = provider::default_provider();
    provider.cipher_suites.retain(|known| u16::from(known.suite()) == suite || u16::from(known.suite()) >> 8 == 0x13);
    provider.kx_groups.retain(|known| u16::from(known.name()) == group);
    let key = match suite {
        0xC02B | 0xC02C | 0xCCA9 => KeyPair::generate().expect("a key"),
        _ => {
            let key = RsaPrivateKey::new(&mut OsRng, 2048).expect("a key").to_pkcs8_der().expect("a key");
            KeyPair::from_pkcs8_der_and_sign_algo(&key.as_bytes().into(), &PKCS_RSA_SHA256).expect("a key")
        }
    };
    let parameters = CertificateParams::new(vec!["a.example".to_owned()]).expect("parameters");
    let certificate = parameters.self_signed(&key).expect("a certificate").der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a server");
    config.enable_secret_extraction = true;
    ServerConnection::new(Arc::new(config)).expect("a server")
}

/// Lets both talk until the handshake is over or either has no more to say; gives what the client says then.
fn talk(client: &mut Renegotiation, server: &mut ServerConnection, past_handshake: bool) -> Step {
    let mut sent = client.start();
    loop {
        let mut rest = &sent[..];
        while !rest.is_empty() {
            server.read_tls(&mut rest).expect("memory");
            let _ = server.process_new_packets();
        }
        let mut answer = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut answer).expect("memory");
        }
        // A byte at a time: where records are cut makes no difference.
        let mut step = Step::Wait;
        for byte in &answer {
            step = client.push(&[*byte]);
            if step != Step::Wait {
                break;
            }
        }
        match step {
            Step::Send(bytes) if past_handshake || server.is_handshaking() => sent = bytes,
            other => return other,
        }
    }
}

#[test]
fn handshakes_by_hand_come_to_their_end_and_a_server_says_no_to_a_second_one() {
    for (suite, group) in [(0xC02B, 29), (0xC02C, 23), (0xCCA9, 24), (0xC02F, 24), (0xC030, 29), (0xCCA8, 23)] {
        let mut server = server(suite, group, &[&TLS12]);
        let mut client = Renegotiation::new(hello(&SUITES));
        let told = talk(&mut client, &mut server, true);
        assert!(!server.is_handshaking(), "{suite:04x}: the library is content");
        // `no_renegotiation` (RFC 5246 §7.2.2).
        assert_eq!(told, Step::Over(Told::Refused(Refusal::Alert(100))), "{suite:04x}");
    }
}

#[test]
fn a_server_that_goes_on_lets_clients_begin_again() {
    let mut server = server(0xC02B, 29, &[&TLS12]);
    let mut client = Renegotiation::new(hello(&SUITES));
    let Step::Send(second) = talk(&mut client, &mut server, false) else { panic!("no second hello") };
    let secrets = server.dangerous_extract_secrets().expect("secrets");
    let key = |secrets: &ConnectionTrafficSecrets| match secrets {
        ConnectionTrafficSecrets::Aes128Gcm { key, iv } => {
            (LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key.as_ref()).expect("a key")), iv.as_ref()[..4].to_vec())
        }
        _ => panic!("another cipher"),
    };
    let ((number, read), (next, write)) = (secrets.rx, secrets.tx);
    let nonce = |salt: &[u8], last: &[u8]| Nonce::try_assume_unique_for_key(&[salt, last].concat()).expect("a nonce");
    let head = |number: u64, length: usize| {
        let length = u16::try_from(length).expect("short").to_be_bytes();
        Aad::from([&number.to_be_bytes()[..], &[22, 3, 3], &length].concat())
    };
    let (key_in, salt) = key(&read);
    let mut text = second[13..].to_vec();
    let length = text.len() - 16;
    let plain = key_in.open_in_place(nonce(&salt, &second[5..13]), head(number, length), &mut text).expect("it opens");
    assert_eq!(plain.first(), Some(&1), "a ClientHello");
    // What the client said at the end of the first handshake binds the second one to it.
    assert!(plain.windows(5).any(|bytes| bytes == [0xFF, 0x01, 0, 13, 12]), "{plain:02x?}");
    let (key_out, salt) = key(&write);
    let mut answer = vec![2, 0, 0, 38, 3, 3];
    answer.extend([7; 32]);
    answer.extend([0, 0xC0, 0x2B, 0]);
    let length = answer.len();
    key_out.seal_in_place_append_tag(nonce(&salt, &[5; 8]), head(next, length), &mut answer).expect("it seals");
    let record = speech::record(22, &[&[5; 8][..], &answer].concat());
    assert_eq!(client.push(&record), Step::Over(Told::Accepted));
}

#[test]
fn what_is_no_handshake_says_nothing_of_a_second_one() {
    let mut other = server(0xC02B, 29, &[&TLS13]);
    let mut client = Renegotiation::new(hello(&SUITES));
    let told = talk(&mut client, &mut other, true);
    assert_eq!(told, Step::Over(Told::Unknown(Unheard::NoConnection)), "no version in common");
    assert_eq!(client.ended(), Told::Unknown(Unheard::NoConnection));
    let mut strange = Renegotiation::new(hello(&SUITES));
    assert_eq!(strange.push(b"220 mail.example ESMTP\r\n"), Step::Over(Told::Unknown(Unheard::Lied)));
    let mut hasty = Renegotiation::new(hello(&SUITES));
    assert_eq!(hasty.push(&[20, 3, 3, 0, 1, 1]), Step::Over(Told::Unknown(Unheard::Lied)));
    let mut closing = Renegotiation::new(hello(&SUITES));
    let mut server = server(0xC02B, 29, &[&TLS12]);
    assert!(matches!(talk(&mut closing, &mut server, false), Step::Send(_)));
    assert_eq!(closing.ended(), Told::Refused(Refusal::Closed));
    assert_eq!(closing.push(&[22, 3, 3, 0, 4, 1, 2, 3, 4]), Step::Over(Told::Unknown(Unheard::Lied)));
}
