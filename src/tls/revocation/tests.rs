use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::*;
use crate::tls::der::{Elements, write};

/// 2026-06-01.
const NOW: i64 = 1_780_272_000;

struct Pair {
    issuer: Issuer<'static, KeyPair>,
    issuer_der: Vec<u8>,
    leaf_der: Vec<u8>,
}

fn pair() -> Pair {
    let key = KeyPair::generate().expect("a key");
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, "An authority");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::CrlSign, KeyUsagePurpose::KeyCertSign];
    let issuer_der = parameters.self_signed(&key).expect("a certificate").der().to_vec();
    let issuer = Issuer::new(parameters, key);
    let mut leaf = CertificateParams::default();
    leaf.serial_number = Some(vec![0x91, 2, 3].into());
    leaf.crl_distribution_points = vec![rcgen::CrlDistributionPoint { uris: vec!["http://crl.test/a".to_owned()] }];
    let leaf_der = leaf.signed_by(&KeyPair::generate().expect("a key"), &issuer).expect("a certificate").der().to_vec();
    Pair { issuer, issuer_der, leaf_der }
}

impl Pair {
    fn ask<T>(&self, now: i64, what: impl FnOnce(Question<'_>) -> T) -> T {
        let (_, leaf) = X509Certificate::from_der(&self.leaf_der).expect("a certificate");
        let (_, issuer) = X509Certificate::from_der(&self.issuer_der).expect("a certificate");
        what(Question { leaf: &leaf, issuer: &issuer, now })
    }

    /// A list from May to July 2026.
    fn list(&self, serials: &[&[u8]]) -> Vec<u8> {
        self.list_of(None, serials)
    }

    /// The same, of the part of the authority that is at these addresses.
    fn list_of(&self, part: Option<&str>, serials: &[&[u8]]) -> Vec<u8> {
        let revoked = |serial: &&[u8]| rcgen::RevokedCertParams {
            serial_number: serial.to_vec().into(),
            revocation_time: date_time_ymd(2026, 4, 1),
            reason_code: Some(rcgen::RevocationReason::Superseded),
            invalidity_date: None,
        };
        let parameters = rcgen::CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 5, 1),
            next_update: date_time_ymd(2026, 7, 1),
            crl_number: vec![1].into(),
            issuing_distribution_point: part.map(|url| rcgen::CrlIssuingDistributionPoint {
                distribution_point: rcgen::CrlDistributionPoint { uris: vec![url.to_owned()] },
                scope: Some(rcgen::CrlScope::UserCertsOnly),
            }),
            revoked_certs: serials.iter().map(revoked).collect(),
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        parameters.signed_by(&self.issuer).expect("a list").der().to_vec()
    }

    fn judged(&self, list: &[u8], now: i64) -> (RevocationStatus, Option<RevocationProblem>) {
        let answer = self.ask(now, |question| judge_list(list, question, "http://crl.test/a"));
        assert_eq!((answer.source, answer.url.as_str()), (RevocationSource::List, "http://crl.test/a"));
        (answer.status, answer.problem)
    }
}

#[test]
fn a_request_names_one_certificate() {
    let pair = pair();
    let bytes = pair.ask(NOW, request);
    let mut inner = Elements(&bytes);
    for _ in 0..5 {
        let (element, rest) = (inner.next().expect("an element"), inner.next());
        assert_eq!((element.tag, rest), (0x30, None));
        inner = element.elements();
    }
    let parts: Vec<(u8, usize)> = inner.map(|part| (part.tag, part.content.len())).collect();
    assert_eq!(parts, [(0x30, 9), (4, 20), (4, 20), (2, 4)]);
}

#[test]
fn lists_are_judged_by_what_they_hold_and_who_signed_them() {
    let (pair, stranger) = (pair(), self::pair());
    let unknown = RevocationStatus::Unknown;
    let with = pair.list(&[&[7], &[0x91, 2, 3]]);
    let answer = pair.ask(NOW, |question| judge_list(&with, question, "http://crl.test/a"));
    assert_eq!((answer.status, answer.problem), (RevocationStatus::Revoked, None));
    assert_eq!((answer.revoked_at, answer.reason.as_deref()), (Some(1_775_001_600), Some("superseded")));
    let without = pair.list(&[&[7], &[0x91, 2]]);
    assert_eq!(pair.judged(&without, NOW), (RevocationStatus::Good, None));
    assert_eq!(pair.judged(&pair.list(&[]), NOW), (RevocationStatus::Good, None));
    for late in [NOW + 100 * 86_400, NOW - 100 * 86_400] {
        assert_eq!(pair.judged(&with, late), (unknown, Some(RevocationProblem::OutOfDate)));
    }
    assert_eq!(pair.judged(&stranger.list(&[]), NOW), (unknown, Some(RevocationProblem::NotSigned)));
    let mut changed = with.clone();
    let at = changed.windows(3).position(|window| window == [0x91, 2, 3]).expect("it is there");
    changed[at + 2] = 4;
    assert_eq!(pair.judged(&changed, NOW), (unknown, Some(RevocationProblem::NotSigned)));
    for length in 0..with.len() {
        assert_eq!(pair.judged(&with[..length], NOW), (unknown, Some(RevocationProblem::Malformed)), "{length}");
    }
}

