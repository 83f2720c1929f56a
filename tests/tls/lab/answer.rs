//! What a canned server answers to a hello.

use super::fake::{Fake, Names, SSL2, SSL3, Spoken, TLS12, TLS13};
use super::hello::{ClientHello, Opening};
use super::message::{
    RETRY, ServerHello, alert, certificate, certificate_request, certificate_status, counted, hello_done, message,
    numbers, record,
};
use super::suites::{Exchange, Signer, is_cbc, kind};

/// `protocol_version`, `handshake_failure`, `inappropriate_fallback`, `unrecognized_name`, `no_application_protocol`.
const VERSION: u8 = 70;
const FAILURE: u8 = 40;
const FALLBACK: u8 = 86;
const UNKNOWN_NAME: u8 = 112;
const NO_PROTOCOL: u8 = 120;

/// The suites that say something else than a suite (RFC 5746, RFC 7507).
const NO_RENEGOTIATION: u16 = 0x00ff;
const FALLBACK_SCSV: u16 = 0x5600;

/// The bytes of the server's first flight.
pub fn answer(fake: &Fake, opening: &Opening) -> Vec<u8> {
    match opening {
        Opening::Other => Vec::new(),
        Opening::Ssl2 { version, kinds } => ssl2(fake, *version, kinds),
        Opening::Tls(hello) => match choose(fake, hello) {
            Ok((TLS13, suite)) => tls13(fake, hello, suite),
            Ok((version, suite)) => flight(fake, hello, version, suite),
            Err(_) if fake.manners.refuses_mutely => Vec::new(),
            Err(description) => alert(hello.version.clamp(SSL3, TLS12), 2, description),
        },
    }
}

/// The highest common version and the suite, or the alert that refuses.
fn choose(fake: &Fake, hello: &ClientHello) -> Result<(u16, u16), u8> {
    let offered = hello.versions();
    let common = |spoken: &&Spoken| match offered.is_empty() {
        true => spoken.version <= hello.version.min(TLS12),
        false => offered.contains(&spoken.version),
    };
    let spoken = fake.spoken.iter().filter(common).max_by_key(|spoken| spoken.version).ok_or(VERSION)?;
    let spoken_by_both = fake.spoken.iter().map(|spoken| spoken.version).chain(fake.modern.as_ref().map(|_| TLS13));
    let best = spoken_by_both.max().unwrap_or_default();
    if fake.fallback_scsv && hello.suites.contains(&FALLBACK_SCSV) && spoken.version < best {
        return Err(FALLBACK);
    }
    if matches!(&fake.names, Names::Refused) && hello.name().is_none_or(|name| name != super::authority::NAME) {
        return Err(UNKNOWN_NAME);
    }
    let wanted = hello.protocols();
    let is_content = matches!(&wanted[..], [one] if fake.protocols.iter().any(|own| own.as_bytes() == one));
    if fake.manners.insists && !wanted.is_empty() && !is_content {
        return Err(NO_PROTOCOL);
    }
    let usable = |suite: &u16| hello.suites.contains(suite) && agreeable(fake, hello, spoken.version, *suite);
    let mut ours = spoken.suites.iter().copied().filter(usable);
    let suite = match fake.prefers {
        true => ours.next(),
        false => hello.suites.iter().copied().find(|suite| spoken.suites.contains(suite) && usable(suite)),
    };
    suite.map(|suite| (spoken.version, suite)).ok_or(FAILURE)
}

/// Whether there is a group for that suite.
fn agreeable(fake: &Fake, hello: &ClientHello, version: u16, suite: u16) -> bool {
    let Some(groups) = hello.groups() else { return version < TLS13 };
    match kind(suite).0 {
        _ if version == TLS13 => group(fake, hello).is_some(),
        Exchange::Ecdhe => group(fake, hello).is_some(),
        Exchange::Dhe => !(fake.strict_ffdhe && groups.iter().any(|group| (256..512).contains(group))),
        Exchange::Rsa => true,
    }
}

fn group(fake: &Fake, hello: &ClientHello) -> Option<u16> {
    let Some(offered) = hello.groups() else { return fake.groups.first().copied() };
    fake.groups.iter().copied().find(|group| offered.contains(group))
}

/// Bytes that look random and are the same every time.
fn noise(count: usize, seed: u8) -> Vec<u8> {
    let mut state = u32::from(seed) * 2 + 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..count).map(|_| next()).collect()
}

fn random(seed: u8) -> [u8; 32] {
    noise(32, seed).try_into().expect("32 bytes")
}

/// The first flight up to TLS 1.2.
fn flight(fake: &Fake, hello: &ClientHello, version: u16, suite: u16) -> Vec<u8> {
    let (exchange, signer) = kind(suite);
    let identity = match &fake.names {
        Names::Without(other) if hello.name().is_none() => other,
        _ => &fake.identity,
    };
    let session = if fake.session_ids { noise(32, 7) } else { Vec::new() };
    let (extensions, staples) = extensions(fake, hello, version, suite);
    let server_hello = ServerHello {
        version,
        random: random(3),
        session: &session,
        suite,
        compression: u8::from(fake.compression && hello.compressions.contains(&1)),
        extensions,
    };
    let mut messages = server_hello.message();
    if signer != Signer::Nobody {
        messages.extend(certificate(&identity.chain));
    }
    if let Some(staple) = fake.staple.as_ref().filter(|_| staples) {
        messages.extend(certificate_status(staple));
    }
    if exchange != Exchange::Rsa {
        messages.extend(key_exchange(fake, hello, version, suite));
    }
    if let Some(authorities) = &fake.asks_client {
        messages.extend(certificate_request(version, authorities));
    }
    messages.extend(hello_done());
    let longest = fake.manners.fragment.unwrap_or(1 << 14);
    let warned = matches!(&fake.names, Names::Warned) && hello.name().is_some();
    let warning = if warned { alert(version, 1, UNKNOWN_NAME) } else { Vec::new() };
    [warning, record(22, version, &messages, longest)].concat()
}

