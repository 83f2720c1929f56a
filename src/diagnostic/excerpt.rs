//! A source line as a terminal shows it, and where in it a span lies.
//!
//! Takes a line and spans in bytes, gives printable text and cell columns. Invariant: the text holds no character that
//! moves the cursor, however hostile the line, and is never wider than [`WIDTH`] cells. Must never import a folder
//! above `base`.

use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

use crate::base::Untrusted;

/// The most cells that an excerpt takes.
pub(super) const WIDTH: usize = 120;
/// Cells kept before a mark in a line that must be cut.
const LEAD: usize = 40;
const TAB: usize = 4;

/// What is shown of a line.
pub(super) struct Excerpt {
    /// The printable text, cut ends as `…`.
    pub text: String,
    /// The cells that each mark covers, in the order given; at least one cell each.
    pub marks: Vec<Range<usize>>,
}

/// Whether a line must be cut to be shown, so that each mark wants an excerpt of its own.
pub(super) fn is_long(line: &str) -> bool {
    line.len() > WIDTH && (line.len() > WIDTH * 8 || line.chars().map(|c| cells(c).1).sum::<usize>() > WIDTH)
}

/// The part of a line around the first of some marks (byte ranges of the line).
pub(super) fn excerpt(line: &str, marks: &[Range<usize>]) -> Excerpt {
    let focus = marks.first().map_or(0, |mark| mark.start.min(line.len()));
    let start = if is_long(line) { window_start(line, focus) } else { 0 };
    let mut text = String::new();
    let mut width = 0;
    if start > 0 {
        text.push('…');
        width = 1;
    }
    let mut columns = vec![None::<Range<usize>>; marks.len()];
    let mut at = start;
    for c in line.get(start..).unwrap_or("").chars() {
        let (shown, cells) = cells(c);
        if width + cells + 1 > WIDTH {
            text.push('…');
            break;
        }
        let end = at + c.len_utf8();
        for (mark, column) in marks.iter().zip(&mut columns) {
            if mark.start < end && at < mark.end.max(mark.start + 1) {
                column.get_or_insert(width..width).end = width + cells;
            }
        }
        text.push_str(&shown);
        width += cells;
        at = end;
    }
    let beyond = |mark: &Range<usize>| if mark.start < start { 0..1 } else { width..width + 1 };
    let marks = marks.iter().zip(columns).map(|(mark, found)| found.unwrap_or_else(|| beyond(mark)));
    let marks = marks.map(|mark| mark.start..mark.end.max(mark.start + 1)).collect();
    Excerpt { text, marks }
}

/// The byte from which a long line is shown so that `focus` lies within.
fn window_start(line: &str, focus: usize) -> usize {
    let focus = (0..=focus).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
    let before = line.get(..focus).unwrap_or("");
    let mut width = 0;
    for (at, c) in before.char_indices().rev() {
        width += cells(c).1;
        if width > LEAD {
            return at + c.len_utf8();
        }
    }
    0
}

/// How a character is shown, and how many cells that takes.
fn cells(c: char) -> (String, usize) {
    if c == '\t' {
        return (" ".repeat(TAB), TAB);
    }
    let shown = Untrusted(c.encode_utf8(&mut [0; 4])).terminal();
    let width = if shown.len() == c.len_utf8() { c.width().unwrap_or(0) } else { shown.len() };
    (shown, width)
}
