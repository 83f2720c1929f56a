//! A stream that remembers the first bytes that went out and came in: a hello of the library, and what a server says to it in
//! the clear.
//!
//! Invariant: it changes nothing that goes through, and keeps at most [`KEPT`] bytes each way. Must never dial.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are kept each way: a few warnings and one whole record (RFC 5246 §6.2.1), which may hold a chain beside the
/// ServerHello.
const KEPT: usize = (18 << 10) + 64;

/// A stream and how what went over it begins.
#[derive(Debug)]
pub(super) struct Tap<S> {
    stream: S,
    heard: Vec<u8>,
    said: Vec<u8>,
}

impl<S> Tap<S> {
    /// Listens to a stream.
    pub(super) fn new(stream: S) -> Self {
        Self { stream, heard: Vec::new(), said: Vec::new() }
    }

    /// What came first.
    pub(super) fn heard(&self) -> &[u8] {
        &self.heard
    }

    /// What went first.
    pub(super) fn said(&self) -> &[u8] {
        &self.said
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let tap = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut tap.stream).poll_read(cx, buffer);
        let came = buffer.filled().get(before..).unwrap_or_default();
        keep(&mut tap.heard, came);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let tap = self.get_mut();
        let polled = Pin::new(&mut tap.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(went)) = polled {
            keep(&mut tap.said, bytes.get(..went).unwrap_or(bytes));
        }
        polled
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// Keeps as much as there is room for.
fn keep(kept: &mut Vec<u8>, bytes: &[u8]) {
    let room = KEPT.saturating_sub(kept.len());
    kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::super::flight::{Flight, Until};
    use super::*;

    /// A ServerHello of TLS 1.2 and a message that fills the rest of the largest record.
    fn flight() -> Vec<u8> {
        let hello = [&[2, 0, 0, 38, 3, 3][..], &[7; 32], &[0, 0xC0, 0x2F, 0]].concat();
        let chain = vec![0; (16 << 10) - hello.len() - 4];
        let length = u32::try_from(chain.len()).expect("short").to_be_bytes();
        [&[22, 3, 3, 0x40, 0][..], &hello, &[11], &length[1..], &chain].concat()
    }

    #[tokio::test]
    async fn a_hello_is_kept_that_shares_its_record_with_a_long_chain() {
        let flight = [flight(), vec![23; 64 << 10]].concat();
        let mut tap = Tap::new(tokio::io::join(&flight[..], tokio::io::sink()));
        let mut through = vec![0; flight.len()];
        tap.read_exact(&mut through).await.expect("it is all there");
        assert!(through == flight && tap.heard().len() == KEPT);
        let answer = Flight::new(Until::Hello).push(tap.heard()).expect("a flight").expect("a hello");
        assert_eq!(answer.hello.map(|hello| hello.suite), Some(0xC02F));
    }
}
