//! Classes of characters, from RE2's syntax to that of the `regex` crate.
//!
//! A class of ASCII becomes one of bytes; any other becomes one of Unicode, and where it is negated it also takes the
//! bytes that belong to no character. Invariant: nothing in the result is read as the crate's set operations. Must never
//! import another folder.

use std::iter::Peekable;
use std::str::Chars;

use super::escapes::escaped;

/// `\s`, which for RE2 holds no vertical tab.
pub(super) const SPACE: &str = r"[\t\n\x0C\r ]";
/// `\S`
pub(super) const NO_SPACE: &str = r"[^\t\n\x0C\r ]";

const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

/// The class whose opening bracket is read, as the crate writes it.
pub(super) fn class(chars: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut items = Items { text: String::new(), wide: false };
    let mut first = true;
    loop {
        match chars.peek().copied() {
            None => return Err("a class is not closed".to_owned()),
            Some(']') if !first => {
                chars.next();
                break;
            }
            Some(_) => items.add(chars)?,
        }
        first = false;
    }
    let caret = if negated { "^" } else { "" };
    Ok(match (items.wide, negated) {
        (false, _) => format!("[{caret}{}]", items.text),
        (true, false) => format!("(?u:[{}])", items.text),
        (true, true) => format!(r"(?:(?u:[^{}])|[\x80-\xFF])", items.text),
    })
}

struct Items {
    text: String,
    /// Whether there is something beyond ASCII.
    wide: bool,
}

impl Items {
    fn add(&mut self, chars: &mut Peekable<Chars<'_>>) -> Result<(), String> {
        if let Some(name) = posix(chars)? {
            self.text.push_str(&name);
            return Ok(());
        }
        if chars.peek() == Some(&'\\') && self.escape(chars)? {
            return Ok(());
        }
        let low = single(chars)?;
        let mut ahead = chars.clone();
        let high = match (ahead.next(), ahead.peek()) {
            (Some('-'), Some(next)) if *next != ']' => {
                chars.next();
                single(chars)?
            }
            _ => low,
        };
        if high < low {
            return Err("a range of characters is in the wrong order".to_owned());
        }
        self.push(low);
        if low != high {
            self.text.push('-');
            self.push(high);
        }
        Ok(())
    }

    /// An escape that stands for a class; else nothing is read.
    fn escape(&mut self, chars: &mut Peekable<Chars<'_>>) -> Result<bool, String> {
        let mut ahead = chars.clone();
        ahead.next();
        let Some(c) = ahead.next() else { return Err("nothing follows a backslash".to_owned()) };
        match c {
            'd' | 'D' | 'w' | 'W' => self.text.extend(['\\', c]),
            's' => self.text.push_str(SPACE),
            'S' => self.text.push_str(NO_SPACE),
            'p' | 'P' => {
                self.wide = true;
                self.text.push_str(&unicode_class(&mut ahead, c == 'P')?);
            }
            _ => return Ok(false),
        }
        *chars = ahead;
        Ok(true)
    }

    fn push(&mut self, c: char) {
        if c.is_ascii() && !c.is_ascii_alphanumeric() {
            self.text.push_str(&format!("\\x{:02X}", u32::from(c)));
        } else {
            self.wide |= !c.is_ascii();
            self.text.push(c);
        }
    }
}

fn single(chars: &mut Peekable<Chars<'_>>) -> Result<char, String> {
    match chars.next() {
        Some('\\') => escaped(chars),
        Some(c) => Ok(c),
        None => Err("a class is not closed".to_owned()),
    }
}

/// `[:name:]`, where it stands next.
fn posix(chars: &mut Peekable<Chars<'_>>) -> Result<Option<String>, String> {
    let mut ahead = chars.clone();
    if ahead.next() != Some('[') || ahead.next() != Some(':') {
        return Ok(None);
    }
    let rest: String = ahead.clone().take(16).collect();
    let Some((name, _)) = rest.split_once(":]") else { return Ok(None) };
    let bare = name.strip_prefix('^').unwrap_or(name);
    if !POSIX.contains(&bare) {
        return Err(format!("`[:{name}:]` is no class"));
    }
    *chars = ahead;
    chars.nth(name.chars().count() + 1);
    Ok(Some(format!("[:{name}:]")))
}

/// What follows `\p`: one letter, or a name in braces.
pub(super) fn unicode_class(chars: &mut Peekable<Chars<'_>>, negated: bool) -> Result<String, String> {
    let mut name = String::new();
    match chars.next() {
        Some('{') => loop {
            match chars.next() {
                Some('}') => break,
                Some(c) if name.len() < 40 => name.push(c),
                _ => return Err("`\\p{` wants a name and a brace".to_owned()),
            }
        },
        Some(c) => name.push(c),
        None => return Err("`\\p` wants a name".to_owned()),
    }
    let bare = name.strip_prefix('^').unwrap_or(&name);
    let negated = negated != name.starts_with('^');
    if bare.is_empty() || !bare.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(format!("`{name}` is no class"));
    }
    Ok(match (negated, bare) {
        (false, "Any") => r"\x00-\x{10FFFF}".to_owned(),
        (false, bare) => format!("\\p{{{bare}}}"),
        (true, bare) => format!("\\P{{{bare}}}"),
    })
}
