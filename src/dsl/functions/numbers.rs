//! Functions from texts to numbers and back.
//!
//! Must never import a folder above `expr`.

use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;
use crate::dsl::numbers;

pub(super) const FUNCTIONS: &[Function] = &[
    function("to_number", to_number),
    function("to_bool", |call| {
        call.takes(1..=1)?;
        Ok(Datum::Bool(is_true(call.arg(0)?)))
    }),
    function("dec_to_hex", |call| {
        call.takes(1..=1)?;
        let number = call.integer(0)?;
        let sign = if number < 0 { "-" } else { "" };
        call.made(format!("{sign}{:x}", number.unsigned_abs()))
    }),
    function("hex_to_dec", |call| to_decimal(call, "0x", 16)),
    function("oct_to_dec", |call| to_decimal(call, "0o", 8)),
    function("bin_to_dec", |call| to_decimal(call, "0b", 2)),
    function("unpack", unpack),
    // The spelling of the language.
    function("getNetworkPort", |call| {
        call.takes(2..=2)?;
        const USUAL: [&[u8]; 6] = [b"80", b"443", b"8080", b"8081", b"8443", b"53"];
        let (port, usual) = (call.text(0)?, call.text(1)?);
        Ok(Datum::Text(if port.is_empty() || USUAL.contains(&&port[..]) { usual } else { port }))
    }),
];

/// A number in plain digits, with a sign, a fraction or an exponent.
fn to_number(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..=1)?;
    let text = call.text(0)?;
    let is_plain = text.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    match numbers::float(&text).filter(|_| is_plain && text.iter().any(u8::is_ascii_digit)) {
        Some(number) => Ok(Datum::Number(number)),
        None => call.fail("the text is no number"),
    }
}

/// Whether a value stands for yes.
pub(super) fn is_true(value: &Datum) -> bool {
    match value {
        Datum::Bool(yes) => *yes,
        Datum::Number(number) => *number == 1.0,
        Datum::Whole(number) => *number == 1,
        Datum::Text(text) => match text.trim_ascii() {
            b"1" | b"t" | b"T" | b"TRUE" | b"true" | b"True" => true,
            text => numbers::float(text) == Some(1.0),
        },
        _ => false,
    }
}

/// A whole number in digits of that base, or of any base that a prefix tells.
fn to_decimal(call: &mut Call<'_, '_>, prefix: &str, base: u32) -> Result<Datum, EvalError> {
    call.takes(1..=1)?;
    let text = call.text(0)?;
    let text = std::str::from_utf8(&text).unwrap_or_default();
    let number = match text.strip_prefix(prefix) {
        // Underscores may part digits where the prefix tells the base.
        Some(digits) if !digits.starts_with(['+', '-']) => i64::from_str_radix(&digits.replace('_', ""), base).ok(),
        Some(_) => None,
        None => i64::from_str_radix(text, base).ok(),
    };
    match number {
        Some(number) => Ok(Datum::Number(number as f64)),
        None => call.fail(format!("the text is no whole number of base {base}")),
    }
}

/// The first value of packed bytes, as the `struct` module of Python names formats.
fn unpack(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..=2)?;
    let (format, data) = (call.string(0)?, call.string(1)?);
    let mut big = false;
    for kind in format.iter() {
        let size = match kind {
            b'<' | b'>' => {
                big = *kind == b'>';
                continue;
            }
            b'?' | b'b' | b'B' => 1,
            b'h' | b'H' => 2,
            b'i' | b'I' | b'l' | b'L' | b'f' => 4,
            b'q' | b'Q' | b'd' => 8,
            _ => return call.fail("`unpack` does not know that format"),
        };
        let Some(bytes) = data.get(..size) else { return call.fail("the data are shorter than the format") };
        return Ok(unpacked(*kind, bytes, big));
    }
    call.fail("the format names no value")
}

fn unpacked(kind: u8, bytes: &[u8], big: bool) -> Datum {
    let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    let bits = if big { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) };
    let unused = 64 - 8 * u32::try_from(bytes.len()).unwrap_or(8);
    let signed = (bits << unused).cast_signed() >> unused;
    match kind {
        b'?' => Datum::Bool(signed > 0),
        b'B' => Datum::Whole(bits.cast_signed()),
        b'f' => Datum::Number(f64::from(f32::from_bits(u32::try_from(bits).unwrap_or(0)))),
        b'd' => Datum::Number(f64::from_bits(bits)),
        _ => Datum::Whole(signed),
    }
}
