//! Numbers of lines in a long text, many of which are asked for.
//!
//! Owns where to begin counting. Takes a text once, then places in it. Invariant: no question passes over more than
//! 16 KiB. Must never import a folder above `base`.

/// Bytes between places at which the lines before are known.
const STRIDE: usize = 16 << 10;

/// How many lines end before every 16 KiB of a text.
#[derive(Debug, Clone, Default)]
pub struct Lines(Vec<u64>);

impl Lines {
    /// Counts the lines of a text.
    pub fn of(text: &[u8]) -> Self {
        let mut ended = 0;
        let marks = text.chunks(STRIDE).map(|chunk| {
            let before = ended;
            ended += count(chunk);
            before
        });
        Self(marks.collect())
    }

    /// The line of a byte of the same text, from 1.
    pub fn line_at(&self, text: &[u8], at: usize) -> u64 {
        let at = at.min(text.len());
        let mark = (at / STRIDE).min(self.0.len().saturating_sub(1));
        let before = self.0.get(mark).copied().unwrap_or_default();
        1 + before + count(text.get(mark * STRIDE..at).unwrap_or_default())
    }
}

fn count(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_line_is_that_of_counting_from_the_beginning(length in 0_usize..100_000, every in 1_usize..500, at in 0_usize..110_000) {
            let text: Vec<u8> = (0..length).map(|nth| if nth % every == 0 { b'\n' } else { b'x' }).collect();
            let plain = 1 + text.iter().take(at).filter(|byte| **byte == b'\n').count() as u64;
            prop_assert_eq!(Lines::of(&text).line_at(&text, at), plain);
        }
    }
}
