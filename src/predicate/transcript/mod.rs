//! The texts of an HTTP answer by the names that sequences give them: `header`, `body`, `response`, fields, cookies.
//!
//! Owns the head as it is written out again (status line, framing, then fields by name) and what a body is read as. Takes
//! an exchange; gives bytes and values. Invariant: each text is made at most once per answer,
//! on first use, however many rules ask. Must never import a folder above `expr`.

pub(super) mod fields;
pub(super) mod head;

use std::borrow::Cow;
use std::sync::OnceLock;

use bytes::Bytes;

use crate::base::Unknown;
use crate::observation::{Exchange, Response};

/// What is made of an answer for sequences.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    pub head: OnceLock<Bytes>,
    pub body: OnceLock<Bytes>,
    pub response: OnceLock<Result<Bytes, Unknown>>,
    pub reversed: OnceLock<Result<Bytes, Unknown>>,
    pub lower: [OnceLock<Result<Bytes, Unknown>>; 3],
}

/// The body as it is read: of Chinese and Cyrillic encodings as UTF-8, any other as it came.
pub(super) fn read(response: &Response) -> Bytes {
    let said = response.header("content-type").next().map(|value| value.to_ascii_lowercase()).unwrap_or_default();
    let says = |label: &&str| memchr::memmem::find(&said, label.as_bytes()).is_some();
    let label = if ["gbk", "gb2312", "gb18030"].iter().any(&says) {
        encoding_rs::GBK
    } else if ["windows-1251", "cp1251", "cp-1251"].iter().any(says) {
        encoding_rs::WINDOWS_1251
    } else {
        return response.body.clone();
    };
    match label.decode_without_bom_handling(&response.body).0 {
        Cow::Borrowed(_) => response.body.clone(),
        Cow::Owned(text) => text.into(),
    }
}

/// A text in lower case: by Unicode where it is UTF-8, else by ASCII.
pub fn lower(text: &[u8]) -> Bytes {
    match std::str::from_utf8(text) {
        Ok(text) if !text.is_ascii() => text.to_lowercase().into(),
        _ => text.to_ascii_lowercase().into(),
    }
}

/// Whether the client undid a coding that it had asked for by itself.
fn was_unpacked(exchange: &Exchange, response: &Response) -> bool {
    let gzip = response.header("content-encoding").next().is_some_and(|coding| coding.eq_ignore_ascii_case(b"gzip"));
    let asked = || {
        let wire = exchange.probe.wire.expose();
        let end = memchr::memmem::find(wire, b"\r\n\r\n").unwrap_or(wire.len());
        let head = wire.get(..end).unwrap_or(wire).to_ascii_lowercase();
        memchr::memmem::find(&head, b"\naccept-encoding: gzip\r").is_some()
            || head.ends_with(b"\naccept-encoding: gzip")
    };
    gzip && !exchange.probe.method.is_head() && asked()
}
