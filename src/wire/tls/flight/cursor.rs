//! Reading bytes from the front, never past the end.
//!
//! Must never import anything.

/// Bytes that are not read yet.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    /// At the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    /// The next so many bytes.
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.0.split_at_checked(length)?;
        self.0 = left;
        Some(taken)
    }

    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// The next number of two bytes.
    pub fn number(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    /// Bytes after their length in `N` bytes.
    pub fn counted<const N: usize>(&mut self) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let length = ahead.take(N)?.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let taken = ahead.take(length)?;
        *self = ahead;
        Some(taken)
    }

    /// Every number of two bytes that is left; `None` where a byte is left over.
    pub fn numbers(self) -> Option<Vec<u16>> {
        let pairs = self.0.chunks_exact(2);
        let whole = pairs.remainder().is_empty();
        whole.then(|| pairs.filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?))).collect())
    }
}
