//! What the user can set about the wire, and the shared state that is made from it once per scan.
//!
//! Takes limits, proxy, address overrides, certificates; gives a [`Wire`]. Invariant: whatever is wrong with a setting is
//! said before the first packet. Must never import anything above `target` but its own folder.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::OnceLock;

use super::authorities::Authorities;
use super::counters::Counters;
use super::dialer::Dialer;
use super::dns::system_resolvers;
use super::proxy::Proxy;
use super::resolve::Override;
use super::tls::Tls;
use crate::base::{ByteBudget, Clock, Limits, Reservation};
use crate::diagnostic::Diagnostic;

/// Settings of a scan's wire.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Bounds on what an answer may cost.
    pub limits: Limits,
    /// The proxy that everything goes through.
    pub proxy: Option<Proxy>,
    /// Addresses to use instead of resolving (`--resolve`).
    pub resolve: Vec<Override>,
    /// Resolvers for DNS queries that rules send; empty: the system's.
    pub resolvers: Vec<SocketAddr>,
    /// A PEM file of authorities that are trusted besides the public ones.
    pub ca_file: Option<PathBuf>,
    /// A PEM file with the client's certificate chain and its key.
    pub client_cert: Option<PathBuf>,
    /// Whether authorities are asked about revocation, at the addresses that certificates name.
    pub tls_online: bool,
}

/// What all connections of a scan share: TLS configuration, dialer, byte budget, clock and counters.
#[derive(Debug)]
pub struct Wire {
    pub(super) limits: Limits,
    pub(super) dialer: Dialer,
    pub(super) tls: Tls,
    pub(super) budget: ByteBudget,
    pub(super) clock: Clock,
    pub(super) tls_online: bool,
    pub(super) authorities: Authorities,
    resolvers: OnceLock<Vec<SocketAddr>>,
    counters: Counters,
}

impl Wire {
    /// Reads the files that the settings name and prepares everything. Answers are paid for from `budget`.
    pub fn new(settings: Settings, budget: ByteBudget, clock: Clock) -> Result<Self, Diagnostic> {
        let Settings { limits, proxy, resolve, resolvers, ca_file, client_cert, tls_online } = settings;
        let tls = Tls::new(ca_file.as_deref(), client_cert.as_deref())?;
        let dialer = Dialer::new(limits.connect, proxy, resolve);
        let resolvers = if resolvers.is_empty() { OnceLock::new() } else { resolvers.into() };
        let (authorities, counters) = (Authorities::default(), Counters::default());
        Ok(Self { limits, dialer, tls, budget, clock, tls_online, authorities, resolvers, counters })
    }

    /// The resolvers for DNS queries that rules send.
    pub(super) fn resolvers(&self) -> &[SocketAddr] {
        self.resolvers.get_or_init(system_resolvers)
    }

    /// Reserves bytes of the budget that answers are paid from; `None` where it is used up.
    pub fn reserve(&self, bytes: usize) -> Option<Reservation> {
        self.budget.try_reserve(bytes)
    }

    /// What went over the wire so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The bounds on what an answer may cost.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}
