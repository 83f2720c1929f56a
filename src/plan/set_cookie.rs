//! `Set-Cookie` fields as the client reads them that templates are written for.
//!
//! It is stricter than browsers about names and values, knows no prefixes, and keeps `Secure` cookies that plain HTTP
//! set (RFC 6265 §4.1). Invariant: no value holds a character that could end its pair. Must never import a folder above
//! `target`.

use super::head::is_token;
use crate::base::Timestamp;
use crate::predicate::Answer;

/// A cookie that an answer sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SetCookie {
    pub(super) name: Vec<u8>,
    /// The value as it is sent back.
    pub(super) value: Vec<u8>,
    pub(super) domain: Vec<u8>,
    /// Empty where it says none that counts.
    pub(super) path: Vec<u8>,
    pub(super) secure: bool,
    /// Whether it only takes away one that is kept.
    pub(super) expired: bool,
}

/// The cookies of an answer, in order.
pub(super) fn read_cookies(answer: &Answer, now: Timestamp) -> Vec<SetCookie> {
    let fields = answer.response().into_iter().flat_map(|response| response.header("set-cookie"));
    fields.filter_map(|field| read(field, now)).collect()
}

fn read(field: &[u8], now: Timestamp) -> Option<SetCookie> {
    let mut parts = field.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let pair = parts.next()?;
    let (name, value) = pair.split_at(memchr::memchr(b'=', pair)?);
    let (name, value) = (name.trim_ascii(), value.get(1..).unwrap_or_default());
    let (value, quoted) = match value {
        [b'"', inner @ .., b'"'] => (inner, true),
        value => (value, false),
    };
    if !is_token(name) || !value.iter().all(|byte| belongs_in_value(*byte)) {
        return None;
    }
    let value = if quoted || value.iter().any(|byte| b" ,".contains(byte)) {
        [b"\"", value, b"\""].concat()
    } else {
        value.to_vec()
    };
    let (mut max_age, mut expires) = (None, None);
    let (domain, path) = (Vec::new(), Vec::new());
    let mut cookie = SetCookie { name: name.to_vec(), value, domain, path, secure: false, expired: false };
    for (attribute, value) in parts.map(attribute_of) {
        if !value.iter().all(|byte| belongs_in_value(*byte)) {
            continue;
        }
        match attribute.to_ascii_lowercase().as_slice() {
            b"secure" => cookie.secure = true,
            b"domain" => cookie.domain = value.to_vec(),
            b"path" => cookie.path = if value.starts_with(b"/") { value.to_vec() } else { Vec::new() },
            b"max-age" => max_age = seconds(value).or(max_age),
            b"expires" => expires = instant(value),
            _ => {}
        }
    }
    cookie.expired = match (max_age, expires) {
        (Some(seconds), _) => seconds <= 0,
        (None, Some(at)) => at <= now,
        (None, None) => false,
    };
    Some(cookie)
}

fn attribute_of(part: &[u8]) -> (&[u8], &[u8]) {
    let (name, value) = part.split_at(memchr::memchr(b'=', part).unwrap_or(part.len()));
    (name, value.strip_prefix(b"=").unwrap_or(value))
}

fn belongs_in_value(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte) && !b"\";\\".contains(&byte)
}

fn seconds(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let padded = text.starts_with('0') && !text.trim_start_matches('0').is_empty();
    text.parse().ok().filter(|_| !padded)
}

/// `Mon, 02 Jan 2006 15:04:05 GMT`, or with dashes in the date.
fn instant(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let (date, zone) = text.rsplit_once(' ')?;
    let named = zone.len() >= 3 && zone.bytes().all(|letter| letter.is_ascii_uppercase());
    let civil = ["%a, %d %b %Y %H:%M:%S", "%a, %d-%b-%Y %H:%M:%S"]
        .iter()
        .find_map(|format| jiff::civil::DateTime::strptime(format, date).ok())?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().filter(|_| named).map(|zoned| zoned.timestamp())
}
