//! Digests and checksums.
//!
//! Must never import a folder above `expr`.

use data_encoding::HEXLOWER;

use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;
use crate::expr::functions::hashes::{self, Hash};

pub(super) const FUNCTIONS: &[Function] = &[
    function("md5", |call| digest(call, hashes::hash::<md5::Md5>)),
    function("sha1", |call| digest(call, hashes::hash::<sha1::Sha1>)),
    function("sha256", |call| digest(call, hashes::hash::<sha2::Sha256>)),
    function("sha512", |call| digest(call, hashes::hash::<sha2::Sha512>)),
    function("mmh3", |call| {
        call.takes(1..=1)?;
        let text = call.arg(0)?.shown().into_owned();
        Ok(Datum::text(murmur3(&text).cast_signed().to_string()))
    }),
    function("hmac", |call| {
        call.takes(3..=3)?;
        let (algorithm, text, key) = (call.string(0)?, call.string(1)?, call.string(2)?);
        let (hash, block): (Hash, usize) = match &*algorithm {
            b"sha1" | b"sha-1" => (hashes::hash::<sha1::Sha1>, 64),
            b"sha256" | b"sha-256" => (hashes::hash::<sha2::Sha256>, 64),
            b"sha512" | b"sha-512" => (hashes::hash::<sha2::Sha512>, 128),
            _ => return call.fail("`hmac` knows sha1, sha256 and sha512"),
        };
        call.made(HEXLOWER.encode(&hashes::hmac_of(hash, block, &key, &text)))
    }),
];

fn digest(call: &mut Call<'_, '_>, hash: Hash) -> Result<Datum, EvalError> {
    call.takes(1..=1)?;
    let text = call.text(0)?;
    call.made(HEXLOWER.encode(&hash(&[&text])))
}

/// MurmurHash3, 32 bits, seed 0.
fn murmur3(text: &[u8]) -> u32 {
    let mix = |word: u32| word.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let mut words = text.chunks_exact(4);
    let mut hash = 0_u32;
    for word in &mut words {
        let word = word.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        hash = (hash ^ mix(word)).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    hash ^= mix(words.remainder().iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)));
    hash ^= u32::try_from(text.len()).unwrap_or(u32::MAX);
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}
