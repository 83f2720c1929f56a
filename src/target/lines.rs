//! Lines of a list, one at a time, each bounded.
//!
//! Takes any `BufRead`; gives lines without their ends, or what is wrong with one. Invariant: at most
//! [`LINE_LIMIT`] bytes of a line are ever held, however long it is. Must never import `wire` or anything above.

use std::io::BufRead;

use crate::base::capped::{Capped, read_line};

/// The longest line of a list, in bytes.
const LINE_LIMIT: usize = 8 << 10;

/// One line as it was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its text, byte order mark and line end gone.
    Text(String),
    /// It is longer than the limit.
    TooLong,
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
        let Some(line) = read_line(&mut self.reader, LINE_LIMIT)? else { return Ok(None) };
        self.number += 1;
        let Capped::Whole(mut line) = line else { return Ok(Some(Line::TooLong)) };
        if self.number == 1 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        Ok(Some(match String::from_utf8(line) {
            Ok(text) => Line::Text(text),
            Err(odd) => Line::NotUtf8(String::from_utf8_lossy(odd.as_bytes()).into_owned()),
        }))
    }
}
