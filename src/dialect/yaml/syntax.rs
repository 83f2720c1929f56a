//! What the parser could not read, in words that help.
//!
//! Takes the parser's message and place, and the text around it. Invariant: every error of the parser becomes exactly
//! one diagnostic, unless it is only the consequence of one on the same line. Must never import a dialect.

use super::pitfall::{self, shown};
use super::report::Report;
use crate::base::Span;
use crate::diagnostic::{Blame, Diagnostic};

/// How far back the reason of an error is looked for, in bytes.
const REACH: usize = 4096;

/// What to say about one of the parser's messages.
struct Words {
    code: &'static str,
    title: String,
    help: &'static str,
    /// Where, if not where the parser stopped.
    span: Option<Span>,
}

/// Reports an error of the parser at byte `at`; `open` is where the innermost bracket opened.
pub(super) fn explain(report: &mut Report<'_>, info: &str, at: usize, open: Option<usize>, strict: bool) {
    let text = report.text();
    let at = last_content(text, at);
    if report.has_on_line(at, &["R0011", "R0012", "R0018", "R0020"]) {
        return;
    }
    let from = open.unwrap_or(at).max(at.saturating_sub(REACH)).min(at);
    if strict {
        if let Some(span) = unquoted_braces(text, from, at) {
            pitfall::refuse_braces(report, span);
            return;
        }
        if let Some(span) = glued_comment(text, from, at) {
            pitfall::check_comment(report, span.start as usize - 1);
            return;
        }
    }
    let words = find_words(text, info, at, open);
    let span = words.span.unwrap_or_else(|| char_at(text, at));
    let mut error = Diagnostic::error(words.code, Blame::RuleAuthor, words.title).at(report.source, span, "here");
    if let Some(open) = open.filter(|_| info.contains("expected ','")) {
        error = error.at(report.source, Span::new(open, open + 1), "opened here");
    }
    report.push(error.help(words.help));
}

/// `at`, or the end of the last content before it where only white space follows.
fn last_content(text: &str, at: usize) -> usize {
    match text.get(at..) {
        Some(rest) if !rest.trim_start().is_empty() => at,
        _ => text.get(..at).map_or(text.len(), |before| before.trim_end().len()),
    }
}

fn char_at(text: &str, at: usize) -> Span {
    let width = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| *c != '\n').map_or(0, char::len_utf8);
    Span::new(at, at + width)
}

/// The line of a byte: its start and text.
fn line_of(text: &str, at: usize) -> (usize, &str) {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    (start, text.get(start..).unwrap_or("").lines().next().unwrap_or(""))
}

/// Braces of an expression outside quotes, first in a value or inside brackets, in the lines from `from` to `at`.
fn unquoted_braces(text: &str, from: usize, at: usize) -> Option<Span> {
    let (start, _) = line_of(text, from);
    let (last, line) = line_of(text, at);
    let region = text.get(start..last + line.len())?;
    let (mut quote, mut brackets, mut before) = (None, 0usize, '\n');
    for (offset, c) in region.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') if " [{,:\n".contains(before) => quote = Some(c),
            (None, '{') if region.get(offset..).is_some_and(|rest| rest.starts_with("{{")) => {
                let first = region.get(..offset).is_some_and(|head| head.ends_with(": ") || head.ends_with("- "));
                if brackets > 0 || first {
                    let begin = start + offset;
                    return Some(Span::new(begin, begin + pitfall::braces_length(text.get(begin..)?)));
                }
                brackets += 1;
            }
            (None, '[' | '{') => brackets += 1,
            (None, ']' | '}') => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        before = c;
    }
    None
}

/// A comment glued to a word, in the lines from `from` to `at`, that swallowed what the parser misses.
fn glued_comment(text: &str, from: usize, at: usize) -> Option<Span> {
    let (start, _) = line_of(text, from);
    let (last, line) = line_of(text, at);
    let region = text.get(start..last + line.len())?;
    region.match_indices(" #").find_map(|(offset, _)| {
        let line_start = region.get(..offset).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
        let head = region.get(line_start..offset).unwrap_or("");
        let quotes = |quote: char| head.matches(quote).count() % 2 == 1;
        if head.trim().is_empty() || quotes('\'') || quotes('"') {
            return None;
        }
        pitfall::glued(text, start + offset)
    })
}

