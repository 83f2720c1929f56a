//! Hellos written by hand: for versions and suites that the library does not speak (RFC 5246 §7.4, RFC 6101 §5.6).
//!
//! Builds a ClientHello; reads what a server says in the clear after it: the version and suite that it chose, and its
//! certificates. No key is agreed on and nothing is encrypted; the connection is closed then. Invariant: no bytes of a
//! server make it panic, and it keeps at most [`MAX_BYTES`]. Must never open a socket.

use bytes::Bytes;

use crate::observation::TlsVersion;

/// Bytes of a server's first messages: a chain of certificates and little else.
pub(super) const MAX_BYTES: usize = 256 << 10;
/// Bytes of one record (RFC 5246 §6.2.1), with what encryption may add.
const MAX_RECORD: usize = (16 << 10) + 2048;

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const HELLO_DONE: u8 = 14;
/// Says that no renegotiation is under way (RFC 5746 §3.3).
const NO_RENEGOTIATION: u16 = 0x00FF;

/// The suites that are offered where a probe names none: forward secret ones first, then by their age.
const SUITES: [u16; 32] = [
    0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC009, 0xC013, 0xC00A, 0xC014, 0xC023, 0xC027, 0x009E, 0x009F,
    0x0033, 0x0039, 0x0067, 0x006B, 0x009C, 0x009D, 0x002F, 0x0035, 0x003C, 0x003D, 0xC008, 0xC012, 0x0016, 0x000A,
    0xC007, 0xC011, 0x0005, 0x0004,
];
/// x25519, secp256r1, secp384r1, secp521r1.
const GROUPS: [u16; 4] = [0x001D, 0x0017, 0x0018, 0x0019];
/// ECDSA, PSS and PKCS#1 with SHA-2, then SHA-1.
const SIGNATURES: [u16; 10] = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0203, 0x0201];

/// The bytes of a ClientHello in its record.
pub(super) fn client_hello(version: TlsVersion, name: Option<&str>, suites: &[u16], random: [u8; 32]) -> Vec<u8> {
    let mut body = version.number().to_be_bytes().to_vec();
    body.extend(random);
    body.push(0);
    let offered = if suites.is_empty() { &SUITES[..] } else { suites };
    let offered: Vec<u8> = offered.iter().chain([&NO_RENEGOTIATION]).flat_map(|suite| suite.to_be_bytes()).collect();
    body.extend(counted::<2>(&offered));
    body.extend([1, 0]);
    if version > TlsVersion::Ssl30 {
        body.extend(counted::<2>(&extensions(version, name)));
    }
    let message = [&[1], &counted::<3>(&body)[..]].concat();
    let record_version = version.number().min(TlsVersion::Tls10.number());
    [&[HANDSHAKE], &record_version.to_be_bytes()[..], &counted::<2>(&message)].concat()
}

fn extensions(version: TlsVersion, name: Option<&str>) -> Vec<u8> {
    let list = |numbers: &[u16]| -> Vec<u8> {
        counted::<2>(&numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<_>>())
    };
    let mut all = Vec::new();
    if let Some(name) = name {
        let entry = [&[0], &counted::<2>(name.as_bytes())[..]].concat();
        all.extend(extension(0, &counted::<2>(&entry)));
    }
    all.extend(extension(10, &list(&GROUPS)));
    all.extend(extension(11, &[1, 0]));
    if version >= TlsVersion::Tls12 {
        all.extend(extension(13, &list(&SIGNATURES)));
    }
    all
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &counted::<2>(data)].concat()
}

/// Bytes after their length in `N` bytes.
fn counted<const N: usize>(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len().to_be_bytes();
    [length.get(length.len() - N..).unwrap_or_default(), bytes].concat()
}

/// What a server chose, and its certificates as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The version's number.
    pub(super) version: u16,
    /// The suite's number.
    pub(super) suite: u16,
    /// Its certificates in DER, its own first.
    pub(super) chain: Vec<Bytes>,
}

/// Why a server's bytes come to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It ended the handshake with this alert.
    Alert(u8),
    /// It does not speak TLS.
    NotTls,
    /// It says more than there is room for.
    TooLong,
}

/// Reads a server's side of a handshake as it comes.
#[derive(Debug, Default)]
pub(super) struct ServerFlight {
    raw: Vec<u8>,
    messages: Vec<u8>,
    hello: Option<(u16, u16)>,
}

