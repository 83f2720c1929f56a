//! WebSocket conversations (RFC 6455): the upgrade, then a message out and a message in, turn by turn.
//!
//! Takes a connected stream; gives the answer to the upgrade and what was read. The upgrade is written by us, so that its
//! fields are those that a rule gives. Invariant: heads and messages are bounded, and every wait ends in time. Must never
//! dial.

mod frame;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use data_encoding::BASE64;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout_at;

use self::frame::{Broken, Decoder, Message, pong, text};
use crate::base::{Limits, Reservation};
use crate::observation::{ErrorKind, ProbeError, Talk, Upgrade, WebSocketProbe};

/// Bytes read at once.
const BLOCK: usize = 4 << 10;
/// Frames without data that are taken while a message is awaited.
const CONTROLS: usize = 64;

/// One conversation.
pub(super) struct Conversation<'a, S> {
    stream: S,
    limits: &'a Limits,
    patience: Duration,
    end: Instant,
    paid: &'a mut Reservation,
    decoder: Decoder,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Conversation<'a, S> {
    /// A conversation that ends at `end` at the latest.
    pub(super) fn new(stream: S, limits: &'a Limits, end: Instant, paid: &'a mut Reservation) -> Self {
        Self { stream, limits, patience: limits.talk, end, paid, decoder: Decoder::new(limits.body) }
    }

    /// Upgrades and talks.
    pub(super) async fn hold(&mut self, probe: &WebSocketProbe) -> Result<(Upgrade, Talk), ProbeError> {
        self.patience = probe.patience.unwrap_or(self.patience);
        self.write(&request(probe)).await?;
        let upgrade = self.upgrade().await?;
        let mut talk = Talk::default();
        if upgrade.status == 101 {
            for message in &probe.messages {
                match self.turn(message).await {
                    Ok(read) => talk.reads.push(read),
                    Err(error) => {
                        talk.broken = Some(error);
                        break;
                    }
                }
            }
        }
        Ok((upgrade, talk))
    }

    async fn turn(&mut self, message: &[u8]) -> Result<Bytes, ProbeError> {
        self.write(&text(message, mask())).await?;
        let deadline = self.deadline();
        for _ in 0..CONTROLS {
            match self.next(deadline).await? {
                Message::Data(data) => return Ok(data),
                Message::Ping(payload) => self.write(&pong(&payload, mask())).await?,
                Message::Close => return Err(ProbeError::new(ErrorKind::Reset, "the server ended the conversation")),
            }
        }
        Err(ProbeError::new(ErrorKind::Malformed, "the server says nothing but that it is alive"))
    }

    async fn next(&mut self, deadline: Instant) -> Result<Message, ProbeError> {
        loop {
            match self.decoder.next() {
                Ok(Some(message)) => return Ok(message),
                Ok(None) => {}
                Err(Broken::Framing) => {
                    return Err(ProbeError::new(ErrorKind::Malformed, "the server breaks the rules of framing"));
                }
                Err(Broken::TooLong) => return Err(ProbeError::new(ErrorKind::Budget, "the message is too long")),
            }
            let mut block = [0; BLOCK];
            let taken = self.read(&mut block, deadline).await?;
            self.decoder.push(block.get(..taken).unwrap_or_default());
        }
    }

    /// Reads the answer to the upgrade; what comes after it belongs to the conversation.
    async fn upgrade(&mut self) -> Result<Upgrade, ProbeError> {
        let deadline = self.deadline();
        let mut head = BytesMut::new();
        let mut block = [0; BLOCK];
        loop {
            if let Some(end) = memchr::memmem::find(&head, b"\r\n\r\n") {
                let rest = head.split_off(end + 4);
                self.decoder.push(&rest);
                head.truncate(end);
                break;
            }
            if head.len() > self.limits.head {
                return Err(ProbeError::new(ErrorKind::NotHttp, "the answer's head is too long"));
            }
            let taken = self.read(&mut block, deadline).await?;
            head.extend_from_slice(block.get(..taken).unwrap_or_default());
        }
        let head = head.freeze();
        let not_http = || ProbeError::new(ErrorKind::NotHttp, "the answer to the upgrade is not HTTP");
        Ok(Upgrade { status: status(&head).ok_or_else(not_http)?, head })
    }

    async fn read(&mut self, block: &mut [u8], deadline: Instant) -> Result<usize, ProbeError> {
        let taken = match timeout_at(deadline.into(), self.stream.read(block)).await {
            Ok(Ok(0)) => return Err(ProbeError::new(ErrorKind::Reset, "the connection was closed")),
            Ok(Ok(taken)) => taken,
            Ok(Err(error)) => return Err(broken(&error)),
            Err(_) => return Err(ProbeError::new(ErrorKind::ResponseTimeout, "nothing was said in time")),
        };
        let over = || ProbeError::new(ErrorKind::Budget, "the byte budget of the scan is used up");
        self.paid.try_grow(taken).then_some(taken).ok_or_else(over)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), ProbeError> {
        let deadline = self.deadline();
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

    fn deadline(&self) -> Instant {
        (Instant::now() + self.patience).min(self.end)
    }
}

fn broken(error: &std::io::Error) -> ProbeError {
    ProbeError::new(ErrorKind::Reset, format!("the connection broke: {error}"))
}

/// The status of an answer, from its first line.
fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\r').next()?;
    let rest = line.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    std::str::from_utf8(rest).ok()?.parse().ok()
}

/// The bytes of an upgrade (RFC 6455 §4.1). A field that the rule gives replaces ours.
fn request(probe: &WebSocketProbe) -> Vec<u8> {
    let key = BASE64.encode(&random::<16>());
    let own: [(&str, &str); 5] = [
        ("Host", &probe.origin.authority()),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", &key),
    ];
    let target: Vec<u8> = probe.target.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let mut bytes = [b"GET ", &target[..], b" HTTP/1.1\r\n"].concat();
    for (name, value) in own {
        if !probe.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)) {
            bytes.extend(format!("{name}: {value}\r\n").into_bytes());
        }
    }
    for (name, value) in &probe.headers {
        bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes
}

/// Masks keep proxies from being fooled by scripts; here they only have to be there.
fn mask() -> [u8; 4] {
    random()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Where there is no randomness, zeroes serve as well: nothing here is secret.
    let _ = getrandom::fill(&mut bytes);
    bytes
}
