//! Answers about revocation, OCSP responses and lists: any bytes are judged, nothing counts that its authority did not sign,
//! and what it did sign is read whatever is in it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use outsight::observation::{RevocationAnswer, RevocationStatus};
use outsight::tls::revocation::{Question, judge_list, judge_response, request};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SigningKey as _};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// 2026-06-01.
const NOW: i64 = 1_780_272_000;
/// ecdsa-with-SHA256.
const ALGORITHM: [u8; 12] = [0x30, 10, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];

struct Pair {
    key: KeyPair,
    issuer: Vec<u8>,
    leaf: Vec<u8>,
}

static PAIR: LazyLock<Pair> = LazyLock::new(|| {
    let key = KeyPair::generate().expect("a key");
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = parameters.self_signed(&key).expect("a certificate").der().to_vec();
    let of = Issuer::new(parameters, &key);
    let mut leaf = CertificateParams::default();
    leaf.serial_number = Some(vec![0x51, 2, 3].into());
    let leaf = leaf.signed_by(&KeyPair::generate().expect("a key"), &of).expect("a certificate").der().to_vec();
    Pair { key, issuer, leaf }
});

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[tag, 0x82], &length[..], &content].concat()
}

fn signed(data: &[u8], rest: &[u8]) -> Vec<u8> {
    let signature = PAIR.key.sign(data).expect("a signature");
    element(0x30, &[data, &ALGORITHM, &element(3, &[&[0], &signature]), rest])
}

/// A list that its authority signed, its times as given.
fn list(issuer: &X509Certificate<'_>, times: &[u8], rest: &[u8]) -> Vec<u8> {
    let data = element(0x30, &[&[2, 1, 1], &ALGORITHM, issuer.subject().as_raw(), times, rest]);
    signed(&data, &[])
}

/// A response that its authority signed.
fn response(single: &[u8]) -> Vec<u8> {
    let time = element(0x18, &[b"20260520000000Z"]);
    let data = element(0x30, &[&element(0xA2, &[&[4, 0]]), &time, &element(0x30, &[single])]);
    let basic = signed(&data, &[]);
    let kind = [6, 9, 0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1];
    element(0x30, &[&[0x0A, 1, 0], &element(0xA0, &[&element(0x30, &[&kind, &element(4, &[&basic])])])])
}

fuzz_target!(|bytes: &[u8]| {
    let Some(([choice], rest)) = bytes.split_first_chunk::<1>() else { return };
    let (_, leaf) = X509Certificate::from_der(&PAIR.leaf).expect("a certificate");
    let (_, issuer) = X509Certificate::from_der(&PAIR.issuer).expect("a certificate");
    let question = Question { leaf: &leaf, issuer: &issuer, now: NOW };
    let times = [element(0x18, &[b"20260520000000Z"]), element(0x17, &[b"260701000000Z"])].concat();
    let rest = &rest[..rest.len().min(30_000)];
    // The identifier as it stands in a request: behind the headers of five sequences.
    let asked = request(question);
    let id = asked.get(10..).unwrap_or_default();
    let der = match choice % 6 {
        0 | 1 => rest.to_vec(),
        2 => list(&issuer, &[], rest),
        3 => list(&issuer, &times, rest),
        4 => response(rest),
        _ => response(&element(0x30, &[id, rest])),
    };
    let answers = [judge_list(&der, question, "http://a.test"), judge_response(&der, question, "http://a.test")];
    let counts = |answer: &&RevocationAnswer| answer.problem.is_none() && answer.status != RevocationStatus::Unknown;
    assert!(choice % 6 > 1 || !answers.iter().any(|answer| counts(&answer)), "nobody signed it");
});
