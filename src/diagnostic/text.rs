//! Diagnostics as text with carets, as compilers print them.
//!
//! Takes a [`Diagnostic`], gives lines for a terminal, coloured on demand. Invariant: everything that comes from a file
//! or a target passes an encoder of [`Untrusted`], so the output moves no cursor. Must never import a folder above `base`.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use super::excerpt::{excerpt, is_long};
use super::{Diagnostic, Label, Level};
use crate::base::{SourceFile, Untrusted};

/// The most labels that are drawn.
const MAX_LABELS: usize = 16;

/// One diagnostic as text: code and title, each labelled line with its carets, the help. Ends with a line break.
pub fn render_text(diagnostic: &Diagnostic, color: bool) -> String {
    let paint = Paint { color, level: diagnostic.level };
    let mut out = paint.level(&format!("{}[{}]", diagnostic.level.name(), diagnostic.code));
    let _ = writeln!(out, "{}", paint.bold(&format!(": {}", Untrusted(&diagnostic.title).terminal())));
    let spots: Vec<Spot<'_>> = diagnostic.labels.iter().take(MAX_LABELS).enumerate().map(Spot::new).collect();
    let gutter = spots.iter().map(|spot| spot.line.to_string().len()).max().unwrap_or(0).max(1);
    for (nth, file) in files(&spots).into_iter().enumerate() {
        push_file(&mut out, paint, gutter, nth, &file);
    }
    if let Some(help) = &diagnostic.help {
        push_help(&mut out, paint, gutter, help, spots.is_empty());
    }
    out
}

/// A label with its place worked out.
#[derive(Clone)]
struct Spot<'a> {
    primary: bool,
    source: &'a SourceFile,
    line: usize,
    column: usize,
    /// Bytes of the line that are meant.
    bytes: Range<usize>,
    message: &'a str,
}

impl<'a> Spot<'a> {
    fn new((nth, label): (usize, &'a Label)) -> Self {
        let source = &label.source;
        let (line, column) = source.position(label.span.start);
        let offset = (label.span.start as usize).min(source.text.len());
        let before = source.text.as_bytes().get(..offset).unwrap_or(&[]);
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let start = offset - line_start;
        let length = label.span.end.saturating_sub(label.span.start) as usize;
        let end = (start + length).min(source.line(line).len()).max(start);
        Self { primary: nth == 0, source, line, column, bytes: start..end, message: &label.message }
    }
}

/// The spots by file, the primary one's file first; within a file by line.
fn files<'a, 'b>(spots: &'b [Spot<'a>]) -> Vec<Vec<&'b Spot<'a>>> {
    let mut files: Vec<Vec<&Spot<'a>>> = Vec::new();
    let same = |a: &SourceFile, b: &SourceFile| a.name == b.name && Arc::ptr_eq(&a.text, &b.text);
    for spot in spots {
        match files.iter_mut().find(|file| file.first().is_some_and(|first| same(first.source, spot.source))) {
            Some(file) => file.push(spot),
            None => files.push(vec![spot]),
        }
    }
    for file in &mut files {
        file.sort_by_key(|spot| spot.line);
    }
    files
}

