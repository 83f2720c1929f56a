//! SSL 2.0's CLIENT-HELLO and what answers it: only whether somebody still speaks it, and with which ciphers.
//!
//! Follows the draft of 1995 (`draft-hickman-netscape-ssl-00`), whose messages RFC 6176 forbids. Invariant: no bytes of a
//! server make the reader panic, and no key is agreed on. Must never open a socket.

use bytes::Bytes;

use super::super::flight::Cursor;

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 4;
const ERROR: u8 = 0;
/// The first byte of an alert's record from SSL 3.0 on.
const ALERT: u8 = 21;
/// The bit of a record's first byte that says that its header has two bytes.
const SHORT_HEADER: u8 = 0x80;

/// The bytes of a CLIENT-HELLO that offers cipher kinds of three bytes each.
pub fn ssl2_hello(kinds: &[u32], challenge: [u8; 16]) -> Vec<u8> {
    let kinds: Vec<u8> = kinds.iter().flat_map(|kind| kind.to_be_bytes().into_iter().skip(1)).collect();
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
    let message =
        [&[CLIENT_HELLO, 0, 2][..], &length(&kinds), &[0, 0], &length(&challenge), &kinds, &challenge].concat();
    let [high, low] = length(&message);
    [&[high | SHORT_HEADER, low], &message[..]].concat()
}

/// What answers a CLIENT-HELLO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ssl2Answer {
    /// A SERVER-HELLO: the ciphers that both have, by their three bytes, and the certificate.
    Hello {
        /// Cipher kinds.
        kinds: Vec<u32>,
        /// The certificate, DER; empty where none was sent.
        certificate: Bytes,
    },
    /// An error message with this code.
    Error(u16),
    /// An alert of a later version.
    Alert(u8),
    /// Something else than SSL 2.0.
    Other,
}

impl Ssl2Answer {
    /// Reads what came so far; `None` where more is needed.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.first() == Some(&ALERT) {
            return bytes.get(6).map(|description| Self::Alert(*description));
        }
        let [high, low, rest @ ..] = bytes else {
            return bytes.first().filter(|first| **first & SHORT_HEADER == 0).map(|_| Self::Other);
        };
        if high & SHORT_HEADER == 0 {
            return Some(Self::Other);
        }
        let length = usize::from(u16::from_be_bytes([high & !SHORT_HEADER, *low]));
        match rest.first() {
            Some(&(SERVER_HELLO | ERROR)) => {}
            Some(_) => return Some(Self::Other),
            None => return None,
        }
        let message = rest.get(..length)?;
        Some(read_message(message).unwrap_or(Self::Other))
    }
}

fn read_message(message: &[u8]) -> Option<Ssl2Answer> {
    let mut cursor = Cursor::new(message);
    if cursor.byte()? == ERROR {
        return Some(Ssl2Answer::Error(cursor.number()?));
    }
    // Whether a session is resumed, the kind of certificate, the version.
    cursor.take(2)?;
    if cursor.number()? != 2 {
        return None;
    }
    let (certificate, kinds, _connection) = (cursor.number()?, cursor.number()?, cursor.number()?);
    let certificate = Bytes::copy_from_slice(cursor.take(usize::from(certificate))?);
    let kinds = cursor.take(usize::from(kinds))?.chunks_exact(3);
    let kinds = kinds.map(|kind| kind.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))).collect();
    Some(Ssl2Answer::Hello { kinds, certificate })
}
