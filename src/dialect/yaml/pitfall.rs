//! What YAML would take silently and we refuse, each with a caret and a way out.
//!
//! Invariant: nothing here changes the tree. Must never import a dialect.

use super::node::{Scalar, Style};
use super::report::Report;
use crate::base::{Span, Untrusted};
use crate::diagnostic::{Blame, Diagnostic};

const QUOTE: &str = "where the text itself is meant, put the whole value in single quotes";

/// A word or two of a file for a message.
pub(super) fn shown(text: &str) -> String {
    Untrusted(text).terminal_short(40)
}

pub(super) fn refuse_anchor(report: &mut Report<'_>, last: usize, start: usize) {
    let span = find_before(report.text(), b'&', last, start);
    let help = format!("`&` begins an anchor in YAML. Rules have none: `define` names a condition. {QUOTE}");
    report.error("R0011", "anchors do not exist in rules", (span, "YAML drops this word"), &help);
}

pub(super) fn refuse_alias(report: &mut Report<'_>, span: Span) {
    let help = format!("`*` begins an alias in YAML. Rules have none: `$name` uses what `define` names. {QUOTE}");
    report.error("R0011", "aliases do not exist in rules", (span, "YAML takes this for an alias"), &help);
}

pub(super) fn refuse_tag(report: &mut Report<'_>, last: usize, start: usize) {
    let span = find_before(report.text(), b'!', last, start);
    let help = format!("every value gets its type from its key. {QUOTE}");
    report.error("R0012", "YAML tags do not exist in rules", (span, "YAML drops this word"), &help);
}

/// The word that begins with `mark` between two bytes of the text.
fn find_before(text: &str, mark: u8, from: usize, to: usize) -> Span {
    let before = text.as_bytes().get(from..to).unwrap_or(&[]);
    let Some(last) = memchr::memrchr(mark, before) else { return Span::new(to, to + 1) };
    let run = before.get(..last).unwrap_or(&[]).iter().rev().take_while(|byte| **byte == mark).count();
    let at = last - run;
    let word = before.get(at..).unwrap_or(&[]).iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
    Span::new(from + at, from + at + word)
}

pub(super) fn check_directives(report: &mut Report<'_>, start: usize) {
    let mut at = 0;
    for line in report.text().get(..start).unwrap_or("").split_inclusive('\n') {
        if line.starts_with('%') {
            let place = (Span::new(at, at + line.trim_end().len()), "here");
            report.error("R0012", "YAML directives do not exist in rules", place, "delete this line");
        }
        at += line.len();
    }
}

pub(super) fn refuse_merge(report: &mut Report<'_>, span: Span, exist: bool) {
    let (title, help) = if exist {
        ("a merge key merges maps only", "give `<<` an alias of a map, or a list of such")
    } else {
        ("merge keys do not exist in rules", "`define` in shared.yaml names what several rules have in common")
    };
    report.error("R0013", title, (span, "here"), help);
}

/// A list or map where a key should be; true where it is `{{x}}` without quotes.
pub(super) fn refuse_collection_key(report: &mut Report<'_>, start: usize) -> bool {
    let braces = start.checked_sub(1).and_then(|at| report.text().get(at..)).filter(|rest| rest.starts_with("{{"));
    if let Some(rest) = braces {
        let span = Span::new(start - 1, start - 1 + braces_length(rest));
        refuse_braces(report, span);
        return true;
    }
    let place = (Span::new(start, start + 1), "this begins a list or map");
    report.error("R0016", "a key must be a text", place, "keys are words; put a text that holds brackets in quotes");
    false
}

pub(super) fn refuse_braces(report: &mut Report<'_>, span: Span) {
    let help = "put the whole value in double quotes: `get: \"{{path}}\"`";
    report.error("R0020", "braces need quotes here", (span, "YAML takes this for a map"), help);
}

/// Bytes of `{{…}}` at the start of a text, at most its line.
pub(super) fn braces_length(rest: &str) -> usize {
    let line = rest.lines().next().unwrap_or("");
    line.find("}}").map_or(line.len(), |at| at + 2)
}

pub(super) fn refuse_missing_key(report: &mut Report<'_>, span: Span) {
    let help = "write `key: value`; a text that holds `: ` needs quotes";
    report.error("R0016", "a key is missing before the colon", (span, "here"), help);
}

pub(super) fn refuse_missing_value(report: &mut Report<'_>, key: &Scalar, span: Span, flow: bool) {
    let text = report.text();
    let colon = colon_after(text, key, span);
    if colon.is_some_and(|at| report_glued(report, at)) {
        return;
    }
    let name = shown(&key.text);
    let title = format!("`{name}` has no value");
    if colon.is_some() || !flow {
        report.error("R0017", title, (span, "nothing follows"), "write the value after the colon, or delete the key");
    } else if let Some((head, tail)) =
        key.text.split_once(':').filter(|(head, tail)| !head.is_empty() && !tail.is_empty())
    {
        let help = format!("a space after the colon makes it a key and a value: `{}: {}`", shown(head), shown(tail));
        report.error("R0017", title, (span, "YAML takes all of this for a key"), &help);
    } else {
        let comma = text.get(..span.start as usize).is_some_and(|before| before.trim_end().ends_with(','));
        let help = if comma {
            "in `{ }` a comma ends the value before it: put a value that holds a comma in quotes, \
             or write `key: value` after the comma"
        } else {
            "write `key: value`"
        };
        report.error("R0017", title, (span, "YAML takes this for a key of its own"), help);
    }
}

