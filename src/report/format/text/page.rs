//! Lines of text, wrapped and coloured.
//!
//! Owns indentation, wrapping by terminal cells and colour. Takes text that an encoder of `Untrusted` or this program made;
//! gives one block of lines. Invariant: no line ends in a space, and without colour there is no escape sequence.
//! Must never import a folder above `base`.

use unicode_width::UnicodeWidthStr as _;

use crate::base::{Severity, Untrusted};
use crate::score::Grade;

/// How a piece of text looks where colour is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Bold,
    Dim,
    Red,
    BoldRed,
    Yellow,
    Cyan,
    Green,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31",
            Self::BoldRed => "1;31",
            Self::Yellow => "33",
            Self::Cyan => "36",
            Self::Green => "32",
        }
    }

    /// The style of a severity.
    pub(super) fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self::BoldRed,
            Severity::High => Self::Red,
            Severity::Medium => Self::Yellow,
            Severity::Low => Self::Cyan,
            Severity::Info => Self::Dim,
        }
    }

    /// The style of a grade.
    pub(super) fn of_grade(grade: Grade) -> Self {
        match grade {
            Grade::APlus | Grade::A | Grade::B => Self::Green,
            Grade::C | Grade::D => Self::Yellow,
            Grade::F => Self::BoldRed,
            Grade::Unknown => Self::Dim,
        }
    }
}

/// A piece of a line: encoded text and its style.
pub(super) type Piece<'a> = (&'a str, Style);

/// A block of lines in the making.
pub(super) struct Page {
    text: String,
    width: usize,
    colour: bool,
}

impl Page {
    /// An empty block for lines of that many cells.
    pub(super) fn new(width: usize, colour: bool) -> Self {
        Self { text: String::new(), width: width.max(40), colour }
    }

    /// Cells of a line.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The block.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// An empty line, unless the block begins or the last line is empty.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// One line, not wrapped.
    pub(super) fn line(&mut self, indent: usize, pieces: &[Piece<'_>]) {
        let last = pieces.iter().rposition(|(text, _)| !text.trim_end().is_empty());
        let Some(last) = last else { return self.text.push('\n') };
        self.text.push_str(&" ".repeat(indent));
        for (at, (text, style)) in pieces.iter().enumerate().take(last + 1) {
            self.paint(if at == last { text.trim_end() } else { text }, *style);
        }
        self.text.push('\n');
    }

    /// One line with a piece at each end; on two lines where both do not fit.
    pub(super) fn spread(&mut self, left: Piece<'_>, right: &[Piece<'_>]) {
        let taken = left.0.width() + right.iter().map(|(text, _)| text.width()).sum::<usize>();
        match self.width.checked_sub(taken) {
            Some(gap) if gap >= 2 => {
                let gap = " ".repeat(gap);
                let pieces: Vec<_> =
                    [left, (gap.as_str(), Style::Plain)].into_iter().chain(right.iter().copied()).collect();
                self.line(0, &pieces);
            }
            _ => {
                self.line(0, &[left]);
                self.line(0, right);
            }
        }
    }

    /// Text that is wrapped, behind a first piece that stands at `indent`; the text hangs at column `hang`.
    pub(super) fn hanging(&mut self, indent: usize, first: Piece<'_>, hang: usize, text: Piece<'_>) {
        let room = self.width.saturating_sub(hang).max(16);
        let gap = hang.saturating_sub(indent).saturating_sub(first.0.width());
        let lead = format!("{}{}", first.0, " ".repeat(gap));
        for (at, line) in wrap(text.0, room).iter().enumerate() {
            match at {
                0 => self.line(indent, &[(&lead, first.1), (line, text.1)]),
                _ => self.line(hang, &[(line, text.1)]),
            }
        }
    }

    fn paint(&mut self, text: &str, style: Style) {
        // Padding is never painted, so that no escape sequence stands between a line's last character and its end.
        let code = style.code();
        if !self.colour || code.is_empty() || text.trim().is_empty() {
            return self.text.push_str(text);
        }
        let shown = text.trim_end();
        let _ = std::fmt::Write::write_fmt(&mut self.text, format_args!("\x1b[{code}m{shown}\x1b[0m"));
        self.text.push_str(text.get(shown.len()..).unwrap_or(""));
    }
}

/// Encoded text of an author or a target in one line of bounded length.
pub(super) fn shown(text: impl AsRef<[u8]>) -> String {
    Untrusted(text).terminal_short(400)
}

/// The lines of a text that an author wrote over several lines, each encoded; outer empty lines are dropped.
pub(super) fn shown_lines(text: &str) -> Vec<String> {
    text.trim_end()
        .lines()
        .skip_while(|line| line.trim().is_empty())
        .map(|line| Untrusted(line).terminal_short(2000))
        .collect()
}

/// A number with its noun.
pub(super) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A number with its thousands set apart.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Breaks a text at spaces into lines of at most `room` cells. A word that is wider than that is broken where it must be.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        while line.width() > room {
            let rest = line.split_off(cut(&line, room));
            lines.push(std::mem::replace(&mut line, rest));
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The byte at which a text must be cut to fit; at least one character stays.
fn cut(text: &str, room: usize) -> usize {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let fits = |end: &usize| text.get(..*end).is_some_and(|part| part.width() <= room);
    let first = text.chars().next().map_or(0, char::len_utf8);
    ends.take_while(fits).last().unwrap_or(first).max(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_wrap_by_cells() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("日本語 日本語", 6), ["日本語", "日本語"]);
        assert_eq!(wrap("", 6), [""]);
    }

    #[test]
    fn colour_never_paints_padding() {
        let mut page = Page::new(80, true);
        page.hanging(2, ("HIGH", Style::Red), 12, ("a title", Style::Bold));
        assert_eq!(page.into_text(), "  \x1b[31mHIGH\x1b[0m      \x1b[1ma title\x1b[0m\n");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_too_wide(text in "[a-z日 ]{0,60}", room in 16usize..40) {
            let lines = wrap(&text, room);
            let squeeze = |text: &str| text.replace(' ', "");
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
            prop_assert!(lines.iter().all(|line| line.width() <= room && line.trim_end() == line));
        }
    }
}
