//! The client that templates are written for: how it reads addresses, writes requests and follows redirects.
//!
//! Its habits are part of what a template means. Takes rendered texts and answers; gives addresses, bytes and hops.
//! Invariant: no value can start a new line of a request's head. Must never import a folder above `target`.

mod address;
mod chain;
mod draft;
mod query;

#[cfg(test)]
pub(super) use address::Location;
pub(super) use address::{Address, Flaw, cut, decode};
pub(super) use chain::Chain;
pub use chain::Hop;
pub(super) use draft::{Body, Draft};
pub(super) use query::rewrite;
