//! Checksums that tell real numbers and tokens from lookalikes.
//!
//! Owns the registry [`CHECKSUMS`]. Invariant: a check is exact, and needs nothing but the text.
//! Must never import a folder above `expr`.

use super::{OperandKind, PredSpec, TEXTS, Tested, if_whole};
use crate::base::Truth;

pub(super) const SPECS: &[PredSpec] = &[PredSpec {
    name: "checksum",
    operand: OperandKind::Checksum,
    accepts: TEXTS,
    summary: "The check digits are right",
    example: "luhn",
}];

/// A checksum.
#[derive(Debug, Clone, Copy)]
pub struct ChecksumSpec {
    /// Its name in rules.
    pub name: &'static str,
    /// One sentence without a full stop.
    pub summary: &'static str,
    check: fn(&[u8]) -> bool,
}

/// Every checksum.
pub const CHECKSUMS: &[ChecksumSpec] = &[
    ChecksumSpec {
        name: "luhn",
        summary: "Payment card numbers and the like (ISO/IEC 7812-1); spaces and hyphens are left out",
        check: luhn,
    },
    ChecksumSpec {
        name: "iban",
        summary: "International bank account numbers (ISO 13616, mod 97); spaces are left out",
        check: iban,
    },
    ChecksumSpec {
        name: "crc32-base62",
        summary: "Tokens whose last six characters are the CRC-32 of what stands between prefix and them (GitHub, npm)",
        check: crc32_base62,
    },
    ChecksumSpec {
        name: "crc32-le-hex",
        summary: "Tokens whose last eight digits, behind the last `_`, are the CRC-32 of all before it, its lowest byte first (Grafana)",
        check: crc32_le_hex,
    },
    ChecksumSpec {
        name: "bech32",
        summary: "Bech32 and Bech32m (BIP 173, BIP 350), age keys among them",
        check: bech32,
    },
];

impl ChecksumSpec {
    /// Whether a text holds its own check.
    pub fn holds(&self, text: &[u8]) -> bool {
        (self.check)(text)
    }
}

/// The checksum of that name.
pub fn checksum(name: &str) -> Option<&'static ChecksumSpec> {
    CHECKSUMS.iter().find(|spec| spec.name == name)
}

pub(super) fn holds(name: &str, tested: Tested<'_>) -> Truth {
    if_whole(tested, || checksum(name).is_some_and(|spec| spec.holds(&tested.value.as_text())))
}

fn luhn(text: &[u8]) -> bool {
    let mut sum = 0_u32;
    let mut digits = 0_u32;
    for byte in text.iter().rev().filter(|b| !matches!(b, b' ' | b'-')) {
        if !byte.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(byte - b'0') * (1 + digits % 2);
        sum = (sum + digit / 10 + digit % 10) % 10;
        digits += 1;
    }
    digits >= 2 && sum == 0
}

fn iban(text: &[u8]) -> bool {
    let text: Vec<u8> = text.iter().filter(|b| **b != b' ').copied().take(35).collect();
    let Some((start, rest)) = text.split_at_checked(4) else { return false };
    let (country, check) = start.split_at(2);
    let shape = country.iter().all(u8::is_ascii_uppercase)
        && check.iter().all(u8::is_ascii_digit)
        && rest.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if !shape || !(15..=34).contains(&text.len()) {
        return false;
    }
    let remainder = rest.iter().chain(start).fold(0_u32, |rest, b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    });
    remainder == 1
}

fn crc32_base62(text: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let token = memchr::memrchr(b'_', text).and_then(|at| text.get(at + 1..)).unwrap_or(text);
    let Some((random, check)) = token.len().checked_sub(6).and_then(|at| token.split_at_checked(at)) else {
        return false;
    };
    let mut crc = crc32fast::hash(random);
    let is_right = check.iter().rev().all(|given| {
        let digit = DIGITS.get((crc % 62) as usize);
        crc /= 62;
        digit == Some(given)
    });
    is_right && !random.is_empty()
}

fn crc32_le_hex(text: &[u8]) -> bool {
    let Some((before, check)) = memchr::memrchr(b'_', text).and_then(|at| text.split_at_checked(at)) else {
        return false;
    };
    let crc = data_encoding::HEXLOWER.encode(&crc32fast::hash(before).to_le_bytes());
    check.get(1..).is_some_and(|check| check.eq_ignore_ascii_case(crc.as_bytes())) && !before.is_empty()
}

fn bech32(text: &[u8]) -> bool {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let has_upper = text.iter().any(u8::is_ascii_uppercase);
    let has_lower = text.iter().any(u8::is_ascii_lowercase);
    let text = text.to_ascii_lowercase();
    let Some((prefix, data)) = memchr::memrchr(b'1', &text).and_then(|at| text.split_at_checked(at)) else {
        return false;
    };
    let data = data.get(1..).unwrap_or_default();
    let printable = prefix.iter().all(|b| (33..=126).contains(b));
    if (has_upper && has_lower) || prefix.is_empty() || data.len() < 6 || !printable || text.len() > 1023 {
        return false;
    }
    let digits: Option<Vec<u32>> = data
        .iter()
        .map(|b| ALPHABET.iter().position(|digit| digit == b).and_then(|place| u32::try_from(place).ok()))
        .collect();
    let high = prefix.iter().map(|b| u32::from(b >> 5));
    let low = prefix.iter().map(|b| u32::from(b & 31));
    let rest = digits.map(|digits| high.chain([0]).chain(low).chain(digits).fold(1, polymod));
    matches!(rest, Some(1 | 0x2bc8_30a3))
}

fn polymod(sum: u32, digit: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let shifted = ((sum & 0x01ff_ffff) << 5) ^ digit;
    GENERATOR.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1).fold(shifted, |sum, (_, g)| sum ^ g)
}
