//! Messages of a handshake of TLS 1.2 as far as keys are agreed on (RFC 5246 §7.4).
//!
//! Takes the server's messages one by one, gives what the keys are made from; writes the client's. Must never open a socket.

use super::super::flight::{Cursor, Hello, certificates};
use super::super::hello::counted;
use super::keys::Parameters;
use crate::observation::TlsVersion;

pub(super) const HELLO_REQUEST: u8 = 0;
pub(super) const SERVER_HELLO: u8 = 2;
pub(super) const FINISHED: u8 = 20;
const CERTIFICATE: u8 = 11;
const KEY_EXCHANGE: u8 = 12;
const CERTIFICATE_REQUEST: u8 = 13;
const HELLO_DONE: u8 = 14;
const CLIENT_KEY_EXCHANGE: u8 = 16;

/// Suites that a handshake is made with: AES-GCM and ChaCha20 with ECDHE, and AES-GCM with static RSA.
pub const SUITES: [u16; 8] = [0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0x009C, 0x009D];

/// What the server said in its first flight.
#[derive(Debug, Default)]
pub(super) struct Flight {
    hello: Option<Hello>,
    random: Option<[u8; 32]>,
    /// The group and the server's public key in it.
    share: Option<(u16, Vec<u8>)>,
    certificate: Option<Vec<u8>>,
    asks_certificate: bool,
}

impl Flight {
    /// Reads a message; whether it was the last one, and nothing where it is broken.
    pub(super) fn read(&mut self, kind: u8, body: &[u8]) -> Option<bool> {
        match kind {
            SERVER_HELLO => {
                let hello = Hello::read(body)?;
                let fits = hello.version() == TlsVersion::Tls12.number() && SUITES.contains(&hello.suite);
                self.random = body.get(2..34)?.try_into().ok();
                self.hello = Some(hello).filter(|hello| fits && hello.compression == 0);
                self.hello.as_ref()?;
            }
            CERTIFICATE => self.certificate = certificates(body)?.first().map(|der| der.to_vec()),
            KEY_EXCHANGE => {
                let mut cursor = Cursor::new(body);
                let is_named = cursor.byte()? == 3;
                let (group, key) = (cursor.number()?, cursor.counted::<1>()?);
                self.share = is_named.then(|| (group, key.to_vec()));
            }
            CERTIFICATE_REQUEST => self.asks_certificate = true,
            HELLO_DONE => return Some(true),
            _ => {}
        }
        Some(false)
    }

    /// What keys are agreed on with.
    pub(super) fn parameters(&self) -> Option<Parameters<'_>> {
        let suite = self.hello.as_ref()?.suite;
        Some(Parameters {
            suite,
            share: self.share.as_ref().map(|(group, key)| (*group, &key[..])),
            certificate: self.certificate.as_deref(),
        })
    }

    /// The server's random bytes.
    pub(super) fn random(&self) -> Option<[u8; 32]> {
        self.random
    }

    /// Whether it wants a certificate of the client.
    pub(super) fn asks_certificate(&self) -> bool {
        self.asks_certificate
    }

    /// Whether it binds a second handshake to the first (RFC 5746).
    pub(super) fn is_bound(&self) -> bool {
        self.hello.as_ref().is_some_and(|hello| hello.extension(super::RENEGOTIATION).is_some())
    }
}

/// A message: its type, its length, its body.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &counted::<3>(body)[..]].concat()
}

/// The client's messages before the change of the cipher: no certificate, where one is asked for, and its key.
pub(super) fn first_flight(key: &[u8], with_certificate: bool) -> Vec<u8> {
    let none = if with_certificate { message(CERTIFICATE, &[0, 0, 0]) } else { Vec::new() };
    [none, message(CLIENT_KEY_EXCHANGE, key)].concat()
}

/// The message that ends a handshake.
pub(super) fn finished(said: &[u8]) -> Vec<u8> {
    message(FINISHED, said)
}

/// A record of TLS 1.2.
pub(super) fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3], &counted::<2>(payload)[..]].concat()
}
