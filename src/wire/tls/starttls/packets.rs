//! Upgrades of protocols of packets: LDAP (RFC 4511 §4.14), PostgreSQL (SSLRequest), MySQL (SSL connection request packet).
//!
//! Must never open a socket.

use super::super::flight::Cursor;
use super::{MOST, Step, shown};
use crate::observation::StartTls;

/// An extended request for StartTLS, as message 1.
const LDAP_REQUEST: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
/// PostgreSQL's SSLRequest: its length and its code.
const POSTGRES_REQUEST: &[u8] = &[0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F];
/// MySQL's flag of a server, and of a client, that can do TLS.
const MYSQL_SSL: u16 = 0x0800;
/// What a MySQL client of ours can do: protocol 4.1, TLS, secure connections.
const MYSQL_CLIENT: u32 = 0x0000_8A00;
/// MySQL's largest packet that we would take.
const MYSQL_PACKET: u32 = 1 << 20;
/// utf8mb4 with the usual order.
const MYSQL_CHARSET: u8 = 45;
/// Its errors that pass: too many connections, a server that shuts down, a user's too many connections.
const MYSQL_BUSY: [u16; 3] = [1040, 1053, 1203];
/// Result codes of a server that may answer otherwise soon (RFC 4511 §4.1.9).
const LDAP_BUSY: u8 = 51;
const LDAP_UNAVAILABLE: u8 = 52;
/// The tag of an extended response.
const EXTENDED_RESPONSE: u8 = 0x78;
const SEQUENCE: u8 = 0x30;

/// The talk: one question and one answer.
#[derive(Debug)]
pub(super) struct Packets {
    protocol: StartTls,
    waiting: Vec<u8>,
}

impl Packets {
    /// Before anything was said.
    pub(super) fn of(protocol: StartTls) -> Self {
        Self { protocol, waiting: Vec::new() }
    }

    /// What is sent first.
    pub(super) fn start(&self) -> Vec<u8> {
        match self.protocol {
            StartTls::Ldap => LDAP_REQUEST.to_vec(),
            StartTls::Postgres => POSTGRES_REQUEST.to_vec(),
            _ => Vec::new(),
        }
    }

    /// Takes what the server says.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Step {
        self.waiting.extend_from_slice(bytes);
        match self.protocol {
            StartTls::Postgres => postgres(&self.waiting),
            StartTls::Ldap => ldap(&self.waiting),
            _ => mysql(&self.waiting),
        }
    }
}

fn postgres(bytes: &[u8]) -> Step {
    match bytes {
        [] => Step::Read,
        [b'S'] => Step::Ready(Vec::new()),
        [b'N', ..] => Step::Refused("the server answers N: no TLS".to_owned()),
        [b'E', rest @ ..] => postgres_error(rest),
        _ => Step::Refused(shown(bytes)),
    }
}

/// An ErrorResponse after its letter: too many connections, or a server that starts or stops, pass (SQLSTATE 53300, 57P01 to
/// 57P03). What is older than protocol 3 has words where the length is, and knows no TLS.
fn postgres_error(bytes: &[u8]) -> Step {
    let mut cursor = Cursor::new(bytes);
    let Some(length) = cursor.take(4) else { return Step::Read };
    let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let Some(length) = length.checked_sub(4).filter(|length| *length < MOST) else {
        return Step::Refused(shown(bytes));
    };
    let Some(fields) = cursor.take(length) else { return Step::Read };
    let passes = fields.split(|byte| *byte == 0).any(|it| it.starts_with(b"C53") || it.starts_with(b"C57P"));
    if passes { Step::PutOff(shown(fields)) } else { Step::Refused(shown(fields)) }
}

