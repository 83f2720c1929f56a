//! What is checked before the parser sees a file: size, encoding, characters that deceive readers.
//!
//! Invariant: a text that passes holds no NUL, so the parser sees all of it. Must never import a dialect.

use super::ReadOptions;
use super::report::Report;
use crate::base::{Limits, SourceFile, Span};
use crate::diagnostic::{Blame, Diagnostic};

/// The byte order mark, which may begin a file.
pub(super) const BOM: char = '\u{feff}';

/// The text of a file's bytes; an error where it is too large or not UTF-8.
pub fn decode(name: &str, bytes: Vec<u8>, limits: &Limits) -> Result<SourceFile, Box<Diagnostic>> {
    if bytes.len() > limits.rule_file {
        return Err(Box::new(too_large(&SourceFile::new(name, ""), bytes.len(), limits)));
    }
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Ok(SourceFile::new(name, text)),
        Err(error) => error,
    };
    let good = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let shown = SourceFile::new(name, String::from_utf8_lossy(bytes).into_owned());
    let help = if utf16 { "the file is UTF-16; save it as UTF-8" } else { "save the file as UTF-8" };
    let error = Diagnostic::error("R0002", Blame::RuleAuthor, "the file is not UTF-8");
    Err(Box::new(error.at(&shown, Span::new(good, good + 1), "this byte begins no character").help(help)))
}

fn too_large(source: &SourceFile, size: usize, limits: &Limits) -> Diagnostic {
    let title = format!("the file has {size} bytes, and at most {} are read", limits.rule_file);
    let help = "one rule is one file; long lists belong into a list file";
    Diagnostic::error("R0001", Blame::RuleAuthor, title).at(source, Span::default(), "").help(help)
}

/// Reports what makes a text unfit; false where the parser should not see it at all.
pub(super) fn check(report: &mut Report<'_>, options: &ReadOptions<'_>) -> bool {
    let text = report.text();
    if text.len() > options.limits.rule_file {
        let error = too_large(report.source, text.len(), options.limits);
        report.push(error);
        return false;
    }
    let suspicious = |byte: u8| (byte < 0x20 && byte != b'\n' && byte != b'\t') || byte >= 0x7f;
    if !text.bytes().fold(false, |found, byte| found | suspicious(byte)) {
        return true;
    }
    let mut readable = true;
    for (at, c) in
        text.char_indices().filter(|(_, c)| *c == '\r' || *c >= '\u{7f}' || (*c < ' ' && *c != '\n' && *c != '\t'))
    {
        readable &= c != '\0';
        check_char(report, options.strict, at, c);
    }
    readable
}

fn check_char(report: &mut Report<'_>, strict: bool, at: usize, c: char) {
    let span = Span::new(at, at + c.len_utf8());
    let name = format!("U+{:04X}", u32::from(c));
    match c {
        '\r' if report.text().as_bytes().get(at + 1) == Some(&b'\n') => {}
        BOM if at == 0 => {}
        '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' if strict => {
            let title = format!("the character {name} breaks the line in some programs and not in others");
            let help = "end lines with a line feed; in a double-quoted text write it as an escape";
            report.error("R0009", title, (span, "here"), help);
        }
        '\r' | '\u{85}' => {}
        BOM | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            if strict =>
        {
            let title = format!("the character {name} reorders or hides the text around it");
            let help = "delete it; where it is meant, write it as an escape in double quotes: \"\\u202E\"";
            report.error("R0008", title, (span, "here"), help);
        }
        c if c.is_control() => {
            let title = format!("the control character {name} does not belong in a text file");
            let help = "delete it; where it is meant, write it as an escape in double quotes: \"\\x1B\"";
            report.error("R0008", title, (span, "here"), help);
        }
        _ => {}
    }
}
