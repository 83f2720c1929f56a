//! HTTP/2, for hosts that speak nothing else and rules that ask for it.
//!
//! Takes a probe (its HTTP/1.1 bytes are translated) and an open stream; gives the answer to the same receiver as
//! HTTP/1.1 does. Invariant: the connection makes progress only while a request waits for it, so frames that lead
//! nowhere cost time within that request's deadline and none after it. Must never dial or retry.

use std::future::{Future as _, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::client::{Builder, Connection, SendRequest};
use http::{HeaderName, HeaderValue, Method, Request, Uri, response};
use tokio::time::timeout;

use super::http::{Progress, Receiver};
use super::stream::Stream;
use super::timer::{Deadlines, Timer};
use crate::base::Limits;
use crate::observation::{ErrorKind, HttpProbe, ProbeError, TlsSession};

/// Bytes that may be under way unread, per stream and per connection.
const WINDOW: u32 = 256 << 10;
/// Fields that belong to an HTTP/1.1 connection and must not be sent (RFC 9113 §8.2.2); the host goes elsewhere.
const OF_CONNECTION: [&str; 8] =
    ["connection", "host", "http2-settings", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

/// An open HTTP/2 connection, used by one request at a time.
#[derive(Debug)]
pub(super) struct Http2Connection {
    sender: SendRequest<Bytes>,
    driver: Connection<Stream, Bytes>,
    pub(super) remote: Option<SocketAddr>,
    pub(super) tls: Option<Arc<TlsSession>>,
    timer: Timer,
    closed: bool,
}

impl Http2Connection {
    /// Exchanges the prefaces.
    pub(super) async fn open(
        stream: Stream,
        remote: Option<SocketAddr>,
        tls: Option<Arc<TlsSession>>,
        limits: &Limits,
    ) -> Result<Self, ProbeError> {
        let mut builder = Builder::new();
        builder
            .enable_push(false)
            .initial_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX));
        match timeout(limits.connect, builder.handshake(stream)).await {
            Ok(Ok((sender, driver))) => {
                Ok(Self { sender, driver, remote, tls, timer: Timer::default(), closed: false })
            }
            Ok(Err(error)) => Err(ProbeError::new(ErrorKind::Reset, describe(&error))),
            Err(_) => Err(ProbeError::new(ErrorKind::ConnectTimeout, "HTTP/2 was not set up in time")),
        }
    }

    /// Whether another request may be sent on it.
    pub(super) fn is_open(&self) -> bool {
        !self.closed
    }

    /// Sends a request and receives until the receiver has enough; gives the time until the answer's head.
    pub(super) async fn exchange(
        &mut self,
        (request, body): (Request<()>, Bytes),
        deadlines: Deadlines,
        receiver: &mut Receiver<'_>,
    ) -> Duration {
        let sent = Instant::now();
        let first = OnceLock::new();
        let result = {
            let mut work = pin!(converse(self.sender.clone(), request, body, receiver, &first));
            poll_fn(|cx| {
                if let Poll::Ready(done) = work.as_mut().poll(cx) {
                    return Poll::Ready(done);
                }
                if !self.closed && Pin::new(&mut self.driver).poll(cx).is_ready() {
                    self.closed = true;
                }
                if self.closed {
                    let last = work.as_mut().poll(cx);
                    return Poll::Ready(ready_or(last, (ErrorKind::Reset, "the HTTP/2 connection was closed".into())));
                }
                let deadline = if first.get().is_some() { deadlines.exchange } else { deadlines.head };
                let late = (ErrorKind::ResponseTimeout, "the answer did not come in time".to_owned());
                self.timer.poll(cx, deadline).map(|()| Err(late))
            })
            .await
        };
        if let Err((kind, detail)) = result {
            receiver.interrupt(kind, &detail);
        }
        first.get().map_or(Duration::ZERO, |first: &Instant| first.saturating_duration_since(sent))
    }
}

type Fault = (ErrorKind, String);

fn ready_or(poll: Poll<Result<(), Fault>>, fault: Fault) -> Result<(), Fault> {
    match poll {
        Poll::Ready(done) => done,
        Poll::Pending => Err(fault),
    }
}

async fn converse(
    sender: SendRequest<Bytes>,
    request: Request<()>,
    body: Bytes,
    receiver: &mut Receiver<'_>,
    first: &OnceLock<Instant>,
) -> Result<(), Fault> {
    let broken = |error: h2::Error| (ErrorKind::Reset, describe(&error));
    let mut sender = sender.ready().await.map_err(broken)?;
    let (response, mut upload) = sender.send_request(request, body.is_empty()).map_err(broken)?;
    if !body.is_empty() {
        upload.send_data(body, true).map_err(broken)?;
    }
    let (parts, mut download) = response.await.map_err(broken)?.into_parts();
    first.get_or_init(Instant::now);
    let mut progress = receiver.push(&head_text(&parts));
    while progress == Progress::More {
        match download.data().await {
            Some(data) => {
                let data = data.map_err(broken)?;
                download.flow_control().release_capacity(data.len()).map_err(broken)?;
                progress = receiver.push(&data);
            }
            None => progress = receiver.end(),
        }
    }
    Ok(())
}

/// The head as HTTP/1.1 would write it, which is what rules read.
fn head_text(parts: &response::Parts) -> Vec<u8> {
    let mut text = format!("HTTP/2.0 {}\r\n", parts.status.as_str()).into_bytes();
    for (name, value) in &parts.headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text
}

fn describe(error: &h2::Error) -> String {
    match error.reason() {
        Some(reason) => format!("the HTTP/2 exchange was ended: {}", reason.description()),
        None => "the HTTP/2 connection broke".to_owned(),
    }
}

/// Translates a probe's bytes; an error where HTTP/2 cannot say the same.
pub(super) fn translate(probe: &HttpProbe) -> Result<(Request<()>, Bytes), ProbeError> {
    read_request(probe).ok_or_else(|| {
        ProbeError::new(ErrorKind::Local, "the request cannot be said in HTTP/2, and the host speaks nothing else")
    })
}

fn read_request(probe: &HttpProbe) -> Option<(Request<()>, Bytes)> {
    let wire = probe.wire.expose();
    let mut at = memchr::memchr(b'\n', wire)? + 1;
    let mut request = Request::new(());
    let mut authority = probe.origin.authority();
    loop {
        let rest = wire.get(at..)?;
        let end = memchr::memchr(b'\n', rest)?;
        let line = rest.get(..end)?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        at += end + 1;
        if line.is_empty() {
            break;
        }
        let colon = memchr::memchr(b':', line)?;
        let name = HeaderName::from_bytes(line.get(..colon)?).ok()?;
        let value = HeaderValue::from_bytes(line.get(colon + 1..)?.trim_ascii()).ok()?;
        if name == http::header::HOST {
            authority = value.to_str().ok()?.to_owned();
        }
        if !OF_CONNECTION.contains(&name.as_str()) {
            request.headers_mut().append(name, value);
        }
    }
    *request.method_mut() = Method::from_bytes(probe.method.0.as_bytes()).ok().filter(|m| *m != Method::CONNECT)?;
    *request.version_mut() = http::Version::HTTP_2;
    let uri = Uri::builder().scheme(probe.origin.scheme.name()).authority(authority);
    *request.uri_mut() = uri.path_and_query(&probe.target[..]).build().ok()?;
    Some((request, wire.slice(at..)))
}
