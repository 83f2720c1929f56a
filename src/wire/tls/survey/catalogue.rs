//! What is offered: suites by version in the order of their use, groups, schemes, application protocols.
//!
//! Takes what `tls` knows of suites and groups. Invariant: of any version, what a server is most likely to take is in the
//! first [`BUNDLE`] suites, and so is all that it must never take and that needs no shared key. Must never open a socket.

use crate::observation::{Refusal, StartTls, TlsVersion};
use crate::tls::group::GROUPS;
use crate::tls::suite::{self, Authentication, Class, KeyExchange, Suite};

/// Suites in one hello at most: some old servers break at 128.
pub const BUNDLE: usize = 100;
/// Suites in a short hello, for servers that do not take long ones.
pub const SHORT: usize = 28;

/// The alert of a server that fails (RFC 8446 §6.2).
const INTERNAL_ERROR: u8 = 80;
/// Groups of finite fields are never offered below TLS 1.3: servers would then refuse every other field (RFC 7919 §4).
const FIELDS: std::ops::Range<u16> = 0x0100..0x0200;
/// The first group that is explicit about its curve.
const EXPLICIT: u16 = 0xFF01;
/// The first hybrid of a curve and a key encapsulation.
const HYBRIDS: std::ops::Range<u16> = 0x0200..0xFF00;

/// Groups that come first, as they are the usual ones.
const USUAL_GROUPS: [u16; 8] = [0x11EC, 29, 23, 24, 25, 30, 0x11EB, 0x11ED];

/// Schemes of signatures, the usual ones first: SHA-2 with PSS, ECDSA, PKCS#1, EdDSA, then brainpool, SHA-224, DSA, SHA-1, MD5.
pub const SCHEMES: [u16; 31] = [
    0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0603, 0x0806, 0x0601, 0x0807, 0x0808, 0x0809, 0x080A, 0x080B,
    0x081A, 0x081B, 0x081C, 0x0904, 0x0905, 0x0906, 0x0402, 0x0502, 0x0602, 0x0303, 0x0301, 0x0302, 0x0203, 0x0201,
    0x0202, 0x0101, 0x0103,
];

/// The protocols that an ordinary hello offers.
pub const USUAL_PROTOCOLS: [&str; 2] = ["h2", "http/1.1"];

/// Application protocols that are spoken over TCP (IANA's "TLS ALPN Protocol IDs"), those that came before HTTP/2, and what
/// mail servers have without a registration. Whoever is offered `acme-tls/1` shows a certificate made for that.
const OTHER_PROTOCOLS: [&str; 22] = [
    "http/1.0",
    "http/0.9",
    "h2c",
    "spdy/3.1",
    "spdy/3",
    "spdy/2",
    "grpc-exp",
    "dot",
    "smtp",
    "esmtp",
    "imap",
    "pop3",
    "managesieve",
    "ftp",
    "xmpp-client",
    "xmpp-server",
    "mqtt",
    "irc",
    "nntp",
    "sip/2",
    "postgresql",
    "tds/8.0",
];

/// Every application protocol that is asked for, those first that go with a protocol that is upgraded to TLS; and how many
/// there are of these and of the usual ones.
pub fn protocols(starttls: Option<StartTls>) -> (Vec<&'static str>, usize) {
    let own: &[&str] = match starttls {
        Some(StartTls::Smtp) => &["smtp", "esmtp"],
        Some(StartTls::Imap) => &["imap"],
        Some(StartTls::Pop3) => &["pop3"],
        Some(StartTls::Ftp) => &["ftp"],
        Some(StartTls::Postgres) => &["postgresql"],
        Some(StartTls::Xmpp) => &["xmpp-client", "xmpp-server"],
        Some(StartTls::Ldap | StartTls::Mysql) | None => &[],
    };
    let others = OTHER_PROTOCOLS.into_iter().filter(|other| !own.contains(other));
    let first = own.len() + USUAL_PROTOCOLS.len();
    (own.iter().copied().chain(USUAL_PROTOCOLS).chain(others).collect(), first)
}

/// The suites of a version, in the order of their use.
pub fn suites(version: TlsVersion) -> Vec<u16> {
    let mut fitting: Vec<&Suite> = suite::all().iter().filter(|suite| suite.goes_with(version)).collect();
    fitting.sort_by_key(|suite| (rank(suite), is_field(suite)));
    fitting.into_iter().filter_map(|suite| u16::try_from(suite.number).ok()).collect()
}

/// The suites of SSL 2.0.
pub fn ssl2_suites() -> Vec<u32> {
    suite::all().iter().map(|suite| suite.number).filter(|number| *number > 0xFFFF).collect()
}

