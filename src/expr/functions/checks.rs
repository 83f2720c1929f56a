//! Functions that add what a checksum wants: recipes for numbers and tokens that look real to whoever checks them.
//!
//! Each is the other side of a checksum of the predicates. Must never import a folder above `base`.

use super::{Accepts, Args, Family, Function, Param, param};
use crate::base::Value;
use crate::expr::error::EvalError;
use crate::expr::types::Type;

const DIGITS: Param = param("digits", Accepts::Text);

pub(super) static FAMILY: Family = Family {
    name: "checks",
    summary: "Texts followed by the check digits that they want.",
    functions: &[
        Function {
            name: "luhn",
            params: &[DIGITS],
            result: Type::Text,
            summary: "The digits and their check digit (ISO/IEC 7812-1), as in card numbers",
            example: "luhn('7992739871')",
            gives: "79927398713",
            run: luhn,
        },
        Function {
            name: "iban",
            params: &[param("country", Accepts::Text), param("account", Accepts::Text)],
            result: Type::Text,
            summary: "The bank account number of a country with its check digits (ISO 13616)",
            example: "iban('GB', 'WEST12345698765432')",
            gives: "GB82WEST12345698765432",
            run: iban,
        },
        Function {
            name: "bech32",
            params: &[param("prefix", Accepts::Text), param("bytes", Accepts::Text)],
            result: Type::Text,
            summary: "The bytes in Bech32 (BIP 173) behind a prefix in lower case",
            example: "bech32('a', '')",
            gives: "a12uel5l",
            run: bech32,
        },
    ],
};

fn luhn(args: &mut Args) -> Result<Value, EvalError> {
    let digits = args.text(0)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return EvalError::failed("`luhn` wants digits");
    }
    let sum = digits.iter().rev().enumerate().fold(0_u32, |sum, (place, byte)| {
        let digit = u32::from(byte - b'0') * if place % 2 == 0 { 2 } else { 1 };
        (sum + digit / 10 + digit % 10) % 10
    });
    let check = char::from_digit((10 - sum) % 10, 10);
    let mut out = digits.to_vec();
    out.extend(check.and_then(|check| u8::try_from(check).ok()));
    args.made(out)
}

fn iban(args: &mut Args) -> Result<Value, EvalError> {
    let (country, account) = (args.text(0)?, args.text(1)?);
    let fits = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    if country.len() != 2 || !country.iter().all(u8::is_ascii_uppercase) || !account.iter().all(fits) {
        return EvalError::failed("`iban` wants two capitals, and capitals and digits");
    }
    let remainder = account.iter().chain(&*country).chain(b"00").fold(0_u32, |rest, b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    });
    let check = format!("{:02}", 98 - remainder);
    args.made([&*country, check.as_bytes(), &*account].concat())
}

fn bech32(args: &mut Args) -> Result<Value, EvalError> {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let (prefix, bytes) = (args.text(0)?.to_ascii_lowercase(), args.text(1)?);
    args.fits(prefix.len().saturating_add(bytes.len().saturating_mul(2)).saturating_add(8))?;
    let groups = groups_of_five(&bytes);
    let head = prefix.iter().map(|b| u32::from(b >> 5)).chain([0]).chain(prefix.iter().map(|b| u32::from(b & 31)));
    let sum = head.chain(groups.iter().copied()).chain([0; 6]).fold(1, polymod) ^ 1;
    let check = (0..6_u32).map(|place| (sum >> (5 * (5 - place))) & 31);
    let mut out = prefix;
    out.push(b'1');
    let digits = groups.iter().copied().chain(check);
    out.extend(digits.filter_map(|digit| ALPHABET.get(digit as usize)));
    args.made(out)
}

/// The bits of the bytes, five at a time, zeros behind.
fn groups_of_five(bytes: &[u8]) -> Vec<u32> {
    let (mut groups, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            groups.push((held >> bits) & 31);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        groups.push((held << (5 - bits)) & 31);
    }
    groups
}

fn polymod(sum: u32, digit: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let shifted = ((sum & 0x01ff_ffff) << 5) ^ digit;
    GENERATOR.iter().enumerate().filter(|(bit, _)| sum >> (25 + bit) & 1 == 1).fold(shifted, |sum, (_, g)| sum ^ g)
}
