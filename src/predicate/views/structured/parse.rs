//! Parsing structured fields (RFC 9651 §4.2).
//!
//! Takes the lines of a field, joined by commas as §4.2 says; gives `None` where the algorithm fails, upon which a
//! recipient ignores the field. Invariant: linear in the input, and nothing recurses, as inner lists do not nest.
//! Must never import another folder.

use std::collections::HashMap;
use std::sync::LazyLock;

use data_encoding::{BASE64_NOPAD, Encoding};

use super::{BareItem, Dictionary, Item, List, Member, Parameters};

/// Base64 without padding, in which the bits that the last digit has too many may be anything.
static LENIENT_BASE64: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = BASE64_NOPAD.specification();
    specification.check_trailing_bits = false;
    specification.encoding().unwrap_or(BASE64_NOPAD)
});

/// The list that these field lines hold.
pub fn parse_list(lines: &[&[u8]]) -> Option<List> {
    let joined = lines.join(&b", "[..]);
    let mut reader = Reader { rest: &joined };
    let mut members = Vec::new();
    reader.skip(b" ");
    while !reader.rest.is_empty() {
        members.push(reader.member()?);
        reader.comma()?;
    }
    Some(List(members))
}

/// The dictionary that these field lines hold. A repeated name keeps its place and takes the last value.
pub fn parse_dictionary(lines: &[&[u8]]) -> Option<Dictionary> {
    let joined = lines.join(&b", "[..]);
    let mut reader = Reader { rest: &joined };
    let mut members = Named::default();
    reader.skip(b" ");
    while !reader.rest.is_empty() {
        let name = reader.key()?;
        let member = if reader.eat(b'=') {
            reader.member()?
        } else {
            Member::Item(Item { value: BareItem::Boolean(true), parameters: reader.parameters()? })
        };
        members.set(name, member);
        reader.comma()?;
    }
    Some(Dictionary(members.list))
}

/// The item that these field lines hold; several lines hold none.
pub fn parse_item(lines: &[&[u8]]) -> Option<Item> {
    let joined = lines.join(&b", "[..]);
    let mut reader = Reader { rest: &joined };
    reader.skip(b" ");
    let item = reader.item()?;
    reader.skip(b" ");
    reader.rest.is_empty().then_some(item)
}

/// Values by name, in order, each name once.
struct Named<T> {
    list: Vec<(String, T)>,
    places: HashMap<String, usize>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { list: Vec::new(), places: HashMap::new() }
    }
}

impl<T> Named<T> {
    fn set(&mut self, name: String, value: T) {
        let place = *self.places.entry(name.clone()).or_insert(self.list.len());
        match self.list.get_mut(place) {
            Some(earlier) => earlier.1 = value,
            None => self.list.push((name, value)),
        }
    }
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

    /// The comma between two members, or the end. A comma before the end is a mistake.
    fn comma(&mut self) -> Option<()> {
        self.skip(b" \t");
        if self.rest.is_empty() {
            return Some(());
        }
        let more = self.eat(b',');
        self.skip(b" \t");
        (more && !self.rest.is_empty()).then_some(())
    }

    fn key(&mut self) -> Option<String> {
        let begins = |byte: u8| byte.is_ascii_lowercase() || byte == b'*';
        self.rest.first().copied().filter(|byte| begins(*byte))?;
        let key = self.take_while(|byte| begins(byte) || byte.is_ascii_digit() || b"_-.".contains(&byte));
        Some(text(key))
    }

    fn member(&mut self) -> Option<Member> {
        if !self.eat(b'(') {
            return self.item().map(Member::Item);
        }
        let mut items = Vec::new();
        loop {
            self.skip(b" ");
            if self.eat(b')') {
                return Some(Member::Inner(items, self.parameters()?));
            }
            items.push(self.item()?);
            if !matches!(self.rest.first(), Some(b' ' | b')')) {
                return None;
            }
        }
    }

    fn item(&mut self) -> Option<Item> {
        Some(Item { value: self.bare()?, parameters: self.parameters()? })
    }

    fn parameters(&mut self) -> Option<Parameters> {
        let mut own = Named::default();
        while self.eat(b';') {
            self.skip(b" ");
            let name = self.key()?;
            let value = if self.eat(b'=') { self.bare()? } else { BareItem::Boolean(true) };
            own.set(name, value);
        }
        Some(own.list)
    }

    fn bare(&mut self) -> Option<BareItem> {
        match self.rest.first()? {
            b'-' | b'0'..=b'9' => self.number(),
            b'"' => self.string().map(BareItem::String),
            b'*' | b'a'..=b'z' | b'A'..=b'Z' => {
                let wanted = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte);
                Some(BareItem::Token(text(self.take_while(wanted))))
            }
            b':' => self.bytes().map(BareItem::Bytes),
            b'?' => {
                self.eat(b'?');
                let yes = self.eat(b'1');
                (yes || self.eat(b'0')).then_some(BareItem::Boolean(yes))
            }
            b'@' => {
                self.eat(b'@');
                match self.number()? {
                    BareItem::Integer(seconds) => Some(BareItem::Date(seconds)),
                    _ => None,
                }
            }
            b'%' => self.display().map(BareItem::Display),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<BareItem> {
        let sign = if self.eat(b'-') { -1 } else { 1 };
        let whole = self.take_while(|byte| byte.is_ascii_digit());
        if !self.eat(b'.') {
            return (1..=15).contains(&whole.len()).then(|| BareItem::Integer(sign * decimal(whole)));
        }
        let part = self.take_while(|byte| byte.is_ascii_digit());
        if !(1..=12).contains(&whole.len()) || !(1..=3).contains(&part.len()) {
            return None;
        }
        let padded = part.iter().chain(b"00").take(3).copied().collect::<Vec<u8>>();
        Some(BareItem::Decimal(sign * (decimal(whole) * 1000 + decimal(&padded))))
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

    /// Base64 between colons. Missing padding is supplied and stray bits are ignored, as §4.2.7 recommends.
    fn bytes(&mut self) -> Option<Vec<u8>> {
        self.eat(b':');
        let digits = self.take_while(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
        let padding = self.take_while(|byte| byte == b'=').len();
        let wanted = match digits.len() % 4 {
            0 => 0,
            1 => return None,
            over => 4 - over,
        };
        if !self.eat(b':') || (padding != 0 && padding != wanted) {
            return None;
        }
        LENIENT_BASE64.decode(digits).ok()
    }

    /// Text with `%` and two small hexadecimal digits for what is not printable ASCII, all of it UTF-8.
    fn display(&mut self) -> Option<String> {
        self.eat(b'%');
        if !self.eat(b'"') {
            return None;
        }
        let mut content = Vec::new();
        loop {
            content.extend_from_slice(
                self.take_while(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'%'),
            );
            match self.rest {
                [b'"', rest @ ..] => {
                    self.rest = rest;
                    return String::from_utf8(content).ok();
                }
                [b'%', high, low, rest @ ..] => {
                    content.push(small_hex(*high)? << 4 | small_hex(*low)?);
                    self.rest = rest;
                }
                _ => return None,
            }
        }
    }
}

/// The text of bytes that are ASCII.
fn text(ascii: &[u8]) -> String {
    String::from_utf8_lossy(ascii).into_owned()
}

/// The number that at most fifteen digits write.
fn decimal(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'))
}

fn small_hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}
