//! What a compiled pack is kept under: a digest of everything that it was made from.
//!
//! Takes a pack's texts, gives a digest. Invariant: two packs that differ in a byte of a template, in a path, in what they
//! leave out, in the limits or in the build of Outsight have different keys; times and places on disk never count.
//! Must never import a folder above `report`.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::base::Limits;
use crate::pack::Community;

/// A SHA-256 digest.
pub(super) type Hash = [u8; 32];

/// The version of the file format.
const FORMAT: &str = "1";

/// The key of a pack.
pub(super) fn key_of(pack: &Community, limits: &Limits) -> Hash {
    let files: Vec<Hash> = pack.files.par_iter().map(|file| hash(&[&file.inside, &file.source.text])).collect();
    let mut hasher = Sha256::new();
    let build = [FORMAT, env!("CARGO_PKG_VERSION"), env!("OUTSIGHT_BUILD")].map(|part| hash(&[part]));
    let settings = [format!("{limits:?}"), format!("{:?}", pack.root.ignore())].map(|part| hash(&[&part]));
    build.iter().chain(&settings).chain(&files).for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// The digest of some texts, their lengths included.
pub(super) fn hash(texts: &[&str]) -> Hash {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().into()
}
