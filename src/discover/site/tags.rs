//! Start tags of a page, with the text of its scripts.
//!
//! Takes bytes; gives tags one after the other. A tokenizer of a hundred lines is enough here: nothing but attributes is
//! asked for, and what a broken page makes of them may be wrong. Invariant: it moves forward with every step, and a
//! `script` ends where browsers end it. Must never import anything above `wire`.

/// The most attributes of a tag that are read.
const ATTRIBUTES: usize = 64;

/// A start tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    /// Its name, in lower case.
    pub name: String,
    attributes: Vec<(String, &'a [u8])>,
    /// Of a script, its text.
    pub text: &'a [u8],
}

impl Tag<'_> {
    /// The value of an attribute as text, character references undone.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let (_, value) = self.attributes.iter().find(|(known, _)| known == name)?;
        Some(unescape(&String::from_utf8_lossy(value)))
    }

    /// Whether an attribute holds this word, case ignored.
    pub fn says(&self, name: &str, word: &str) -> bool {
        let value = self.attribute(name).unwrap_or_default();
        value.split_ascii_whitespace().any(|said| said.eq_ignore_ascii_case(word))
    }
}

/// The tags of a page.
pub(super) struct Tags<'a> {
    rest: &'a [u8],
}

impl<'a> Tags<'a> {
    pub fn of(body: &'a [u8]) -> Self {
        Self { rest: body }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let at = memchr::memchr(b'<', self.rest)?;
            self.skip(at + 1);
            if self.rest.starts_with(b"!--") {
                let end = memchr::memmem::find(self.rest, b"-->").unwrap_or(self.rest.len());
                self.skip(end);
                continue;
            }
            if !self.rest.first().is_some_and(u8::is_ascii_alphabetic) {
                continue;
            }
            let length = self.rest.iter().position(|byte| byte.is_ascii_whitespace() || b"/>".contains(byte))?;
            let name = String::from_utf8_lossy(self.rest.get(..length)?).to_ascii_lowercase();
            self.skip(length);
            let attributes = self.attributes();
            let text = if name == "script" { self.script() } else { b"" };
            return Some(Tag { name, attributes, text });
        }
    }
}

impl<'a> Tags<'a> {
    /// The attributes up to the end of the tag.
    fn attributes(&mut self) -> Vec<(String, &'a [u8])> {
        let mut all = Vec::new();
        loop {
            let blank = self.rest.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b'/');
            self.skip(blank.unwrap_or(self.rest.len()));
            match self.rest.first() {
                None => return all,
                Some(b'>') => {
                    self.skip(1);
                    return all;
                }
                Some(_) => {}
            }
            let rest = self.rest;
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b"=/>".contains(byte);
            // A name has at least one byte, even where that is a `=`.
            let length = 1 + rest.get(1..).unwrap_or_default().iter().position(ends).unwrap_or(rest.len() - 1);
            let name = String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).to_ascii_lowercase();
            self.skip(length);
            let value = self.value();
            if all.len() < ATTRIBUTES {
                all.push((name, value));
            }
        }
    }

    fn value(&mut self) -> &'a [u8] {
        let trimmed = self.rest.trim_ascii_start();
        let Some(rest) = trimmed.strip_prefix(b"=").map(<[u8]>::trim_ascii_start) else { return b"" };
        let (value, after) = match rest.first() {
            Some(quote @ (b'"' | b'\'')) => {
                let inner = rest.get(1..).unwrap_or_default();
                let end = memchr::memchr(*quote, inner).unwrap_or(inner.len());
                (inner.get(..end), inner.get(end + 1..))
            }
            _ => {
                let end =
                    rest.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'>').unwrap_or(rest.len());
                (rest.get(..end), rest.get(end..))
            }
        };
        self.rest = after.unwrap_or_default();
        value.unwrap_or_default()
    }

    /// The text up to `</script`.
    fn script(&mut self) -> &'a [u8] {
        let rest = self.rest;
        let is_end = |at: &usize| rest.get(at + 1..at + 8).is_some_and(|name| name.eq_ignore_ascii_case(b"/script"));
        let end = memchr::memchr_iter(b'<', rest).find(is_end).unwrap_or(rest.len());
        self.skip(end);
        rest.get(..end).unwrap_or_default()
    }
}

/// Undoes the character references that addresses have.
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(from.get(1..end)?)?, from.get(end + 1..)?))) {
            Some((character, after)) => {
                out.push(character);
                rest = after;
            }
            None => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out + rest
}

fn character(name: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match name {
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "sol" => Some('/'),
        _ => match name.strip_prefix('#')? {
            hexadecimal if hexadecimal.starts_with(['x', 'X']) => number(hexadecimal.get(1..)?, 16),
            decimal => number(decimal, 10),
        },
    }
}
