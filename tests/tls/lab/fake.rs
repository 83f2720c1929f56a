//! A canned server: it reads a hello and answers as it is told, without any cryptography.
//!
//! Up to TLS 1.2 all that a survey asks for is said in the clear before keys are agreed on, so a server that cannot go on
//! from there shows every fault there is. What TLS 1.3 says in the clear (the suite, the group) is canned too; where its
//! certificates matter, a real server (`modern`) answers those who offer it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustls::ServerConfig;

use super::answer::answer;
use super::authority::Identity;
use super::hello::{Opening, read_opening};
use super::message::alert;
use super::modern::serve_modern;
use super::preface::{StartTls, greet};
use super::suites::MODERN_ECDSA;

/// Longer than any client here waits.
const HOLD: Duration = Duration::from_secs(20);

pub const SSL2: u16 = 0x0002;
pub const SSL3: u16 = 0x0300;
pub const TLS10: u16 = 0x0301;
pub const TLS11: u16 = 0x0302;
pub const TLS12: u16 = 0x0303;
pub const TLS13: u16 = 0x0304;

/// One version that a server speaks, and with which suites, in its own order.
#[derive(Debug, Clone)]
pub struct Spoken {
    pub version: u16,
    pub suites: Vec<u16>,
}

/// What a canned server does.
#[derive(Clone)]
pub struct Fake {
    pub spoken: Vec<Spoken>,
    /// The kinds of cipher of SSL 2.0; none: it is not spoken.
    pub ssl2: Vec<[u8; 3]>,
    /// Whether its own order of suites counts, or the client's.
    pub prefers: bool,
    /// Groups in its own order.
    pub groups: Vec<u16>,
    /// The prime of its Diffie-Hellman groups.
    pub prime: Vec<u8>,
    /// Whether it keeps Diffie-Hellman from those who name finite field groups, but not its own (RFC 7919 §4).
    pub strict_ffdhe: bool,
    pub identity: Identity,
    /// What it does with names.
    pub names: Names,
    pub compression: bool,
    pub renegotiation_info: bool,
    pub extended_master_secret: bool,
    pub encrypt_then_mac: bool,
    pub session_ids: bool,
    pub tickets: bool,
    pub fallback_scsv: bool,
    pub protocols: Vec<&'static str>,
    /// A stapled OCSP response.
    pub staple: Option<Vec<u8>>,
    /// Signed certificate timestamps as a TLS extension.
    pub timestamps: Option<Vec<u8>>,
    /// Asks for a certificate, and names these authorities in DER.
    pub asks_client: Option<Vec<Vec<u8>>>,
    /// How it behaves beside that.
    pub manners: Manners,
    /// What is said before TLS.
    pub starttls: Option<StartTls>,
    /// A real server for those who offer TLS 1.3.
    pub modern: Option<Arc<ServerConfig>>,
}

/// What a server does with the name asked for.
#[derive(Debug, Clone)]
pub enum Names {
    /// Nothing.
    Ignored,
    /// Another chain for those who ask for none.
    Without(Identity),
    /// Refuses those who ask for another name, or for none (RFC 6066 §3).
    Refused,
    /// Warns of unknown names, and goes on.
    Warned,
}

/// How a server behaves beside what it speaks.
#[derive(Debug, Clone, Default)]
pub struct Manners {
    /// Waits before each flight.
    pub delay: Duration,
    /// The longest record that it writes, and whether each goes out alone.
    pub fragment: Option<usize>,
    /// Lengths of hello records that it drops.
    pub drops: Option<RangeInclusive<usize>>,
    /// The most suites that it bears in a hello.
    pub most_suites: Option<usize>,
    /// Closes where TLS 1.3 is offered; anybody else is answered by the real server, where there is one.
    pub fears_tls13: bool,
    /// Falls silent after that many hellos.
    pub tires_after: Option<usize>,
    /// Refuses by closing rather than with an alert.
    pub refuses_mutely: bool,
    /// Refuses who offers protocols, but not one of its own alone, as Exim does (RFC 7301 §3.2).
    pub insists: bool,
    /// So many connections are put off before TLS, where a protocol comes before it.
    pub busy_for: usize,
    /// Does this instead of TLS.
    pub instead: Option<Instead>,
}

/// What is no TLS, or no honest one.
#[derive(Debug, Clone)]
pub enum Instead {
    /// Closes when it has read the hello.
    Close,
    /// Says nothing.
    Silence,
    /// Greets in the clear, before anything is said.
    Greeting(&'static [u8]),
    /// Answers the hello with these bytes and closes.
    Bytes(Vec<u8>),
    /// Answers the hello with these bytes, again and again.
    Endless(Vec<u8>),
    /// Ends every handshake with this alert.
    Alert(u8),
}

impl Fake {
    /// TLS 1.2 with suites of today, for that identity.
    pub fn tls12(identity: Identity) -> Self {
        Self {
            spoken: vec![Spoken { version: TLS12, suites: MODERN_ECDSA.to_vec() }],
            ssl2: Vec::new(),
            prefers: true,
            groups: vec![0x001d, 0x0017],
            prime: Vec::new(),
            strict_ffdhe: false,
            identity,
            names: Names::Ignored,
            compression: false,
            renegotiation_info: true,
            extended_master_secret: true,
            encrypt_then_mac: true,
            session_ids: true,
            tickets: true,
            fallback_scsv: true,
            protocols: vec!["http/1.1"],
            staple: None,
            timestamps: None,
            asks_client: None,
            manners: Manners::default(),
            starttls: None,
            modern: None,
        }
    }

