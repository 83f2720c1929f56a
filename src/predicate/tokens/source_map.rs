//! Source maps (ECMA-426): where the texts of the original sources stand in the JSON, and where nothing but numbers does.
//!
//! Owns a scanner that steps over JSON without building it. Takes the bytes of a file; gives stretches of it. Invariant:
//! one pass, no recursion but for the sections of an indexed map. Must never import a folder above `expr`.

use std::ops::Range;

use super::decode;
use super::map::Written;

/// The most sources of a map.
const SOURCES: usize = 20_000;
/// How deep sections and the maps in them nest.
const SECTIONS: usize = 4;
/// Bytes of a source after which its lines are counted anew.
const STRIDE: usize = 16 << 10;

/// What is where in a source map.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The names of sources: the insides of JSON strings.
    names: Vec<Range<usize>>,
    /// The texts of sources, in the order of the names; empty where one is missing.
    pub texts: Vec<Range<usize>>,
    /// Encoded positions.
    pub mappings: Vec<Range<usize>>,
    /// Whether the version of the format is named.
    versioned: bool,
    /// Places in the texts, in their order, and how many lines of their source end before each.
    marks: Vec<(usize, usize)>,
}

impl Layout {
    /// The layout of a file, where it is a source map.
    pub(super) fn of(file: &[u8]) -> Option<Self> {
        let start = file.iter().take(64).position(|byte| *byte == b'{')?;
        memchr::memmem::find(file, b"\"mappings\"")?;
        let mut layout = Self::default();
        let mut scanner = Scanner { file, at: start };
        scanner.map(&mut layout, SECTIONS);
        if !layout.versioned || layout.mappings.is_empty() {
            return None;
        }
        layout.mark_lines(file);
        Some(layout)
    }

    /// The source that holds a byte of the file: its number.
    pub(super) fn source_at(&self, at: usize) -> Option<usize> {
        self.texts.iter().position(|range| range.start <= at && at < range.end)
    }

    /// Counts the lines of all texts once, so that the line of a byte is found near it.
    fn mark_lines(&mut self, file: &[u8]) {
        for range in self.texts.iter().filter(|range| range.len() > STRIDE) {
            let (mut lines, mut from) = (0, range.start);
            while let Some(rest) = file.get(from..range.end).filter(|rest| rest.len() > STRIDE) {
                let (seen, stepped) = escaped_lines(rest.get(..STRIDE).unwrap_or(rest));
                lines += seen;
                from += stepped;
                self.marks.push((from, lines));
            }
        }
        self.marks.sort_unstable();
    }

    /// The name of a source.
    pub(super) fn name(&self, file: &[u8], source: usize) -> Option<String> {
        let range = self.names.get(source)?.clone();
        let range = range.start..range.end.min(range.start + 1024);
        let mut name = Written::default();
        decode::escapes(file, range, &mut name);
        Some(String::from_utf8_lossy(&name.text).into_owned())
    }

    /// The line of a byte in its source, from 1: line ends are escaped in JSON.
    pub(super) fn line(&self, file: &[u8], source: usize, at: usize) -> usize {
        let Some(range) = self.texts.get(source) else { return 1 };
        let at = at.clamp(range.start, range.end);
        let mark = self.marks.get(..self.marks.partition_point(|(mark, _)| *mark <= at)).and_then(<[_]>::last);
        let (from, lines) = mark.filter(|(mark, _)| range.start <= *mark).copied().unwrap_or((range.start, 0));
        1 + lines + escaped_lines(file.get(from..at).unwrap_or_default()).0
    }
}

/// How many line ends are written in a stretch of a JSON string, and how long it is: no escape is cut in two.
fn escaped_lines(text: &[u8]) -> (usize, usize) {
    let (mut lines, mut from) = (0, 0);
    while let Some(found) = text.get(from..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        lines += usize::from(text.get(from + found + 1) == Some(&b'n'));
        from += found + 2;
    }
    (lines, from.max(text.len()))
}

/// Whether a byte is one of encoded positions: base64 digits and what stands between them.
fn is_of_positions(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/,;=".contains(byte)
}

struct Scanner<'f> {
    file: &'f [u8],
    at: usize,
}

impl Scanner<'_> {
    /// Reads an object that is a map.
    fn map(&mut self, layout: &mut Layout, depth: usize) -> Option<()> {
        self.expect(b'{')?;
        let before = layout.names.len().max(layout.texts.len());
        layout.names.resize(before, 0..0);
        layout.texts.resize(before, 0..0);
        loop {
            match self.peek()? {
                b'}' => break,
                b',' => self.at += 1,
                _ => self.member(layout, depth)?,
            }
        }
        self.at += 1;
        Some(())
    }

    fn member(&mut self, layout: &mut Layout, depth: usize) -> Option<()> {
        let key = self.string()?;
        self.expect(b':')?;
        match self.file.get(key)? {
            b"sources" => self.strings(&mut layout.names),
            b"sourcesContent" => self.strings(&mut layout.texts),
            b"mappings" if self.peek()? == b'"' => {
                let mappings = self.string()?;
                // What holds more than positions is read like any other text.
                if self.file.get(mappings.clone())?.iter().all(is_of_positions) {
                    layout.mappings.push(mappings);
                }
                Some(())
            }
            b"version" => {
                let from = self.at;
                self.skip()?;
                let version = self.file.get(from..self.at).unwrap_or_default().trim_ascii();
                layout.versioned |= matches!(version, b"3" | b"\"3\"");
                Some(())
            }
            b"sections" if depth > 0 && self.peek()? == b'[' => self.sections(layout, depth - 1),
            b"map" if (1..SECTIONS).contains(&depth) && self.peek()? == b'{' => self.map(layout, depth - 1),
            _ => self.skip(),
        }
    }

    fn sections(&mut self, layout: &mut Layout, depth: usize) -> Option<()> {
        self.expect(b'[')?;
        loop {
            match self.peek()? {
                b']' => break,
                b'{' => self.map(layout, depth)?,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(())
    }

    /// A list of strings; what is no string has an empty place.
    fn strings(&mut self, into: &mut Vec<Range<usize>>) -> Option<()> {
        if self.peek()? != b'[' {
            return self.skip();
        }
        self.at += 1;
        loop {
            match self.peek()? {
                b']' => break,
                b',' => self.at += 1,
                b'"' => {
                    let string = self.string()?;
                    into.push(string);
                }
                _ => {
                    let from = self.at;
                    self.skip().filter(|()| self.at > from)?;
                    into.push(0..0);
                }
            }
            into.truncate(SOURCES);
        }
        self.at += 1;
        Some(())
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while self.file.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        self.file.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// The inside of a string.
    fn string(&mut self) -> Option<Range<usize>> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            let found = memchr::memchr2(b'"', b'\\', self.file.get(self.at..)?)?;
            self.at += found;
            if self.file.get(self.at) == Some(&b'"') {
                self.at += 1;
                return Some(start..self.at - 1);
            }
            self.at += 2;
        }
    }

    /// Steps over a value.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth == 0 => return Some(()),
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                b',' => return Some(()),
                _ => self.at += 1,
            }
            if depth == 0 && matches!(self.file.get(self.at), None | Some(b',' | b'}' | b']')) {
                return Some(());
            }
        }
    }
}
