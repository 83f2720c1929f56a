//! Instants as answers write them.
//!
//! Texts are read as dates of the three HTTP forms (RFC 9110 §5.6.7, leniently as browsers read cookie dates, RFC 6265
//! §5.1.1), of RFC 3339, as plain dates, and as ASN.1 times; without a zone, UTC. Invariant: what is no date is none.
//! Must never import a folder above `expr`.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::base::Timestamp;

/// The instant that a text of any of the known forms means.
pub fn parse_time(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text.get(..64).unwrap_or(text)).ok()?.trim();
    parse_asn1(text).or_else(|| parse_rfc3339(text)).or_else(|| parse_http_date(text))
}

fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    if !text.get(..4)?.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse::<Timestamp>().ok().or_else(|| at_utc(text.parse::<DateTime>().ok()?))
}

/// `YYMMDDHHMMSSZ` and `YYYYMMDDHHMMSSZ` (RFC 5280 §4.1.2.5).
fn parse_asn1(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = match digits.len() {
        12 if digits < "50" => format!("20{digits}"),
        12 => format!("19{digits}"),
        14 => digits.to_owned(),
        _ => return None,
    };
    let part = |at: std::ops::Range<usize>| digits.get(at)?.parse::<i8>().ok();
    let year = digits.get(..4)?.parse().ok()?;
    let (month, day, hour, minute, second) = (part(4..6)?, part(6..8)?, part(8..10)?, part(10..12)?, part(12..14)?);
    at_utc(DateTime::new(year, month, day, hour, minute, second, 0).ok()?)
}

fn at_utc(at: DateTime) -> Option<Timestamp> {
    at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// The algorithm of RFC 6265 §5.1.1: words in any order, told apart by their looks.
fn parse_http_date(text: &str) -> Option<Timestamp> {
    let mut time = None;
    let (mut day, mut month, mut year) = (None, None, None);
    let is_separator = |c: char| !c.is_ascii_alphanumeric() && c != ':';
    for word in text.split(is_separator).filter(|word| !word.is_empty()) {
        if time.is_none() && word.contains(':') {
            time = parse_clock(word);
        } else if let Some(found) = month_of(word).filter(|_| month.is_none()) {
            month = Some(found);
        } else if let Ok(number) = word.parse::<i16>() {
            match word.len() {
                1 | 2 if day.is_none() => day = i8::try_from(number).ok(),
                2 if year.is_none() => year = Some(if number < 70 { 2000 + number } else { 1900 + number }),
                4 if year.is_none() => year = Some(number),
                _ => {}
            }
        }
    }
    let (hour, minute, second) = time?;
    at_utc(DateTime::new(year?, month?, day?, hour, minute, second, 0).ok()?)
}

fn parse_clock(word: &str) -> Option<(i8, i8, i8)> {
    let mut parts = word.split(':').map(|part| part.parse::<i8>().ok());
    let clock = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(clock)
}

fn month_of(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = word.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|month| *month == start).and_then(|place| i8::try_from(place + 1).ok())
}
