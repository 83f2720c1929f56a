//! Proxies: HTTP CONNECT and SOCKS5.
//!
//! Takes an open connection to the proxy and a destination, gives the same connection as a tunnel. Plain HTTP goes
//! through CONNECT too: a proxy that relays absolute-form requests rewrites them, and our bytes must arrive as they are.
//! Names are sent to the proxy unresolved, so only a name, not its address, can be checked against the scope.
//! Invariant: a proxy's answer is bounded, and no byte of the tunnel is lost or invented. Must never dial by itself.

use std::net::SocketAddr;
use std::sync::Arc;

use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_socks::tcp::Socks5Stream;

use crate::base::{Origin, Scheme, Secret};
use crate::diagnostic::{Blame, Diagnostic};
use crate::observation::{ErrorKind, ProbeError};

/// Bytes of a proxy's answer to CONNECT.
const MAX_ANSWER: usize = 16 << 10;

/// How a proxy is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP CONNECT (RFC 9110 §9.3.6).
    Http,
    /// SOCKS version 5 (RFC 1928), names resolved by the proxy.
    Socks5,
}

/// A user name and a password.
type Login = (String, String);

/// A proxy.
#[derive(Debug, Clone)]
pub struct Proxy {
    kind: ProxyKind,
    host: Arc<str>,
    port: u16,
    login: Option<Secret<Login>>,
}

impl Proxy {
    /// Reads `http://[USER:PASSWORD@]HOST[:PORT]` or `socks5://…` (`socks5h` is the same).
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        Self::read(text).ok_or_else(|| {
            Diagnostic::error("C0311", Blame::Configuration, "The proxy's address cannot be read")
                .help("Write `http://HOST:PORT` or `socks5://HOST:PORT`, with `USER:PASSWORD@` in front of the host if it asks for them")
        })
    }

    fn read(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let (kind, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (ProxyKind::Http, 8080),
            "socks5" | "socks5h" => (ProxyKind::Socks5, 1080),
            _ => return None,
        };
        let rest = rest.trim_end_matches('/');
        let (login, authority) = match rest.rsplit_once('@') {
            Some((login, authority)) => (Some(read_login(login)?), authority),
            None => (None, rest),
        };
        let port_at = authority.rfind(':').filter(|at| authority.rfind(']').is_none_or(|bracket| bracket < *at));
        let (host, port) = match port_at {
            Some(at) => (authority.get(..at)?, authority.get(at + 1..)?.parse().ok()?),
            None => (authority, default_port),
        };
        let origin = Origin::new(Scheme::Http, host, port)?;
        Some(Self { kind, host: origin.host().into(), port, login: login.map(Secret::new) })
    }

    /// The proxy's own host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The proxy's own port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Opens a tunnel to `destination` over a fresh connection to this proxy.
    pub(super) async fn open_tunnel(&self, proxy: TcpStream, to: &Destination<'_>) -> Result<TcpStream, ProbeError> {
        match self.kind {
            ProxyKind::Http => connect(proxy, to, self.login.as_ref()).await,
            ProxyKind::Socks5 => socks5(proxy, to, self.login.as_ref()).await,
        }
    }
}

fn read_login(text: &str) -> Option<Login> {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    let decode = |part: &str| percent_decode_str(part).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    Some((decode(user)?, decode(password)?))
}

/// Where a tunnel leads.
#[derive(Debug, Clone, Copy)]
pub(super) enum Destination<'a> {
    /// A name that the proxy resolves, and a port.
    Name(&'a str, u16),
    /// An address that the user set or that the host is.
    Address(SocketAddr),
}

impl std::fmt::Display for Destination<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(host, port) => write!(f, "{host}:{port}"),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

fn refused(detail: impl Into<String>) -> ProbeError {
    ProbeError::new(ErrorKind::Proxy, detail)
}

