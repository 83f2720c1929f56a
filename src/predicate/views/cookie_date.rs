//! Cookie dates (RFC 6265bis §5.1.1): whatever looks like a time, a day, a month and a year, in any order.
//!
//! Invariant: linear in its input; a date that no calendar has is no date. Must never import a folder of this crate but
//! `base`.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::base::Timestamp;

const MONTHS: [&[u8; 3]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// The instant that a cookie date means.
pub(super) fn parse_cookie_date(text: &[u8]) -> Option<Timestamp> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(|byte| is_delimiter(*byte)).filter(|token| !token.is_empty()) {
        // Each token is taken for the first part that it fits and that is still wanted.
        if time.is_none() && clock(token).is_some() {
            time = clock(token);
        } else if day.is_none() && leading_digits(token, 1, 2).is_some() {
            day = leading_digits(token, 1, 2);
        } else if month.is_none() && month_of(token).is_some() {
            month = month_of(token);
        } else if year.is_none() {
            year = leading_digits(token, 2, 4);
        }
    }
    let ((hour, minute, second), day, month) = (time?, day?, month?);
    let year = match year? {
        short @ 70..=99 => short + 1900,
        short @ 0..=69 => short + 2000,
        full => full,
    };
    if year < 1601 {
        return None;
    }
    let narrow = |number: i16| i8::try_from(number).ok();
    let (day, hour, minute, second) = (narrow(day)?, narrow(hour)?, narrow(minute)?, narrow(second)?);
    let at = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    TimeZone::UTC.to_timestamp(at).ok()
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0x09 | 0x20..=0x2f | 0x3b..=0x40 | 0x5b..=0x60 | 0x7b..=0x7e)
}

/// The number at the beginning, of that many digits, before the end or something that is no digit.
fn leading_digits(token: &[u8], least: usize, most: usize) -> Option<i16> {
    let count = token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count < least || count > most {
        return None;
    }
    std::str::from_utf8(token.get(..count)?).ok()?.parse().ok()
}

/// Hours, minutes and seconds of `1:2:3`, one or two digits each.
fn clock(token: &[u8]) -> Option<(i16, i16, i16)> {
    let mut fields = token.splitn(3, |byte| *byte == b':');
    let whole =
        |field: &[u8]| leading_digits(field, 1, 2).filter(|_| field.len() <= 2 && field.iter().all(u8::is_ascii_digit));
    let (hour, minute) = (whole(fields.next()?)?, whole(fields.next()?)?);
    Some((hour, minute, leading_digits(fields.next()?, 1, 2)?))
}

fn month_of(token: &[u8]) -> Option<i8> {
    let start = token.get(..3)?;
    let at = MONTHS.iter().position(|month| start.eq_ignore_ascii_case(&month[..]))?;
    i8::try_from(at + 1).ok()
}
