//! ClientHellos written by hand (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2, RFC 6101 §5.6.1.2), and SSL 2.0's CLIENT-HELLO.
//!
//! Takes what is offered, gives the bytes of its record. Invariant: what is asked for is written as it is asked for, in
//! that order, sensible or not; nothing is added. Lengths that a field has no room for are cut off. Must never open a
//! socket.

mod extension;
mod ssl2;
#[cfg(test)]
mod tests;

pub use extension::Extension;
pub use ssl2::{Ssl2Answer, ssl2_hello};

use crate::observation::TlsVersion;

/// Says that no renegotiation is under way (RFC 5746 §3.3).
pub const NO_RENEGOTIATION: u16 = 0x00FF;
/// Says that the client made itself older than it is (RFC 7507).
pub const FALLBACK: u16 = 0x5600;

const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
/// Sizes of hellos that some boxes drop (RFC 7685), record header excluded.
const DROPPED: std::ops::RangeInclusive<usize> = 256..=511;
/// Bytes of an extension's header.
const EXTENSION_HEADER: usize = 4;

/// What a ClientHello says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHello {
    /// The version field: the highest version up to TLS 1.2.
    pub version: TlsVersion,
    /// The version field of the record around it.
    pub record_version: u16,
    /// The client's random bytes.
    pub random: [u8; 32],
    /// The session identifier; empty: none.
    pub session_id: Vec<u8>,
    /// Cipher suites, signalling ones among them.
    pub suites: Vec<u16>,
    /// Compression methods.
    pub compressions: Vec<u8>,
    /// Extensions in order; where there is none, the hello has no list of them, as SSL 3.0 knows none.
    pub extensions: Vec<Extension>,
}

impl ClientHello {
    /// A hello of a version without suites and extensions.
    pub fn of(version: TlsVersion, random: [u8; 32]) -> Self {
        let written = version.min(TlsVersion::Tls12);
        Self {
            version: written,
            record_version: written.number().min(TlsVersion::Tls10.number()),
            random,
            session_id: Vec::new(),
            suites: Vec::new(),
            compressions: vec![0],
            extensions: Vec::new(),
        }
    }

    /// The handshake message, without a record.
    pub fn message(&self) -> Vec<u8> {
        let mut body = self.version.number().to_be_bytes().to_vec();
        body.extend(self.random);
        body.extend(counted::<1>(&self.session_id));
        body.extend(counted::<2>(&numbers(&self.suites)));
        body.extend(counted::<1>(&self.compressions));
        if !self.extensions.is_empty() {
            let all: Vec<u8> = self.extensions.iter().flat_map(Extension::bytes).collect();
            body.extend(counted::<2>(&all));
        }
        [&[CLIENT_HELLO], &counted::<3>(&body)[..]].concat()
    }

    /// The message in its record.
    pub fn record(&self) -> Vec<u8> {
        [&[HANDSHAKE], &self.record_version.to_be_bytes()[..], &counted::<2>(&self.message())].concat()
    }

    /// Whether the hello is as long as those that some boxes drop.
    pub fn has_dropped_length(&self) -> bool {
        DROPPED.contains(&self.message().len())
    }

    /// The same hello, longer than those that some boxes drop (RFC 7685).
    pub fn padded(mut self) -> Self {
        let length = self.message().len();
        let wanted = DROPPED.end() + 1;
        if length < wanted && self.version > TlsVersion::Ssl30 {
            // A first extension brings the list's own length with it.
            let list = if self.extensions.is_empty() { 2 } else { 0 };
            let zeroes = wanted.saturating_sub(length + EXTENSION_HEADER + list);
            // Some servers refuse a hello that ends in an empty extension.
            self.extensions.push(Extension::Padding(zeroes.max(1)));
        }
        self
    }
}

/// Bytes after their length in `N` bytes; what has no room is cut off.
pub(in crate::wire::tls) fn counted<const N: usize>(bytes: &[u8]) -> Vec<u8> {
    let most = 1_usize.checked_shl(8 * N as u32).map_or(usize::MAX, |room| room - 1);
    let bytes = bytes.get(..most).unwrap_or(bytes);
    let length = bytes.len().to_be_bytes();
    [length.get(length.len() - N..).unwrap_or_default(), bytes].concat()
}

/// Numbers of two bytes each.
fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}
