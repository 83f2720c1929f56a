//! The dialer: the one place that opens connections.
//!
//! Takes an origin and the scope, gives a connected TCP stream. Invariant: an address is connected to only after the
//! scope allowed that very address for that very host; between the check and the connect nothing is resolved again.
//! Behind a proxy, which resolves by itself, the name alone is checked. Must never speak HTTP or TLS.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::fault::connect_error;
use super::proxy::{Destination, Proxy};
use super::resolve::{Override, Resolver};
use crate::base::Origin;
use crate::observation::{ErrorKind, ProbeError};
use crate::target::{Decision, Refusal, Scope};

/// The least time that one of several addresses gets.
const MIN_SHARE: Duration = Duration::from_secs(1);

/// A connected stream and the address at its other end; none behind a proxy.
pub(super) type Dialed = (TcpStream, Option<SocketAddr>);

/// What a host was found to be at, resolved and checked once.
pub(super) type Addresses = OnceCell<Box<[SocketAddr]>>;

/// Opens connections.
#[derive(Debug)]
pub(super) struct Dialer {
    resolver: Resolver,
    proxy: Option<Proxy>,
    proxy_addresses: Addresses,
    patience: Duration,
}

impl Dialer {
    /// A dialer that gives name resolution and connecting `patience` each.
    pub(super) fn new(patience: Duration, proxy: Option<Proxy>, overrides: Vec<Override>) -> Self {
        let resolver = Resolver::new(overrides, patience);
        Self { resolver, proxy, proxy_addresses: OnceCell::new(), patience }
    }

    /// Whether connections go through a proxy, which resolves names by itself.
    pub(super) fn is_proxied(&self) -> bool {
        self.proxy.is_some()
    }

    /// Connects to the host of an origin. `known` remembers its addresses.
    pub(super) async fn dial(&self, origin: &Origin, scope: &Scope, known: &Addresses) -> Result<Dialed, ProbeError> {
        if let Decision::Refused(refusal) = scope.allows_host(origin.host()) {
            return Err(out_of_scope(&refusal));
        }
        match &self.proxy {
            Some(proxy) => self.dial_through(proxy, origin, scope).await.map(|stream| (stream, None)),
            None => {
                let addresses = known.get_or_try_init(|| self.find(origin, scope)).await?;
                let (stream, remote) = connect_any(addresses, self.patience).await?;
                Ok((stream, Some(remote)))
            }
        }
    }

    /// Connects to the host of an origin at one of its addresses, which `known` holds; by its name where none is given.
    pub(super) async fn dial_at(
        &self,
        origin: &Origin,
        scope: &Scope,
        known: &Addresses,
        address: Option<SocketAddr>,
    ) -> Result<Dialed, ProbeError> {
        let checked = known.get().and_then(|all| all.iter().find(|known| Some(**known) == address));
        match (checked, &self.proxy) {
            (Some(address), None) => {
                let (stream, remote) = connect_any(std::slice::from_ref(address), self.patience).await?;
                Ok((stream, Some(remote)))
            }
            _ => self.dial(origin, scope, known).await,
        }
    }

    /// Resolves a host and keeps the addresses that are in scope.
    async fn find(&self, origin: &Origin, scope: &Scope) -> Result<Box<[SocketAddr]>, ProbeError> {
        let addresses = self.resolver.resolve(origin.host(), origin.port).await?;
        allowed(scope, origin.host(), addresses).map(Vec::into_boxed_slice)
    }

    async fn dial_through(&self, proxy: &Proxy, origin: &Origin, scope: &Scope) -> Result<TcpStream, ProbeError> {
        let literal = origin.host().parse::<IpAddr>().ok().map(|ip| vec![SocketAddr::new(ip, origin.port)]);
        let fixed = self.resolver.overridden(origin.host(), origin.port).or(literal);
        let fixed = fixed.map(|addresses| allowed(scope, origin.host(), addresses)).transpose()?;
        let to = match fixed.as_deref() {
            Some([address, ..]) => Destination::Address(*address),
            _ => Destination::Name(origin.host(), origin.port),
        };
        let of_proxy = |error: ProbeError| match error.kind {
            ErrorKind::Local => error,
            _ => ProbeError::new(ErrorKind::Proxy, format!("the proxy cannot be reached: {}", error.detail)),
        };
        let resolve = || async {
            self.resolver.resolve(proxy.host(), proxy.port()).await.map(Vec::into_boxed_slice).map_err(of_proxy)
        };
        let addresses = self.proxy_addresses.get_or_try_init(resolve).await?;
        let (stream, _) = connect_any(addresses, self.patience).await.map_err(of_proxy)?;
        match timeout(self.patience, proxy.open_tunnel(stream, &to)).await {
            Ok(tunnel) => tunnel,
            Err(_) => Err(ProbeError::new(ErrorKind::ConnectTimeout, "the proxy opened no tunnel in time")),
        }
    }
}

fn out_of_scope(refusal: &Refusal) -> ProbeError {
    ProbeError::new(ErrorKind::OutOfScope, format!("out of scope: {refusal}"))
}

/// The addresses that the scope allows; an error where it allows none of them.
fn allowed(scope: &Scope, host: &str, mut addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, ProbeError> {
    let mut refused = None;
    addresses.retain(|address| match scope.allows_address(host, address.ip()) {
        Decision::Allowed => true,
        Decision::Refused(refusal) => {
            refused.get_or_insert((address.ip(), refusal));
            false
        }
    });
    match refused {
        Some((ip, refusal)) if addresses.is_empty() => {
            Err(ProbeError::new(ErrorKind::OutOfScope, format!("the address {ip} is out of scope: {refusal}")))
        }
        _ => Ok(addresses),
    }
}

/// Connects to the first address that answers; all of them share the time.
async fn connect_any(addresses: &[SocketAddr], patience: Duration) -> Result<(TcpStream, SocketAddr), ProbeError> {
    let end = Instant::now() + patience;
    let mut failure: Option<ProbeError> = None;
    for (index, address) in addresses.iter().enumerate() {
        let left = end.saturating_duration_since(Instant::now());
        let later = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX).max(1);
        let share = (left / later).max(MIN_SHARE).min(left);
        let error = match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                let nodelay = stream.set_nodelay(true);
                return nodelay.map(|()| (stream, *address)).map_err(|error| connect_error(&error));
            }
            Ok(Err(error)) => connect_error(&error),
            Err(_) => ProbeError::new(ErrorKind::ConnectTimeout, "no connection in time"),
        };
        // A refusal is an answer of the host, so it tells more than silence from another of its addresses.
        if failure.as_ref().is_none_or(|known| known.kind != ErrorKind::ConnectionRefused) {
            failure = Some(error);
        }
    }
    Err(failure.unwrap_or_else(|| ProbeError::new(ErrorKind::NoSuchName, "the name has no address")))
}
