//! OCSP responses: what an authority says of one certificate (RFC 6960).
//!
//! Takes DER and the certificates it speaks of; gives [`Status`]. Invariant: no bytes make it panic; what a response does not
//! say is absent. Must never import a folder above `observation`.

#[cfg(test)]
mod tests;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use x509_parser::asn1_rs::{BitString, FromDer as _};
use x509_parser::prelude::X509Certificate;
use x509_parser::verify::verify_signature;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::certificate::{told_by, verified_by};
use super::der::{
    BITS, BOOLEAN, ENUMERATED, Element, Elements, GENERALIZED_TIME, IDENTIFIER, INTEGER, OCTETS, SEQUENCE,
};
use super::timestamp;

/// Single responses that are read.
const RESPONSES: usize = 64;
/// Extensions of one that are read.
const EXTENSIONS: usize = 16;
/// 1.3.6.1.4.1.11129.2.4.5, timestamps of certificate transparency.
const TIMESTAMPS: &[u8] = &[0x2B, 6, 1, 4, 1, 0xD6, 0x79, 2, 4, 5];
/// Seconds by which clocks may differ.
const SKEW: i64 = 300;
/// Seconds for which a word counts that does not say for how long: ten days, the longest that responses may count for
/// (CA/Browser Forum, Baseline Requirements §4.9.10).
const LASTING: i64 = 10 * 86_400;

/// What is said of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It is not revoked.
    Good,
    /// It is revoked.
    Revoked,
    /// The responder does not know it.
    Unknown,
    /// The responder gave an error instead.
    Error,
    /// The bytes are no response.
    Malformed,
}

impl Word {
    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
            Self::Error => "error",
            Self::Malformed => "malformed",
        }
    }
}

/// A response about one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// What is said.
    pub word: Word,
    /// Since when that is so, in seconds since 1970.
    pub this_update: Option<i64>,
    /// By when there will be a newer response.
    pub next_update: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// Why it was revoked (RFC 5280 §5.3.1).
    pub reason: Option<&'static str>,
    /// Whether the response is about the certificate that it came with; `None` where nothing is said of any.
    pub fits: Option<bool>,
    /// Whether the issuer, or whom it put in charge, signed it; `None` where that cannot be checked here.
    pub signed: Option<bool>,
    /// Timestamps of certificate transparency that it brings (RFC 6962 §3.3).
    pub timestamps: usize,
}

impl Status {
    fn of(word: Word) -> Self {
        Self {
            word,
            this_update: None,
            next_update: None,
            revoked_at: None,
            reason: None,
            fits: None,
            signed: None,
            timestamps: 0,
        }
    }

    /// Whether it can be relied on at a time: begun, not over, for this certificate, and not signed by a stranger.
    pub fn is_usable(&self, now: i64) -> bool {
        is_current((self.this_update, self.next_update), now) && self.fits == Some(true) && self.signed != Some(false)
    }

    /// Whether it is over at a time.
    pub fn is_stale(&self, now: i64) -> bool {
        is_over((self.this_update, self.next_update), now)
    }
}

/// Whether what an authority said between two times, the later one perhaps unsaid, counts at a time.
pub(super) fn is_current(told: (Option<i64>, Option<i64>), now: i64) -> bool {
    told.0.is_some_and(|since| since <= now + SKEW) && !is_over(told, now)
}

fn is_over((since, until): (Option<i64>, Option<i64>), now: i64) -> bool {
    until.or(since.map(|since| since.saturating_add(LASTING))).is_some_and(|until| until < now - SKEW)
}

/// What a response says of `leaf`, whose issuer is `issuer` where that is known, at a time in seconds since 1970.
pub fn status(der: &[u8], leaf: &X509Certificate<'_>, issuer: Option<&X509Certificate<'_>>, now: i64) -> Status {
    read(der, leaf, issuer, now).unwrap_or_else(|| Status::of(Word::Malformed))
}

fn read(der: &[u8], leaf: &X509Certificate<'_>, issuer: Option<&X509Certificate<'_>>, now: i64) -> Option<Status> {
    let mut response = Elements(der).pick(SEQUENCE)?.elements();
    if response.pick(ENUMERATED)?.content != [0] {
        return Some(Status::of(Word::Error));
    }
    let mut bytes = response.pick(0xA0)?.elements().pick(SEQUENCE)?.elements();
    let _kind = bytes.next()?;
    let mut basic = Elements(bytes.pick(OCTETS)?.content).pick(SEQUENCE)?.elements();
    let data = basic.pick(SEQUENCE)?;
    let (algorithm, signature) = (basic.pick(SEQUENCE)?, basic.pick(BITS)?);
    let responders = basic.pick(0xA0).and_then(|certs| certs.elements().pick(SEQUENCE));
    let mut fields = data.elements();
    let _version = fields.pick(0xA0);
    let _responder = fields.next()?;
    let _produced = fields.pick(GENERALIZED_TIME)?;
    let singles = fields.pick(SEQUENCE)?.elements().take(RESPONSES).filter(|single| single.tag == SEQUENCE);
    let answers: Vec<Status> = singles.filter_map(|single| of_single(&single, leaf, issuer)).collect();
    let found = answers.iter().find(|answer| answer.fits == Some(true)).or(answers.first())?;
    let signed = issuer.and_then(|issuer| {
        is_signed((&data, &algorithm, &signature), responders.map(|certs| certs.elements()), (issuer, now))
    });
    Some(Status { signed, ..*found })
}