fn ldap(bytes: &[u8]) -> Step {
    let mut cursor = Cursor::new(bytes);
    let Some(tag) = cursor.byte() else { return Step::Read };
    if tag != SEQUENCE {
        return Step::Refused(shown(bytes));
    }
    let body = match ber_length(&mut cursor) {
        Length::Known(length) => cursor.take(length),
        Length::Unfinished => None,
        Length::Unfit => return Step::Refused("the server's answer is no message of LDAP that fits here".to_owned()),
    };
    let Some(body) = body else { return Step::Read };
    if !cursor.is_empty() {
        return Step::Refused("more was said after the consent".to_owned());
    }
    match result_code(body) {
        Some(0) => Step::Ready(Vec::new()),
        Some(code @ (LDAP_BUSY | LDAP_UNAVAILABLE)) => {
            Step::PutOff(format!("the server answers with the result code {code}"))
        }
        Some(code) => Step::Refused(format!("the server answers with the result code {code}")),
        None => Step::Refused("the server's answer is no answer to the request".to_owned()),
    }
}

/// The result code of an extended response (RFC 4511 §4.12).
fn result_code(body: &[u8]) -> Option<u8> {
    let mut cursor = Cursor::new(body);
    // The message's number.
    (cursor.byte()? == 2).then_some(())?;
    let length = ber_length(&mut cursor).known()?;
    cursor.take(length)?;
    (cursor.byte()? == EXTENDED_RESPONSE).then_some(())?;
    ber_length(&mut cursor).known()?;
    (cursor.take(2)? == [0x0A, 1]).then_some(())?;
    cursor.byte()
}

/// A length of BER.
enum Length {
    Known(usize),
    Unfinished,
    /// More than is read here, or without a definite form.
    Unfit,
}

impl Length {
    fn known(self) -> Option<usize> {
        match self {
            Self::Known(length) => Some(length),
            Self::Unfinished | Self::Unfit => None,
        }
    }
}

/// Reads a length (X.690 §8.1.3): one byte, or up to four after their count, however many of them are zero.
fn ber_length(cursor: &mut Cursor<'_>) -> Length {
    let Some(first) = cursor.byte() else { return Length::Unfinished };
    let length = match first {
        0..=0x7F => usize::from(first),
        0x81..=0x84 => {
            let Some(bytes) = cursor.take(usize::from(first & 0x7F)) else { return Length::Unfinished };
            bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
        }
        _ => return Length::Unfit,
    };
    if length > MOST { Length::Unfit } else { Length::Known(length) }
}

/// The greeting of a server (protocol 10): TLS is asked for where it says that it can.
fn mysql(bytes: &[u8]) -> Step {
    let mut cursor = Cursor::new(bytes);
    let Some(header) = cursor.take(4) else { return Step::Read };
    let length = header.iter().take(3).rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    let Some(body) = cursor.take(length) else { return Step::Read };
    if !cursor.is_empty() {
        return Step::Refused("more was said after the greeting".to_owned());
    }
    match mysql_capabilities(body) {
        Some(flags) if flags & MYSQL_SSL != 0 => {
            let mut packet = vec![32, 0, 0, header.last().map_or(1, |number| number.wrapping_add(1))];
            packet.extend(MYSQL_CLIENT.to_le_bytes());
            packet.extend(MYSQL_PACKET.to_le_bytes());
            packet.push(MYSQL_CHARSET);
            packet.extend([0; 23]);
            Step::Ready(packet)
        }
        Some(_) => Step::Refused("the server does not offer TLS".to_owned()),
        None => mysql_error(body),
    }
}

/// What is said instead of a greeting: an error by its number, and words after it.
fn mysql_error(body: &[u8]) -> Step {
    let said = shown(body.get(3..).unwrap_or(body));
    match body {
        [0xFF, low, high, ..] if MYSQL_BUSY.contains(&u16::from_le_bytes([*low, *high])) => Step::PutOff(said),
        _ => Step::Refused(said),
    }
}

/// The lower flags of a greeting.
fn mysql_capabilities(body: &[u8]) -> Option<u16> {
    let (version, rest) = body.split_first()?;
    (*version == 10).then_some(())?;
    let end = memchr::memchr(0, rest)?;
    // Connection number, half of a challenge, a zero.
    let flags = rest.get(end + 1 + 4 + 8 + 1..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*flags))
}
