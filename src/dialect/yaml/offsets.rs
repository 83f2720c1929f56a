//! From the parser's positions, which count characters, to bytes.
//!
//! Invariant: every answer is a character boundary of the text. An ASCII text costs nothing; any other keeps the byte
//! of every 64th character. Must never import a dialect.

const STEP: usize = 64;

/// The bytes at which characters begin.
pub(super) struct Offsets<'a> {
    text: &'a str,
    /// Bytes that the parser never saw: a byte order mark.
    skipped: usize,
    /// The byte of every 64th character; empty for ASCII.
    marks: Vec<u32>,
}

impl<'a> Offsets<'a> {
    /// Of a text whose first `skipped` bytes the parser does not see.
    pub(super) fn new(text: &'a str, skipped: usize) -> Self {
        let text = text.get(skipped..).unwrap_or("");
        let mut marks = Vec::new();
        if !text.is_ascii() {
            let every = text.char_indices().step_by(STEP);
            marks.extend(every.map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)));
        }
        Self { text, skipped, marks }
    }

    /// The byte, in the whole text, of a character's index.
    pub(super) fn byte(&self, index: usize) -> usize {
        if self.marks.is_empty() {
            return self.skipped + index.min(self.text.len());
        }
        let Some(mark) = self.marks.get(index / STEP) else { return self.skipped + self.text.len() };
        let mark = *mark as usize;
        let rest = self.text.get(mark..).unwrap_or("");
        let within = rest.char_indices().nth(index % STEP).map_or(rest.len(), |(at, _)| at);
        self.skipped + mark + within
    }
}
