//! A stream that remembers the first bytes that went out and came in: a hello of the library, and what a server says to it in
//! the clear.
//!
//! Invariant: it changes nothing that goes through, and keeps at most [`KEPT`] bytes each way. Must never dial.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are kept each way: hellos are far shorter, or what is looked for in them comes early.
const KEPT: usize = 4 << 10;

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
