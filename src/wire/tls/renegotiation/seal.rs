//! Records of TLS 1.2 under AES-GCM (RFC 5288) and ChaCha20-Poly1305 (RFC 7905).
//!
//! Must never open a socket.

use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

use super::keys::Secrets;
use super::speech::record;

/// Bytes of a nonce, of the part of it that AES-GCM takes from the keys, and of the part that it sends along.
const NONCE: usize = 12;
const SALT: usize = 4;
const SENT: usize = NONCE - SALT;

/// Both directions.
#[derive(Debug)]
pub(super) struct Seals {
    ours: Seal,
    theirs: Seal,
}

#[derive(Debug)]
struct Seal {
    key: LessSafeKey,
    /// The fixed part of the nonce; the whole of it where nothing of it is sent.
    fixed: Vec<u8>,
    count: u64,
}

impl Seals {
    /// With the keys of a session.
    pub(super) fn new(secrets: &Secrets) -> Option<Self> {
        let (algorithm, fixed): (&'static Algorithm, usize) = match secrets.suite {
            0xC02B | 0xC02F | 0x009C => (&AES_128_GCM, SALT),
            0xC02C | 0xC030 | 0x009D => (&AES_256_GCM, SALT),
            0xCCA8 | 0xCCA9 => (&CHACHA20_POLY1305, NONCE),
            _ => return None,
        };
        let length = algorithm.key_len();
        let block = secrets.block(2 * (length + fixed));
        let (keys, salts) = block.split_at_checked(2 * length)?;
        let seal = |at: usize| {
            let key = keys.get(at * length..(at + 1) * length)?;
            let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
            Some(Seal { key, fixed: salts.get(at * fixed..(at + 1) * fixed)?.to_vec(), count: 0 })
        };
        Some(Self { ours: seal(0)?, theirs: seal(1)? })
    }

    /// A record of ours.
    pub(super) fn seal(&mut self, kind: u8, plain: &[u8]) -> Option<Vec<u8>> {
        let count = self.ours.count.to_be_bytes();
        let (nonce, sent) = self.ours.nonce(&count)?;
        let mut sealed = plain.to_vec();
        self.ours.key.seal_in_place_append_tag(nonce, head(&count, kind, plain.len()), &mut sealed).ok()?;
        self.ours.count += 1;
        Some(record(kind, &[sent, &sealed].concat()))
    }

    /// What is in a record of theirs.
    pub(super) fn open(&mut self, kind: u8, payload: &[u8]) -> Option<Vec<u8>> {
        let theirs = &mut self.theirs;
        let count = theirs.count.to_be_bytes();
        let is_sent = theirs.fixed.len() == SALT;
        let (explicit, sealed) = payload.split_at_checked(if is_sent { SENT } else { 0 })?;
        let (nonce, _) = theirs.nonce(if is_sent { explicit } else { &count })?;
        let length = sealed.len().checked_sub(theirs.key.algorithm().tag_len())?;
        let mut sealed = sealed.to_vec();
        let plain = theirs.key.open_in_place(nonce, head(&count, kind, length), &mut sealed).ok()?.to_vec();
        theirs.count += 1;
        Some(plain)
    }
}

impl Seal {
    /// The nonce with these last bytes, and as much of it as is sent along.
    fn nonce<'a>(&self, last: &'a [u8]) -> Option<(Nonce, &'a [u8])> {
        if self.fixed.len() == SALT {
            return Some((Nonce::try_assume_unique_for_key(&[&self.fixed, last].concat()).ok()?, last));
        }
        let padded = [&[0; SALT], last].concat();
        let mixed: Vec<u8> = self.fixed.iter().zip(padded).map(|(one, other)| one ^ other).collect();
        Some((Nonce::try_assume_unique_for_key(&mixed).ok()?, &[]))
    }
}

/// What is sealed besides a record's text: its number, type, version and length.
fn head(count: &[u8], kind: u8, length: usize) -> Aad<Vec<u8>> {
    let length = u16::try_from(length).unwrap_or_default().to_be_bytes();
    Aad::from([count, &[kind, 3, 3], &length[..]].concat())
}
