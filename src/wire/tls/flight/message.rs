//! Messages of a server's first flight (RFC 8446 §4, RFC 5246 §7.4): what they say.
//!
//! Takes the body of one message, gives its parts, or nothing where it breaks its own lengths. Must never open a socket.

use bytes::Bytes;

use super::cursor::Cursor;
use crate::observation::ClientCertificate;

/// The random bytes by which a ServerHello is told to be a HelloRetryRequest (RFC 8446 §4.1.3).
const RETRY: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11,
    0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];
/// Certificates of a chain that are read.
const CHAIN: usize = 64;
/// Names of authorities that are read.
const AUTHORITIES: usize = 64;

const ALPN: u16 = 16;
const TIMESTAMPS: u16 = 18;
const VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;

/// A ServerHello or a HelloRetryRequest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The number in the version field.
    pub legacy_version: u16,
    /// Whether it asks for another hello.
    pub is_retry: bool,
    /// The session identifier.
    pub session_id: Bytes,
    /// The suite that was chosen.
    pub suite: u16,
    /// The compression method that was chosen.
    pub compression: u8,
    /// Extensions in the order sent.
    pub extensions: Vec<(u16, Bytes)>,
}

impl Hello {
    /// Reads the body of a message.
    pub fn read(body: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(body);
        let legacy_version = cursor.number()?;
        let is_retry = cursor.take(RETRY.len())? == RETRY;
        let session_id = Bytes::copy_from_slice(cursor.counted::<1>()?);
        let (suite, compression) = (cursor.number()?, cursor.byte()?);
        let mut extensions = Vec::new();
        if !cursor.is_empty() {
            let mut list = Cursor::new(cursor.counted::<2>()?);
            while !list.is_empty() {
                extensions.push((list.number()?, Bytes::copy_from_slice(list.counted::<2>()?)));
            }
        }
        Some(Self { legacy_version, is_retry, session_id, suite, compression, extensions })
    }

    /// The data of an extension.
    pub fn extension(&self, number: u16) -> Option<&Bytes> {
        self.extensions.iter().find(|(known, _)| *known == number).map(|(_, data)| data)
    }

    /// The number of the version that was chosen (RFC 8446 §4.2.1).
    pub fn version(&self) -> u16 {
        let chosen = self.extension(VERSIONS).and_then(|data| Cursor::new(data).number());
        chosen.unwrap_or(self.legacy_version)
    }

    /// The group of `key_share`, chosen or asked for.
    pub fn group(&self) -> Option<u16> {
        self.extension(KEY_SHARE).and_then(|data| Cursor::new(data).number())
    }

    /// The application protocol that was chosen (RFC 7301 §3.1).
    pub fn alpn(&self) -> Option<String> {
        let mut list = Cursor::new(self.extension(ALPN)?);
        let name = Cursor::new(list.counted::<2>()?).counted::<1>()?;
        Some(String::from_utf8_lossy(name).into_owned())
    }

    /// The list of signed certificate timestamps as sent.
    pub fn timestamps(&self) -> Option<Bytes> {
        self.extension(TIMESTAMPS).filter(|list| !list.is_empty()).cloned()
    }
}

/// The certificates of a Certificate message of TLS 1.2 and older.
pub fn certificates(body: &[u8]) -> Option<Vec<Bytes>> {
    let mut list = Cursor::new(Cursor::new(body).counted::<3>()?);
    let mut chain = Vec::new();
    while !list.is_empty() {
        let der = list.counted::<3>()?;
        if chain.len() < CHAIN {
            chain.push(Bytes::copy_from_slice(der));
        }
    }
    Some(chain)
}

/// The OCSP response of a CertificateStatus message (RFC 6066 §8).
pub fn status(body: &[u8]) -> Option<Bytes> {
    let mut cursor = Cursor::new(body);
    let is_ocsp = cursor.byte()? == 1;
    let response = cursor.counted::<3>()?;
    (is_ocsp && !response.is_empty()).then(|| Bytes::copy_from_slice(response))
}

/// What a CertificateRequest of TLS 1.2 or older asks for; `with_schemes` is of TLS 1.2 alone.
pub fn certificate_request(body: &[u8], with_schemes: bool) -> Option<ClientCertificate> {
    let mut cursor = Cursor::new(body);
    cursor.counted::<1>()?;
    let schemes = if with_schemes { Cursor::new(cursor.counted::<2>()?).numbers()? } else { Vec::new() };
    let mut names = Cursor::new(cursor.counted::<2>()?);
    let mut authorities = Vec::new();
    while !names.is_empty() && authorities.len() < AUTHORITIES {
        authorities.push(Bytes::copy_from_slice(names.counted::<2>()?));
    }
    Some(ClientCertificate { authorities, schemes })
}
