//! What a compiled pack is kept under: a digest of everything that it was made from.
//!
//! Takes a pack with the digests of its texts, gives a digest. Invariant: two packs that differ in a byte of a template, in a path, in what they
//! leave out, in the limits or in the build of Outsight have different keys; times and places on disk never count.
//! Must never import a folder above `report`.

use sha2::{Digest, Sha256};

use crate::base::Limits;
use crate::pack::Community;
use crate::pack::digest::{Hash, hash};

/// The version of the file format.
const FORMAT: &str = "1";

/// The key of a pack.
pub(super) fn key_of(pack: &Community, limits: &Limits) -> Hash {
    let mut hasher = Sha256::new();
    let build = [FORMAT, env!("CARGO_PKG_VERSION"), env!("SOURCE_DIGEST")].map(|part| hash(&[part]));
    let settings = [format!("{limits:?}"), format!("{:?}", pack.root.ignore())].map(|part| hash(&[&part]));
    build.iter().chain(&settings).for_each(|part| hasher.update(part));
    for file in &pack.files {
        hasher.update(hash(&[&file.inside]));
        hasher.update(file.content.0);
    }
    hasher.finalize().into()
}
