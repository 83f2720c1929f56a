//! Charsets: the body's bytes as UTF-8.
//!
//! Takes bytes and the `Content-Type`; gives UTF-8, without copying where the bytes are UTF-8 already. Order of evidence
//! as in browsers: byte order mark, `Content-Type`, `<meta charset>` in the first 1024 bytes, else UTF-8 where valid, else
//! windows-1252 (WHATWG HTML §13.2.3). Invariant: the result is valid UTF-8. Must never import a folder above `expr`.

use std::borrow::Cow;

use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far a document's own declaration is looked for.
const PRESCAN: usize = 1024;

/// The body as UTF-8, a byte order mark left out. A character that was cut in two at the end of a truncated body does
/// not speak against UTF-8.
pub(in crate::predicate) fn to_utf8(body: &Bytes, content_type: Option<&[u8]>, truncated: bool) -> Bytes {
    let (encoding, mark) = encoding_of(body, content_type, truncated);
    let rest = body.slice(mark.min(body.len())..);
    if encoding == UTF_8 && std::str::from_utf8(&rest).is_ok() {
        return rest;
    }
    match encoding.decode_without_bom_handling(&rest).0 {
        Cow::Borrowed(_) => rest.clone(),
        Cow::Owned(text) => Bytes::from(text),
    }
}

fn encoding_of(body: &[u8], content_type: Option<&[u8]>, truncated: bool) -> (&'static Encoding, usize) {
    if let Some(found) = Encoding::for_bom(body) {
        return found;
    }
    let declared = content_type
        .and_then(|field| label_after(field, b"charset"))
        .and_then(Encoding::for_label)
        .or_else(|| declared_in_document(body.get(..PRESCAN).unwrap_or(body)));
    let guess = || if is_utf8(body, truncated) { UTF_8 } else { WINDOWS_1252 };
    (declared.unwrap_or_else(guess), 0)
}

fn is_utf8(body: &[u8], truncated: bool) -> bool {
    match std::str::from_utf8(body) {
        Ok(_) => true,
        Err(error) => truncated && error.error_len().is_none(),
    }
}

/// The charset of the first `<meta …charset=…>`. A document that was read as ASCII cannot be UTF-16.
fn declared_in_document(head: &[u8]) -> Option<&'static Encoding> {
    let lower = head.to_ascii_lowercase();
    let encoding = memchr::memmem::find_iter(&lower, b"<meta").find_map(|at| {
        let tag = lower.get(at..)?;
        let end = memchr::memchr(b'>', tag).unwrap_or(tag.len());
        Encoding::for_label(label_after(tag.get(..end)?, b"charset")?)
    })?;
    Some(if encoding == UTF_16BE || encoding == UTF_16LE { UTF_8 } else { encoding })
}

/// The value after `name =`, quotes left out.
fn label_after<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let start = text.windows(name.len()).position(|window| window.eq_ignore_ascii_case(name))?;
    let rest = text.get(start + name.len()..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let end = rest.iter().position(|b| matches!(b, b'"' | b'\'' | b';' | b'>' | b'/') || b.is_ascii_whitespace());
    rest.get(..end.unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &'static [u8], content_type: Option<&[u8]>) -> String {
        String::from_utf8(to_utf8(&Bytes::from_static(body), content_type, false).to_vec()).expect("UTF-8")
    }

    #[test]
    fn evidence_in_the_order_of_browsers() {
        assert_eq!(text(b"\xef\xbb\xbfa", Some(b"text/html; charset=latin1")), "a");
        assert_eq!(text(b"\xe9", Some(b"text/html; Charset=\"ISO-8859-1\"")), "é");
        assert_eq!(text(b"<meta charset=windows-1251>\xc4", None), "<meta charset=windows-1251>Д");
        assert_eq!(text(b"\xc3\xa9", None), "é");
        assert_eq!(text(b"\x80", None), "€");
        assert_eq!(text(b"\xff\xfea\0", None), "a");
        assert_eq!(text(b"\xe9", Some(b"text/html; charset=utf-8")), "\u{fffd}");
    }

    #[test]
    fn utf8_is_not_copied() {
        let body = Bytes::from_static("déjà".as_bytes());
        assert_eq!(to_utf8(&body, None, false).as_ptr(), body.as_ptr());
        let cut = body.slice(..2);
        assert_eq!(&*to_utf8(&cut, None, true), "d\u{fffd}".as_bytes());
    }
}