/// A list whose bytes are changed and signed again.
fn resigned(pair: &Pair, list: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    use rcgen::SigningKey as _;
    let parts: Vec<_> = Elements(list).next().expect("a list").elements().map(|part| part.whole.to_vec()).collect();
    let mut body = parts[0].clone();
    change(&mut body);
    let signature = pair.issuer.key().sign(&body).expect("a signature");
    write(0x30, &[body, parts[1].clone(), write(3, &[&[0], &signature[..]].concat())].concat())
}

fn replace(bytes: &mut Vec<u8>, from: &[u8], to: &[u8]) {
    let at = bytes.windows(from.len()).position(|window| window == from).expect("it is there");
    bytes.splice(at..at + from.len(), to.iter().copied());
}

#[test]
fn a_list_of_another_part_says_nothing_of_what_it_lacks() {
    let pair = pair();
    let (good, unknown) = (RevocationStatus::Good, RevocationStatus::Unknown);
    assert_eq!(pair.judged(&pair.list_of(Some("http://crl.test/a"), &[&[7]]), NOW), (good, None));
    assert_eq!(pair.judged(&pair.list_of(Some("http://crl.test/b"), &[&[7]]), NOW), (unknown, None));
    let with = pair.list_of(Some("http://crl.test/b"), &[&[0x91, 2, 3]]);
    assert_eq!(pair.judged(&with, NOW), (RevocationStatus::Revoked, None));
    // Whose an entry of an indirect list is depends on those before it.
    let own = pair.list_of(Some("http://crl.test/a"), &[&[0x91, 2, 3]]);
    let indirect = resigned(&pair, &own, |body| replace(body, &[0x81, 1, 0xFF], &[0x84, 1, 0xFF]));
    assert_eq!(pair.judged(&indirect, NOW), (unknown, Some(RevocationProblem::OtherCertificate)));
}

#[test]
fn a_list_with_something_critical_that_is_not_known_says_nothing_of_what_it_lacks() {
    let pair = pair();
    let list = pair.list(&[&[7]]);
    let with = |mark: &[u8]| {
        resigned(&pair, &list, |body| {
            let parts: Vec<_> = Elements(body).next().expect("a sequence").elements().collect();
            let (last, before) = parts.split_last().expect("parts");
            let known = last.elements().next().expect("extensions").content;
            let strange = write(0x30, &[&[6, 3, 0x55, 0x1D, 0x7F][..], mark, &[4, 2, 5, 0]].concat());
            let extensions = write(0xA0, &write(0x30, &[known, &strange].concat()));
            let before: Vec<u8> = before.iter().flat_map(|part| part.whole.to_vec()).collect();
            *body = write(0x30, &[before, extensions].concat());
        })
    };
    assert_eq!(pair.judged(&with(&[]), NOW), (RevocationStatus::Good, None));
    assert_eq!(pair.judged(&with(&[1, 1, 0xFF]), NOW), (RevocationStatus::Unknown, None));
}

#[test]
fn what_does_not_say_how_long_it_counts_counts_ten_days() {
    let pair = pair();
    let list = pair.list(&[&[7]]);
    // The second of two times is left out, and its sequence gets shorter by it.
    let endless = resigned(&pair, &list, |body| {
        let inner: Vec<_> = Elements(body).next().expect("a sequence").elements().map(|it| it.whole.to_vec()).collect();
        let is_time = |part: &&Vec<u8>| matches!(part.first(), Some(0x17 | 0x18));
        let next = inner.iter().filter(is_time).nth(1).expect("two times").clone();
        *body = write(0x30, &inner.into_iter().filter(|part| *part != next).flatten().collect::<Vec<_>>());
    });
    let begin = NOW - 31 * 86_400;
    assert_eq!(pair.judged(&endless, begin + 9 * 86_400), (RevocationStatus::Good, None));
    let late = (RevocationStatus::Unknown, Some(RevocationProblem::OutOfDate));
    assert_eq!(pair.judged(&endless, begin + 11 * 86_400), late);
    let status = ocsp::Status {
        word: Word::Good,
        this_update: Some(NOW),
        next_update: None,
        revoked_at: None,
        reason: None,
        fits: Some(true),
        signed: Some(true),
        timestamps: 0,
    };
    let usable = |days: i64| (status.is_usable(NOW + days * 86_400), status.is_stale(NOW + days * 86_400));
    assert_eq!((usable(9), usable(11)), ((true, false), (false, true)));
}

#[test]
fn elements_are_written_as_they_are_read() {
    for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
        let written = write(4, &vec![7; length]);
        let read: Vec<_> = Elements(&written).map(|element| (element.tag, element.content.len())).collect();
        assert_eq!(read, [(4, length)]);
    }
}
