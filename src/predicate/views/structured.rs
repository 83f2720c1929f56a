//! Structured field dictionaries (RFC 9651 §4.2.2), as far as views need them: names, tokens, strings, inner lists.
//!
//! Invariant: what the algorithm of the RFC refuses is refused here too; nothing recurses, as inner lists do not nest.
//! Must never import another folder of this crate.

/// An item without its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Token(String),
    String(String),
    /// A number, bool, date, byte sequence or display string.
    Other,
}

/// A member's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member {
    Item(Item),
    List(Vec<Item>),
}

/// The members of a dictionary in order; `None` where it is malformed. A repeated name keeps its place and takes the last
/// value.
pub(super) fn parse_dictionary(text: &[u8]) -> Option<Vec<(String, Member)>> {
    let mut reader = Reader { rest: text };
    let mut members: Vec<(String, Member)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    reader.skip(b" ");
    while !reader.rest.is_empty() {
        let name = reader.key()?;
        let member = if reader.eat(b'=') { reader.member()? } else { Member::Item(Item::Other) };
        reader.parameters()?;
        let place = *places.entry(name.clone()).or_insert(members.len());
        match members.get_mut(place) {
            Some(earlier) => earlier.1 = member,
            None => members.push((name, member)),
        }
        reader.skip(b" \t");
        if reader.rest.is_empty() {
            break;
        }
        if !reader.eat(b',') {
            return None;
        }
        reader.skip(b" \t");
        if reader.rest.is_empty() {
            return None;
        }
    }
    Some(members)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn eat(&mut self, byte: u8) -> bool {
        match self.rest {
            [first, rest @ ..] if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes bytes as long as they are wanted.
    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| !wanted(*byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, &[]));
        self.rest = rest;
        taken
    }

    fn skip(&mut self, bytes: &[u8]) {
        self.take_while(|byte| bytes.contains(&byte));
    }

    fn key(&mut self) -> Option<String> {
        let begins = |byte: u8| byte.is_ascii_lowercase() || byte == b'*';
        self.rest.first().copied().filter(|byte| begins(*byte))?;
        let key = self.take_while(|byte| begins(byte) || byte.is_ascii_digit() || b"_-.".contains(&byte));
        Some(String::from_utf8_lossy(key).into_owned())
    }

    fn member(&mut self) -> Option<Member> {
        if !self.eat(b'(') {
            return self.item().map(Member::Item);
        }
        let mut items = Vec::new();
        loop {
            self.skip(b" ");
            if self.eat(b')') {
                return Some(Member::List(items));
            }
            items.push(self.item()?);
            self.parameters()?;
            if !matches!(self.rest.first(), Some(b' ' | b')')) {
                return None;
            }
        }
    }

    fn parameters(&mut self) -> Option<()> {
        while self.eat(b';') {
            self.skip(b" ");
            self.key()?;
            if self.eat(b'=') {
                self.item()?;
            }
        }
        Some(())
    }

    fn item(&mut self) -> Option<Item> {
        match self.rest.first()? {
            b'"' => self.string().map(Item::String),
            b'*' | b'a'..=b'z' | b'A'..=b'Z' => {
                let wanted = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte);
                Some(Item::Token(String::from_utf8_lossy(self.take_while(wanted)).into_owned()))
            }
            b'-' | b'0'..=b'9' => self.number(),
            b'?' => {
                self.eat(b'?');
                (self.eat(b'0') || self.eat(b'1')).then_some(Item::Other)
            }
            b':' => {
                self.eat(b':');
                self.take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
                self.eat(b':').then_some(Item::Other)
            }
            b'@' => {
                self.eat(b'@');
                self.number()
            }
            b'%' => {
                self.eat(b'%');
                self.string().map(|_| Item::Other)
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Option<Item> {
        self.eat(b'-');
        let whole = self.take_while(|byte| byte.is_ascii_digit()).len();
        if !self.eat(b'.') {
            return (1..=15).contains(&whole).then_some(Item::Other);
        }
        let fraction = self.take_while(|byte| byte.is_ascii_digit()).len();
        ((1..=12).contains(&whole) && (1..=3).contains(&fraction)).then_some(Item::Other)
    }

    fn string(&mut self) -> Option<String> {
        if !self.eat(b'"') {
            return None;
        }
        let mut content = Vec::new();
        loop {
            content.extend_from_slice(
                self.take_while(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\'),
            );
            match self.rest {
                [b'"', rest @ ..] => {
                    self.rest = rest;
                    return String::from_utf8(content).ok();
                }
                [b'\\', escaped @ (b'"' | b'\\'), rest @ ..] => {
                    content.push(*escaped);
                    self.rest = rest;
                }
                _ => return None,
            }
        }
    }
}
