//! Bytes that came and wait to be read.
//!
//! Takes bytes at the end, gives them from the front. Invariant: whoever reads all that can be read before more is pushed
//! has every byte moved once at most, however many pieces it comes and goes in. Must never import anything.

/// Bytes in their order, and where reading stands.
#[derive(Debug, Default)]
pub struct Unread {
    bytes: Vec<u8>,
    at: usize,
    /// Bytes that were moved to make room.
    #[cfg(test)]
    pub moved: usize,
}

impl Unread {
    /// Takes bytes. What was read goes, and what is left moves up: less than what reading waits for the end of.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.at > 0 {
            self.bytes.drain(..self.at);
            self.at = 0;
            #[cfg(test)]
            {
                self.moved += self.bytes.len();
            }
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Everything that is not read yet.
    pub fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The next so many bytes, where they are there.
    pub fn take(&mut self, length: usize) -> Option<&[u8]> {
        let taken = self.bytes.get(self.at..)?.get(..length)?;
        self.at += length;
        Some(taken)
    }
}
