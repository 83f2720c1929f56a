//! What random functions draw from.
//!
//! A key stream of SHA-256 over a seed: the same seed and the same order of draws give the same values, so that a scan can
//! be replayed. Not for secrets. Invariant: every draw goes on in the stream. Must never import another folder.

use std::cell::Cell;

use sha2::{Digest, Sha256};

/// A source of values that no service expects.
#[derive(Debug, Clone)]
pub struct Random {
    key: [u8; 32],
    drawn: Cell<u64>,
}

impl Random {
    /// The source of that seed.
    pub fn new(seed: &[u8]) -> Self {
        Self { key: Sha256::digest(seed).into(), drawn: Cell::new(0) }
    }

    /// The next 32 bytes.
    pub fn block(&self) -> [u8; 32] {
        let nth = self.drawn.get();
        self.drawn.set(nth.wrapping_add(1));
        Sha256::new().chain_update(self.key).chain_update(nth.to_be_bytes()).finalize().into()
    }

    /// A number below the bound; 0 where the bound is 0.
    pub fn below(&self, bound: u64) -> u64 {
        let bytes = self.block();
        let number = bytes.iter().take(16).fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        u64::try_from(number % u128::from(bound.max(1))).unwrap_or(0)
    }

    /// So many items of a list, each as likely as any other.
    pub fn pick(&self, from: &[u8], count: usize) -> Vec<u8> {
        let from = from.get(..from.len().min(256)).unwrap_or(from);
        let mut picked = Vec::with_capacity(count);
        if from.is_empty() {
            return picked;
        }
        // Bytes over the largest multiple of the length are passed over, so that no item is more likely.
        let fair = 256 - 256 % from.len();
        while picked.len() < count {
            let block = self.block();
            let fitting = block.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
            let items = fitting.filter_map(|byte| from.get(byte % from.len()).copied());
            picked.extend(items.take(count - picked.len()));
        }
        picked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_stream_and_every_draw_goes_on() {
        let (one, same) = (Random::new(b"seed"), Random::new(b"seed"));
        let drawn = one.pick(b"abcdef", 100);
        assert_eq!(drawn, same.pick(b"abcdef", 100));
        assert_ne!(drawn, one.pick(b"abcdef", 100));
        assert!((0..100).all(|_| one.below(7) < 7));
        assert_eq!(one.below(0), 0);
    }
}
