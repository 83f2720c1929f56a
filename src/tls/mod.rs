//! What is known of TLS without a connection: cipher suites, groups, primes, certificates, chains, grades, profiles.
//!
//! Takes numbers, DER and surveys; gives facts and judgements. Invariant: everything here is a pure function of its
//! arguments, the time among them. Must never import a folder above `observation`.

pub mod assessment;
pub mod certificate;
pub mod chain;
mod der;
pub mod extension;
pub mod fingerprint;
pub mod grade;
pub mod group;
pub mod mozilla;
pub mod ocsp;
pub mod prime;
pub mod revocation;
pub mod scheme;
pub mod suite;
pub mod summary;
mod timestamp;

use crate::observation::TlsVersion;

/// The name by which people know a version.
pub fn version_name(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::Ssl20 => "SSL 2.0",
        TlsVersion::Ssl30 => "SSL 3.0",
        TlsVersion::Tls10 => "TLS 1.0",
        TlsVersion::Tls11 => "TLS 1.1",
        TlsVersion::Tls12 => "TLS 1.2",
        TlsVersion::Tls13 => "TLS 1.3",
    }
}
