//! The three scores: protocols, key exchange, ciphers.
//!
//! Must never import a folder above `observation`.

use serde::{Deserialize, Serialize};

use crate::observation::TlsVersion;
use crate::tls::assessment::{Assessment, SuiteUse};
use crate::tls::certificate::{Key, KeyKind};
use crate::tls::group::{self, Group};
use crate::tls::suite::{Class, KeyExchange};

/// Scores, each from 0 to 100.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scores {
    /// Between the best version spoken and the worst.
    pub protocol: u32,
    /// The weakest key that a connection may rest on.
    pub key_exchange: u32,
    /// Between the strongest cipher taken and the weakest.
    pub cipher: u32,
    /// 30, 30 and 40 parts of a hundred; 0 where one of them is.
    pub total: u32,
}

pub(super) fn scores(assessment: &Assessment<'_>) -> Scores {
    let versions = assessment.protocols();
    let protocol = between(versions.iter().map(|version| of_version(*version)));
    let known = || assessment.suites.iter().filter_map(|used| used.suite);
    let cipher = between(known().map(|suite| of_bits(suite.bits)));
    let key_exchange = of_exchange(assessment);
    let parts = [protocol, key_exchange, cipher];
    // Where no suite is known there is nothing to judge ciphers by.
    let cipher_parts = if known().next().is_none() { 100 } else { cipher };
    let is_none = parts.iter().enumerate().any(|(nth, part)| *part == 0 && (nth != 2 || known().next().is_some()));
    let total = if is_none { 0 } else { (30 * protocol + 30 * key_exchange + 40 * cipher_parts) / 100 };
    Scores { protocol, key_exchange, cipher: cipher_parts, total }
}

/// Between the best and the worst.
fn between(scores: impl Iterator<Item = u32>) -> u32 {
    let scores: Vec<u32> = scores.collect();
    let (best, worst) = (scores.iter().max(), scores.iter().min());
    best.zip(worst).map_or(0, |(best, worst)| (best + worst) / 2)
}

fn of_version(version: TlsVersion) -> u32 {
    match version {
        TlsVersion::Ssl20 => 0,
        TlsVersion::Ssl30 => 80,
        TlsVersion::Tls10 => 90,
        TlsVersion::Tls11 => 95,
        TlsVersion::Tls12 | TlsVersion::Tls13 => 100,
    }
}

fn of_bits(bits: u16) -> u32 {
    match bits {
        0 => 0,
        1..=127 => 20,
        128..=255 => 80,
        _ => 100,
    }
}

fn of_exchange(assessment: &Assessment<'_>) -> u32 {
    let has = |class: Class| !assessment.class(class).names.is_empty();
    if has(Class::Anonymous) {
        return 0;
    }
    let key = assessment.chain.leaf().and_then(|leaf| of_key(&leaf.key));
    let dh = assessment.dh().map(|dh| of_field(dh.bits));
    let ephemeral = |used: &SuiteUse| used.suite.is_some_and(|suite| suite.key_exchange == KeyExchange::Ecdhe);
    let groups = if assessment.suites.is_empty() || assessment.suites.iter().any(ephemeral) {
        assessment.groups().0.into_iter().filter_map(group::of_number).map(of_group).min()
    } else {
        None
    };
    let export = has(Class::Export).then_some(40);
    // Of a key that is not known, what most have.
    [key, dh, groups, export].into_iter().flatten().min().unwrap_or(90)
}

/// Of RSA keys and primes of Diffie-Hellman.
fn of_field(bits: u32) -> u32 {
    match bits {
        0..=511 => 20,
        512..=1023 => 40,
        1024..=2047 => 80,
        2048..=4095 => 90,
        _ => 100,
    }
}

/// Of keys on curves.
fn of_curve(bits: u32) -> u32 {
    match bits {
        0..=109 => 20,
        110..=122 => 40,
        123..=162 => 80,
        163..=224 => 90,
        _ => 100,
    }
}

fn of_key(key: &Key) -> Option<u32> {
    match key.kind {
        KeyKind::Rsa | KeyKind::RsaPss | KeyKind::Dsa => key.bits.map(of_field),
        KeyKind::Ec | KeyKind::Ed25519 | KeyKind::Ed448 => key.bits.map(of_curve),
        KeyKind::MlDsa => Some(100),
        KeyKind::Other => None,
    }
}

fn of_group(group: &Group) -> u32 {
    match group {
        Group { is_post_quantum: true, .. } => 100,
        Group { is_field: true, .. } => of_field(group.bits),
        Group { .. } => of_curve(group.bits),
    }
}
