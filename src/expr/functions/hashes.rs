//! Digests and checksums.
//!
//! MD5 and SHA-1 are here because services use them, not because anybody should. Must never import a folder above `base`.

use data_encoding::HEXLOWER;
use sha2::Digest;

use super::{Accepts, Args, Family, Function, Param, param};
use crate::base::Value;
use crate::expr::error::EvalError;
use crate::expr::types::Type;

const TEXT: Param = param("text", Accepts::Text);

pub(super) static FAMILY: Family = Family {
    name: "hashes",
    summary: "Digests as lower-case hex digits, and checksums as numbers.",
    functions: &[
        Function {
            name: "md5",
            params: &[TEXT],
            result: Type::Text,
            summary: "MD5 (RFC 1321)",
            example: "md5('abc')",
            gives: "900150983cd24fb0d6963f7d28e17f72",
            run: |args| digest(args, hash::<md5::Md5>),
        },
        Function {
            name: "sha1",
            params: &[TEXT],
            result: Type::Text,
            summary: "SHA-1 (FIPS 180-4)",
            example: "sha1('abc')",
            gives: "a9993e364706816aba3e25717850c26c9cd0d89d",
            run: |args| digest(args, hash::<sha1::Sha1>),
        },
        Function {
            name: "sha256",
            params: &[TEXT],
            result: Type::Text,
            summary: "SHA-256 (FIPS 180-4)",
            example: "sha256('abc')",
            gives: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            run: |args| digest(args, hash::<sha2::Sha256>),
        },
        Function {
            name: "sha512",
            params: &[TEXT],
            result: Type::Text,
            summary: "SHA-512 (FIPS 180-4)",
            example: "sha512('abc') | take_first(16)",
            gives: "ddaf35a193617aba",
            run: |args| digest(args, hash::<sha2::Sha512>),
        },
        Function {
            name: "crc32",
            params: &[TEXT],
            result: Type::Number,
            summary: "CRC-32 (as zip and PNG use it)",
            example: "crc32('123456789')",
            gives: "3421780262",
            run: |args| Ok(Value::Int(i64::from(crc32fast::hash(&args.text(0)?)))),
        },
        Function {
            name: "hmac",
            params: &[TEXT, param("algorithm", Accepts::Text), param("key", Accepts::Text)],
            result: Type::Text,
            summary: "HMAC (RFC 2104) with `md5`, `sha1`, `sha256` or `sha512`",
            example: "hmac('what do ya want for nothing?', 'sha256', 'Jefe')",
            gives: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            run: hmac,
        },
    ],
};

/// A digest of parts, one after another.
pub type Hash = fn(&[&[u8]]) -> Vec<u8>;

/// The digest of parts, one after another.
pub fn hash<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut digest = D::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().to_vec()
}

fn digest(args: &mut Args, hash: Hash) -> Result<Value, EvalError> {
    let text = args.text(0)?;
    args.made(HEXLOWER.encode(&hash(&[&text])))
}

fn hmac(args: &mut Args) -> Result<Value, EvalError> {
    let (text, algorithm, key) = (args.text(0)?, args.text(1)?, args.text(2)?);
    let (hash, block): (Hash, usize) = match &*algorithm {
        b"md5" => (hash::<md5::Md5>, 64),
        b"sha1" => (hash::<sha1::Sha1>, 64),
        b"sha256" => (hash::<sha2::Sha256>, 64),
        b"sha512" => (hash::<sha2::Sha512>, 128),
        _ => return EvalError::failed("`hmac` knows the algorithms md5, sha1, sha256 and sha512"),
    };
    args.made(HEXLOWER.encode(&hmac_of(hash, block, &key, &text)))
}

/// HMAC (RFC 2104) with a digest that works in blocks of so many bytes.
pub fn hmac_of(hash: Hash, block: usize, key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut key = if key.len() > block { hash(&[key]) } else { key.to_vec() };
    key.resize(block, 0);
    let padded = |pad: u8| key.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
    let inner = hash(&[&padded(0x36), text]);
    hash(&[&padded(0x5c), &inner])
}
