//! Cipher suites: what a number stands for.
//!
//! Owns the table of suites (`table.txt`) and reads everything else from their names, which say it all. Takes numbers and
//! names, gives [`Suite`]s. Invariant: each number and each name stands for one suite. Must never import a folder above
//! `observation`.

mod class;
mod parts;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::observation::TlsVersion;

pub use class::Class;
pub use parts::{Authentication, KeyExchange};

/// Number, name and OpenSSL's name, a suite a line.
const TABLE: &str = include_str!("table.txt");

/// A cipher suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suite {
    /// IANA's number; suites of SSLv2 have three bytes.
    pub number: u32,
    /// IANA's name; SSLv2's own begin with `SSL_CK_`.
    pub name: &'static str,
    /// OpenSSL's name, where it has or had one.
    pub openssl: Option<&'static str>,
    /// How the key is agreed on.
    pub key_exchange: KeyExchange,
    /// What proves who the server is.
    pub authentication: Authentication,
    /// The cipher, with its mode: `AES-128-GCM`.
    pub cipher: &'static str,
    /// Bits of the cipher's key, as far as they are secret: 40 of an export cipher, 112 of Triple DES.
    pub bits: u16,
    /// The MAC's hash in records, `AEAD` where the cipher does without.
    pub mac: &'static str,
    /// Whether the key was kept short for export.
    pub is_export: bool,
}

struct Table {
    suites: Vec<Suite>,
    by_number: FxHashMap<u32, usize>,
    by_name: FxHashMap<&'static str, usize>,
}

static SUITES: LazyLock<Table> = LazyLock::new(|| {
    let suites: Vec<Suite> = TABLE.lines().filter_map(of_line).collect();
    let by_number = suites.iter().enumerate().map(|(at, suite)| (suite.number, at)).collect();
    let names = suites
        .iter()
        .enumerate()
        .flat_map(|(at, suite)| std::iter::once(suite.name).chain(suite.openssl).map(move |name| (name, at)));
    // Where OpenSSL gave one name to a suite of SSLv2 and to a later one, the later one is meant.
    let by_name = names.collect();
    Table { suites, by_number, by_name }
});

fn of_line(line: &'static str) -> Option<Suite> {
    let mut words = line.split_ascii_whitespace();
    let number = u32::from_str_radix(words.next()?, 16).ok()?;
    let name = words.next()?;
    let parts = parts::of_name(name);
    let (cipher, bits, mac) = parts.protection;
    let (key_exchange, authentication, is_export) = (parts.key_exchange, parts.authentication, parts.is_export);
    Some(Suite { number, name, openssl: words.next(), key_exchange, authentication, cipher, bits, mac, is_export })
}

/// Every known suite, by number; those of SSLv2 first.
pub fn all() -> &'static [Suite] {
    &SUITES.suites
}

/// The suite of a number.
pub fn of_number(number: u32) -> Option<&'static Suite> {
    SUITES.by_number.get(&number).and_then(|at| SUITES.suites.get(*at))
}

/// The suite of a name, IANA's or OpenSSL's.
pub fn of_name(name: &str) -> Option<&'static Suite> {
    SUITES.by_name.get(name).and_then(|at| SUITES.suites.get(*at))
}

/// The name of a number, known or not: `0xFAFA`.
pub fn name_of(number: u32) -> String {
    of_number(number).map_or_else(|| format!("0x{number:04X}"), |suite| suite.name.to_owned())
}

impl Suite {
    /// Whether records are protected by a cipher that authenticates them itself.
    pub fn is_aead(&self) -> bool {
        self.mac == "AEAD"
    }

    /// Whether a key that is stolen later opens nothing that was recorded.
    pub fn is_forward_secret(&self) -> bool {
        use KeyExchange as K;
        matches!(self.key_exchange, K::Ecdhe | K::Dhe | K::Tls13 | K::Eccpwd | K::Srp)
    }

    /// The oldest version that has it; `None` where that is SSLv2, which shares its suites with no other.
    pub fn since(&self) -> Option<TlsVersion> {
        match self.key_exchange {
            _ if self.number > 0xFFFF => None,
            KeyExchange::Tls13 => Some(TlsVersion::Tls13),
            _ if self.is_aead() || matches!(self.mac, "SHA256" | "SHA384") => Some(TlsVersion::Tls12),
            _ => Some(TlsVersion::Ssl30),
        }
    }

    /// Whether a version can choose it.
    pub fn goes_with(&self, version: TlsVersion) -> bool {
        match self.since() {
            None => false,
            Some(TlsVersion::Tls13) => version == TlsVersion::Tls13,
            Some(since) => since <= version && version <= TlsVersion::Tls12,
        }
    }
}