/// The byte after the colon that follows a key.
fn colon_after(text: &str, key: &Scalar, span: Span) -> Option<usize> {
    let quote = usize::from(matches!(key.style, Style::Single | Style::Double));
    let start = span.end as usize + quote;
    let rest = text.get(start..)?;
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    rest.get(blanks..)?.starts_with(':').then_some(start + blanks + 1)
}

pub(super) fn refuse_missing_item(report: &mut Report<'_>, at: usize) {
    let line_start = report.text().get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = report.text().get(line_start..).unwrap_or("").lines().next().unwrap_or("");
    let dash = line.find("- #").or_else(|| line.find("-\t#"));
    if dash.is_some_and(|dash| report_glued(report, line_start + dash + 1)) {
        return;
    }
    let help = "write the item after the dash, or delete it; an empty text is `\"\"`";
    report.error("R0017", "an item of a list is empty", (Span::new(at, at), "nothing here"), help);
}

/// Refuses a plain text that begins like a block: inside brackets it is none.
pub(super) fn check_start(report: &mut Report<'_>, text: &str, start: usize) {
    if text.starts_with(['|', '>']) {
        let title = format!("inside brackets no text can begin with `{}`", shown(text.get(..1).unwrap_or("")));
        let help = "put it in quotes; blocks after `|-` are for values on lines of their own";
        report.error("R0022", title, (Span::new(start, start + 1), "here"), help);
    }
}

/// Refuses a comment that cuts a value short: `a #b`.
pub(super) fn check_comment(report: &mut Report<'_>, end: usize) {
    report_glued(report, end);
}

/// Reports a `#` glued to a word that follows blanks at `from`; whether there is one.
fn report_glued(report: &mut Report<'_>, from: usize) -> bool {
    let Some(span) = glued(report.text(), from) else { return false };
    let help = "put the whole value in quotes if the `#` belongs to it; if it begins a comment, write a space after it";
    report.error("R0018", "a `#` cuts the value off", (span, "YAML takes this for a comment"), help);
    true
}

/// The word after blanks that begins with `#` and goes on.
pub(super) fn glued(text: &str, from: usize) -> Option<Span> {
    let rest = text.as_bytes().get(from..)?;
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let word = rest.get(blanks..)?;
    let next = word.get(1)?;
    if blanks == 0 || word.first() != Some(&b'#') || next.is_ascii_whitespace() || *next == b'#' {
        return None;
    }
    let length = word.iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
    Some(Span::new(from + blanks, from + blanks + length))
}

/// Refuses escapes in double quotes that write an invisible character.
pub(super) fn check_escapes(report: &mut Report<'_>, start: usize, end: usize) {
    let inner = report.text().as_bytes().get(start..end).unwrap_or(&[]);
    let mut at = 0;
    while let Some(found) = inner.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += found;
        let escape = inner.get(at + 1).copied().unwrap_or(0);
        if let Some((what, spelt)) = invisible(escape) {
            let title = format!("`\\{}` in double quotes is a {what}", char::from(escape));
            let help = format!(
                "write a regex in single quotes or as a `|-` block, where `\\` is itself; \
                 where a {what} is meant, write `{spelt}`"
            );
            report.error("R0019", title, (Span::new(start + at, start + at + 2), "invisible"), &help);
        }
        at += 2;
    }
}

/// What the escape writes, and how to write it so that everybody sees it.
fn invisible(escape: u8) -> Option<(&'static str, &'static str)> {
    Some(match escape {
        b'b' => ("backspace", "\\x08"),
        b'a' => ("bell", "\\x07"),
        b'v' => ("vertical tab", "\\x0B"),
        b'f' => ("form feed", "\\x0C"),
        b'e' => ("escape character", "\\x1B"),
        b'_' => ("no-break space", "\\xA0"),
        b'N' => ("next-line character", "\\x85"),
        b'L' => ("line separator", "\\u2028"),
        b'P' => ("paragraph separator", "\\u2029"),
        _ => return None,
    })
}

/// A key that occurs twice.
pub(super) fn refuse_repeat(report: &mut Report<'_>, key: &str, second: Span, first: Span) {
    let name = shown(key);
    let help = format!(
        "keep one of them; where both conditions must hold, write `all:` with a list: \
         `all: [ {{ {name}: … }}, {{ {name}: … }} ]`"
    );
    let error = Diagnostic::error("R0015", Blame::RuleAuthor, format!("`{name}` occurs twice"));
    let error = error.at(report.source, second, "again here").at(report.source, first, "first here");
    report.push(error.help(help));
}
