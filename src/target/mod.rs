//! Targets: what the user named, and what may be talked to because of it.
//!
//! Owns the reading of targets (arguments, lists, networks) and the scope of a scan. Takes words, lines of any
//! `BufRead`, addresses and the user's scope rules; gives targets, diagnostics and decisions with reasons.
//! Invariant: everything here is pure; nothing is opened, resolved or sent. Must never import `wire` or anything above.

mod lines;
mod list;
pub mod scope;
mod spelling;
#[cfg(test)]
mod tests;

pub use list::{REMEMBERED, Targets};
pub use scope::{Decision, Refusal, Scope, ScopeBuilder};
pub use spelling::{MAX_NETWORK, Spelled, Target};
