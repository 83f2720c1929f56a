//! Functions that encrypt and mask.
//!
//! Must never import a folder above `expr`.

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256, Block};
use bytes::Bytes;
use ring::aead;

use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;

/// Bytes of a block of AES.
const BLOCK: usize = 16;

pub(super) const FUNCTIONS: &[Function] =
    &[function("xor", xor), function("aes_cbc", aes_cbc), function("aes_gcm", aes_gcm)];

/// All arguments masked with each other; the shorter ones begin anew at their ends.
fn xor(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..)?;
    let mut inputs: Vec<Bytes> = Vec::new();
    for arg in call.args {
        match arg {
            Datum::Text(bytes) | Datum::Raw(bytes) if !bytes.is_empty() => inputs.push(bytes.clone()),
            _ => return call.fail("`xor` wants texts that are not empty"),
        }
    }
    let length = inputs.iter().map(Bytes::len).max().unwrap_or(0);
    call.fits(length)?;
    call.charge(length.saturating_mul(inputs.len()) / 64)?;
    let mut masked = vec![0; length];
    for input in inputs {
        masked.iter_mut().zip(input.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    }
    Ok(Datum::Raw(masked.into()))
}

/// AES with a key of one of its three lengths.
enum Cipher {
    Short(Aes128),
    Middle(Aes192),
    Long(Aes256),
}

impl Cipher {
    fn new(key: &[u8]) -> Option<Self> {
        let short = Aes128::new_from_slice(key).ok().map(Self::Short);
        let middle = || Aes192::new_from_slice(key).ok().map(Self::Middle);
        let long = || Aes256::new_from_slice(key).ok().map(Self::Long);
        short.or_else(middle).or_else(long)
    }

    fn encrypt(&self, block: &mut Block) {
        match self {
            Self::Short(aes) => aes.encrypt_block(block),
            Self::Middle(aes) => aes.encrypt_block(block),
            Self::Long(aes) => aes.encrypt_block(block),
        }
    }
}

/// AES in CBC (NIST SP 800-38A) of a text with padding (RFC 5652 §6.3); a text, a key, and the first block.
fn aes_cbc(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(3..=3)?;
    let (text, key, start) = (call.string(0)?, call.string(1)?, call.string(2)?);
    call.fits(text.len().saturating_add(BLOCK))?;
    call.charge(text.len() / BLOCK)?;
    let (Some(cipher), Ok(mut last)) = (Cipher::new(&key), <[u8; BLOCK]>::try_from(&start[..])) else {
        return call.fail("`aes_cbc` wants a key of 16, 24 or 32 bytes and a first block of 16");
    };
    let missing = BLOCK - text.len() % BLOCK;
    let padding = std::iter::repeat_n(u8::try_from(missing).unwrap_or(0), missing);
    let padded: Vec<u8> = text.iter().copied().chain(padding).collect();
    let mut out = Vec::with_capacity(padded.len());
    for chunk in padded.chunks_exact(BLOCK) {
        last.iter_mut().zip(chunk).for_each(|(byte, plain)| *byte ^= plain);
        let mut block = Block::from(last);
        cipher.encrypt(&mut block);
        last = block.into();
        out.extend_from_slice(&last);
    }
    Ok(Datum::Raw(out.into()))
}

/// AES in GCM (NIST SP 800-38D): a key and a text; a random nonce stands before what comes out.
fn aes_gcm(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..=2)?;
    let (key, text) = (call.string(0)?, call.string(1)?);
    let algorithm = if key.len() == 16 { &aead::AES_128_GCM } else { &aead::AES_256_GCM };
    let Ok(key) = aead::UnboundKey::new(algorithm, &key) else {
        return call.fail("`aes_gcm` wants a key of 16 or 32 bytes");
    };
    call.fits(text.len().saturating_add(64))?;
    let block = call.env().random.block();
    let mut nonce = [0; aead::NONCE_LEN];
    nonce.iter_mut().zip(block).for_each(|(to, from)| *to = from);
    let mut sealed = text.to_vec();
    let unique = aead::Nonce::assume_unique_for_key(nonce);
    let done = aead::LessSafeKey::new(key).seal_in_place_append_tag(unique, aead::Aad::empty(), &mut sealed);
    match done {
        Ok(()) => Ok(Datum::Raw([&nonce[..], &sealed].concat().into())),
        Err(_) => call.fail("the text cannot be sealed"),
    }
}
