//! Functions that compress and expand.
//!
//! What is expanded is cut off at a limit, as the language says, and at that of texts. Must never import a folder above
//! `expr`.

use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;

/// Bytes of an expanded text, where a call names no other limit.
const USUAL: usize = 10 << 20;

pub(super) const FUNCTIONS: &[Function] = &[
    function("gzip", |call| {
        let text = one(call)?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let done = encoder.write_all(&text).and_then(|()| encoder.finish());
        compressed(call, done)
    }),
    function("zlib", |call| {
        let text = one(call)?;
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        let done = encoder.write_all(&text).and_then(|()| encoder.finish());
        compressed(call, done)
    }),
    function("deflate", |call| {
        let text = one(call)?;
        let done = deflated(&text);
        compressed(call, done)
    }),
    function("gzip_decode", |call| {
        let text = call.text(0)?;
        expanded(call, GzDecoder::new(&text[..]))
    }),
    function("zlib_decode", |call| {
        let text = call.text(0)?;
        expanded(call, ZlibDecoder::new(&text[..]))
    }),
    function("inflate", |call| {
        let text = call.text(0)?;
        expanded(call, DeflateDecoder::new(&text[..]))
    }),
    function("gzip_mtime", |call| {
        call.takes(1..=1)?;
        match *call.text(0)? {
            [0x1f, 0x8b, 8, _, a, b, c, d, _, _, ..] => Ok(Datum::Number(f64::from(u32::from_le_bytes([a, b, c, d])))),
            _ => call.fail("the text is not gzip"),
        }
    }),
    function("zip", zip),
];

/// The one text that a call takes.
fn one(call: &mut Call<'_, '_>) -> Result<Bytes, EvalError> {
    call.takes(1..=1)?;
    let text = call.string(0)?;
    call.charge(text.len() / 8)?;
    Ok(text)
}

fn deflated(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).and_then(|()| encoder.finish())
}

fn compressed(call: &mut Call<'_, '_>, done: std::io::Result<Vec<u8>>) -> Result<Datum, EvalError> {
    match done {
        Ok(bytes) => call.made(bytes),
        Err(error) => call.fail(error.to_string()),
    }
}

fn expanded(call: &mut Call<'_, '_>, mut decoder: impl Read) -> Result<Datum, EvalError> {
    let named = call.args.get(1).and_then(|_| call.integer(1).ok());
    let limit = named.map_or(USUAL, |limit| usize::try_from(limit).unwrap_or(0)).min(call.env().limits.expr_text);
    let mut out = Vec::new();
    let mut buffer = [0; 4096];
    while out.len() < limit {
        let most = buffer.len().min(limit - out.len());
        match decoder.read(buffer.get_mut(..most).unwrap_or_default()) {
            Ok(0) => break,
            Ok(read) => out.extend_from_slice(buffer.get(..read).unwrap_or_default()),
            Err(error) => return call.fail(error.to_string()),
        }
        call.charge(64)?;
    }
    call.made(out)
}

/// An archive of files, each a name and its content.
fn zip(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    if call.count() == 0 || call.count() % 2 == 1 {
        return call.fail("`zip` wants pairs of a name and a content");
    }
    let (mut files, mut directory) = (Vec::new(), Vec::new());
    let mut entries = 0_u16;
    for place in (0..call.count()).step_by(2) {
        let (name, content) = (call.string(place)?, call.string(place + 1)?);
        call.charge((name.len() + content.len()) / 8)?;
        let packed = deflated(&content).map_err(|error| EvalError::Failed(error.to_string()))?;
        let Some(header) = zip_header(&name, &content, &packed) else { return call.fail("the archive is too large") };
        let start = u32::try_from(files.len()).unwrap_or(u32::MAX);
        files.extend_from_slice(b"PK\x03\x04");
        files.extend_from_slice(&header);
        files.extend_from_slice(&name);
        files.extend_from_slice(&packed);
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&header);
        // No comment, the first disk, no attributes.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&start.to_le_bytes());
        directory.extend_from_slice(&name);
        entries = entries.saturating_add(1);
        call.fits(files.len().saturating_add(directory.len()))?;
    }
    let mut archive = files;
    let start = u32::try_from(archive.len()).unwrap_or(u32::MAX);
    let length = u32::try_from(directory.len()).unwrap_or(u32::MAX);
    archive.extend_from_slice(&directory);
    archive.extend_from_slice(b"PK\x05\x06\x00\x00\x00\x00");
    archive.extend_from_slice(&entries.to_le_bytes());
    archive.extend_from_slice(&entries.to_le_bytes());
    archive.extend_from_slice(&length.to_le_bytes());
    archive.extend_from_slice(&start.to_le_bytes());
    archive.extend_from_slice(&[0, 0]);
    Ok(Datum::Raw(archive.into()))
}

/// What a file's own header and its entry in the directory have in common (APPNOTE 4.3.7): version 2.0, a name in UTF-8,
/// deflated, no time.
fn zip_header(name: &[u8], content: &[u8], packed: &[u8]) -> Option<Vec<u8>> {
    let mut header = vec![0x14, 0, 0, 8, 8, 0, 0, 0, 0, 0];
    header.extend_from_slice(&crc32fast::hash(content).to_le_bytes());
    header.extend_from_slice(&u32::try_from(packed.len()).ok()?.to_le_bytes());
    header.extend_from_slice(&u32::try_from(content.len()).ok()?.to_le_bytes());
    header.extend_from_slice(&u16::try_from(name.len()).ok()?.to_le_bytes());
    header.extend_from_slice(&[0, 0]);
    Some(header)
}
