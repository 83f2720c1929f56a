//! The characters that the parser reads, metered.
//!
//! The parser looks ahead without bound where a flow collection might be a key, and keeps what it has read as tokens.
//! The meter counts its steps between two events and, when they are too many, ends the text: the parser stops wherever
//! it is. Invariant: never reads beyond the text. Must never import a dialect.

use std::cell::Cell;

use saphyr_parser::Input;
use saphyr_parser::input::{SkipTabs, is_blank, is_blank_or_breakz, is_breakz, is_flow};

/// The parser's buffer size: what it reserves for each plain scalar.
const BUFFER: usize = 30;

/// Counts the parser's steps between two events.
pub(super) struct Meter {
    steps: Cell<usize>,
    limit: usize,
}

impl Meter {
    pub(super) fn new(limit: usize) -> Self {
        Self { steps: Cell::new(0), limit }
    }

    /// Begins a new count.
    pub(super) fn reset(&self) {
        self.steps.set(0);
    }

    /// Whether the text was ended early.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps.get() > self.limit
    }
}

/// The text as the parser's input.
pub(super) struct Chars<'a> {
    text: &'a str,
    at: usize,
    meter: &'a Meter,
}

impl<'a> Chars<'a> {
    pub(super) fn new(text: &'a str, meter: &'a Meter) -> Self {
        Self { text, at: 0, meter }
    }

    #[inline]
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Goes to the end of the line; gives the characters passed over.
    fn skip_line(&mut self) -> usize {
        let rest = self.rest();
        let end = memchr::memchr3(b'\n', b'\r', 0, rest.as_bytes()).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).map_or(0, |line| if line.is_ascii() { line.len() } else { line.chars().count() })
    }
}

impl Input for Chars<'_> {
    #[inline]
    fn lookahead(&mut self, count: usize) {
        // Each token and each word of a text looks four characters ahead exactly once.
        if count == 4 {
            self.meter.steps.set(self.meter.steps.get() + 1);
            if self.meter.is_exhausted() {
                self.at = self.text.len();
            }
        }
    }

    #[inline]
    fn buflen(&self) -> usize {
        BUFFER
    }

    #[inline]
    fn bufmaxlen(&self) -> usize {
        BUFFER
    }

    #[inline]
    fn raw_read_ch(&mut self) -> char {
        let c = self.peek();
        self.skip();
        c
    }

    #[inline]
    fn raw_read_non_breakz_ch(&mut self) -> Option<char> {
        let c = self.peek();
        if is_breakz(c) {
            return None;
        }
        self.skip();
        Some(c)
    }

    #[inline]
    fn skip(&mut self) {
        if self.at < self.text.len() {
            self.at += match self.byte() {
                0..0x80 => 1,
                0x80..0xe0 => 2,
                0xe0..0xf0 => 3,
                _ => 4,
            };
        }
    }

    #[inline]
    fn skip_n(&mut self, count: usize) {
        for _ in 0..count {
            self.skip();
        }
    }

    #[inline]
    fn peek(&self) -> char {
        match self.byte() {
            byte @ 0..0x80 => char::from(byte),
            _ => self.rest().chars().next().unwrap_or('\0'),
        }
    }

    #[inline]
    fn peek_nth(&self, n: usize) -> char {
        let ahead = self.text.as_bytes().get(self.at..=self.at.saturating_add(n));
        match ahead {
            Some(bytes) if bytes.is_ascii() => bytes.last().copied().map_or('\0', char::from),
            _ => self.rest().chars().nth(n).unwrap_or('\0'),
        }
    }

    fn skip_ws_to_eol(&mut self, skip_tabs: SkipTabs) -> (usize, Result<SkipTabs, &'static str>) {
        let start = self.at;
        let (mut tabs, mut spaces) = (false, false);
        loop {
            match self.byte() {
                b' ' => spaces = true,
                b'\t' if skip_tabs != SkipTabs::No => tabs = true,
                _ => break,
            }
            self.at += 1;
        }
        let blanks = self.at - start;
        if self.byte() != b'#' {
            return (blanks, Ok(SkipTabs::Result(tabs, spaces)));
        }
        if blanks == 0 {
            return (0, Err("comments must be separated from other tokens by whitespace"));
        }
        (blanks + self.skip_line(), Ok(SkipTabs::Result(tabs, spaces)))
    }

    #[inline]
    fn next_can_be_plain_scalar(&self, in_flow: bool) -> bool {
        match self.byte() {
            b':' => {
                let next = self.text.as_bytes().get(self.at + 1).map_or('\0', |byte| char::from(*byte));
                !(is_blank_or_breakz(next) || (in_flow && is_flow(next)))
            }
            byte => !(in_flow && is_flow(char::from(byte))),
        }
    }

    #[inline]
    fn next_is_blank(&self) -> bool {
        is_blank(char::from(self.byte()))
    }

    #[inline]
    fn next_is_blank_or_breakz(&self) -> bool {
        is_blank_or_breakz(char::from(self.byte()))
    }

    fn skip_while_non_breakz(&mut self) -> usize {
        self.skip_line()
    }
}
