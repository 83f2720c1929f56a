//! Message framing: where a body ends (RFC 9112 §6 and §7).
//!
//! Takes a head and the bytes after it, gives the body's bytes without chunk lines. Invariant: chunk count, chunk
//! extensions and trailers are bounded, and the events do not depend on how the input was cut. Must never import sockets.

use super::head::{Head, Length, Transfer};
use crate::base::Limits;
use crate::observation::Anomaly;

/// How a body is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    Empty,
    /// That many bytes.
    Length(u64),
    /// In chunks.
    Chunked,
    /// Until the connection ends.
    UntilClose,
}

impl Framing {
    /// The framing of an answer (RFC 9112 §6.3), and what is odd about it. `bodiless` is true for answers to HEAD and
    /// for those that open a tunnel.
    pub fn of(head: &Head, bodiless: bool) -> (Self, Option<Anomaly>) {
        if bodiless || matches!(head.status, 101 | 204 | 304) {
            return (Self::Empty, None);
        }
        match (head.transfer, head.length) {
            (Transfer::Chunked, Length::Absent) => (Self::Chunked, None),
            (Transfer::Chunked, _) => (Self::Chunked, Some(Anomaly::ConflictingLength)),
            (Transfer::Unknown, Length::Absent) => (Self::UntilClose, None),
            (Transfer::Unknown, _) | (Transfer::Plain, Length::Invalid) => {
                (Self::UntilClose, Some(Anomaly::ConflictingLength))
            }
            (Transfer::Plain, Length::Absent) => (Self::UntilClose, None),
            (Transfer::Plain, Length::Known(0)) => (Self::Empty, None),
            (Transfer::Plain, Length::Known(length)) => (Self::Length(length), None),
            (Transfer::Plain, Length::Several(first)) => (Self::Length(first), Some(Anomaly::ConflictingLength)),
        }
    }
}

/// What the decoder found next.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Bytes of the body.
    Data(&'a [u8]),
    /// The input is used up.
    More,
    /// The body is complete; what is left of the input comes after it.
    Done,
    /// The framing is broken; nothing after it can be understood.
    Broken(Anomaly),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Done,
    Length(u64),
    UntilClose,
    /// In the digits of a chunk size.
    Size {
        value: u64,
        digits: u8,
    },
    /// Behind the size, until the line ends.
    Extension {
        value: u64,
    },
    /// In a chunk's data.
    Chunk(u64),
    /// At the line break after a chunk's data.
    ChunkEnd,
    /// At the line feed of that line break.
    ChunkFeed,
    /// In the trailer section; whether the current line has any byte yet.
    Trailer {
        filled: bool,
    },
    Broken(Anomaly),
}

/// Takes a body's framing off, piece by piece.
#[derive(Debug)]
pub struct Decoder {
    state: State,
    chunks: usize,
    max_chunks: usize,
    /// Bytes of chunk lines and trailers that may still come.
    overhead: usize,
}

impl Decoder {
    /// A decoder for a body of that framing.
    pub fn new(framing: Framing, limits: &Limits) -> Self {
        let state = match framing {
            Framing::Empty | Framing::Length(0) => State::Done,
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => State::Size { value: 0, digits: 0 },
            Framing::UntilClose => State::UntilClose,
        };
        Self { state, chunks: 0, max_chunks: limits.chunks, overhead: limits.head }
    }

    /// Whether the end of the connection is the end of the body.
    pub fn ends_with_connection(&self) -> bool {
        matches!(self.state, State::UntilClose | State::Done)
    }

    /// Bytes that are certain to come, where the framing tells.
    pub fn remaining(&self) -> Option<u64> {
        match self.state {
            State::Done => Some(0),
            State::Length(left) => Some(left),
            _ => None,
        }
    }

    /// Takes the next event off the front of `input`. [`Event::More`] leaves `input` empty.
    pub fn next<'a>(&mut self, input: &mut &'a [u8]) -> Event<'a> {
        loop {
            match self.state {
                State::Done => return Event::Done,
                State::Broken(anomaly) => return Event::Broken(anomaly),
                _ if input.is_empty() => return Event::More,
                State::UntilClose => return Event::Data(std::mem::take(input)),
                State::Length(left) => return self.take_data(input, left, State::Length, State::Done),
                State::Chunk(left) => return self.take_data(input, left, State::Chunk, State::ChunkEnd),
                _ => {
                    if let Some((byte, rest)) = input.split_first() {
                        *input = rest;
                        self.state = self.control(*byte);
                    }
                }
            }
        }
    }

    fn take_data<'a>(&mut self, input: &mut &'a [u8], left: u64, rest: fn(u64) -> State, end: State) -> Event<'a> {
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
        let (data, after) = input.split_at(take);
        *input = after;
        let left = left - take as u64;
        self.state = if left == 0 { end } else { rest(left) };
        Event::Data(data)
    }

    /// One byte of chunk lines or trailers; a bare line feed ends a line too.
    fn control(&mut self, byte: u8) -> State {
        let broken = State::Broken(Anomaly::BadChunk);
        match (self.state, byte) {
            (State::Size { value, digits }, _) if byte.is_ascii_hexdigit() => {
                let digit = char::from(byte).to_digit(16).map_or(0, u64::from);
                match value.checked_mul(16) {
                    Some(shifted) if digits < 32 => State::Size { value: shifted | digit, digits: digits + 1 },
                    _ => broken,
                }
            }
            (State::Size { digits: 0, .. }, _) => broken,
            (State::Size { value, .. } | State::Extension { value }, b'\n') => self.start_chunk(value),
            (State::Size { value, .. }, b';' | b' ' | b'\t' | b'\r') => State::Extension { value },
            (State::Extension { .. }, _) => self.spend(self.state, Anomaly::BadChunk),
            (State::ChunkEnd, b'\r') => State::ChunkFeed,
            (State::ChunkEnd | State::ChunkFeed, b'\n') => State::Size { value: 0, digits: 0 },
            (State::Trailer { filled: false }, b'\n') => State::Done,
            (State::Trailer { .. }, b'\n') => self.spend(State::Trailer { filled: false }, Anomaly::HeadLimit),
            (State::Trailer { filled }, b'\r') => self.spend(State::Trailer { filled }, Anomaly::HeadLimit),
            (State::Trailer { .. }, _) => self.spend(State::Trailer { filled: true }, Anomaly::HeadLimit),
            _ => broken,
        }
    }

    fn start_chunk(&mut self, size: u64) -> State {
        self.chunks += 1;
        match size {
            _ if self.chunks > self.max_chunks => State::Broken(Anomaly::BadChunk),
            0 => State::Trailer { filled: false },
            size => State::Chunk(size),
        }
    }

    /// Goes on to `next`, unless chunk lines and trailers have used up what they may.
    fn spend(&mut self, next: State, anomaly: Anomaly) -> State {
        match self.overhead.checked_sub(1) {
            Some(left) => {
                self.overhead = left;
                next
            }
            None => State::Broken(anomaly),
        }
    }
}
