//! A stream that remembers the first bytes that came in: what a server says in the clear to a hello of the library.
//!
//! Invariant: it changes nothing that goes through, and keeps at most [`KEPT`] bytes. Must never dial.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are kept: a ServerHello is far shorter.
const KEPT: usize = 4 << 10;

/// A stream and how what came over it begins.
#[derive(Debug)]
pub(super) struct Tap<S> {
    stream: S,
    heard: Vec<u8>,
}

impl<S> Tap<S> {
    /// Listens to a stream.
    pub(super) fn new(stream: S) -> Self {
        Self { stream, heard: Vec::new() }
    }

    /// What came first.
    pub(super) fn heard(&self) -> &[u8] {
        &self.heard
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let tap = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut tap.stream).poll_read(cx, buffer);
        let came = buffer.filled().get(before..).unwrap_or_default();
        let room = KEPT.saturating_sub(tap.heard.len());
        tap.heard.extend_from_slice(came.get(..room).unwrap_or(came));
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
