//! How interactions are sealed on their way from a server to its client.
//!
//! The client's RSA key wraps one AES key a session, and that key encrypts each interaction; this is interactsh's
//! protocol, whose servers and clients we talk to. Takes bytes, gives texts in base 64. Invariant: a private key lives as
//! long as one scan and never leaves memory. Must never import another folder.
//!
//! The `rsa` crate does not decrypt in constant time (RUSTSEC-2023-0071). That leaks to who can have many texts of his
//! choice decrypted and time it. Here the only party whose texts are decrypted is the server, which made the AES key that
//! they hold, and it gets no answer; so there is nothing to learn.

use aes::Aes256;
use aes::cipher::{KeyIvInit as _, StreamCipher as _};
use data_encoding::{BASE64, BASE64_MIME_PERMISSIVE};
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use rsa::rand_core::OsRng;
use rsa::sha2::Sha256;
use rsa::traits::PublicKeyParts as _;
use rsa::{Oaep, RsaPrivateKey, RsaPublicKey};

use crate::base::Secret;

/// Bits of a client's key that we make, and those of keys that we take.
const BITS: usize = 2048;
const MOST_BITS: usize = 4096;
const KEY: usize = 32;
const IV: usize = 16;

/// Why something could not be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct SealError(&'static str);

/// A client's key pair.
pub(super) struct Keys(RsaPrivateKey);

impl Keys {
    /// A fresh pair; takes some tenths of a second.
    pub fn generate() -> Result<Self, SealError> {
        RsaPrivateKey::new(&mut OsRng, BITS).map(Self).map_err(|_| SealError("no key pair could be made"))
    }

    /// The public key as the protocol wants it: SubjectPublicKeyInfo in PEM, in base 64 once more.
    pub fn public(&self) -> Result<String, SealError> {
        let der = self.0.to_public_key().to_public_key_der().map_err(|_| SealError("the key cannot be written"))?;
        let text = BASE64.encode(der.as_bytes());
        let lines: Vec<&str> =
            (0..text.len()).step_by(64).filter_map(|at| text.get(at..text.len().min(at + 64))).collect();
        let pem = format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n", lines.join("\n"));
        Ok(BASE64.encode(pem.as_bytes()))
    }

    /// The AES key of a session.
    pub fn unwrap(&self, wrapped: &str) -> Result<Secret<Vec<u8>>, SealError> {
        let wrapped = BASE64.decode(wrapped.as_bytes()).map_err(|_| SealError("the session's key is not base 64"))?;
        let key = self.0.decrypt(Oaep::new::<Sha256>(), &wrapped);
        let key = key.map_err(|_| SealError("the session's key was not made for us"))?;
        Ok(Secret::new(key))
    }
}

/// Opens a sealed text into whichever of its two readings `is_right`: servers encrypt in counter mode, older ones in
/// cipher feedback mode, and say so nowhere.
pub(super) fn open<T>(key: &Secret<Vec<u8>>, sealed: &str, read: impl Fn(&[u8]) -> Option<T>) -> Result<T, SealError> {
    let bytes = BASE64.decode(sealed.as_bytes()).map_err(|_| SealError("an interaction is not base 64"))?;
    let (iv, sealed) = bytes.split_at_checked(IV).ok_or(SealError("an interaction is too short"))?;
    let wrong = |_| SealError("the session's key has the wrong length");
    let mut counter = sealed.to_vec();
    ctr::Ctr128BE::<Aes256>::new_from_slices(key.expose(), iv).map_err(wrong)?.apply_keystream(&mut counter);
    if let Some(read) = read(&counter) {
        return Ok(read);
    }
    let mut feedback = sealed.to_vec();
    cfb_mode::Decryptor::<Aes256>::new_from_slices(key.expose(), iv).map_err(wrong)?.decrypt(&mut feedback);
    read(&feedback).ok_or(SealError("an interaction cannot be read"))
}

/// The key of a session on the server's side.
#[derive(Clone)]
pub(super) struct Seal {
    key: Secret<[u8; KEY]>,
    wrapped: String,
}

