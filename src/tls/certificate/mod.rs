//! Certificates: what a DER certificate says of itself (RFC 5280).
//!
//! Takes DER, gives [`Certificate`], which owns what it tells. Invariant: a part that is malformed is absent, never guessed;
//! lists are bounded. Must never import a folder above `observation`.

pub(crate) mod distinguished;
mod extensions;
mod key;
mod names;
mod signature;
#[cfg(test)]
mod tests;

use data_encoding::{BASE64, HEXLOWER};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::x509::X509Name;

use extensions::Extensions;

pub use key::{Key, KeyKind};
pub use names::SubjectName;
pub use signature::Signature;

const COMMON_NAME: &str = "2.5.4.3";
const ORGANIZATION: &str = "2.5.4.10";
const DAY: i64 = 86_400;

/// How thoroughly an authority looked at who asked for a certificate (CA/Browser Forum's reserved policies).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// Control of the domain.
    Domain,
    /// An organisation.
    Organization,
    /// A person.
    Individual,
    /// An organisation, by the guidelines of extended validation.
    Extended,
}

impl Validation {
    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Domain => "dv",
            Self::Organization => "ov",
            Self::Individual => "iv",
            Self::Extended => "ev",
        }
    }
}

/// A certificate, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its subject (RFC 4514).
    pub subject: String,
    /// The common name of its subject.
    pub common_name: Option<String>,
    /// Its issuer (RFC 4514).
    pub issuer: String,
    /// The common name of its issuer, else its organisation.
    pub issuer_name: Option<String>,
    /// The names and addresses that it is for (subjectAltName), the first thousand.
    pub names: Vec<SubjectName>,
    /// Whether it has more names than these.
    pub has_more_names: bool,
    /// Whether some name of it has a wildcard.
    pub is_wildcard: bool,
    /// Whether it has a subjectAltName at all.
    pub has_names: bool,
    /// Its serial number in hexadecimal.
    pub serial: String,
    /// From when it is valid, in seconds since 1970.
    pub not_before: i64,
    /// Until when it is valid, in seconds since 1970.
    pub not_after: i64,
    /// Its key.
    pub key: Key,
    /// What it is signed with.
    pub signature: Signature,
    /// What its extensions say.
    pub extensions: Extensions,
    /// Whether subject and issuer are the same.
    pub is_self_issued: bool,
    /// Whether it is signed with its own key.
    pub is_self_signed: bool,
    /// SHA-1 of the whole certificate, in hexadecimal.
    pub sha1: String,
    /// SHA-256 of the whole certificate, in hexadecimal.
    pub sha256: String,
    /// SHA-256 of its public key with its algorithm, in base 64: the pin of RFC 7469.
    pub pin: String,
}

/// The facts of a certificate; `None` where it is malformed.
pub fn facts(der: &[u8]) -> Option<Certificate> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    Some(of_parsed(der, &parsed))
}

/// Where a certificate says that lists of revoked ones are.
pub(super) fn lists(parsed: &X509Certificate<'_>) -> Vec<String> {
    Extensions::of(parsed).lists
}

/// The facts of a certificate that is parsed already.
pub(super) fn of_parsed(der: &[u8], parsed: &X509Certificate<'_>) -> Certificate {
    let (subject, issuer) = (parsed.subject(), parsed.issuer());
    let read = names::alternative(parsed);
    let has_names = read.is_some();
    let names = read.unwrap_or_default();
    let is_self_issued = subject.as_raw() == issuer.as_raw();
    let by_itself = || signature::verified_by(parsed, parsed.public_key());
    let own_key = Key::of(parsed.public_key());
    // A key or an algorithm that cannot be checked here is believed: names are all that is left then.
    let is_self_signed = is_self_issued && by_itself().unwrap_or(true);
    Certificate {
        subject: distinguished::text(subject),
        common_name: distinguished::last_of(subject, COMMON_NAME),
        issuer: distinguished::text(issuer),
        issuer_name: title_of(issuer),
        names: names.told,
        has_more_names: names.has_more,
        is_wildcard: names.is_wildcard,
        has_names,
        serial: HEXLOWER.encode(parsed.raw_serial()),
        not_before: parsed.validity().not_before.timestamp(),
        not_after: parsed.validity().not_after.timestamp(),
        key: own_key,
        signature: Signature::of(&parsed.signature_algorithm),
        extensions: Extensions::of(parsed),
        is_self_issued,
        is_self_signed,
        sha1: HEXLOWER.encode(&Sha1::digest(der)),
        sha256: HEXLOWER.encode(&Sha256::digest(der)),
        pin: BASE64.encode(&Sha256::digest(parsed.public_key().raw)),
    }
}

/// How the holder of a name is called: the common name, else the organisation.
pub(super) fn title_of(name: &X509Name<'_>) -> Option<String> {
    distinguished::last_of(name, COMMON_NAME).or_else(|| distinguished::last_of(name, ORGANIZATION))
}

pub(super) use names::is_for;
pub(super) use signature::{told_by, verified_by};

impl Certificate {
    /// Whole days from `now`, in seconds since 1970, until it ends; negative after that.
    pub fn days_left(&self, now: i64) -> i64 {
        self.not_after.saturating_sub(now).div_euclid(DAY)
    }

    /// Whole days since it ended at `now`, in seconds since 1970; `None` where it has not ended.
    pub fn days_since_end(&self, now: i64) -> Option<i64> {
        (now > self.not_after).then(|| now.saturating_sub(self.not_after).div_euclid(DAY))
    }

    /// Days from beginning to end: the last second belongs to it (RFC 5280 §4.1.2.5), and any part of a day counts as one
    /// (CA/Browser Forum, Baseline Requirements §6.3.2).
    pub fn valid_days(&self) -> i64 {
        let seconds = self.not_after.saturating_sub(self.not_before).saturating_add(1);
        seconds.div_euclid(DAY).saturating_add(i64::from(seconds.rem_euclid(DAY) > 0))
    }

    /// How long a certificate of a public authority may be valid that was issued when this one begins: the CA/Browser
    /// Forum's Baseline Requirements §6.3.2, ballots 193, SC-31 (browsers' 398 days) and SC-081v3. `None` before any limit.
    pub fn longest_valid_days(&self) -> Option<i64> {
        // Days since 1970 of: 2012-07-01, 2015-04-01, 2018-03-01, 2020-09-01, 2026-03-15, 2027-03-15, 2029-03-15.
        const LIMITS: [(i64, i64); 7] =
            [(15_522, 1856), (16_526, 1187), (17_591, 825), (18_506, 398), (20_527, 200), (20_892, 100), (21_623, 47)];
        let begins = self.not_before.div_euclid(DAY);
        LIMITS.iter().rev().find(|(since, _)| begins >= *since).map(|(_, days)| *days)
    }

    /// Whether it may be used for a TLS server, by its extended key usages. `anyExtendedKeyUsage` alone does not do: clients
    /// may insist on the purpose (RFC 5280 §4.2.1.12), Firefox, OpenSSL and rustls do, and public authorities have to
    /// name it (CA/Browser Forum, Baseline Requirements §7.1.2).
    pub fn is_for_servers(&self) -> bool {
        let purposes = &self.extensions.purposes;
        purposes.is_empty() || purposes.iter().any(|purpose| purpose == "server-auth")
    }

    /// How it is called in one word or two: its common name, else its first name, else its subject.
    pub fn title(&self) -> String {
        let named = self.common_name.clone().or_else(|| self.names.first().map(ToString::to_string));
        named.filter(|name| !name.is_empty()).unwrap_or_else(|| self.subject.clone())
    }
}