/// Extensions of the answer, and whether a staple follows.
fn extensions(fake: &Fake, hello: &ClientHello, version: u16, suite: u16) -> (Vec<(u16, Vec<u8>)>, bool) {
    let mut all = Vec::new();
    let asked = |kind: u16| hello.extension(kind).is_some();
    if fake.renegotiation_info && (asked(0xff01) || hello.suites.contains(&NO_RENEGOTIATION)) {
        all.push((0xff01, vec![0]));
    }
    if version == SSL3 {
        return (all, false);
    }
    let flags = [
        (23, fake.extended_master_secret),
        (22, fake.encrypt_then_mac && is_cbc(suite)),
        (35, fake.tickets),
        (5, fake.staple.is_some()),
    ];
    all.extend(flags.into_iter().filter(|(kind, on)| *on && asked(*kind)).map(|(kind, _)| (kind, Vec::new())));
    if let Some(timestamps) = fake.timestamps.as_ref().filter(|_| asked(18)) {
        all.push((18, timestamps.clone()));
    }
    if asked(11) && kind(suite).0 == Exchange::Ecdhe {
        all.push((11, vec![1, 0]));
    }
    let wanted = hello.protocols();
    if let Some(protocol) = fake.protocols.iter().find(|name| wanted.iter().any(|it| it == name.as_bytes())) {
        all.push((16, counted::<2>(&counted::<1>(protocol.as_bytes()))));
    }
    (all, fake.staple.is_some() && asked(5))
}

/// A ServerKeyExchange; its signature is noise.
fn key_exchange(fake: &Fake, hello: &ClientHello, version: u16, suite: u16) -> Vec<u8> {
    let (exchange, signer) = kind(suite);
    let parameters = match exchange {
        Exchange::Ecdhe => {
            let group = group(fake, hello).unwrap_or(0x0017);
            [&[3], &group.to_be_bytes()[..], &counted::<1>(&point(group))].concat()
        }
        _ => {
            let public = noise(fake.prime.len(), 9);
            [counted::<2>(&fake.prime), counted::<2>(&[2]), counted::<2>(&public)].concat()
        }
    };
    let scheme: &[u8] = match (signer, version >= TLS12) {
        (Signer::Nobody, _) => return message(12, &parameters),
        (_, false) => &[],
        (Signer::Ecdsa, true) => &[4, 3],
        (Signer::Rsa, true) => &[8, 4],
    };
    message(12, &[&parameters[..], scheme, &counted::<2>(&noise(72, 11))].concat())
}

/// A public value of that group, in length at least.
fn point(group: u16) -> Vec<u8> {
    let uncompressed = |bytes: usize| [vec![4], noise(2 * bytes, 13)].concat();
    match group {
        0x0001..=0x0003 => uncompressed(21),
        0x0013 => uncompressed(24),
        0x0015 => uncompressed(28),
        0x0018 => uncompressed(48),
        0x0019 => uncompressed(66),
        0x001d => vec![9; 32],
        0x001e => noise(56, 13),
        0x11ec => noise(1088 + 32, 13),
        0x0100..=0x01ff => noise(256, 13),
        _ => uncompressed(32),
    }
}

/// What TLS 1.3 says in the clear: another hello is wanted, or these are suite and share; noise follows that.
fn tls13(fake: &Fake, hello: &ClientHello, suite: u16) -> Vec<u8> {
    let group = group(fake, hello).unwrap_or(0x001d);
    let shared = hello.shares().contains(&group);
    let share = match shared {
        true => [&group.to_be_bytes()[..], &counted::<2>(&point(group))].concat(),
        false => numbers(&[group]),
    };
    let server_hello = ServerHello {
        version: TLS12,
        random: if shared { random(5) } else { RETRY },
        session: &hello.session,
        suite,
        compression: 0,
        extensions: vec![(43, numbers(&[TLS13])), (51, share)],
    };
    let longest = fake.manners.fragment.unwrap_or(1 << 14);
    let clear = record(22, TLS12, &server_hello.message(), longest);
    if !shared {
        return clear;
    }
    [clear, record(20, TLS12, &[1], longest), record(23, TLS12, &noise(900, 17), longest)].concat()
}

/// A SERVER-HELLO of SSL 2.0 with its ciphers, or nothing where it is not spoken.
fn ssl2(fake: &Fake, version: u16, kinds: &[[u8; 3]]) -> Vec<u8> {
    if version != SSL2 || fake.ssl2.is_empty() {
        return Vec::new();
    }
    let common: Vec<u8> = fake.ssl2.iter().filter(|kind| kinds.contains(kind)).flatten().copied().collect();
    let leaf = fake.identity.chain.first().map_or(&[][..], |der| der);
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).expect("short").to_be_bytes();
    let connection = noise(16, 19);
    let head = [&[4, 0, 1, 0, 2][..], &length(leaf), &length(&common), &length(&connection)].concat();
    let body = [&head, leaf, &common, &connection].concat();
    let length = u16::try_from(body.len()).expect("short") | 0x8000;
    [&length.to_be_bytes()[..], &body].concat()
}
