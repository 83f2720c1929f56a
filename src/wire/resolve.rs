//! From names to addresses.
//!
//! Takes a host and a port, gives at most [`MAX_ADDRESSES`] addresses: those of an override, or what the system's
//! resolver says. Invariant: at most [`MAX_LOOKUPS`] lookups run at once, abandoned ones included. Must never connect.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::base::{Origin, Scheme, Untrusted};
use crate::diagnostic::{Blame, Diagnostic};
use crate::observation::{ErrorKind, ProbeError};

/// Addresses of a name that are tried.
const MAX_ADDRESSES: usize = 16;
/// Lookups at once; each takes a thread while it runs.
const MAX_LOOKUPS: usize = 64;

/// An address to use for a host and port instead of resolving, as curl's `--resolve HOST:PORT:ADDRESS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The host in normal form.
    pub host: Arc<str>,
    /// The port.
    pub port: u16,
    /// The addresses in the order tried.
    pub addresses: Vec<IpAddr>,
}

impl Override {
    /// Reads `HOST:PORT:ADDRESS[,ADDRESS]…`; IPv6 addresses with or without brackets.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        Self::read(text).ok_or_else(|| {
            let title = format!("`{}` is not HOST:PORT:ADDRESS", Untrusted(text).terminal_short(80));
            Diagnostic::error("C0310", Blame::Configuration, title)
                .help("Write for example `--resolve example.com:443:192.0.2.1`, several addresses with commas")
        })
    }

    fn read(text: &str) -> Option<Self> {
        let host_end = match text.starts_with('[') {
            true => text.find(']')? + 1,
            false => text.find(':')?,
        };
        let (host, rest) = text.split_at_checked(host_end)?;
        let (port, addresses) = rest.strip_prefix(':')?.split_once(':')?;
        let bare = |text: &str| text.trim().trim_start_matches('[').trim_end_matches(']').parse().ok();
        let addresses: Vec<IpAddr> = addresses.split(',').map(bare).collect::<Option<_>>()?;
        let origin = Origin::new(Scheme::Http, host, port.parse().ok()?)?;
        (addresses.len() <= MAX_ADDRESSES).then(|| Self { host: origin.host().into(), port: origin.port, addresses })
    }
}

/// Looks names up.
#[derive(Debug)]
pub(super) struct Resolver {
    overrides: Vec<Override>,
    lookups: Arc<Semaphore>,
    patience: Duration,
}

impl Resolver {
    pub(super) fn new(overrides: Vec<Override>, patience: Duration) -> Self {
        Self { overrides, lookups: Arc::new(Semaphore::new(MAX_LOOKUPS)), patience }
    }

    /// The addresses that the user set for a host, if any.
    pub(super) fn overridden(&self, host: &str, port: u16) -> Option<Vec<SocketAddr>> {
        let found = self.overrides.iter().find(|entry| &*entry.host == host && entry.port == port)?;
        Some(found.addresses.iter().map(|ip| SocketAddr::new(*ip, port)).collect())
    }

    /// The addresses of a host: its override, itself where it is an address, or what the resolver says.
    pub(super) async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ProbeError> {
        if let Some(addresses) = self.overridden(host, port) {
            return Ok(addresses);
        }
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        match tokio::time::timeout(self.patience, self.look_up(host, port)).await {
            Ok(found) => found,
            Err(_) => Err(ProbeError::new(ErrorKind::ResolveFailed, "the name was not resolved in time")),
        }
    }

    /// The permit travels with the lookup's thread, which cannot be cancelled.
    async fn look_up(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ProbeError> {
        let failed = |detail: &str| ProbeError::new(ErrorKind::ResolveFailed, detail);
        let permit = Arc::clone(&self.lookups).acquire_owned().await.map_err(|_| failed("the resolver is closed"))?;
        let name = host.to_owned();
        let lookup = tokio::task::spawn_blocking(move || {
            let found = (name.as_str(), port).to_socket_addrs();
            drop(permit);
            found.map(|addresses| addresses.take(MAX_ADDRESSES).collect::<Vec<_>>())
        });
        match lookup.await {
            Ok(Ok(addresses)) if addresses.is_empty() => {
                Err(ProbeError::new(ErrorKind::NoSuchName, "the name has no address"))
            }
            Ok(Ok(addresses)) => Ok(addresses),
            Ok(Err(error)) => Err(resolve_error(&error)),
            Err(_) => Err(failed("the lookup was interrupted")),
        }
    }
}

/// The standard library tells the resolver's answers apart only by their texts, which are not localised.
fn resolve_error(error: &io::Error) -> ProbeError {
    const NO_SUCH_NAME: [&str; 4] =
        ["Name or service not known", "nodename nor servname", "No address associated", "No such host is known"];
    let text = error.to_string();
    if NO_SUCH_NAME.iter().any(|known| text.contains(known)) {
        return ProbeError::new(ErrorKind::NoSuchName, "the name does not exist or has no address");
    }
    let kind = match super::fault::connect_kind(error) {
        ErrorKind::Local => ErrorKind::Local,
        _ => ErrorKind::ResolveFailed,
    };
    ProbeError::new(kind, format!("the name was not resolved: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_are_read_as_curl_writes_them() {
        let read = |text: &str| Override::parse(text).ok().map(|o| (o.host.to_string(), o.port, o.addresses.len()));
        assert_eq!(read("Example.com:443:192.0.2.1"), Some(("example.com".into(), 443, 1)));
        assert_eq!(read("[::1]:80:[2001:db8::1],192.0.2.1"), Some(("::1".into(), 80, 2)));
        for wrong in ["", "a", "a:b:c", "a:80", "a:80:", "a:80:x", "a:99999:192.0.2.1", "[::1:80:192.0.2.1"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
