//! The demo's HTTP/1.1 server.
//!
//! Takes connections, gives them the answers of [`super::site`]. Invariant: connections, bytes of a request, requests of
//! a connection and time are bounded; whatever a client sends, the worst it gets is a closed connection.
//! Must never import a folder above `reload`.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::site::{Answer, Asked, ENTRANCES, answer};

const CONNECTIONS: usize = 64;
const REQUESTS: usize = 10_000;
const HEAD: usize = 64 << 10;
const FIELDS: usize = 128;
const BODY: usize = 64 << 10;
const IDLE: Duration = Duration::from_secs(30);

/// A running demo; stops when dropped.
#[derive(Debug)]
pub struct Demo {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Demo {
    /// Starts the demo on a port of 127.0.0.1; 0 takes a free one. Needs a running `tokio` runtime.
    ///
    /// # Errors
    /// Where the port cannot be bound.
    pub async fn start(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { address, task: tokio::spawn(accept(listener)) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URLs that a scan should know: the front page and the API, which no page links to.
    pub fn targets(&self) -> Vec<String> {
        ENTRANCES.iter().map(|path| format!("http://{}{path}", self.address)).collect()
    }

    /// The URL of its front page.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(async move {
                let _slot = slot;
                let _ = serve(stream).await;
            })),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut held = Vec::new();
    for _ in 0..REQUESTS {
        let Some(head) = timeout(IDLE, read_head(&mut stream, &mut held)).await?? else { return Ok(()) };
        let (answer, wanted) = match parse(&head) {
            Some((asked, body)) if body <= BODY => {
                timeout(IDLE, skip_body(&mut stream, &mut held, body)).await??;
                (answer(&asked), Some(asked))
            }
            _ => (Answer::bad_request(), None),
        };
        let close = wanted.as_ref().is_none_or(|asked| asked.close);
        let head_only = wanted.as_ref().is_some_and(|asked| asked.method == "HEAD");
        timeout(IDLE, stream.write_all(&render(&answer, head_only, close))).await??;
        if close {
            break;
        }
    }
    stream.shutdown().await
}

/// The bytes of the next request head, the empty line included; `None` where the client is gone or sends too much.
async fn read_head(stream: &mut TcpStream, held: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(end) = memchr::memmem::find(held, b"\r\n\r\n") {
            let rest = held.split_off(end + 4);
            return Ok(Some(std::mem::replace(held, rest)));
        }
        if held.len() > HEAD || stream.read_buf(held).await? == 0 {
            return Ok(None);
        }
    }
}

async fn skip_body(stream: &mut TcpStream, held: &mut Vec<u8>, length: usize) -> io::Result<()> {
    while held.len() < length {
        if stream.read_buf(held).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    held.drain(..length);
    Ok(())
}

/// What is asked, and how many bytes of body follow.
fn parse(head: &[u8]) -> Option<(Asked, usize)> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    request.parse(head).ok()?.is_complete().then_some(())?;
    let field = |name: &str| {
        let found = request.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(found.value).into_owned())
    };
    if field("transfer-encoding").is_some() {
        return None;
    }
    let length = field("content-length").map_or(Some(0), |length| length.parse().ok())?;
    let close = field("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    let (method, target) = (request.method?.to_owned(), request.path?.to_owned());
    Some((Asked { method, target, origin: field("origin"), close }, length))
}

fn render(answer: &Answer, head_only: bool, close: bool) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {} {}\r\n", answer.status, answer.reason()).into_bytes();
    for (name, value) in &answer.fields {
        out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    let connection = if close { "close" } else { "keep-alive" };
    out.extend_from_slice(
        format!("Content-Length: {}\r\nConnection: {connection}\r\n\r\n", answer.body.len()).as_bytes(),
    );
    if !head_only {
        out.extend_from_slice(answer.body.as_bytes());
    }
    out
}

#[cfg(test)]
mod tests;
