//! Records (RFC 8446 §5.1): whatever arrives, cut into whole records.
//!
//! Takes bytes as they come, gives one record at a time. Invariant: bytes that cannot begin a record are told at once,
//! and no more is kept than one record and what was pushed after it. Must never open a socket.

use super::Broken;

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
    raw: Vec<u8>,
}

impl Records {
    /// Takes bytes.
    pub(in crate::wire::tls) fn push(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
    }

    /// The first bytes that wait, to show what is spoken instead.
    pub(in crate::wire::tls) fn start(&self, most: usize) -> &[u8] {
        self.raw.get(..most).unwrap_or(&self.raw)
    }

    /// The next record, where it is whole.
    pub(in crate::wire::tls) fn next(&mut self) -> Result<Option<Record>, Broken> {
        let plausible = |kind: &u8| (CHANGE_CIPHER..=DATA).contains(kind);
        let [kind, major, _, high, low, ..] = *self.raw.as_slice() else {
            let begins_well = self.raw.first().is_none_or(plausible) && self.raw.get(1).is_none_or(|major| *major == 3);
            return if begins_well { Ok(None) } else { Err(Broken::NotTls) };
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if !plausible(&kind) || major != 3 || length > MAX_RECORD {
            return Err(Broken::NotTls);
        }
        if self.raw.len() < HEADER + length {
            return Ok(None);
        }
        let rest = self.raw.split_off(HEADER + length);
        let record = std::mem::replace(&mut self.raw, rest);
        Ok(Some((kind, record.get(HEADER..).unwrap_or_default().to_vec())))
    }
}