impl Seal {
    /// A fresh key, wrapped for who sent this public key.
    pub fn for_client(public: &str) -> Result<Self, SealError> {
        let public = read_public(public)?;
        let mut key = [0; KEY];
        getrandom::fill(&mut key).map_err(|_| SealError("no randomness"))?;
        let wrapped = public.encrypt(&mut OsRng, Oaep::new::<Sha256>(), &key);
        let wrapped = BASE64.encode(&wrapped.map_err(|_| SealError("the public key cannot be used"))?);
        Ok(Self { key: Secret::new(key), wrapped })
    }

    /// The session's key, wrapped.
    pub fn wrapped(&self) -> &str {
        &self.wrapped
    }

    /// Seals a text.
    pub fn close(&self, text: &[u8]) -> Result<String, SealError> {
        let mut iv = [0; IV];
        getrandom::fill(&mut iv).map_err(|_| SealError("no randomness"))?;
        let mut bytes = text.to_vec();
        let mut cipher = ctr::Ctr128BE::<Aes256>::new(self.key.expose().into(), &iv.into());
        cipher.apply_keystream(&mut bytes);
        Ok(BASE64.encode(&[&iv[..], &bytes].concat()))
    }
}

/// Reads what the protocol has for a public key. The label of the PEM is not looked at: clients write the wrong one.
fn read_public(text: &str) -> Result<RsaPublicKey, SealError> {
    let unreadable = SealError("could not read public Key");
    let pem = BASE64_MIME_PERMISSIVE.decode(text.as_bytes()).map_err(|_| unreadable.clone())?;
    let pem = String::from_utf8(pem).map_err(|_| unreadable.clone())?;
    let lines = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    let der = BASE64.decode(lines.collect::<String>().as_bytes()).map_err(|_| unreadable.clone())?;
    let key = RsaPublicKey::from_public_key_der(&der).or_else(|_| RsaPublicKey::from_pkcs1_der(&der));
    let key = key.map_err(|_| unreadable.clone())?;
    let bits = key.n().bits();
    (BITS..=MOST_BITS).contains(&bits).then_some(key).ok_or(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"a text that is longer than one block of the cipher";

    fn is_text(read: &[u8]) -> Option<Vec<u8>> {
        (read == TEXT).then(|| read.to_vec())
    }

    #[test]
    fn what_is_sealed_for_a_client_is_opened_by_it() {
        let keys = Keys::generate().unwrap();
        let seal = Seal::for_client(&keys.public().unwrap()).unwrap();
        let key = keys.unwrap(seal.wrapped()).unwrap();
        let sealed = seal.close(TEXT).unwrap();
        assert_ne!(sealed, seal.close(TEXT).unwrap(), "never twice the same");
        assert_eq!(open(&key, &sealed, is_text).unwrap(), TEXT);
        assert!(Keys::generate().unwrap().unwrap(seal.wrapped()).is_err(), "nobody else has the key");
    }

    #[test]
    fn the_older_mode_is_read_too() {
        let (key, iv) = ([3_u8; KEY], [5_u8; IV]);
        let mut bytes = TEXT.to_vec();
        cfb_mode::Encryptor::<Aes256>::new(&key.into(), &iv.into()).encrypt(&mut bytes);
        let sealed = BASE64.encode(&[&iv[..], &bytes].concat());
        let key = Secret::new(key.to_vec());
        assert_eq!(open(&key, &sealed, is_text).unwrap(), TEXT);
        for wrong in ["", "?", "AAAA", &BASE64.encode(&[0; 64])] {
            assert!(open(&key, wrong, is_text).is_err(), "{wrong}");
        }
        assert!(open(&Secret::new(vec![1, 2, 3]), &sealed, is_text).is_err());
    }

    #[test]
    fn only_keys_of_a_reasonable_size_are_taken() {
        let small = RsaPrivateKey::new(&mut OsRng, 1024).unwrap();
        assert!(Seal::for_client(&Keys(small).public().unwrap()).is_err());
        for wrong in ["", "x", &BASE64.encode(b"-----BEGIN X-----\nAAAA\n-----END X-----")] {
            assert!(Seal::for_client(wrong).is_err(), "{wrong}");
        }
    }
}
