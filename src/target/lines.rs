//! Lines of a list, one at a time, each bounded.
//!
//! Takes any `BufRead`; gives lines without their ends, or what is wrong with one. Invariant: at most
//! [`LINE_LIMIT`] bytes of a line are ever held, however long it is. Must never import `wire` or anything above.

use std::io::BufRead;

/// The longest line of a list, in bytes.
pub(super) const LINE_LIMIT: usize = 8 << 10;

/// One line as it was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its text, byte order mark and line end gone.
    Text(String),
    /// Its beginning: it is longer than the limit.
    TooLong(String),
    /// Its text with invalid bytes replaced.
    NotUtf8(String),
}

/// Reads lines and counts them.
pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
    number: usize,
}

impl Lines {
    pub fn new(reader: Box<dyn BufRead + Send>) -> Self {
        Self { reader, number: 0 }
    }

    /// The number of the line read last, from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The next line; `None` at the end.
    pub fn next(&mut self) -> std::io::Result<Option<Line>> {
        let mut line = Vec::new();
        let Some(whole) = read_line(&mut *self.reader, &mut line, LINE_LIMIT)? else { return Ok(None) };
        self.number += 1;
        if self.number == 1 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some(match String::from_utf8(line) {
            Ok(text) if whole => Line::Text(text),
            Ok(text) => Line::TooLong(text),
            Err(odd) if whole => Line::NotUtf8(String::from_utf8_lossy(odd.as_bytes()).into_owned()),
            Err(cut) => Line::TooLong(String::from_utf8_lossy(cut.as_bytes()).into_owned()),
        }))
    }
}

/// Reads to the next line feed, appending at most `limit` bytes; gives whether those were all, or `None` at the end.
///
/// # Errors
/// Those of the reader.
pub fn read_line(reader: &mut dyn BufRead, line: &mut Vec<u8>, limit: usize) -> std::io::Result<Option<bool>> {
    let (mut any, mut whole) = (false, true);
    loop {
        let chunk = match reader.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(any.then_some(whole));
        }
        any = true;
        let end = memchr::memchr(b'\n', chunk);
        let piece = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or(chunk);
        let room = limit.saturating_sub(line.len());
        whole &= piece.len() <= room;
        line.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or(piece));
        let used = end.map_or(chunk.len(), |at| at + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(Some(whole));
        }
    }
}