async fn connect(
    mut stream: TcpStream,
    to: &Destination<'_>,
    login: Option<&Secret<Login>>,
) -> Result<TcpStream, ProbeError> {
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n");
    if let Some(login) = login {
        let (user, password) = login.expose();
        let token = BASE64.encode(format!("{user}:{password}").as_bytes());
        request.push_str(&format!("Proxy-Authorization: Basic {token}\r\n"));
    }
    request.push_str("\r\n");
    let lost = |error: std::io::Error| refused(format!("the connection to the proxy broke: {error}"));
    stream.write_all(request.as_bytes()).await.map_err(lost)?;

    let mut answer = Vec::new();
    let mut block = [0; 512];
    loop {
        let read = stream.read(&mut block).await.map_err(lost)?;
        if read == 0 {
            return Err(refused("the proxy closed the connection instead of answering"));
        }
        answer.extend_from_slice(block.get(..read).unwrap_or(&[]));
        if let Some(end) = memchr::memmem::find(&answer, b"\r\n\r\n") {
            return judge_answer(&answer, end + 4).map(|()| stream);
        }
        if answer.len() > MAX_ANSWER {
            return Err(refused("the proxy's answer does not end"));
        }
    }
}

fn judge_answer(answer: &[u8], head: usize) -> Result<(), ProbeError> {
    let status =
        answer.split(|b| *b == b' ').nth(1).and_then(|code| std::str::from_utf8(code).ok()?.parse::<u16>().ok());
    match status {
        Some(200..=299) if answer.len() > head => Err(refused("the proxy sent bytes of its own into the tunnel")),
        Some(200..=299) => Ok(()),
        Some(407) => Err(refused("the proxy asks for a user name and a password")),
        Some(code @ 502..=504) => {
            let detail = format!("the proxy cannot reach the host (status {code})");
            Err(ProbeError::new(ErrorKind::Unreachable, detail))
        }
        Some(code) => Err(refused(format!("the proxy refused the tunnel with status {code}"))),
        None => Err(refused("the proxy did not answer in HTTP")),
    }
}

async fn socks5(
    stream: TcpStream,
    to: &Destination<'_>,
    login: Option<&Secret<Login>>,
) -> Result<TcpStream, ProbeError> {
    let tunnel = match (*to, login) {
        (Destination::Name(host, port), None) => Socks5Stream::connect_with_socket(stream, (host, port)).await,
        (Destination::Address(address), None) => Socks5Stream::connect_with_socket(stream, address).await,
        (Destination::Name(host, port), Some(login)) => {
            let (user, password) = login.expose();
            Socks5Stream::connect_with_password_and_socket(stream, (host, port), user, password).await
        }
        (Destination::Address(address), Some(login)) => {
            let (user, password) = login.expose();
            Socks5Stream::connect_with_password_and_socket(stream, address, user, password).await
        }
    };
    tunnel.map(Socks5Stream::into_inner).map_err(|error| {
        let kind = match error {
            tokio_socks::Error::ConnectionRefused => ErrorKind::ConnectionRefused,
            tokio_socks::Error::HostUnreachable
            | tokio_socks::Error::NetworkUnreachable
            | tokio_socks::Error::TtlExpired => ErrorKind::Unreachable,
            _ => ErrorKind::Proxy,
        };
        ProbeError::new(kind, format!("the SOCKS proxy says: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_read_with_their_logins() {
        let proxy = Proxy::parse("http://u%40x:p%3Aw@Proxy.test:3128/").expect("a proxy");
        assert_eq!((proxy.host(), proxy.port(), proxy.kind), ("proxy.test", 3128, ProxyKind::Http));
        assert_eq!(proxy.login.as_ref().map(|login| login.expose().clone()), Some(("u@x".into(), "p:w".into())));
        let proxy = Proxy::parse("socks5h://[::1]").expect("a proxy");
        assert_eq!((proxy.host(), proxy.port(), proxy.kind), ("::1", 1080, ProxyKind::Socks5));
        assert!(Proxy::parse("ftp://a").is_err() && Proxy::parse("http://a:b").is_err());
    }

    #[test]
    fn a_proxy_s_answer_is_judged_by_its_status() {
        let kind = |answer: &[u8]| judge_answer(answer, answer.len()).map_err(|error| error.kind);
        assert_eq!(kind(b"HTTP/1.1 200 Connection established\r\n\r\n"), Ok(()));
        assert_eq!(kind(b"HTTP/1.1 407 Login\r\n\r\n"), Err(ErrorKind::Proxy));
        assert_eq!(kind(b"HTTP/1.1 502 Bad Gateway\r\n\r\n"), Err(ErrorKind::Unreachable));
        assert_eq!(kind(b"SSH-2.0\r\n\r\n"), Err(ErrorKind::Proxy));
        assert!(judge_answer(b"HTTP/1.1 200 OK\r\n\r\nX", 19).is_err());
    }
}
