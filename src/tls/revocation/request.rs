//! The question: an OCSP request about one certificate (RFC 6960 §4.1).
//!
//! Invariant: it holds one certificate's identifier, and neither name nor nonce: who asks is nobody's business, and responders
//! answer from what they keep. Must never import a folder above `observation`.

use sha1::{Digest as _, Sha1};

use super::Question;
use crate::tls::der::{INTEGER, OCTETS, SEQUENCE, write};

/// SHA-1, by which responders know certificates (RFC 5019 §2.1.1), and no parameters.
const SHA1: [u8; 11] = [SEQUENCE, 9, 6, 5, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 5, 0];

/// The bytes of the request.
pub fn request(question: Question<'_>) -> Vec<u8> {
    let Question { leaf, issuer, .. } = question;
    let hash = |bytes: &[u8]| write(OCTETS, &Sha1::digest(bytes));
    let id = [
        &SHA1[..],
        &hash(leaf.issuer().as_raw()),
        &hash(&issuer.public_key().subject_public_key.data),
        &write(INTEGER, leaf.raw_serial()),
    ];
    let nested = [SEQUENCE; 4].into_iter().fold(id.concat(), |inner, tag| write(tag, &inner));
    write(SEQUENCE, &nested)
}
