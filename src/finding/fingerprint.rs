//! Fingerprints: the stable identity of a finding (design §8).
//!
//! Invariant: the same cause on the same service gives the same fingerprint in every run; times and versions are never
//! part of it. Must never import a folder above `rule`.

use sha2::{Digest, Sha256};

use crate::base::Origin;

/// SHA-256, in hexadecimal, of rule, origin, path template, parameter and evidence key. Rules that speak of the host as a
/// whole pass no path.
pub fn fingerprint(
    rule: &str,
    origin: &Origin,
    path: Option<&str>,
    parameter: Option<&str>,
    evidence_key: &str,
) -> String {
    let mut hash = Sha256::new();
    for part in [rule, &origin.to_string(), path.unwrap_or(""), parameter.unwrap_or(""), evidence_key] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Scheme;

    #[test]
    fn parts_do_not_run_together() {
        let origin = Origin::new(Scheme::Https, "a.example", 443).expect("valid");
        let one = fingerprint("r", &origin, Some("/ab"), None, "c");
        assert_ne!(one, fingerprint("r", &origin, Some("/a"), None, "bc"));
        assert_eq!(one, fingerprint("r", &origin, Some("/ab"), None, "c"));
        assert_eq!(one.len(), 64);
    }
}
