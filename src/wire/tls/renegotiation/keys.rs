//! Keys of TLS 1.2: how they are agreed on, and what is made of them (RFC 5246 §5, §6.3, §8; RFC 8422 §5.10).
//!
//! Takes the server's public key, gives the client's and the keys. Nothing secret is ever sent under them: they serve to
//! reach the end of a handshake. Must never open a socket.

use ring::agreement::{self, ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey, X25519};
use ring::hmac::{self, HMAC_SHA256, HMAC_SHA384};
use ring::{digest, rand};
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::rand_core::OsRng;
use rsa::{Pkcs1v15Encrypt, RsaPublicKey};

use super::super::hello::counted;
/// Bytes of a master secret, and of what it is made from where RSA carries it.
const SECRET: usize = 48;
/// Bytes that each side says at the end of a handshake.
const END: usize = 12;

/// What keys are agreed on with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters<'a> {
    /// The suite.
    pub(super) suite: u16,
    /// The group and the server's public key in it, where the suite has one.
    pub(super) share: Option<(u16, &'a [u8])>,
    /// The server's certificate.
    pub(super) certificate: Option<&'a [u8]>,
}

/// What the client says of its key, and what both sides then know.
pub(super) struct Agreement {
    /// The body of the client's message.
    pub(super) message: Vec<u8>,
    /// The secret before the master secret.
    pub(super) secret: Vec<u8>,
}

impl Agreement {
    /// Agrees; nothing where the suite or the group is none of ours, or the server's key is none.
    pub(super) fn with(parameters: &Parameters<'_>) -> Option<Self> {
        match parameters.share {
            Some((group, key)) => Self::on_curve(group, key),
            None => Self::by_rsa(parameters.certificate?),
        }
    }

    fn on_curve(group: u16, key: &[u8]) -> Option<Self> {
        let algorithm: &'static agreement::Algorithm = match group {
            29 => &X25519,
            23 => &ECDH_P256,
            24 => &ECDH_P384,
            _ => return None,
        };
        let own = EphemeralPrivateKey::generate(algorithm, &rand::SystemRandom::new()).ok()?;
        let public = own.compute_public_key().ok()?;
        let peer = UnparsedPublicKey::new(algorithm, key);
        let secret = agreement::agree_ephemeral(own, &peer, <[u8]>::to_vec).ok()?;
        Some(Self { message: counted::<1>(public.as_ref()), secret })
    }

    fn by_rsa(certificate: &[u8]) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
        let key = RsaPublicKey::from_pkcs1_der(&certificate.public_key().subject_public_key.data).ok()?;
        let mut secret = vec![0; SECRET];
        getrandom::fill(&mut secret).ok()?;
        // The version that the hello offered (RFC 5246 §7.4.7.1).
        secret.iter_mut().zip([3, 3]).for_each(|(byte, version)| *byte = version);
        let encrypted = key.encrypt(&mut OsRng, Pkcs1v15Encrypt, &secret).ok()?;
        Some(Self { message: counted::<2>(&encrypted), secret })
    }
}

/// The master secret of a session.
#[derive(Debug)]
pub(super) struct Secrets {
    pub(super) suite: u16,
    master: Vec<u8>,
    /// The server's random bytes and the client's: the order that keys are made in.
    randoms: Vec<u8>,
}

impl Secrets {
    /// Of what was agreed on, and the random bytes of client and server.
    pub(super) fn new(suite: u16, secret: &[u8], (client, server): (&[u8], &[u8])) -> Self {
        let master = stretch(suite, secret, (b"master secret", &[client, server].concat()), SECRET);
        Self { suite, master, randoms: [server, client].concat() }
    }

    /// As many bytes of keys as are needed.
    pub(super) fn block(&self, length: usize) -> Vec<u8> {
        stretch(self.suite, &self.master, (b"key expansion", &self.randoms), length)
    }

    /// What a side says at the end of the handshake, all messages of it so far given.
    pub(super) fn end(&self, label: &[u8], transcript: &[u8]) -> Vec<u8> {
        let algorithm = if is_long(self.suite) { &digest::SHA384 } else { &digest::SHA256 };
        let hash = digest::digest(algorithm, transcript);
        stretch(self.suite, &self.master, (label, hash.as_ref()), END)
    }
}

/// Whether a suite goes with SHA-384.
fn is_long(suite: u16) -> bool {
    matches!(suite, 0xC02C | 0xC030 | 0x009D)
}

/// The pseudorandom function (RFC 5246 §5).
fn stretch(suite: u16, secret: &[u8], (label, seed): (&[u8], &[u8]), length: usize) -> Vec<u8> {
    let key = hmac::Key::new(if is_long(suite) { HMAC_SHA384 } else { HMAC_SHA256 }, secret);
    let seed = [label, seed].concat();
    let mut at = hmac::sign(&key, &seed);
    let mut made = Vec::new();
    while made.len() < length {
        made.extend_from_slice(hmac::sign(&key, &[at.as_ref(), &seed].concat()).as_ref());
        at = hmac::sign(&key, at.as_ref());
    }
    made.truncate(length);
    made
}
