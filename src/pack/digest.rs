//! Digests of texts, by which packs are told apart.
//!
//! Invariant: two lists of texts have one digest only where they are equal, their borders included. Must never import a
//! folder above `report`.

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub(super) type Hash = [u8; 32];

/// The digest of some texts, their lengths included.
pub(super) fn hash(texts: &[&str]) -> Hash {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().into()
}
