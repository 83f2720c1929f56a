//! Escapes that stand for one character.
//!
//! Takes what follows a backslash in RE2's syntax. Invariant: what RE2 refuses is refused. Must never import another folder.

use std::iter::Peekable;
use std::str::Chars;

/// The character that an escape stands for; the backslash is read.
pub(super) fn escaped(chars: &mut Peekable<Chars<'_>>) -> Result<char, String> {
    let refused = |c: char| Err(format!("`\\{c}` is no escape"));
    let Some(c) = chars.next() else { return Err("nothing follows a backslash".to_owned()) };
    match c {
        'a' => Ok('\u{7}'),
        'f' => Ok('\u{c}'),
        'n' => Ok('\n'),
        'r' => Ok('\r'),
        't' => Ok('\t'),
        'v' => Ok('\u{b}'),
        'x' => hex(chars),
        '0'..='7' => {
            if c != '0' && !chars.peek().is_some_and(|next| ('0'..='7').contains(next)) {
                return refused(c);
            }
            let mut code = c.to_digit(8).unwrap_or(0);
            for _ in 0..2 {
                let Some(digit) = chars.next_if(|next| ('0'..='7').contains(next)) else { break };
                code = code * 8 + digit.to_digit(8).unwrap_or(0);
            }
            char::from_u32(code).map_or_else(|| refused(c), Ok)
        }
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(c),
        c => refused(c),
    }
}

fn hex(chars: &mut Peekable<Chars<'_>>) -> Result<char, String> {
    let mut digits = String::new();
    if chars.next_if_eq(&'{').is_some() {
        loop {
            match chars.next() {
                Some('}') => break,
                Some(digit) if digit.is_ascii_hexdigit() && digits.len() < 8 => digits.push(digit),
                _ => return Err("`\\x{` wants hex digits and a brace".to_owned()),
            }
        }
    } else {
        for _ in 0..2 {
            digits.extend(chars.next_if(char::is_ascii_hexdigit));
        }
        if digits.len() < 2 {
            return Err("`\\x` wants two hex digits".to_owned());
        }
    }
    let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
    code.ok_or_else(|| "this is no character's number".to_owned())
}
