//! One HTTP/1.1 connection: a request out, an answer in.
//!
//! Takes the request's exact bytes and a receiver, drives them over the stream. Invariant: a connection holds no read
//! buffer; bytes are read into one buffer per thread and handed to the receiver within the same poll, so a waiting host
//! costs its socket and little else. Must never dial or retry.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};

use super::http::{Progress, Receiver};
use super::stream::Stream;
use super::timer::{Deadlines, Timer};
use crate::observation::{ErrorKind, TlsSession};

/// Bytes read at once.
const BLOCK: usize = 64 << 10;

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; BLOCK].into());
}

/// What an idle connection shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idle {
    /// Nothing, as it should.
    Quiet,
    /// The server closed it.
    Closed,
    /// The server sent something unasked.
    Noisy,
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: Stream,
    pub(super) remote: Option<SocketAddr>,
    pub(super) tls: Option<Arc<TlsSession>>,
    pub(super) idle_since: Instant,
    timer: Timer,
}

impl Connection {
    /// A connection that nothing was sent on yet.
    pub(super) fn new(stream: Stream, remote: Option<SocketAddr>, tls: Option<Arc<TlsSession>>) -> Self {
        Self { stream, remote, tls, idle_since: Instant::now(), timer: Timer::default() }
    }

    /// Looks whether anything happened since the last answer.
    pub(super) async fn look(&mut self) -> Idle {
        poll_fn(|cx| {
            if self.stream.poll_readable(cx).is_pending() {
                return Poll::Ready(Idle::Quiet);
            }
            let mut byte = [0; 1];
            let mut buffer = ReadBuf::new(&mut byte);
            Poll::Ready(match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
                Poll::Pending => Idle::Quiet,
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => Idle::Noisy,
                Poll::Ready(_) => Idle::Closed,
            })
        })
        .await
    }

    /// Sends a request and receives until the receiver has enough; gives the time from the request's last byte to the
    /// answer's first.
    pub(super) async fn exchange(
        &mut self,
        wire: &[u8],
        deadlines: Deadlines,
        receiver: &mut Receiver<'_>,
    ) -> Duration {
        let written = self.write(wire, deadlines.head).await;
        let sent = Instant::now();
        if written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            receiver.interrupt(ErrorKind::ResponseTimeout, "the server did not take the request in time");
            return Duration::ZERO;
        }
        // A server may refuse a request half way through and close: what it said is there to read.
        let first = self.receive(deadlines, receiver).await;
        self.idle_since = Instant::now();
        first.map_or(Duration::ZERO, |first| first.saturating_duration_since(sent))
    }

    async fn write(&mut self, wire: &[u8], deadline: Instant) -> io::Result<()> {
        let mut rest = wire;
        poll_fn(|cx| match self.poll_write(cx, &mut rest) {
            Poll::Ready(written) => Poll::Ready(written),
            Poll::Pending => self.timer.poll(cx, deadline).map(|()| Err(io::ErrorKind::TimedOut.into())),
        })
        .await
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, rest: &mut &[u8]) -> Poll<io::Result<()>> {
        while !rest.is_empty() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => *rest = rest.get(written..).unwrap_or(&[]),
            }
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    async fn receive(&mut self, deadlines: Deadlines, receiver: &mut Receiver<'_>) -> Option<Instant> {
        let mut first = None;
        poll_fn(|cx| {
            let progress = SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
                Ok(mut block) => self.poll_receive(cx, &mut block, receiver, &mut first),
                Err(_) => self.poll_receive(cx, &mut [0; 512], receiver, &mut first),
            });
            if progress.is_ready() {
                return Poll::Ready(());
            }
            let deadline = if receiver.has_head() { deadlines.exchange } else { deadlines.head };
            self.timer.poll(cx, deadline).map(|()| {
                receiver.interrupt(ErrorKind::ResponseTimeout, "the answer did not come in time");
            })
        })
        .await;
        first
    }

    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        block: &mut [u8],
        receiver: &mut Receiver<'_>,
        first: &mut Option<Instant>,
    ) -> Poll<()> {
        loop {
            let mut buffer = ReadBuf::new(block);
            let progress = match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer)) {
                Ok(()) if buffer.filled().is_empty() => receiver.end(),
                Ok(()) => {
                    first.get_or_insert_with(Instant::now);
                    receiver.push(buffer.filled())
                }
                // TLS peers often close without saying so first; framing tells whether anything is missing.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => receiver.end(),
                Err(error) => receiver.interrupt(ErrorKind::Reset, &format!("the connection broke: {error}")),
            };
            if progress == Progress::Done {
                return Poll::Ready(());
            }
        }
    }
}
