//! DER, element by element (X.690): as much of it as OCSP and lists of revoked certificates need.
//!
//! Takes bytes, gives tags and contents. Invariant: no bytes make it panic or read beyond their end. Must never import
//! anything.

/// An element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// Class, form and number, in one byte; longer tags are none of ours.
    pub(super) tag: u8,
    /// What is in it.
    pub(super) content: &'a [u8],
    /// The whole of it.
    pub(super) whole: &'a [u8],
}

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BITS: u8 = 0x03;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const IDENTIFIER: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0A;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;

/// The elements of a text, one after the other; ends where one is malformed.
#[derive(Debug, Clone)]
pub(super) struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Elements<'a> {
    /// The next element, where it has this tag; else nothing is taken.
    pub(super) fn pick(&mut self, tag: u8) -> Option<Element<'a>> {
        let mut ahead = self.clone();
        let found = ahead.next().filter(|element| element.tag == tag)?;
        *self = ahead;
        Some(found)
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, after) = rest.split_first()?;
        let (length, header) = if first < 0x80 {
            (usize::from(first), 2)
        } else {
            let count = usize::from(first & 0x7F);
            let digits = after.get(..count).filter(|_| (1..=4).contains(&count))?;
            (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), 2 + count)
        };
        let whole = self.0.get(..header.checked_add(length)?).filter(|_| tag & 0x1F != 0x1F)?;
        let content = whole.get(header..)?;
        self.0 = self.0.get(whole.len()..).unwrap_or_default();
        Some(Element { tag, content, whole })
    }
}

/// The bytes of an element.
pub(super) fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits = length.iter().position(|byte| *byte != 0).and_then(|first| length.get(first..)).unwrap_or(&[0]);
    let long = u8::try_from(0x80 | digits.len()).ok().filter(|_| content.len() > 0x7F);
    [&[tag], long.as_slice(), digits, content].concat()
}

impl<'a> Element<'a> {
    /// What is in it, element by element.
    pub(super) fn elements(&self) -> Elements<'a> {
        Elements(self.content)
    }

    /// The time that a GeneralizedTime of DER says (`20260102030405Z`), or a UTCTime (`260102030405Z`, of the years from
    /// 1950 to 2049), in seconds since 1970.
    pub(super) fn time(&self) -> Option<i64> {
        let text = std::str::from_utf8(self.content).ok()?.strip_suffix('Z')?;
        let century = match self.tag {
            UTC_TIME if text.get(..2)? >= "50" => "19",
            UTC_TIME => "20",
            _ => "",
        };
        let text = format!("{century}{text}");
        let number = |at: std::ops::Range<usize>| text.get(at).and_then(|digits| digits.parse::<i8>().ok());
        let year = text.get(..4)?.parse::<i16>().ok()?;
        let date = jiff::civil::Date::new(year, number(4..6)?, number(6..8)?).ok()?;
        let time = jiff::civil::Time::new(number(8..10)?, number(10..12)?, number(12..14)?, 0).ok()?;
        Some(date.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
    }
}