fn push_file(out: &mut String, paint: Paint, gutter: usize, nth: usize, file: &[&Spot<'_>]) {
    let Some(head) = file.iter().find(|spot| spot.primary).or(file.first()) else { return };
    let arrow = if nth == 0 { "-->" } else { ":::" };
    let name = Untrusted(&*head.source.name).terminal();
    let _ = writeln!(out, "{:gutter$}{} {name}:{}:{}", "", paint.frame(arrow), head.line, head.column);
    let _ = writeln!(out, "{:gutter$} {}", "", paint.frame("|"));
    let mut shown = 0;
    for group in file.chunk_by(|a, b| a.line == b.line) {
        let Some(first) = group.first() else { continue };
        if shown > 0 && first.line > shown + 1 {
            let _ = writeln!(out, "{}", paint.frame("..."));
        }
        let line = first.source.line(first.line);
        if is_long(line) {
            group.iter().for_each(|spot| push_line(out, paint, gutter, line, &[spot]));
        } else {
            push_line(out, paint, gutter, line, group);
        }
        shown = first.line;
    }
}

fn push_line(out: &mut String, paint: Paint, gutter: usize, line: &str, spots: &[&Spot<'_>]) {
    let marks: Vec<Range<usize>> = spots.iter().map(|spot| spot.bytes.clone()).collect();
    let shown = excerpt(line, &marks);
    let number = spots.first().map_or(0, |spot| spot.line);
    let text = if shown.text.is_empty() { String::new() } else { format!(" {}", shown.text) };
    let _ = writeln!(out, "{}{text}", paint.frame(&format!("{number:>gutter$} |")));
    for (spot, mark) in spots.iter().zip(shown.marks) {
        let carets = if spot.primary { "^" } else { "-" }.repeat(mark.end - mark.start);
        let message = Untrusted(spot.message).terminal();
        let marked = if message.is_empty() { carets } else { format!("{carets} {message}") };
        let marked = if spot.primary { paint.level(&marked) } else { paint.frame(&marked) };
        let _ = writeln!(out, "{:gutter$} {} {:indent$}{marked}", "", paint.frame("|"), "", indent = mark.start);
    }
}

fn push_help(out: &mut String, paint: Paint, gutter: usize, help: &str, bare: bool) {
    if !bare {
        let _ = writeln!(out, "{:gutter$} {}", "", paint.frame("|"));
    }
    for (nth, line) in help.lines().enumerate() {
        let line = Untrusted(line).terminal();
        let head = if nth == 0 { format!("{} {}", paint.frame("="), paint.bold("help:")) } else { "       ".into() };
        let _ = writeln!(out, "{:gutter$} {head} {line}", "");
    }
}

/// Colours, or none.
#[derive(Clone, Copy)]
struct Paint {
    color: bool,
    level: Level,
}

impl Paint {
    fn level(self, text: &str) -> String {
        self.with(if self.level == Level::Error { "1;31" } else { "1;33" }, text)
    }

    fn frame(self, text: &str) -> String {
        self.with("1;34", text)
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;
    use crate::diagnostic::Blame;

    fn error(title: &str) -> Diagnostic {
        Diagnostic::error("R0107", Blame::RuleAuthor, title)
    }

    fn span_of(source: &SourceFile, text: &str) -> Span {
        let start = source.text.find(text).expect("the text is in the source");
        Span::new(start, start + text.len())
    }

    #[test]
    fn one_label_with_help() {
        let source = SourceFile::new("rules/a.yaml", "id: a\nmatch:\n  mathcers: [x]\n");
        let shown = error("unknown key `mathcers`")
            .at(&source, span_of(&source, "mathcers"), "did you mean `matches`?")
            .help("all keys are listed\nby `outsight schema`");
        let expected = "\
error[R0107]: unknown key `mathcers`
 --> rules/a.yaml:3:3
  |
3 |   mathcers: [x]
  |   ^^^^^^^^ did you mean `matches`?
  |
  = help: all keys are listed
          by `outsight schema`
";
        assert_eq!(render_text(&shown, false), expected);
    }

    #[test]
    fn several_labels_in_lines_and_files() {
        let source = SourceFile::new("a.yaml", "a: 1\nb: 2\nc: 3\nd: 4\na: 5\n");
        let other = SourceFile::new("shared.yaml", "x: y");
        let shown = error("`a` occurs twice")
            .at(&source, Span::new(20, 21), "again here")
            .at(&source, Span::new(0, 1), "first here")
            .at(&source, Span::new(3, 4), "")
            .at(&other, Span::new(0, 1), "and there");
        let expected = "\
error[R0107]: `a` occurs twice
 --> a.yaml:5:1
  |
1 | a: 1
  | - first here
  |    -
...
5 | a: 5
  | ^ again here
 ::: shared.yaml:1:1
  |
1 | x: y
  | - and there
";
        assert_eq!(render_text(&shown, false), expected);
    }

    #[test]
    fn wide_and_hostile_characters_keep_the_caret_in_place() {
        let source = SourceFile::new("a\x1b[2J.yaml", "\tk: 漢字 \x1b[31m\u{202e}x here\r\n");
        let shown = error("bad \x1b[0m").at(&source, span_of(&source, "here"), "at\nthis");
        let expected = "\
error[R0107]: bad \\u{1b}[0m
 --> a\\u{1b}[2J.yaml:1:16
  |
1 |     k: 漢字 \\u{1b}[31m\\u{202e}x here
  |                                 ^^^^ at\\nthis
";
        assert_eq!(render_text(&shown, false), expected);
        assert!(!render_text(&shown, false).contains('\x1b'));
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let source = SourceFile::new("a", format!("{}HERE{}", "x".repeat(5000), "y".repeat(5000)));
        let shown = render_text(&error("t").at(&source, Span::new(5000, 5004), "this"), false);
        let line = shown.lines().nth(3).expect("the source line");
        assert_eq!(line, format!("1 | …{}HERE{}…", "x".repeat(40), "y".repeat(74)));
        let caret = shown.lines().nth(4).expect("the caret line");
        assert_eq!(caret.find('^').map(|at| at + "…".len() - 1), line.find("HERE"));
    }

    #[test]
    fn any_place_can_be_drawn() {
        let source = SourceFile::new("a", "é\nb");
        for span in [Span::new(1, 1), Span::new(0, 99), Span::new(3, 3), Span::new(4, 4), Span::new(500, 900)] {
            assert!(render_text(&error("t").at(&source, span, "m"), true).contains("^ m"));
        }
        let warning = Diagnostic::warning("C0001", Blame::Configuration, "no target").help("name one");
        assert_eq!(render_text(&warning, false), "warning[C0001]: no target\n  = help: name one\n");
        assert!(render_text(&warning, true).starts_with("\x1b[1;33mwarning[C0001]\x1b[0m"));
    }
}
