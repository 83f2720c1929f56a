//! One hello over a connected stream, and the answer to it.
//!
//! Takes the stream and the bytes; gives what was heard. Invariant: it reads no more than a flight's bound; its time is the
//! caller's to bound. Must never dial.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::flight::{Broken, Flight, Until};
use super::hello::{ClientHello, Ssl2Answer};
use super::renegotiation::{Renegotiation, Step};
use super::survey::Heard;

/// Bytes read at once.
const BLOCK: usize = 4 << 10;
/// Bytes of an SSL 2.0 answer.
const SSL2: usize = 34 << 10;

/// Sends a hello and reads as far as is wanted.
pub(in crate::wire) async fn ask<S>(stream: &mut S, hello: &[u8], until: Until) -> Heard
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if let Err(error) = stream.write_all(hello).await {
        return broken(&error);
    }
    let mut flight = Flight::new(until);
    let mut block = [0; BLOCK];
    loop {
        let taken = match stream.read(&mut block).await {
            Ok(0) => return ended(flight, Heard::Closed),
            Ok(taken) => taken,
            Err(error) => return ended(flight, broken(&error)),
        };
        match flight.push(block.get(..taken).unwrap_or_default()) {
            Ok(Some(answer)) => return Heard::Answer(Box::new(answer)),
            Ok(None) => {}
            Err(Broken::Alert(alert)) => return Heard::Alert(alert),
            Err(Broken::NotTls) => return Heard::NotTls(flight.start()),
            Err(Broken::Lied | Broken::TooLong) => return Heard::Lied,
        }
    }
}

/// Sends a CLIENT-HELLO of SSL 2.0 and reads the answer.
pub(in crate::wire) async fn ask_ssl2<S>(stream: &mut S, hello: &[u8]) -> Heard
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if let Err(error) = stream.write_all(hello).await {
        return broken(&error);
    }
    let mut bytes = Vec::new();
    let mut block = [0; BLOCK];
    while bytes.len() <= SSL2 {
        match stream.read(&mut block).await {
            Ok(0) => return Heard::Closed,
            Err(error) => return broken(&error),
            Ok(taken) => bytes.extend_from_slice(block.get(..taken).unwrap_or_default()),
        }
        if let Some(answer) = Ssl2Answer::read(&bytes) {
            return Heard::Ssl2(answer);
        }
    }
    Heard::Lied
}

/// Makes a whole handshake by hand and asks for another one over it.
pub(in crate::wire) async fn renegotiate<S>(stream: &mut S, hello: ClientHello) -> Heard
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut talk = Renegotiation::new(hello);
    let mut sent = talk.start();
    let mut block = [0; BLOCK];
    loop {
        if stream.write_all(&sent).await.is_err() {
            return Heard::Again(talk.ended());
        }
        sent.clear();
        let taken = match stream.read(&mut block).await {
            Ok(0) | Err(_) => return Heard::Again(talk.ended()),
            Ok(taken) => taken,
        };
        match talk.push(block.get(..taken).unwrap_or_default()) {
            Step::Wait => {}
            Step::Send(bytes) => sent = bytes,
            Step::Over(told) => return Heard::Again(told),
        }
    }
}

/// What a server said that closed before it said all.
fn ended(flight: Flight, otherwise: Heard) -> Heard {
    if flight.is_empty() {
        return otherwise;
    }
    let start = flight.start();
    match flight.close() {
        Some(answer) => Heard::Answer(Box::new(answer)),
        None if start.is_empty() => otherwise,
        None => Heard::Lied,
    }
}

/// How a connection broke.
pub(super) fn broken(error: &io::Error) -> Heard {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Heard::Closed,
        _ => Heard::Reset,
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use tokio::io::ReadBuf;

    use super::*;

    /// A connection that is reset after the hello.
    struct Reset;

    impl AsyncRead for Reset {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
        }
    }

    #[tokio::test]
    async fn a_reset_is_no_answer_in_any_version() {
        let mut stream = tokio::io::join(Reset, tokio::io::sink());
        assert_eq!(ask_ssl2(&mut stream, b"hello").await, Heard::Reset);
        assert_eq!(ask(&mut stream, b"hello", Until::Done).await, Heard::Reset);
    }
}
