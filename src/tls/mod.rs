//! What is known of TLS without a connection: cipher suites, groups, primes, certificates, chains, grades, profiles.
//!
//! Takes numbers, DER and surveys; gives facts and judgements. Invariant: everything here is a pure function of its
//! arguments, the time among them. Must never import a folder above `observation`.

pub mod certificate;
pub mod chain;
mod der;
pub mod group;
pub mod ocsp;
pub mod prime;
pub mod revocation;
pub mod suite;
