//! Functions that encode and decode.
//!
//! Must never import a folder above `expr`.

use std::io::Write as _;

use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};

use super::call::chars;
use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;

/// Characters of a line of Python's base64.
const LINE: usize = 76;

pub(super) const FUNCTIONS: &[Function] = &[
    function("base64", |call| {
        call.takes(1..=1)?;
        let text = call.text(0)?;
        call.fits(text.len() / 3 * 4 + 4)?;
        Ok(Datum::text(BASE64.encode(&text)))
    }),
    function("base64_py", |call| {
        call.takes(1..=1)?;
        let text = call.text(0)?;
        call.fits(text.len().saturating_mul(2))?;
        let mut out = Vec::new();
        for (nth, line) in BASE64.encode(&text).as_bytes().chunks(LINE).enumerate() {
            if nth > 0 {
                out.push(b'\n');
            }
            out.extend_from_slice(line);
        }
        out.push(b'\n');
        Ok(Datum::text(out))
    }),
    function("base64_decode", |call| {
        call.takes(1..=1)?;
        let text: Vec<u8> = call.text(0)?.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        decoded(call, from_base64(&text), "base64")
    }),
    function("hex_encode", |call| {
        call.takes(1..=2)?;
        let text = match call.arg(0)? {
            Datum::Text(bytes) | Datum::Raw(bytes) => bytes.clone(),
            _ => bytes::Bytes::new(),
        };
        call.fits(text.len().saturating_mul(4))?;
        let escaped = call.count() > 1 && call.text(1)?.eq_ignore_ascii_case(b"x");
        Ok(Datum::text(if escaped {
            text.iter().flat_map(|byte| format!("\\x{byte:02x}").into_bytes()).collect()
        } else {
            HEXLOWER.encode(&text).into_bytes()
        }))
    }),
    function("hex_decode", |call| {
        call.takes(1..=1)?;
        decoded(call, HEXLOWER_PERMISSIVE.decode(&call.text(0)?).ok(), "hex")
    }),
    function("url_encode", |call| {
        call.takes(1..)?;
        let all = matches!(call.args.get(1), Some(Datum::Bool(true)));
        let text = call.text(0)?;
        call.fits(text.len().saturating_mul(9))?;
        let mut out = Vec::with_capacity(text.len());
        for c in chars(&text) {
            let stays =
                c.is_ascii_alphanumeric() || !all && matches!(c, '-' | '_' | '.' | '!' | '~' | '*' | '\'' | '(' | ')');
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                if stays { out.push(byte) } else { drop(write!(out, "%{byte:02X}")) }
            }
        }
        call.made(out)
    }),
    function("url_decode", url_decode),
];

/// The bytes of padded base64; the last bits before the padding need not be zero.
fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let whole = text.len().is_multiple_of(4);
    let bare = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut lenient = BASE64_NOPAD.specification();
    lenient.check_trailing_bits = false;
    lenient.encoding().ok().filter(|_| whole)?.decode(bare).ok()
}

fn decoded(call: &mut Call<'_, '_>, bytes: Option<Vec<u8>>, what: &str) -> Result<Datum, EvalError> {
    match bytes {
        Some(bytes) => call.made(bytes),
        None => call.fail(format!("the text is not {what}")),
    }
}

/// The bytes of a percent-encoded text. A `%` that begins no code stays, as does one that is too near the end.
fn url_decode(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..=1)?;
    let text = call.text(0)?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    while let [first, after @ ..] = rest {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let code = match rest {
            [b'%', high, low, ..] => digit(*high).zip(digit(*low)),
            _ => None,
        };
        match code {
            Some((high, low)) => {
                out.push(high << 4 | low);
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    call.made(out)
}
