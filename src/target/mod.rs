//! Targets: what the user named, and what may be talked to because of it.
//!
//! Owns the scope of a scan. Takes names, addresses and the user's scope rules; gives decisions with reasons.
//! Invariant: everything here is pure; nothing is resolved and nothing is sent. Must never import `wire` or anything above.

pub mod scope;

pub use scope::{Decision, Refusal, Scope, ScopeBuilder};
