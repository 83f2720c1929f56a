//! Text that a target, a rule pack or a network sent us.
//!
//! Owns the one way out of [`Untrusted`]: an encoder per sink. Invariant: what an encoder returns cannot move a
//! terminal's cursor, change its colours, reorder text, start a new line of a log or end a literal of its format.
//! Must never import another folder.

use std::fmt::Write as _;

/// Text of foreign origin. It has no `Display`: choose the encoder of the sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Untrusted<T>(pub T);

impl<T: AsRef<[u8]>> Untrusted<T> {
    /// One line for a terminal or a log: controls, bidirectional marks and invalid UTF-8 become escapes.
    pub fn terminal(&self) -> String {
        let mut out = String::with_capacity(self.0.as_ref().len());
        for chunk in self.0.as_ref().utf8_chunks() {
            for c in chunk.valid().chars() {
                push_visible(&mut out, c);
            }
            for byte in chunk.invalid() {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
        out
    }

    /// One line for a terminal of at most `limit` characters, an ellipsis at the end where it was cut.
    pub fn terminal_short(&self, limit: usize) -> String {
        let bytes = self.0.as_ref();
        let window = bytes.get(..bytes.len().min(limit.saturating_mul(4).saturating_add(4))).unwrap_or(bytes);
        let full = Untrusted(window).terminal();
        if window.len() == bytes.len() && full.chars().count() <= limit {
            return full;
        }
        let mut short: String = full.chars().take(limit.saturating_sub(1)).collect();
        short.push('…');
        short
    }

    /// Text for a JSON string: invalid UTF-8 becomes U+FFFD; the JSON writer escapes the rest.
    pub fn json(&self) -> String {
        String::from_utf8_lossy(self.0.as_ref()).into_owned()
    }

    /// A single word for a POSIX shell, quoted; controls as `$'…'` escapes.
    pub fn shell(&self) -> String {
        let bytes = self.0.as_ref();
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(b);
        if !bytes.is_empty() && bytes.iter().all(plain) {
            return String::from_utf8_lossy(bytes).into_owned();
        }
        if bytes.iter().all(|b| (0x20..0x7f).contains(b)) {
            return format!("'{}'", String::from_utf8_lossy(bytes).replace('\'', r"'\''"));
        }
        let mut out = String::from("$'");
        for byte in bytes {
            match byte {
                b'\'' | b'\\' => {
                    out.push('\\');
                    out.push(char::from(*byte));
                }
                0x20..=0x7e => out.push(char::from(*byte)),
                _ => {
                    let _ = write!(out, "\\x{byte:02x}");
                }
            }
        }
        out.push('\'');
        out
    }
}

fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_unprintable(c) => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// Whether a character would move a cursor, reorder or hide text, or not show at all.
pub fn is_unprintable(c: char) -> bool {
    c.is_control() || is_format_mark(c)
}

/// Marks that reorder, hide or join text: bidirectional controls, zero-width characters, line separators, tags.
fn is_format_mark(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_terminal() {
        let shown = Untrusted("a\x1b[31mb\u{202e}c\nd\u{9b}e").terminal();
        assert_eq!(shown, "a\\u{1b}[31mb\\u{202e}c\\nd\\u{9b}e");
        assert_eq!(Untrusted(&b"\xff\xfeok"[..]).terminal(), "\\xff\\xfeok");
        assert_eq!(Untrusted("abcdef").terminal_short(4), "abc…");
    }

    #[test]
    fn shell_words_survive_quotes_and_controls() {
        assert_eq!(Untrusted("https://a/b?c=1").shell(), "'https://a/b?c=1'");
        assert_eq!(Untrusted("it's").shell(), r"'it'\''s'");
        assert_eq!(Untrusted("a\nb'").shell(), r"$'a\x0ab\''");
        assert_eq!(Untrusted("").shell(), "''");
    }
}