impl ServerFlight {
    /// Takes bytes; gives what was chosen once enough is known.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Option<Chosen>, Refusal> {
        if self.raw.len() + self.messages.len() + bytes.len() > MAX_BYTES {
            return Err(Refusal::TooLong);
        }
        self.raw.extend_from_slice(bytes);
        while let Some((kind, payload)) = self.record()? {
            match kind {
                HANDSHAKE => self.messages.extend(payload),
                ALERT => return Err(Refusal::Alert(payload.get(1).copied().unwrap_or(0))),
                _ => return Err(Refusal::NotTls),
            }
        }
        self.read_messages()
    }

    /// Takes the next record, where it is whole.
    fn record(&mut self) -> Result<Option<(u8, Vec<u8>)>, Refusal> {
        let [kind, major, _, high, low, ..] = *self.raw.as_slice() else {
            let plausible = self.raw.first().is_none_or(|kind| matches!(*kind, ALERT | HANDSHAKE));
            return if plausible { Ok(None) } else { Err(Refusal::NotTls) };
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if !matches!(kind, ALERT | HANDSHAKE) || major != 3 || length > MAX_RECORD {
            return Err(Refusal::NotTls);
        }
        if self.raw.len() < 5 + length {
            return Ok(None);
        }
        let rest = self.raw.split_off(5 + length);
        let record = std::mem::replace(&mut self.raw, rest);
        Ok(Some((kind, record.get(5..).unwrap_or_default().to_vec())))
    }

    fn read_messages(&mut self) -> Result<Option<Chosen>, Refusal> {
        let mut at = 0;
        let mut chosen = None;
        while let Some([kind, a, b, c]) = self.messages.get(at..at + 4) {
            let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
            let Some(body) = self.messages.get(at + 4..at + 4 + length) else { break };
            let no_chain = |(version, suite)| Chosen { version, suite, chain: Vec::new() };
            match *kind {
                SERVER_HELLO => self.hello = Some(server_hello(body).ok_or(Refusal::NotTls)?),
                CERTIFICATE => {
                    let chain = certificates(body).ok_or(Refusal::NotTls)?;
                    chosen = self.hello.map(|(version, suite)| Chosen { version, suite, chain });
                }
                HELLO_DONE => chosen = self.hello.map(no_chain),
                _ => {}
            }
            at += 4 + length;
            if chosen.is_some() {
                break;
            }
        }
        self.messages.drain(..at.min(self.messages.len()));
        Ok(chosen)
    }
}

/// Version and suite of a ServerHello.
fn server_hello(body: &[u8]) -> Option<(u16, u16)> {
    let number = |at: usize| Some(u16::from_be_bytes(body.get(at..at + 2)?.try_into().ok()?));
    let session = usize::from(*body.get(34)?);
    Some((number(0)?, number(35 + session)?))
}

/// The certificates of a Certificate message.
fn certificates(body: &[u8]) -> Option<Vec<Bytes>> {
    let length = |bytes: &[u8]| bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    let mut rest = body.get(3..)?.get(..length(body.get(..3)?))?;
    let mut chain = Vec::new();
    while !rest.is_empty() {
        let end = 3 + length(rest.get(..3)?);
        chain.push(Bytes::copy_from_slice(rest.get(3..end)?));
        rest = rest.get(end..)?;
    }
    Some(chain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A server's messages in a record.
    fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
        [&[kind, 3, 1], &counted::<2>(payload)[..]].concat()
    }

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        [&[kind], &counted::<3>(body)[..]].concat()
    }

    fn flight() -> Vec<u8> {
        let hello = [&[3, 1], &[0; 32][..], &[2, 9, 9], &[0xC0, 0x13], &[0]].concat();
        let list = [counted::<3>(b"own"), counted::<3>(b"root")].concat();
        let both = [message(SERVER_HELLO, &hello), message(CERTIFICATE, &counted::<3>(&list))].concat();
        // Messages do not end where records do.
        let (one, two) = both.split_at(20);
        [record(HANDSHAKE, one), record(HANDSHAKE, two)].concat()
    }

    #[test]
    fn a_flight_is_read_however_it_is_cut() {
        let expected = Chosen { version: 0x0301, suite: 0xC013, chain: vec!["own".into(), "root".into()] };
        let mut server = ServerFlight::default();
        let bytes = flight();
        let (last, before) = bytes.split_last().expect("bytes");
        for byte in before {
            assert_eq!(server.push(&[*byte]), Ok(None));
        }
        assert_eq!(server.push(&[*last]), Ok(Some(expected)));
    }

    #[test]
    fn alerts_and_other_protocols_are_told_apart() {
        let read = |bytes: &[u8]| ServerFlight::default().push(bytes);
        assert_eq!(read(&record(ALERT, &[2, 70])), Err(Refusal::Alert(70)));
        assert_eq!(read(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Err(Refusal::NotTls));
        assert_eq!(read(b"S"), Err(Refusal::NotTls), "told by the first byte");
        assert_eq!(read(&record(HANDSHAKE, &message(SERVER_HELLO, b"short"))), Err(Refusal::NotTls));
        let done = [message(SERVER_HELLO, &[0; 40]), message(HELLO_DONE, b"")].concat();
        assert!(matches!(read(&record(HANDSHAKE, &done)), Ok(Some(Chosen { chain, .. })) if chain.is_empty()));
    }

    #[test]
    fn hellos_say_what_is_offered() {
        let hello = client_hello(TlsVersion::Tls10, Some("a.example"), &[0x000A], [7; 32]);
        assert_eq!(hello[..11], [22, 3, 1, 0, u8::try_from(hello.len() - 5).expect("short"), 1, 0, 0, hello[8], 3, 1]);
        assert_eq!(hello[43..52], [0, 0, 4, 0, 0x0A, 0, 0xFF, 1, 0]);
        assert!(memchr::memmem::find(&hello, b"a.example").is_some());
        let oldest = client_hello(TlsVersion::Ssl30, Some("a.example"), &[], [0; 32]);
        assert_eq!((&oldest[1..3], &oldest[9..11]), (&[3, 0][..], &[3, 0][..]));
        assert!(memchr::memmem::find(&oldest, b"a.example").is_none(), "no extensions before TLS 1.0");
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..80, to in any::<u8>()) {
            let _ = ServerFlight::default().push(&bytes);
            let mut changed = flight();
            let at = at % changed.len();
            changed[at] = to;
            let _ = ServerFlight::default().push(&changed);
        }
    }
}
