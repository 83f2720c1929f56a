//! A server that does exactly what a test says: these bytes out, those bytes recorded.
//!
//! Takes one script per connection (the last one repeats), gives the address and what came in. Invariant: it binds only
//! to loopback and ends with the test's runtime. For tests only; tests of other folders may use it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use crate::base::{Origin, Scheme, Secret};
use crate::observation::HttpProbe;

/// One thing that the server does on a connection.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Reads one request, body included, and records it.
    Read,
    /// Sends these bytes.
    Write(Bytes),
    /// Sends these bytes one by one, each in a packet of its own.
    Drip(Bytes),
    /// Waits until the test calls [`Server::go_on`].
    Await,
    /// Keeps the connection open until the client closes it.
    Hold,
    /// Resets the connection.
    Reset,
}

/// Sends text or bytes.
pub(crate) fn write(bytes: impl Into<Bytes>) -> Step {
    Step::Write(bytes.into())
}

/// Answers every request with the same bytes, for ever.
pub(crate) fn answers(bytes: &'static str) -> Vec<Vec<Step>> {
    vec![[Step::Read, write(bytes)].into_iter().cycle().take(200).collect()]
}

/// A scripted server.
#[derive(Debug)]
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    record: Arc<Record>,
}

#[derive(Debug, Default)]
struct Record {
    requests: Mutex<Vec<Vec<u8>>>,
    connections: AtomicUsize,
    go_on: Notify,
}

impl Server {
    /// Serves plain TCP.
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        Self::serve(scripts, None).await
    }

    /// Serves TLS.
    pub(crate) async fn start_tls(scripts: Vec<Vec<Step>>, config: ServerConfig) -> Self {
        Self::serve(scripts, Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn serve(scripts: Vec<Vec<Step>>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let record = Arc::new(Record::default());
        let shared = Arc::clone(&record);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let index = shared.connections.fetch_add(1, Ordering::SeqCst);
                let script = scripts.get(index).or(scripts.last()).cloned().unwrap_or_default();
                let (record, tls) = (Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => drop(play(stream, script, &record, |stream| stream.set_zero_linger()).await),
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                drop(
                                    play(stream, script, &record, |stream| stream.get_ref().0.set_zero_linger()).await,
                                );
                            }
                        }
                    }
                });
            }
        });
        Self { address, record }
    }

    /// The requests recorded so far, in order of arrival.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.record.requests.lock().expect("no panic");
        requests.iter().map(|request| String::from_utf8_lossy(request).into_owned()).collect()
    }

    /// The bytes of one request.
    pub(crate) fn request(&self, index: usize) -> Vec<u8> {
        self.record.requests.lock().expect("no panic")[index].clone()
    }

    /// Connections accepted so far.
    pub(crate) fn connections(&self) -> usize {
        self.record.connections.load(Ordering::SeqCst)
    }

    /// Lets one connection that awaits go on.
    pub(crate) fn go_on(&self) {
        self.record.go_on.notify_one();
    }

    /// The server's origin under a name or address that leads to loopback.
    pub(crate) fn origin(&self, scheme: Scheme, host: &str) -> Origin {
        Origin::new(scheme, host, self.address.port()).expect("an origin")
    }
}

async fn play<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    script: Vec<Step>,
    record: &Record,
    linger: impl Fn(&S) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut ahead = Vec::new();
    for step in script {
        match step {
            Step::Read => match read_request(&mut stream, &mut ahead).await? {
                Some(request) => record.requests.lock().expect("no panic").push(request),
                None => return Ok(()),
            },
            Step::Write(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Step::Drip(bytes) => {
                for byte in bytes {
                    stream.write_all(&[byte]).await?;
                    stream.flush().await?;
                    tokio::task::yield_now().await;
                }
            }
            Step::Await => record.go_on.notified().await,
            Step::Hold => while stream.read(&mut [0; 512]).await? > 0 {},
            Step::Reset => return linger(&stream),
        }
    }
    stream.shutdown().await
}

/// Reads until a request is whole; `None` where the client is gone.
async fn read_request<S: AsyncRead + Unpin>(stream: &mut S, ahead: &mut Vec<u8>) -> std::io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(length) = request_length(ahead) {
            let rest = ahead.split_off(length);
            return Ok(Some(std::mem::replace(ahead, rest)));
        }
        if stream.read_buf(ahead).await? == 0 {
            return Ok(None);
        }
    }
}

fn request_length(bytes: &[u8]) -> Option<usize> {
    let head = memchr::memmem::find(bytes, b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let body = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    (bytes.len() >= head + body).then_some(head + body)
}

/// A probe of exactly these bytes.
pub(crate) fn raw_probe(origin: &Origin, wire: impl Into<Bytes>) -> HttpProbe {
    let wire = wire.into();
    let line = wire.split(|b| *b == b'\r').next().unwrap_or(&[]);
    let method = line.split(|b| *b == b' ').next().unwrap_or(&[]);
    let after = line.get(method.len() + 1..).unwrap_or(&[]);
    let target = after.get(..memchr::memrchr(b' ', after).unwrap_or(after.len())).unwrap_or(&[]);
    HttpProbe::new(
        origin.clone(),
        String::from_utf8_lossy(method).as_ref().into(),
        Bytes::copy_from_slice(target),
        Secret::new(wire),
    )
}

/// An ordinary GET.
pub(crate) fn get(origin: &Origin, target: &str) -> HttpProbe {
    raw_probe(origin, format!("GET {target} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\n\r\n", origin.authority()))
}

/// A port of loopback on which nothing listens.
pub(crate) async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Relays between two streams until both are closed.
pub(crate) async fn relay(mut one: TcpStream, mut other: TcpStream) {
    let _ = tokio::io::copy_bidirectional(&mut one, &mut other).await;
}
