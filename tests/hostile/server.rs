//! Servers that do with a connection what a test says, and a canary that nobody may touch.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rcgen::{Certificate, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Longer than any client here waits for an answer.
const MAX_HOLD: Duration = Duration::from_secs(30);

/// One request that arrived, and the connection to answer on.
pub struct Asked {
    pub stream: TcpStream,
    /// The request head.
    pub head: Vec<u8>,
    /// How many requests came to this server before.
    pub nth: usize,
}

impl Asked {
    /// The request target.
    pub fn path(&self) -> String {
        let line = self.head.split(|b| *b == b'\r').next().unwrap_or_default();
        String::from_utf8_lossy(line).split(' ').nth(1).unwrap_or("/").to_owned()
    }

    /// Writes bytes; whether the client still takes them.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Writes a whole answer with a right length.
    pub fn answer(&mut self, head: &str, body: impl AsRef<[u8]>) -> bool {
        let body = body.as_ref();
        let head = format!("{head}\r\nContent-Length: {}\r\n\r\n", body.len());
        self.send(head) && self.send(body)
    }

    /// Writes the same bytes again and again until the client has enough, or far too much.
    pub fn flood(&mut self, bytes: impl AsRef<[u8]>) {
        let (bytes, mut sent) = (bytes.as_ref(), 0);
        while sent < 512 << 20 && self.send(bytes) {
            sent += bytes.len();
        }
    }

    /// Writes a piece now and then until the client gives up.
    pub fn drip(&mut self, bytes: impl AsRef<[u8]>) {
        let until = Instant::now() + MAX_HOLD;
        while Instant::now() < until && self.send(bytes.as_ref()) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Says nothing until the client gives up.
    pub fn hold(&mut self) {
        let _ = self.stream.set_read_timeout(Some(MAX_HOLD));
        let mut chunk = [0; 512];
        while self.stream.read(&mut chunk).is_ok_and(|read| read > 0) {}
    }
}

/// Listens until the process ends; each request is answered by `answer`, which says whether the connection goes on.
pub fn serve(answer: impl Fn(&mut Asked) -> bool + Send + Sync + 'static) -> SocketAddr {
    let count = Arc::new(AtomicUsize::new(0));
    let answer = Arc::new(answer);
    listen(move |stream| {
        let (mut asked, mut held) = (Asked { stream, head: Vec::new(), nth: 0 }, Vec::new());
        while let Some(head) = next_head(&mut asked.stream, &mut held) {
            (asked.head, asked.nth) = (head, count.fetch_add(1, Ordering::SeqCst));
            if !answer(&mut asked) {
                return;
            }
        }
    })
}

/// Listens until the process ends and gives every connection to `handle`, each on its own thread.
pub fn listen(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let handle = Arc::new(handle);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = Arc::clone(&handle);
            let _ = stream.set_write_timeout(Some(MAX_HOLD));
            std::thread::spawn(move || handle(stream));
        }
    });
    address
}

fn next_head(stream: &mut TcpStream, held: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some(end) = held.windows(4).position(|window| window == b"\r\n\r\n") {
            return Some(held.drain(..end + 4).collect());
        }
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).ok()?;
        held.extend_from_slice(chunk.get(..read).filter(|read| !read.is_empty())?);
    }
}

/// A listener that counts who connects.
pub struct Canary {
    pub address: SocketAddr,
    touched: Arc<AtomicUsize>,
}

impl Canary {
    pub fn start() -> Self {
        let touched = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&touched);
        let address = listen(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        Self { address, touched }
    }

    pub fn touched(&self) -> usize {
        self.touched.load(Ordering::SeqCst)
    }
}

/// A server's side of TLS with one certificate.
pub fn secured(certificate: &Certificate, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key);
    Arc::new(config.expect("a certificate and its key"))
}