fn of_single(single: &Element<'_>, leaf: &X509Certificate<'_>, issuer: Option<&X509Certificate<'_>>) -> Option<Status> {
    let mut fields = single.elements();
    let id = fields.pick(SEQUENCE)?;
    let word = fields.next()?;
    let this_update = fields.pick(GENERALIZED_TIME)?.time();
    let next_update =
        fields.pick(0xA0).and_then(|next| next.elements().pick(GENERALIZED_TIME)).and_then(|at| at.time());
    let fits = Some(is_for(&id, leaf, issuer)?);
    let timestamps =
        fields.pick(0xA1).and_then(|extensions| extensions.elements().pick(SEQUENCE)).map_or(0, timestamps);
    let status = Status { this_update, next_update, fits, timestamps, ..Status::of(Word::Unknown) };
    Some(match word.tag & 0x1F {
        0 => Status { word: Word::Good, ..status },
        1 => {
            let mut revocation = word.elements();
            let revoked_at = revocation.pick(GENERALIZED_TIME).and_then(|at| at.time());
            let reason = revocation.pick(0xA0).and_then(|reason| reason.elements().pick(ENUMERATED));
            let reason = reason.and_then(|reason| reason.content.first()).map(|number| reason_of(*number));
            Status { word: Word::Revoked, revoked_at, reason, ..status }
        }
        _ => status,
    })
}

/// Timestamps among the extensions of a single response: a list in a string of octets, which is in another one.
fn timestamps(extensions: Element<'_>) -> usize {
    let list = |extension: Element<'_>| {
        let mut fields = extension.elements();
        let is_it = fields.pick(IDENTIFIER)?.content == TIMESTAMPS;
        let _critical = fields.pick(BOOLEAN);
        let value = fields.pick(OCTETS).filter(|_| is_it)?;
        Some(timestamp::count(value.elements().pick(OCTETS)?.content))
    };
    extensions.elements().take(EXTENSIONS).find_map(list).unwrap_or(0)
}

/// Whether an identifier is that of a certificate: its serial number, and the hashes of its issuer where both are known.
fn is_for(id: &Element<'_>, leaf: &X509Certificate<'_>, issuer: Option<&X509Certificate<'_>>) -> Option<bool> {
    let mut fields = id.elements();
    let algorithm = fields.pick(SEQUENCE)?.elements().next()?;
    let (name, key) = (fields.pick(OCTETS)?.content, fields.pick(OCTETS)?.content);
    let serial = fields.pick(INTEGER)?.content;
    let bare = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
    if bare(serial) != bare(leaf.raw_serial()) {
        return Some(false);
    }
    let hash = |bytes: &[u8]| match algorithm.content {
        [0x2B, 0x0E, 0x03, 0x02, 0x1A] => Some(Sha1::digest(bytes).to_vec()),
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01] => Some(Sha256::digest(bytes).to_vec()),
        _ => None,
    };
    let named = hash(leaf.issuer().as_raw()).is_none_or(|hash| hash == name);
    let keyed = issuer.and_then(|issuer| hash(&issuer.public_key().subject_public_key.data));
    Some(named && keyed.is_none_or(|hash| hash == key))
}

/// Whether a response is signed with the issuer's key, or with that of a certificate in it that the issuer made for this and
/// whose time is not over; `None` where none of them is known to have signed it, and of one that cannot be checked here.
fn is_signed(
    (data, algorithm, signature): (&Element<'_>, &Element<'_>, &Element<'_>),
    responders: Option<Elements<'_>>,
    (issuer, now): (&X509Certificate<'_>, i64),
) -> Option<bool> {
    let by = |key: &SubjectPublicKeyInfo<'_>| is_signed_by(key, (data, algorithm, signature));
    let own = by(issuer.public_key());
    if own == Some(true) {
        return own;
    }
    let delegated = responders.into_iter().flatten().take(4).map(|responder| {
        let Ok((_, responder)) = x509_parser::parse_x509_certificate(responder.whole) else { return Some(false) };
        if !is_in_charge(&responder, now) {
            return Some(false);
        }
        match (verified_by(&responder, issuer.public_key()), by(responder.public_key())) {
            (Some(true), Some(true)) => Some(true),
            (Some(false), _) | (_, Some(false)) => Some(false),
            _ => None,
        }
    });
    let told: Vec<Option<bool>> = delegated.chain([own]).collect();
    match told.contains(&Some(true)) {
        true => Some(true),
        false => (!told.contains(&None)).then_some(false),
    }
}

/// Whether a certificate says that it is for responses, and its time is not over.
fn is_in_charge(responder: &X509Certificate<'_>, now: i64) -> bool {
    let purposes = responder.extended_key_usage().ok().flatten();
    let (begin, end) = (responder.validity().not_before, responder.validity().not_after);
    purposes.is_some_and(|usage| usage.value.ocsp_signing)
        && is_current((Some(begin.timestamp()), Some(end.timestamp())), now)
}

/// Whether what is signed is signed with that key; `None` where the signature cannot be read, or not be checked here.
pub(super) fn is_signed_by(
    key: &SubjectPublicKeyInfo<'_>,
    (data, algorithm, signature): (&Element<'_>, &Element<'_>, &Element<'_>),
) -> Option<bool> {
    let (_, algorithm) = AlgorithmIdentifier::from_der(algorithm.whole).ok()?;
    let (_, signature) = BitString::from_der(signature.whole).ok()?;
    told_by(&algorithm, key, verify_signature(key, &algorithm, &signature, data.whole))
}

/// A reason by its number (RFC 5280 §5.3.1).
pub(super) fn reason_of(number: u8) -> &'static str {
    match number {
        1 => "key-compromise",
        2 => "ca-compromise",
        3 => "affiliation-changed",
        4 => "superseded",
        5 => "cessation-of-operation",
        6 => "certificate-hold",
        8 => "remove-from-crl",
        9 => "privilege-withdrawn",
        10 => "aa-compromise",
        _ => "unspecified",
    }
}
