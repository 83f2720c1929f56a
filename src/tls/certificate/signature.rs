//! What certificates are signed with, and whether a key made a signature.
//!
//! Must never import a folder above `observation`.

use x509_parser::error::X509Error;
use x509_parser::prelude::X509Certificate;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::Key;

/// Algorithms by object identifier: name and hash.
const ALGORITHMS: [(&str, &str, &str); 19] = [
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption", "MD2"),
    ("1.2.840.113549.1.1.3", "md4WithRSAEncryption", "MD4"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption", "MD5"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption", "SHA-1"),
    ("1.3.14.3.2.29", "sha1WithRSA", "SHA-1"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption", "SHA-224"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption", "SHA-256"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption", "SHA-384"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption", "SHA-512"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1", "SHA-1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224", "SHA-224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256", "SHA-256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384", "SHA-384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512", "SHA-512"),
    ("1.2.840.10040.4.3", "dsa-with-SHA1", "SHA-1"),
    ("2.16.840.1.101.3.4.3.2", "dsa-with-SHA256", "SHA-256"),
    ("1.3.101.112", "Ed25519", "SHA-512"),
    ("1.3.101.113", "Ed448", "SHAKE256"),
    ("1.2.156.10197.1.501", "SM2-with-SM3", "SM3"),
];

/// RSASSA-PSS, whose parameters tell its hash.
const PSS: &str = "1.2.840.113549.1.1.10";

/// An algorithm of signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Its object identifier.
    pub identifier: String,
    /// Its name; the identifier where it is not known.
    pub name: String,
    /// The hash that it signs, where it is known.
    pub hash: Option<&'static str>,
}

impl Signature {
    pub(super) fn of(algorithm: &AlgorithmIdentifier<'_>) -> Self {
        let identifier = algorithm.algorithm.to_id_string();
        if identifier == PSS {
            return Self { identifier, name: "rsassaPss".to_owned(), hash: hash_of_pss(algorithm) };
        }
        let known = ALGORITHMS.iter().find(|(known, ..)| *known == identifier);
        let name = known.map_or_else(|| identifier.clone(), |(_, name, _)| (*name).to_owned());
        Self { identifier, name, hash: known.map(|(.., hash)| *hash) }
    }

    /// Whether two texts with the same hash can be made, so that a signature proves nothing.
    pub fn is_weak(&self) -> bool {
        matches!(self.hash, Some("MD2" | "MD4" | "MD5" | "SHA-1"))
    }

    /// Whether that has been done with a certificate, and cheaply.
    pub fn is_broken(&self) -> bool {
        matches!(self.hash, Some("MD2" | "MD4" | "MD5"))
    }
}

fn hash_of_pss(algorithm: &AlgorithmIdentifier<'_>) -> Option<&'static str> {
    let parameters = RsaSsaPssParams::try_from(algorithm.parameters.as_ref()?).ok()?;
    Some(match &*parameters.hash_algorithm_oid().to_id_string() {
        "2.16.840.1.101.3.4.2.1" => "SHA-256",
        "2.16.840.1.101.3.4.2.2" => "SHA-384",
        "2.16.840.1.101.3.4.2.3" => "SHA-512",
        "1.3.14.3.2.26" => "SHA-1",
        _ => return None,
    })
}

/// Whether a certificate is signed with a key; `None` where that cannot be checked here.
pub(in crate::tls) fn verified_by(parsed: &X509Certificate<'_>, key: &SubjectPublicKeyInfo<'_>) -> Option<bool> {
    // The algorithm is told twice, and what is signed has the last word (RFC 5280 §4.1.1.2).
    if parsed.signature_algorithm != parsed.tbs_certificate.signature {
        return Some(false);
    }
    told_by(&parsed.signature_algorithm, key, parsed.verify_signature(Some(key)))
}

/// Whether a key made a signature by an algorithm, after what the library says of it; `None` where that cannot be checked
/// here. A key of another kind than the algorithm's made none.
pub(in crate::tls) fn told_by(
    algorithm: &AlgorithmIdentifier<'_>,
    key: &SubjectPublicKeyInfo<'_>,
    verified: Result<(), X509Error>,
) -> Option<bool> {
    let Err(error) = verified else { return Some(true) };
    let known = Key::of(key);
    match error {
        _ if !known.can_sign_by(&algorithm.algorithm.to_id_string()) => Some(false),
        X509Error::SignatureVerificationError if known.is_checkable() && !has_odd_salt(algorithm) => Some(false),
        _ => None,
    }
}

/// Whether an algorithm is PSS with a salt of another length than its hash, which the library does not check.
fn has_odd_salt(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    let pss = (algorithm.algorithm.to_id_string() == PSS).then_some(algorithm.parameters.as_ref()).flatten();
    let Some(Ok(parameters)) = pss.map(RsaSsaPssParams::try_from) else { return false };
    let length = match hash_of_pss(algorithm) {
        Some("SHA-256") => 32,
        Some("SHA-384") => 48,
        Some("SHA-512") => 64,
        _ => return true,
    };
    parameters.salt_length() != length
}
