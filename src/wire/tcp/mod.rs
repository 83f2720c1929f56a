//! Conversations over TCP: bytes out, bytes in, turn by turn.
//!
//! Takes a connected stream and what is to be said; gives what was read. Invariant: every read ends by its amount, its
//! patience or the end of the conversation, whatever the other side does, and each byte kept is paid for. Must never dial.

#[cfg(test)]
mod tests;

use std::io;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout_at;

use super::counters::Counters;
use crate::base::Reservation;
use crate::observation::{Amount, ErrorKind, ProbeError, Talk, TcpProbe};

/// Silence after some bytes that ends a read: what is said at once may come in several packets.
const LULL: Duration = Duration::from_millis(50);
/// Bytes read at once.
const BLOCK: usize = 4 << 10;

/// One conversation.
pub(super) struct Conversation<'a, S> {
    /// The stream.
    pub(super) stream: S,
    /// How long a read waits for its first byte.
    pub(super) patience: Duration,
    /// When it is over at the latest.
    pub(super) end: Instant,
    /// Bytes of one read at most.
    pub(super) most: usize,
    /// Pays for what is read.
    pub(super) paid: &'a mut Reservation,
    /// Counts what goes over the wire.
    pub(super) counters: &'a Counters,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<'_, S> {
    /// Says and reads everything, until a turn cannot be finished.
    pub(super) async fn hold(&mut self, probe: &TcpProbe) -> Talk {
        let mut talk = Talk::default();
        for turn in &probe.turns {
            match self.take_turn(&turn.send, turn.read).await {
                Ok(read) => talk.reads.push(read),
                Err(error) => {
                    talk.broken = Some(error);
                    return talk;
                }
            }
        }
        // Silence at the end is what it is: nothing was said.
        match self.read(probe.last).await {
            Ok(read) => talk.last = read,
            Err(error) if error.kind == ErrorKind::Budget => talk.broken = Some(error),
            Err(_) => {}
        }
        talk
    }

    async fn take_turn(&mut self, send: &[u8], read: Amount) -> Result<Bytes, ProbeError> {
        if !send.is_empty() {
            self.write(send).await?;
        }
        let read_now = self.read(read).await?;
        match (read, read_now.is_empty()) {
            (Amount::Some(_), true) => Err(ProbeError::new(ErrorKind::Reset, "the connection was closed")),
            _ => Ok(read_now),
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), ProbeError> {
        let deadline = (Instant::now() + self.patience).min(self.end);
        self.counters.count_request(bytes.len());
        let written = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout_at(deadline.into(), written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(broken(&error)),
            Err(_) => Err(ProbeError::new(ErrorKind::ResponseTimeout, "the server did not take the bytes in time")),
        }
    }

    /// Reads; empty where the other side ended before it said anything.
    async fn read(&mut self, amount: Amount) -> Result<Bytes, ProbeError> {
        let most = match amount {
            Amount::Nothing => return Ok(Bytes::new()),
            Amount::Some(most) => most.min(self.most),
            Amount::All => self.most,
        };
        let deadline = (Instant::now() + self.patience).min(self.end);
        let mut read = BytesMut::new();
        let mut block = [0; BLOCK];
        while read.len() < most {
            let lull = Instant::now() + LULL;
            let until = if read.is_empty() || amount == Amount::All { deadline } else { deadline.min(lull) };
            let room = block.get_mut(..BLOCK.min(most - read.len())).unwrap_or_default();
            let taken = match timeout_at(until.into(), self.stream.read(room)).await {
                Ok(Ok(0)) => break,
                Ok(Ok(taken)) => taken,
                Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof || !read.is_empty() => break,
                Ok(Err(error)) => return Err(broken(&error)),
                Err(_) if read.is_empty() => {
                    return Err(ProbeError::new(ErrorKind::ResponseTimeout, "nothing was said in time"));
                }
                Err(_) => break,
            };
            if !self.paid.try_grow(taken) {
                return Err(ProbeError::new(ErrorKind::Budget, "the byte budget of the scan is used up"));
            }
            read.extend_from_slice(room.get(..taken).unwrap_or_default());
        }
        self.counters.count_answer(read.len() as u64);
        Ok(read.freeze())
    }
}

fn broken(error: &io::Error) -> ProbeError {
    ProbeError::new(ErrorKind::Reset, format!("the connection broke: {error}"))
}
