//! The gzip wrapper around DEFLATE (RFC 1952), members one after another.
//!
//! Takes coded bytes, gives plain ones. Invariant: header fields are skipped, never stored, and a member whose checksum
//! or length is wrong is broken. Must never import sockets.

use flate2::Decompress;

use super::flate::inflate;
use super::{Broken, Step};

const FLAG_CHECKSUM: u8 = 2;
const FLAG_EXTRA: u8 = 4;
const FLAG_NAME: u8 = 8;
const FLAG_COMMENT: u8 = 16;

enum State {
    /// The fixed part of a member's header: how many of its ten bytes came.
    Fixed(u8),
    ExtraLength(Option<u8>),
    Extra(u16),
    Name,
    Comment,
    HeaderChecksum(u8),
    Deflated,
    /// Checksum and length: the eight bytes and how many came.
    Trailer([u8; 8], u8),
    /// Bytes after the last member are ignored.
    Ended,
}

/// The `gzip` coding.
pub(super) struct Gzip {
    state: State,
    flags: u8,
    members: usize,
    inflater: Box<Decompress>,
    checksum: crc32fast::Hasher,
    length: u32,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            state: State::Fixed(0),
            flags: 0,
            members: 0,
            inflater: Box::new(Decompress::new(false)),
            checksum: crc32fast::Hasher::new(),
            length: 0,
        }
    }

    pub(super) fn may_end(&self) -> bool {
        self.members > 0 && matches!(self.state, State::Fixed(0) | State::Ended)
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Broken> {
        let mut used = 0;
        while !matches!(self.state, State::Deflated | State::Ended) {
            let Some(byte) = input.get(used) else {
                return Ok(Step { used, made: 0, ended: false });
            };
            used += 1;
            self.state = self.wrapper(*byte)?;
        }
        if matches!(self.state, State::Ended) {
            return Ok(Step { used: input.len(), made: 0, ended: true });
        }
        let step = inflate(&mut self.inflater, input.get(used..).unwrap_or(&[]), output)?;
        let made = output.get(..step.made).unwrap_or(&[]);
        self.checksum.update(made);
        self.length = self.length.wrapping_add(u32::try_from(made.len()).unwrap_or(0));
        if step.ended {
            self.state = State::Trailer([0; 8], 0);
        }
        Ok(Step { used: used + step.used, made: step.made, ended: false })
    }

    /// The state after one byte of a member's header or trailer.
    fn wrapper(&mut self, byte: u8) -> Result<State, Broken> {
        Ok(match &mut self.state {
            State::Fixed(at) => match (*at, byte) {
                (0, 0x1f) | (1, 0x8b) | (2, 8) | (4..=8, _) => State::Fixed(*at + 1),
                (0 | 1, _) if self.members > 0 => State::Ended,
                (3, flags) if flags & 0xe0 == 0 => {
                    self.flags = flags;
                    State::Fixed(4)
                }
                (9, _) => self.next_field(FLAG_EXTRA),
                _ => return Err(Broken),
            },
            State::ExtraLength(None) => State::ExtraLength(Some(byte)),
            State::ExtraLength(Some(low)) => match u16::from_le_bytes([*low, byte]) {
                0 => self.next_field(FLAG_NAME),
                length => State::Extra(length),
            },
            State::Extra(1) => self.next_field(FLAG_NAME),
            State::Extra(left) => State::Extra(*left - 1),
            State::Name if byte == 0 => self.next_field(FLAG_COMMENT),
            State::Name => State::Name,
            State::Comment if byte == 0 => self.next_field(FLAG_CHECKSUM),
            State::Comment => State::Comment,
            State::HeaderChecksum(0) => State::HeaderChecksum(1),
            State::HeaderChecksum(_) => State::Deflated,
            State::Trailer(bytes, at) => {
                let mut bytes = *bytes;
                if let Some(slot) = bytes.get_mut(usize::from(*at)) {
                    *slot = byte;
                }
                match *at {
                    7 => self.end_member(bytes)?,
                    at => State::Trailer(bytes, at + 1),
                }
            }
            State::Deflated | State::Ended => return Err(Broken),
        })
    }

    /// The first optional header field from `flag` on that this member has.
    fn next_field(&self, flag: u8) -> State {
        let order = [
            (FLAG_EXTRA, State::ExtraLength(None)),
            (FLAG_NAME, State::Name),
            (FLAG_COMMENT, State::Comment),
            (FLAG_CHECKSUM, State::HeaderChecksum(0)),
        ];
        let from = order.into_iter().skip_while(|(known, _)| *known != flag);
        from.into_iter().find(|(known, _)| self.flags & known != 0).map_or(State::Deflated, |(_, state)| state)
    }

    fn end_member(&mut self, trailer: [u8; 8]) -> Result<State, Broken> {
        let [a, b, c, d, e, f, g, h] = trailer;
        let checksum = std::mem::take(&mut self.checksum).finalize();
        if u32::from_le_bytes([a, b, c, d]) != checksum || u32::from_le_bytes([e, f, g, h]) != self.length {
            return Err(Broken);
        }
        self.members += 1;
        self.length = 0;
        self.inflater.reset(false);
        Ok(State::Fixed(0))
    }
}
