//! Sitemaps (sitemaps.org 0.9): lists of pages and indexes of such lists, plain text or gzip.
//!
//! Invariant: a compressed sitemap is unpacked up to a bound, and no entity is expanded but those of XML itself. Must never
//! import anything above `wire`.

use std::borrow::Cow;

use flate2::read::MultiGzDecoder;

use super::tags::unescape;
use super::{Found, Kind, Text, html};
use crate::base::capped::read_start;

/// Bytes of an unpacked sitemap that are read.
const READ: usize = 4 << 20;
/// The most pages, and the most sitemaps of an index.
const PAGES: usize = 200;
const SITEMAPS: usize = 5;

/// Bytes of a sitemap, unpacked where they are a gzip file.
pub fn unpacked(body: &[u8]) -> Cow<'_, [u8]> {
    if !body.starts_with(b"\x1f\x8b") {
        return Cow::Borrowed(body);
    }
    match read_start(MultiGzDecoder::new(body), 0, READ) {
        Ok((plain, _)) => Cow::Owned(plain),
        Err(_) => Cow::Borrowed(b""),
    }
}

/// Reads a sitemap or an index.
pub(super) fn read(text: &Text<'_>, found: &mut Found) {
    let body = unpacked(text.body);
    let body = body.get(..body.len().min(READ)).unwrap_or_default();
    let trimmed = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let is_index = memchr::memmem::find(trimmed, b"<sitemapindex").is_some();
    let (kind, most) = if is_index { (Kind::Sitemap, SITEMAPS) } else { (Kind::Page, PAGES) };
    let mut locations: Vec<String> = Vec::new();
    let named = if trimmed.starts_with(b"<") {
        locations.extend(located(trimmed).take(most));
        memchr::memmem::find_iter(trimmed, b"<loc>").count()
    } else {
        let lines =
            || trimmed.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| line.starts_with(b"http"));
        locations.extend(lines().take(most).map(|line| String::from_utf8_lossy(line).into_owned()));
        lines().count()
    };
    found.over += named.saturating_sub(most) as u64;
    for location in locations.iter().filter(|location| is_index || html::is_page(location)) {
        found.add(kind, text.url, location);
    }
}

/// The texts of `loc` elements.
fn located(xml: &[u8]) -> impl Iterator<Item = String> {
    memchr::memmem::find_iter(xml, b"<loc>").filter_map(|at| {
        let rest = xml.get(at + 5..at.saturating_add(5 + 2048).min(xml.len()))?;
        let value = rest.get(..memchr::memmem::find(rest, b"</loc>")?)?.trim_ascii();
        let value = value.strip_prefix(b"<![CDATA[").and_then(|inner| inner.strip_suffix(b"]]>")).unwrap_or(value);
        Some(unescape(&String::from_utf8_lossy(value)))
    })
}
