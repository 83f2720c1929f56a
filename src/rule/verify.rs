//! How a token is verified at its provider: one documented request that only reads.
//!
//! Invariant: where the request goes is written in the rule and nothing that was found can change it; what was found goes
//! only into its header fields. Must never import a folder above `predicate`.

use super::{Cond, HttpRequest};

/// A question to a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Verify {
    /// The request.
    pub request: HttpRequest,
    /// What its answer says of a key that works.
    pub live: Cond,
    /// What its answer says of a key that does not.
    pub dead: Cond,
}
