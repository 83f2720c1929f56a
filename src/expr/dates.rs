//! Dates as services write them.
//!
//! Invariant: no time zone data is ever read, and a text beyond [`MAX_TEXT`] is no date. Must never import another module
//! of this folder.

use jiff::civil;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use crate::base::Timestamp;

/// Bytes beyond which no text is a date or a format.
pub(super) const MAX_TEXT: usize = 256;

/// The time that a text tells: RFC 3339, a date, or an HTTP date in any of its three formats (RFC 9110 §5.6.7).
pub(super) fn parse_time(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= MAX_TEXT)?.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if let Ok(at) = rfc2822::parse(text) {
        return Some(at.timestamp());
    }
    let civil = |format: &str| civil::DateTime::strptime(format, text).ok();
    let date = || text.parse::<civil::Date>().ok().map(|date| date.at(0, 0, 0, 0));
    let found = date().or_else(|| civil("%A, %d-%b-%y %H:%M:%S GMT")).or_else(|| civil("%a %b %e %H:%M:%S %Y"))?;
    utc(found)
}

/// A date and time of day in UTC as an instant.
pub(super) fn utc(at: civil::DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(at).ok()
}
