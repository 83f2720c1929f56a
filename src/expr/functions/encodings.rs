//! Functions that encode and decode.
//!
//! Must never import a folder above `base`.

use std::io::Write as _;

use data_encoding::{BASE32_NOPAD, BASE64, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};

use super::{Accepts, Args, Family, Function, Param, param};
use crate::base::Value;
use crate::expr::error::EvalError;
use crate::expr::types::Type;

const TEXT: Param = param("text", Accepts::Text);

pub(super) static FAMILY: Family = Family {
    name: "encodings",
    summary: "Encoding and decoding of bytes.",
    functions: &[
        Function {
            name: "base64",
            params: &[TEXT],
            result: Type::Text,
            summary: "Base64 (RFC 4648 §4), padded",
            example: "base64('user:pass')",
            gives: "dXNlcjpwYXNz",
            run: |args| encoded(args, &BASE64),
        },
        Function {
            name: "base64_url",
            params: &[TEXT],
            result: Type::Text,
            summary: "Base64 for URLs and tokens (RFC 4648 §5), not padded",
            example: r#"base64_url("\xfb\xff")"#,
            gives: "-_8",
            run: |args| encoded(args, &BASE64URL_NOPAD),
        },
        Function {
            name: "base64_decode",
            params: &[TEXT],
            result: Type::Text,
            summary: "The bytes of base64 in either alphabet, padded or not, white space ignored",
            example: "base64_decode('dXNlcjpwYXNz')",
            gives: "user:pass",
            run: base64_decode,
        },
        Function {
            name: "base32",
            params: &[TEXT],
            result: Type::Text,
            summary: "Base32 (RFC 4648 §6), not padded",
            example: "base32('user')",
            gives: "OVZWK4Q",
            run: |args| encoded(args, &BASE32_NOPAD),
        },
        Function {
            name: "hex_encode",
            params: &[TEXT],
            result: Type::Text,
            summary: "Two lower-case hex digits a byte (`hex` makes random ones)",
            example: "hex_encode('AZ')",
            gives: "415a",
            run: |args| encoded(args, &HEXLOWER),
        },
        Function {
            name: "hex_decode",
            params: &[TEXT],
            result: Type::Text,
            summary: "The bytes of hex digits in any case, white space ignored",
            example: "hex_decode('41 5A')",
            gives: "AZ",
            run: |args| {
                let text = without_space(&args.text(0)?);
                decoded(args, HEXLOWER_PERMISSIVE.decode(&text).ok(), "hex")
            },
        },
        Function {
            name: "url_encode",
            params: &[TEXT],
            result: Type::Text,
            summary: "Percent-encoding of all but letters, digits and `-._~` (RFC 3986 §2.3)",
            example: "url_encode('a b&c')",
            gives: "a%20b%26c",
            run: |args| {
                let text = args.text(0)?;
                args.mapped(&text, |byte, out| match byte {
                    b'-' | b'.' | b'_' | b'~' => out.push(byte),
                    byte if byte.is_ascii_alphanumeric() => out.push(byte),
                    byte => drop(write!(out, "%{byte:02X}")),
                })
            },
        },
        Function {
            name: "url_decode",
            params: &[TEXT],
            result: Type::Text,
            summary: "The bytes of a percent-encoded text; a `%` that begins no code, and `+`, stay",
            example: "url_decode('a%20b%zz')",
            gives: "a b%zz",
            run: |args| {
                let text = args.text(0)?;
                args.made(percent_encoding::percent_decode(&text).collect::<Vec<u8>>())
            },
        },
        Function {
            name: "html_escape",
            params: &[TEXT],
            result: Type::Text,
            summary: "The text with `& < > \" '` as character references",
            example: "html_escape('<a>')",
            gives: "&lt;a&gt;",
            run: |args| {
                let text = args.text(0)?;
                args.mapped(&text, |byte, out| match byte {
                    b'&' => out.extend_from_slice(b"&amp;"),
                    b'<' => out.extend_from_slice(b"&lt;"),
                    b'>' => out.extend_from_slice(b"&gt;"),
                    b'"' => out.extend_from_slice(b"&quot;"),
                    b'\'' => out.extend_from_slice(b"&#39;"),
                    byte => out.push(byte),
                })
            },
        },
        Function {
            name: "html_unescape",
            params: &[TEXT],
            result: Type::Text,
            summary: "The text with numeric references and `amp lt gt quot apos nbsp` undone, once",
            example: "html_unescape('&lt;a&#x3e; &amp;amp;')",
            gives: "<a> &amp;",
            run: html_unescape,
        },
        Function {
            name: "json_escape",
            params: &[TEXT],
            result: Type::Text,
            summary: "The text as it stands between the quotes of a JSON string (RFC 8259 §7)",
            example: r#"json_escape('say "hi"')"#,
            gives: r#"say \"hi\""#,
            run: json_escape,
        },
        Function {
            name: "base62",
            params: &[param("number", Accepts::Whole), param("width", Accepts::Whole).optional()],
            result: Type::Text,
            summary: "A number that is not negative in digits 0-9A-Za-z, zeros in front up to a width",
            example: "base62(crc32('hello'), 6)",
            gives: "0zNvy2",
            run: base62,
        },
        Function {
            name: "le_bytes",
            params: &[param("number", Accepts::Whole), param("width", Accepts::Whole)],
            result: Type::Text,
            summary: "The lowest bytes of a number that is not negative, the least first; `width` is at most 8",
            example: "hex_encode(le_bytes(258, 4))",
            gives: "02010000",
            run: le_bytes,
        },
    ],
};