/// The place of a suite in a hello; lower comes first.
fn rank(suite: &Suite) -> u8 {
    let usual =
        ["AES", "CHACHA20"].iter().any(|cipher| suite.cipher.starts_with(cipher)) && !suite.name.contains("CCM");
    let certified = matches!(suite.authentication, Authentication::Rsa | Authentication::Ecdsa | Authentication::Tls13);
    match suite {
        _ if needs_secret(suite) => 9,
        _ if suite.is_forbidden() && is_rare(suite) => 8,
        _ if suite.is_forbidden() => 3,
        _ if !certified || !usual => 7,
        _ if suite.is_forward_secret() && suite.is_aead() => 0,
        _ if suite.is_forward_secret() => 1,
        _ if suite.key_exchange == KeyExchange::Rsa => 2,
        _ => 7,
    }
}

/// Whether a suite's key exchange is in a finite field. Those come after curves, as in browsers: a server without parameters for
/// it that chooses one all the same fails.
fn is_field(suite: &Suite) -> bool {
    suite.key_exchange == KeyExchange::Dhe
}

/// The same, of a suite by its number.
pub fn has_field(number: u16) -> bool {
    known(number).is_some_and(is_field)
}

/// Takes the suites out whose key exchange is in a finite field, where there are others too; gives them.
pub fn part_fields(suites: &mut Vec<u16>) -> Vec<u16> {
    let (fields, others): (Vec<u16>, Vec<u16>) = suites.iter().copied().partition(|number| has_field(*number));
    if fields.is_empty() || others.is_empty() {
        return Vec::new();
    }
    *suites = others;
    fields
}

/// Whether a refusal may be a server's failure over what it chose, rather than its word on all that was offered.
pub fn may_be_failure(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::Closed | Refusal::Alert(INTERNAL_ERROR))
}

/// Whether a suite is of no use to who has no key or password.
pub fn needs_secret(suite: &Suite) -> bool {
    matches!(suite.authentication, Authentication::Psk | Authentication::Password | Authentication::Krb5)
        || matches!(suite.key_exchange, KeyExchange::Psk | KeyExchange::Srp | KeyExchange::Krb5 | KeyExchange::Eccpwd)
}

/// Whether hardly any server has it beside one of the same classes that many have.
fn is_rare(suite: &Suite) -> bool {
    matches!(suite.key_exchange, KeyExchange::Gost | KeyExchange::Kea)
        || ["ARIA", "CAMELLIA", "SEED"].iter().any(|cipher| suite.cipher.starts_with(cipher))
}

/// The usual suites of a version that may be a weakness and need no secret, as many as one hello holds: those that somebody
/// advises against, the forbidden ones first, and then those with a finite field, whose prime may be too short.
pub fn doubtful(version: TlsVersion) -> Vec<u16> {
    // Rare ciphers stand for no class that others do not stand for.
    let is_usual = |number: &u16| known(*number).is_some_and(|suite| !needs_secret(suite) && !is_rare(suite));
    let usual = suites(version).into_iter().filter(is_usual);
    let (mut found, mut others): (Vec<u16>, Vec<u16>) = usual.partition(|number| classes(*number).next().is_some());
    others.retain(|number| has_field(*number));
    found.sort_by_key(|number| (!known(*number).is_some_and(Suite::is_forbidden), rank_of(*number)));
    found.truncate(BUNDLE.saturating_sub(others.len()));
    found.extend(others);
    found
}

fn rank_of(number: u16) -> u8 {
    known(number).map_or(u8::MAX, rank)
}

/// What is known of a suite.
pub fn known(number: u16) -> Option<&'static Suite> {
    suite::of_number(u32::from(number))
}

/// The classes of a suite.
pub fn classes(number: u16) -> impl Iterator<Item = Class> {
    known(number).into_iter().flat_map(Suite::classes)
}

/// Groups for TLS 1.3, or for older versions.
pub fn groups(version: TlsVersion) -> Vec<u16> {
    let is_new = version == TlsVersion::Tls13;
    let fits = |group: &u16| match group {
        group if FIELDS.contains(group) || HYBRIDS.contains(group) => is_new,
        31..=33 | 41 => is_new,
        group if *group >= EXPLICIT => false,
        // TLS 1.3 knows none of the old curves (RFC 8446 §4.2.7).
        group => !is_new || (23..=30).contains(group) && !(26..=28).contains(group),
    };
    let known = GROUPS.iter().map(|group| group.number).filter(|number| !USUAL_GROUPS.contains(number));
    USUAL_GROUPS.into_iter().chain(known).filter(fits).collect()
}
