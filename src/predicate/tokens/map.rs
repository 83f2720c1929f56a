//! Offset maps: from the bytes of a decoded text back to the bytes that it was decoded from.
//!
//! Owns [`Written`], a decoded text while it is made, and [`OffsetMap`]. Invariant: a map is monotone, and whatever range of
//! the decoded text is asked for lies within the original. Must never import a folder above `expr`.

use std::ops::Range;

/// How a stretch of the decoded text came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// Byte for byte.
    Same,
    /// As a whole, of so many bytes.
    Unit(u32),
    /// Three bytes of four characters each.
    Base64,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    /// Where the stretch begins in the decoded text.
    at: u32,
    /// Where it begins in the original.
    from: u32,
    how: How,
}

/// From a decoded text back to its original.
#[derive(Debug, Clone, Default)]
pub(super) struct OffsetMap(Vec<Step>);

impl OffsetMap {
    /// The bytes of the original of which a range of the decoded text was made.
    pub(super) fn back(&self, range: Range<usize>) -> Range<usize> {
        let start = self.begin(range.start);
        let end = if range.is_empty() { start } else { self.end_of(range.end - 1) };
        start..end.max(start)
    }

    fn step(&self, at: usize) -> Option<Step> {
        let next = self.0.partition_point(|step| step.at as usize <= at);
        next.checked_sub(1).and_then(|index| self.0.get(index)).copied()
    }

    /// Where the byte begins of which the decoded byte was made.
    fn begin(&self, at: usize) -> usize {
        let Some(step) = self.step(at) else { return at };
        let (from, past) = (step.from as usize, at - step.at as usize);
        match step.how {
            How::Same => from + past,
            How::Unit(_) => from,
            How::Base64 => from + past / 3 * 4 + past % 3,
        }
    }

    /// Where the last byte ends of which the decoded byte was made.
    fn end_of(&self, at: usize) -> usize {
        let Some(step) = self.step(at) else { return at + 1 };
        let (from, past) = (step.from as usize, at - step.at as usize);
        match step.how {
            How::Same => from + past + 1,
            How::Unit(width) => from + width as usize,
            How::Base64 => from + past / 3 * 4 + past % 3 + 2,
        }
    }
}

/// A decoded text and its map while they are made.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The decoded text.
    pub text: Vec<u8>,
    /// The way back.
    pub map: OffsetMap,
}

/// What stands between stretches that were not next to each other: no token holds it.
const BREAK: &[u8] = b"\n\0\n";

impl Written {
    /// A stretch that stays as it is; `from` says where it stands.
    pub(super) fn same(&mut self, bytes: &[u8], from: usize) {
        if !bytes.is_empty() {
            self.step(from, How::Same);
            self.text.extend_from_slice(bytes);
        }
    }

    /// A stretch that became these bytes.
    pub(super) fn unit(&mut self, bytes: &[u8], from: Range<usize>) {
        if !bytes.is_empty() {
            let width = u32::try_from(from.len()).unwrap_or(u32::MAX);
            self.step(from.start, How::Unit(width));
            self.text.extend_from_slice(bytes);
        }
    }

    /// What base64 of unbroken characters became.
    pub(super) fn base64(&mut self, bytes: &[u8], from: usize) {
        self.step(from, How::Base64);
        self.text.extend_from_slice(bytes);
    }

    /// The end of a stretch: what follows does not follow it in the original.
    pub(super) fn cut(&mut self, at: usize) {
        if !self.text.is_empty() {
            self.unit(BREAK, at..at);
        }
    }

    /// How far it has come, for [`Written::forget`].
    pub(super) fn mark(&self) -> (usize, usize) {
        (self.text.len(), self.map.0.len())
    }

    /// Forgets what was written after a mark.
    pub(super) fn forget(&mut self, (text, steps): (usize, usize)) {
        self.text.truncate(text);
        self.map.0.truncate(steps);
    }

    fn step(&mut self, from: usize, how: How) {
        let (Ok(at), Ok(from)) = (u32::try_from(self.text.len()), u32::try_from(from)) else { return };
        let goes_on = self
            .map
            .0
            .last()
            .is_some_and(|last| last.how == How::Same && how == How::Same && last.from + (at - last.at) == from);
        if !goes_on {
            self.map.0.push(Step { at, from, how });
        }
    }
}
