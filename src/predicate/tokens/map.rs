//! Offset maps: from the bytes of a decoded text back to the bytes that it was decoded from.
//!
//! Owns [`Written`], a decoded text while it is made, and [`OffsetMap`]. Invariant: a map is monotone, and whatever range of
//! the decoded text is asked for lies within the original. Must never import a folder above `expr`.

use std::ops::Range;

/// A stretch of the decoded text: its first bytes came of some bytes of the original as a whole, all others byte for byte.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// Where the stretch begins in the decoded text.
    at: u32,
    /// Where it begins in the original.
    from: u32,
    /// How many bytes came about as a whole; [`BASE64`]: three bytes of four characters each, to the end of the stretch.
    made: u16,
    /// Of how many bytes of the original.
    width: u16,
}

/// Marks a stretch of base64.
const BASE64: u16 = u16::MAX;

impl Step {
    /// The bytes of the original of which a byte of the decoded text was made.
    fn back(&self, at: usize) -> Range<usize> {
        let (from, past) = (self.from as usize, at - self.at as usize);
        let (made, width) = (usize::from(self.made), usize::from(self.width));
        if self.made == BASE64 {
            let start = from + past / 3 * 4 + past % 3;
            start..start + 2
        } else if past < made {
            from..from + width
        } else {
            let start = from + width + past - made;
            start..start + 1
        }
    }
}

/// Bytes that a step of a map takes.
const STEP: usize = size_of::<Step>();

/// From a decoded text back to its original.
#[derive(Debug, Clone, Default)]
pub(super) struct OffsetMap(Vec<Step>);

impl OffsetMap {
    /// The bytes of the original of which a range of the decoded text was made.
    pub(super) fn back(&self, range: Range<usize>) -> Range<usize> {
        let start = self.byte(range.start).start;
        let end = if range.is_empty() { start } else { self.byte(range.end - 1).end };
        start..end.max(start)
    }

    /// The bytes of the original of which one byte of the decoded text was made.
    fn byte(&self, at: usize) -> Range<usize> {
        let next = self.0.partition_point(|step| step.at as usize <= at);
        let step = next.checked_sub(1).and_then(|index| self.0.get(index));
        step.map_or(at..at + 1, |step| step.back(at))
    }
}

/// A decoded text and its map while they are made.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The decoded text.
    pub text: Vec<u8>,
    /// The way back.
    pub map: OffsetMap,
    /// Bytes of memory from which on no more is written.
    pub most: Option<usize>,
}

/// What stands between stretches that were not next to each other: no token holds it.
const BREAK: &[u8] = b"\n\0\n";

impl Written {
    /// A stretch that stays as it is; `from` says where it stands.
    pub(super) fn same(&mut self, bytes: &[u8], from: usize) {
        if bytes.is_empty() {
            return;
        }
        let goes_on = self.map.0.last().is_some_and(|last| {
            let whole = last.at as usize + usize::from(last.made);
            last.made != BASE64 && whole <= self.text.len() && last.back(self.text.len()).start == from
        });
        if !goes_on {
            self.step(from, 0, 0);
        }
        self.text.extend_from_slice(bytes);
    }

    /// A stretch that became these few bytes.
    pub(super) fn unit(&mut self, bytes: &[u8], from: Range<usize>) {
        let made = u16::try_from(bytes.len()).ok().filter(|made| *made > 0 && *made != BASE64);
        if let (Some(made), Ok(width)) = (made, u16::try_from(from.len())) {
            self.step(from.start, made, width);
            self.text.extend_from_slice(bytes);
        }
    }

    /// What base64 of unbroken characters became.
    pub(super) fn base64(&mut self, bytes: &[u8], from: usize) {
        self.step(from, BASE64, 0);
        self.text.extend_from_slice(bytes);
    }

    /// Whether nothing more is to be written.
    pub(super) fn is_full(&self) -> bool {
        self.most.is_some_and(|most| self.weight() > most)
    }

    /// Bytes of memory that text and map take.
    pub(super) fn weight(&self) -> usize {
        self.text.len() + self.map.0.len() * STEP
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

    fn step(&mut self, from: usize, made: u16, width: u16) {
        if let (Ok(at), Ok(from)) = (u32::try_from(self.text.len()), u32::try_from(from)) {
            self.map.0.push(Step { at, from, made, width });
        }
    }
}
