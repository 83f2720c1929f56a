//! Places in source text: byte spans, and the file they point into.
//!
//! Owns the translation from a byte offset to line and column (both from 1; columns count characters).
//! Invariant: translating any offset, even one beyond the end, never panics. Must never import another folder.

use std::sync::Arc;

/// A half-open range of bytes in a source file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, both in bytes.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A named text that spans point into.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The name shown to people: the path as the user gave it, or a label such as `--header`.
    pub name: Arc<str>,
    /// The whole text, or an excerpt of it.
    pub text: Arc<str>,
    first_line: usize,
}

impl SourceFile {
    /// A file of that name and text.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self::excerpt(name, 1, text)
    }

    /// Some lines of a file that is not held as a whole; the first of them is line `first_line` of the file (from 1).
    pub fn excerpt(name: impl Into<Arc<str>>, first_line: usize, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), first_line: first_line.max(1) }
    }

    /// Line and column (from 1) of a byte offset; an offset beyond the end is the end.
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let before = self.before(offset);
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + self.first_line;
        let start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |at| at + 1);
        (line, before.get(start..).unwrap_or("").chars().count() + 1)
    }

    /// The text of a line (from 1), without its line break; empty where there is none.
    pub fn line(&self, number: usize) -> &str {
        let index = number.saturating_sub(self.first_line);
        self.text.split('\n').nth(index).unwrap_or("").trim_end_matches('\r')
    }

    /// The text a span covers, cut to whole characters.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.before(span.start).len();
        let end = self.before(span.end).len();
        self.text.get(start..end).unwrap_or("")
    }

    fn before(&self, offset: u32) -> &str {
        let mut at = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        self.text.get(..at).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_survive_any_offset() {
        let file = SourceFile::new("a", "é=1\nb");
        assert_eq!(file.position(0), (1, 1));
        assert_eq!(file.position(1), (1, 1), "inside a character is its start");
        assert_eq!(file.position(2), (1, 2));
        assert_eq!(file.position(5), (2, 1));
        assert_eq!(file.position(999), (2, 2));
        assert_eq!(file.line(2), "b");
        assert_eq!(file.line(9), "");
        let excerpt = SourceFile::excerpt("a", 17, "x\ny");
        assert_eq!((excerpt.position(2), excerpt.line(18)), ((18, 1), "y"));
    }
}
