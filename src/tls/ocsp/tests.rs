//! Responses made for the purpose: who signed them, and what they bring along.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair, PKCS_ED25519,
    SigningKey as _,
};
use x509_parser::prelude::FromDer as _;

use super::*;
use crate::tls::der::write;

/// 1 June 2026.
const NOW: i64 = 1_780_272_000;
const ECDSA_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];
/// Of a key on P-256, which cannot be checked here.
const ECDSA_SHA512: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 4];
const SHA1: &[u8] = &[0x2B, 0x0E, 3, 2, 0x1A];

/// An authority and a certificate of it.
struct Pair {
    issuer: CertifiedIssuer<'static, KeyPair>,
    leaf: Vec<u8>,
}

fn pair(key: KeyPair) -> Pair {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, key).expect("signed");
    let leaf = CertificateParams::default().signed_by(&KeyPair::generate().expect("a key"), &issuer).expect("signed");
    Pair { leaf: leaf.der().to_vec(), issuer }
}

impl Pair {
    fn parsed<T>(&self, read: impl FnOnce(&X509Certificate<'_>, &X509Certificate<'_>) -> T) -> T {
        let (_, leaf) = X509Certificate::from_der(&self.leaf).expect("a certificate");
        let (_, issuer) = X509Certificate::from_der(self.issuer.der()).expect("a certificate");
        read(&leaf, &issuer)
    }

    /// A certificate for responses, or for something else.
    fn delegate(&self, key: &KeyPair, purpose: ExtendedKeyUsagePurpose) -> Vec<u8> {
        let mut params = CertificateParams::default();
        params.extended_key_usages = vec![purpose];
        params.signed_by(key, &self.issuer).expect("signed").der().to_vec()
    }

    /// A good word of this week with more in it, signed by a key in an algorithm's name, and a certificate with it.
    fn response(&self, more: &[u8], (key, algorithm): (&KeyPair, &[u8]), responder: Option<&[u8]>) -> Vec<u8> {
        let identifier = self.parsed(|leaf, issuer| {
            let name = Sha1::digest(leaf.issuer().as_raw());
            let key = Sha1::digest(&issuer.public_key().subject_public_key.data);
            let algorithm = write(SEQUENCE, &write(IDENTIFIER, SHA1));
            [algorithm, write(OCTETS, &name), write(OCTETS, &key), write(INTEGER, leaf.raw_serial())].concat()
        });
        let time = |text: &str| write(GENERALIZED_TIME, text.as_bytes());
        let times = [time("20260530000000Z"), write(0xA0, &time("20260606000000Z"))].concat();
        let single = [write(SEQUENCE, &identifier), vec![0x80, 0], times, more.to_vec()].concat();
        let singles = write(SEQUENCE, &write(SEQUENCE, &single));
        let responder_id = write(0xA2, &write(OCTETS, &[7; 20]));
        let data = write(SEQUENCE, &[responder_id, time("20260530000000Z"), singles].concat());
        let signature = write(BITS, &[&[0][..], &key.sign(&data).expect("a signature")].concat());
        let responder = responder.map_or_else(Vec::new, |der| write(0xA0, &write(SEQUENCE, der)));
        let algorithm = write(SEQUENCE, &write(IDENTIFIER, algorithm));
        let basic = write(SEQUENCE, &[data, algorithm, signature, responder].concat());
        let kind = write(IDENTIFIER, &[0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1]);
        let bytes = write(0xA0, &write(SEQUENCE, &[kind, write(OCTETS, &basic)].concat()));
        write(SEQUENCE, &[write(ENUMERATED, &[0]), bytes].concat())
    }

    fn status(&self, der: &[u8]) -> Status {
        let status = self.parsed(|leaf, issuer| status(der, leaf, Some(issuer), NOW));
        assert_eq!((status.word, status.fits), (Word::Good, Some(true)));
        status
    }
}

#[test]
fn a_delegate_whose_signature_cannot_be_checked_is_no_stranger() {
    let pair = pair(KeyPair::generate_for(&PKCS_ED25519).expect("a key"));
    let key = KeyPair::generate().expect("a key");
    let own = pair.delegate(&key, ExtendedKeyUsagePurpose::OcspSigning);
    let signed = |by, responder: Option<&[u8]>| pair.status(&pair.response(&[], by, responder)).signed;
    assert_eq!(signed((&key, ECDSA_SHA256), Some(&own)), Some(true));
    assert_eq!(signed((&key, ECDSA_SHA512), Some(&own)), None);
    // Whoever is not in charge or not the issuer's, and nobody at all.
    let pretender = pair.delegate(&key, ExtendedKeyUsagePurpose::ServerAuth);
    assert_eq!(signed((&key, ECDSA_SHA512), Some(&pretender)), Some(false));
    let other = super::tests::pair(KeyPair::generate_for(&PKCS_ED25519).expect("a key"));
    let stranger = other.delegate(&key, ExtendedKeyUsagePurpose::OcspSigning);
    assert_eq!(signed((&key, ECDSA_SHA512), Some(&stranger)), Some(false));
    assert_eq!(signed((&key, ECDSA_SHA512), None), Some(false));
}

#[test]
fn timestamps_in_a_response_are_counted() {
    let pair = pair(KeyPair::generate().expect("a key"));
    let counted = |extension: &[u8]| {
        let more = write(0xA1, &write(SEQUENCE, &write(SEQUENCE, extension)));
        pair.status(&pair.response(&more, (pair.issuer.key(), ECDSA_SHA256), None)).timestamps
    };
    let list = write(OCTETS, &write(OCTETS, &[0, 7, 0, 1, 9, 0, 2, 9, 9]));
    let of = |identifier: &[u8]| write(IDENTIFIER, identifier);
    assert_eq!(counted(&[of(TIMESTAMPS), list.clone()].concat()), 2);
    assert_eq!(counted(&[of(TIMESTAMPS), write(BOOLEAN, &[0]), list.clone()].concat()), 2);
    assert_eq!(counted(&[of(SHA1), list].concat()), 0);
    assert_eq!(pair.status(&pair.response(&[], (pair.issuer.key(), ECDSA_SHA256), None)).timestamps, 0);
}
