//! The wire: the only sockets of a scan.
//!
//! Takes probes, gives finished and capped exchanges. [`Wire`] is what a scan shares, [`Connections`] are one host's.
//! Invariant: nothing is connected to that the scope does not allow, and what a target sends can neither fail the scan
//! nor cost more than the limits allow. Must never import `plan`, `verdict` or anything above.

mod authorities;
mod connection;
mod connections;
mod contacts;
mod counters;
mod dialer;
pub mod dns;
mod fault;
pub mod http;
mod http2;
mod proxy;
mod resolve;
mod revocation;
mod settings;
mod stream;
mod tcp;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod timer;
mod surveyor;
pub mod tls;
mod websocket;

pub use connections::Connections;
pub use contacts::Contacts;
pub use counters::Counters;
pub use proxy::{Proxy, ProxyKind};
pub use resolve::Override;
pub use revocation::QUESTIONS;
pub use settings::{Settings, Wire};
pub use surveyor::longest as longest_survey;
