//! Records (RFC 8446 §5.1), and the handshake messages in them: whatever arrives, cut into whole ones.
//!
//! Takes bytes as they come, gives one record or message at a time. Invariant: bytes that cannot begin a record are told at
//! once, and no more is kept than one record or message and what was pushed after it. Must never open a socket.

use super::Broken;
use super::cursor::Cursor;
use super::unread::Unread;

/// Bytes of one record (RFC 5246 §6.2.1), with what encryption may add.
const MAX_RECORD: usize = (16 << 10) + 2048;
/// Bytes of a record's header.
const HEADER: usize = 5;

/// A change of the cipher: what follows is encrypted.
pub(in crate::wire::tls) const CHANGE_CIPHER: u8 = 20;
/// An alert.
pub(in crate::wire::tls) const ALERT: u8 = 21;
/// Handshake messages.
pub(in crate::wire::tls) const HANDSHAKE: u8 = 22;
/// Encrypted data.
pub(in crate::wire::tls) const DATA: u8 = 23;

/// A record: its type and what is in it.
pub(in crate::wire::tls) type Record = (u8, Vec<u8>);

/// Bytes that have not become records yet.
#[derive(Debug, Default)]
pub(in crate::wire::tls) struct Records {
    raw: Unread,
}

impl Records {
    /// Takes bytes.
    pub(in crate::wire::tls) fn push(&mut self, bytes: &[u8]) {
        self.raw.push(bytes);
    }

    /// The first bytes that wait, to show what is spoken instead.
    pub(in crate::wire::tls) fn start(&self, most: usize) -> &[u8] {
        let rest = self.raw.rest();
        rest.get(..most).unwrap_or(rest)
    }

    /// The next record, where it is whole.
    pub(in crate::wire::tls) fn next(&mut self) -> Result<Option<Record>, Broken> {
        let plausible = |kind: &u8| (CHANGE_CIPHER..=DATA).contains(kind);
        let rest = self.raw.rest();
        let [kind, major, _, high, low, ..] = *rest else {
            let begins_well = rest.first().is_none_or(plausible) && rest.get(1).is_none_or(|major| *major == 3);
            return if begins_well { Ok(None) } else { Err(Broken::NotTls) };
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if !plausible(&kind) || major != 3 || length > MAX_RECORD {
            return Err(Broken::NotTls);
        }
        let whole = self.raw.take(HEADER + length);
        Ok(whole.and_then(|whole| whole.get(HEADER..)).map(|payload| (kind, payload.to_vec())))
    }
}

/// What handshake records held that has not become messages yet.
#[derive(Debug, Default)]
pub(in crate::wire::tls) struct Messages {
    raw: Unread,
}

impl Messages {
    /// Takes what a handshake record holds.
    ///
    /// # Errors
    /// Where that is nothing, which no record of a handshake may be (RFC 8446 §5.1, RFC 5246 §6.2.1).
    pub(in crate::wire::tls) fn push(&mut self, payload: &[u8]) -> Result<(), Broken> {
        if payload.is_empty() {
            return Err(Broken::Lied);
        }
        self.raw.push(payload);
        Ok(())
    }

    /// The next message, where it is whole.
    pub(in crate::wire::tls) fn next(&mut self) -> Option<Message> {
        let mut ahead = Cursor::new(self.raw.rest());
        let (kind, body) = (ahead.byte()?, ahead.counted::<3>()?.len());
        let length = self.raw.rest().len() - ahead.rest().len();
        self.raw.take(length).map(|whole| Message { kind, whole: whole.to_vec(), head: length - body })
    }
}

/// A handshake message.
#[derive(Debug)]
pub(in crate::wire::tls) struct Message {
    /// Its type.
    pub(in crate::wire::tls) kind: u8,
    /// All of it.
    pub(in crate::wire::tls) whole: Vec<u8>,
    head: usize,
}

impl Message {
    /// What follows its type and its length.
    pub(in crate::wire::tls) fn body(&self) -> &[u8] {
        self.whole.get(self.head..).unwrap_or_default()
    }
}

#[cfg(test)]
impl Messages {
    /// Bytes that were moved to make room for others.
    pub(super) fn moved(&self) -> usize {
        self.raw.moved
    }
}

#[cfg(test)]
impl Records {
    /// Bytes that were moved to make room for others.
    pub(super) fn moved(&self) -> usize {
        self.raw.moved
    }
}
