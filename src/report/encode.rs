//! JSON that a terminal or a log can show unharmed.
//!
//! Takes a serialisable value, gives one line. Invariant: the output is ASCII where a character could move a cursor,
//! reorder or hide text, and a JSON reader gets the same text back. Must never import a folder above `base`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::base::untrusted::is_unprintable;

/// The value as one line of JSON, without the line's end.
pub(super) fn to_line<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    let mut line = Vec::with_capacity(512);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut line, Visible)).map_err(io::Error::other)?;
    Ok(line)
}

/// Compact JSON in which every unprintable character is an escape. (The writer escapes what JSON itself demands.)
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain_from = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| is_unprintable(*c)) {
            out.write_all(fragment.get(plain_from..at).unwrap_or("").as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain_from = at + c.len_utf8();
        }
        out.write_all(fragment.get(plain_from..).unwrap_or("").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::to_line;
    use proptest::prelude::*;

    #[test]
    fn what_moves_a_terminal_is_escaped() {
        let line = to_line(&"a\u{9b}31m\u{202e}b\u{7f}\u{e0041}é\n\"").expect("writes");
        assert_eq!(String::from_utf8_lossy(&line), r#""a\u009b31m\u202eb\u007f\udb40\udc41é\n\"""#);
    }

    proptest! {
        #[test]
        fn a_reader_gets_the_same_text_back(text in any::<String>()) {
            let line = to_line(&text).expect("writes");
            prop_assert_eq!(serde_json::from_slice::<String>(&line).expect("is JSON"), text);
        }
    }
}