fn le_bytes(args: &mut Args) -> Result<Value, EvalError> {
    let (number, width) = (args.whole(0)?, args.length(1)?.min(8));
    let Ok(number) = u64::try_from(number) else { return EvalError::failed("`le_bytes` wants a number from 0 on") };
    args.made(number.to_le_bytes().into_iter().take(width).collect::<Vec<u8>>())
}

fn encoded(args: &mut Args, encoding: &data_encoding::Encoding) -> Result<Value, EvalError> {
    let text = args.text(0)?;
    args.fits(text.len().saturating_mul(encoding.encode_len(3)) / 3)?;
    args.made(encoding.encode(&text))
}

fn decoded(args: &mut Args, bytes: Option<Vec<u8>>, what: &str) -> Result<Value, EvalError> {
    match bytes {
        Some(bytes) => args.made(bytes),
        None => EvalError::failed(format!("the text is not {what}")),
    }
}

fn without_space(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

fn base64_decode(args: &mut Args) -> Result<Value, EvalError> {
    let mut text = without_space(&args.text(0)?);
    let padded = text.iter().rev().take_while(|byte| **byte == b'=').count().min(2);
    text.truncate(text.len() - padded);
    let url = text.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let encoding = if url { BASE64URL_NOPAD } else { BASE64_NOPAD };
    decoded(args, encoding.decode(&text).ok(), "base64")
}

fn html_unescape(args: &mut Args) -> Result<Value, EvalError> {
    let text = args.text(0)?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    while let Some((before, reference)) = memchr::memchr(b'&', rest).and_then(|at| rest.split_at_checked(at)) {
        args.charge(1)?;
        out.extend_from_slice(before);
        match character_reference(reference) {
            Some((c, length)) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = reference.get(length..).unwrap_or_default();
            }
            None => {
                out.push(b'&');
                rest = reference.get(1..).unwrap_or_default();
            }
        }
    }
    out.extend_from_slice(rest);
    args.made(out)
}

/// The character that a reference at the beginning of a text stands for, and the reference's length.
fn character_reference(text: &[u8]) -> Option<(char, usize)> {
    let end = text.iter().take(12).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(text.get(1..end)?).ok()?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

fn json_escape(args: &mut Args) -> Result<Value, EvalError> {
    let text = args.text(0)?;
    let mut out = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for byte in chunk.valid().bytes() {
            match byte {
                b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                b'\t' => out.extend_from_slice(b"\\t"),
                0..=0x1f => drop(write!(out, "\\u{byte:04x}")),
                byte => out.push(byte),
            }
        }
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
        args.fits(out.len())?;
    }
    args.made(out)
}

fn base62(args: &mut Args) -> Result<Value, EvalError> {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let number = args.whole(0)?;
    let width = if args.has(1) { args.length(1)?.min(64) } else { 1 };
    let Ok(mut left) = u64::try_from(number) else { return EvalError::failed("`base62` wants a number from 0 on") };
    let mut digits = Vec::new();
    while left > 0 || digits.len() < width.max(1) {
        digits.extend(usize::try_from(left % 62).ok().and_then(|digit| DIGITS.get(digit)));
        left /= 62;
    }
    digits.reverse();
    args.made(digits)
}