fn find_words(text: &str, info: &str, at: usize, open: Option<usize>) -> Words {
    let words = |code, title: &str, help| Words { code, title: title.to_owned(), help, span: None };
    let has = |part: &str| info.contains(part);
    match info {
        _ if has("unknown escape character") => bad_escape(text, at),
        _ if has("tab") || has("valid YAML whitespace") => {
            let tab = text.get(..=at).unwrap_or(text).rfind('\t').map(|tab| Span::new(tab, tab + 1));
            Words { span: tab, ..words("R0010", "a tab where YAML wants spaces", "write spaces instead") }
        }
        _ if has("unknown anchor") || has("anchor or alias") => words(
            "R0011",
            "`*` and `&` begin an alias or an anchor in YAML",
            "where the text itself is meant, put the whole value in quotes",
        ),
        _ if has("recursion limit") => words("R0005", "the file is nested too deeply", "look for a bracket too many"),
        _ if has("unexpected character") => words(
            "R0022",
            &format!("no value can begin with `{}`", shown(text.get(at..).and_then(first_char).unwrap_or(""))),
            "put the whole value in quotes",
        ),
        _ if has("mapping values are not allowed") => words(
            "R0004",
            "a key where none can be",
            "a text that holds `: ` needs quotes; a key needs the indentation of its sisters",
        ),
        _ if has("simple key expect") => colon_missing(text, at),
        _ if has("end of stream") => {
            words("R0004", "a quote is never closed", "close it; in single quotes `''` writes a quote")
        }
        _ if has("invalid trailing content") => words(
            "R0004",
            "text after the closing quote",
            "put the whole value in quotes; `''` writes a quote inside single quotes, `\\\"` inside double ones",
        ),
        _ if has("comments must be separated") => {
            words("R0004", "a `#` without a space before it", "write ` # comment`")
        }
        _ if has("flow mapping") && open.is_some() => words(
            "R0004",
            "a comma or `}` is missing in a map in braces",
            "a value that holds one of `,[]{}` or `: ` needs quotes here",
        ),
        _ if has("flow sequence") && open.is_some() => words(
            "R0004",
            "a comma or `]` is missing in a list in brackets",
            "a value that holds one of `,[]{}` or `: ` needs quotes here",
        ),
        _ if has("did not find expected key") || has("expected '-'") || has("ndentation") || has("indented") => words(
            "R0004",
            "this line does not fit the lines around it",
            "keys of one map begin in the same column; a value with a bracket or quote at its start ends with it",
        ),
        _ if has("block sequence entries") || has("\"-\" is only valid") => {
            words("R0004", "a list item where none can be", "begin the list on a line of its own, or write `[a, b]`")
        }
        _ if has("expected node content") || has("end of plain scalar") => {
            words("R0004", "a value is missing or begins with a character that YAML reserves", "put it in quotes")
        }
        _ => words(
            "R0004",
            &format!("this is not YAML: {}", shown(info)),
            "see the place for a stray sign or a lost quote",
        ),
    }
}

fn first_char(rest: &str) -> Option<&str> {
    rest.get(..rest.chars().next()?.len_utf8())
}

/// The first escape of a double-quoted text that YAML does not know.
fn bad_escape(text: &str, start: usize) -> Words {
    let help =
        "write a regex in single quotes or as a `|-` block, where `\\` is itself; `\\\\` writes one in double quotes";
    let mut at = start + 1;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('\\')) {
        at += found;
        let Some(escape) = text.get(at + 1..).and_then(first_char) else { break };
        if !"0abtnvfre \"/\\N_LPxuU\t\r\n".contains(escape) {
            let title = format!("double-quoted YAML does not know the escape `\\{}`", shown(escape));
            return Words { code: "R0021", title, help, span: Some(Span::new(at, at + 1 + escape.len())) };
        }
        at += 1 + escape.len();
    }
    Words { code: "R0021", title: "double-quoted YAML does not know an escape in here".into(), help, span: None }
}

/// A line that should be a key: the last one with content before the place where its colon was missed.
fn colon_missing(text: &str, at: usize) -> Words {
    let end = text.get(..at).map_or(0, |before| before.trim_end().len());
    let (start, line) = line_of(text, end);
    let (start, line) = if line.trim().is_empty() { line_of(text, at) } else { (start, line) };
    let indent = line.len() - line.trim_start().len();
    let span = Some(Span::new(start + indent, start + line.trim_end().len()));
    let help = "write `key: value` with a space after the colon";
    Words { code: "R0004", title: "a line without a key".into(), help, span }
}