    /// The same with these versions and their suites.
    pub fn speaking(mut self, spoken: &[(u16, &[u16])]) -> Self {
        self.spoken =
            spoken.iter().map(|(version, suites)| Spoken { version: *version, suites: suites.to_vec() }).collect();
        self
    }

    /// The same with something changed.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The same with other manners.
    pub fn mannered(mut self, change: impl FnOnce(&mut Manners)) -> Self {
        change(&mut self.manners);
        self
    }

    /// Starts it on a free port of loopback.
    pub fn start(self) -> Running {
        let fake = Arc::new(self);
        Running::start(move |stream, nth| fake.serve(stream, nth))
    }

    fn serve(&self, mut stream: TcpStream, nth: usize) {
        let _ = stream.set_read_timeout(Some(HOLD));
        let _ = stream.set_nodelay(true);
        if let Some(Instead::Greeting(bytes)) = self.manners.instead {
            let _ = stream.write_all(bytes);
            return drain(&mut stream);
        }
        if self.starttls.is_some() && nth < self.manners.busy_for {
            let _ = stream.write_all(b"421 4.3.2 too many connections\r\n");
            return;
        }
        if self.starttls.is_some_and(|kind| greet(kind, &mut stream).is_none()) {
            return;
        }
        let opening = read_opening(&mut stream);
        if matches!(opening, Opening::Other) {
            return;
        }
        std::thread::sleep(self.manners.delay);
        if let Some(instead) = &self.manners.instead {
            return misbehave(&mut stream, instead);
        }
        if self.manners.tires_after.is_some_and(|most| nth >= most) || self.drops(&opening) {
            return drain(&mut stream);
        }
        let Opening::Tls(hello) = opening else {
            return self.write(&mut stream, &answer(self, &opening));
        };
        if self.manners.fears_tls13 && hello.versions().contains(&TLS13) {
            return;
        }
        let is_modern = self.manners.fears_tls13 || hello.versions().contains(&TLS13);
        if let Some(config) = self.modern.as_ref().filter(|_| is_modern) {
            return serve_modern(config, hello.raw, stream, b"");
        }
        let flight = answer(self, &Opening::Tls(hello));
        self.write(&mut stream, &flight);
    }

    fn drops(&self, opening: &Opening) -> bool {
        let Opening::Tls(hello) = opening else { return false };
        let length = hello.raw.len() - 5;
        self.manners.drops.as_ref().is_some_and(|lengths| lengths.contains(&length))
            || self.manners.most_suites.is_some_and(|most| hello.suites.len() > most)
    }

    /// Writes a flight and waits for the client to have read it: closing at once would reset the connection.
    fn write(&self, stream: &mut TcpStream, flight: &[u8]) {
        let pieces = flight.chunks(self.manners.fragment.unwrap_or(usize::MAX));
        for piece in pieces {
            if stream.write_all(piece).is_err() {
                return;
            }
            if self.manners.fragment.is_some() {
                std::thread::sleep(Duration::from_micros(200));
            }
        }
        let ended = flight.is_empty() || flight[0] == 21;
        // Who goes on from here asks for cryptography, which is not to be had.
        if ended || stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {
            let _ = stream.shutdown(Shutdown::Write);
        }
        drain(stream);
    }
}

fn misbehave(stream: &mut TcpStream, instead: &Instead) {
    match instead {
        Instead::Close | Instead::Greeting(_) => {}
        Instead::Silence => drain(stream),
        Instead::Bytes(bytes) => {
            let _ = stream.write_all(bytes);
            let _ = stream.shutdown(Shutdown::Write);
            drain(stream);
        }
        Instead::Endless(bytes) => {
            let mut sent = 0;
            while sent < 64 << 20 && stream.write_all(bytes).is_ok() {
                sent += bytes.len();
            }
        }
        Instead::Alert(description) => {
            let _ = stream.write_all(&alert(TLS12, 2, *description));
            let _ = stream.shutdown(Shutdown::Write);
            drain(stream);
        }
    }
}

/// Reads until the client has enough.
fn drain(stream: &mut TcpStream) {
    let mut chunk = [0; 4096];
    while stream.read(&mut chunk).is_ok_and(|read| read > 0) {}
}

/// A server that runs until the test's process ends, and counts who comes.
#[derive(Debug, Clone)]
pub struct Running {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Running {
    /// Starts a server that does this with every connection, each in a thread of its own.
    pub fn start(serve: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").expect("a free port"), serve)
    }

    /// The same at a second address of loopback with the same port as a first; nothing where somebody has that one.
    pub fn beside(first: &Self, serve: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Option<Self> {
        Some(Self::listen(TcpListener::bind(("127.0.0.2", first.address.port())).ok()?, serve))
    }

    fn listen(listener: TcpListener, serve: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Self {
        let address = listener.local_addr().expect("bound");
        let connections = Arc::new(AtomicUsize::new(0));
        let (counter, serve) = (Arc::clone(&connections), Arc::new(serve));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let nth = counter.fetch_add(1, Ordering::SeqCst);
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || serve(stream, nth));
            }
        });
        Self { address, connections }
    }

    /// How many connections came so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}
