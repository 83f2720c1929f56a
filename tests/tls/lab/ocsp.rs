//! Responses about revocation, made by the laboratory's authority (RFC 6960 §4.2).

use std::time::Duration;

use rcgen::{
    CertificateRevocationListParams, ExtendedKeyUsagePurpose, KeyIdMethod, KeyPair, RevocationReason,
    RevokedCertParams, SigningKey as _,
};
use sha1::Digest as _;

use super::authority::{AUTHORITIES, Authority, Der, Leaf, instant, tlv};

/// What a response says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Good,
    /// Since thirty days ago, because the key was taken.
    Revoked,
    Unknown,
}

/// Who signs a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Issuer,
    /// A responder that the issuer named as one.
    Delegate,
    /// One that was one, until yesterday.
    FormerDelegate,
    /// One that will be one, from tomorrow.
    NextDelegate,
    /// One that has a certificate of the issuer, but not for this.
    Pretender,
    /// Somebody whose key says nothing.
    Nobody,
}

/// A response, by its parts.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: Status,
    pub serial: Vec<u8>,
    pub by: By,
    /// When it begins and ends to count, in days from now.
    pub days: (i64, i64),
}

impl Response {
    /// An honest one about that leaf.
    pub fn about(leaf: &Leaf, status: Status) -> Self {
        Self { status, serial: leaf.serial.clone(), by: By::Issuer, days: (-1, 6) }
    }

    /// Its bytes.
    pub fn der(&self) -> Der {
        let issuer = &AUTHORITIES.intermediate;
        let delegate = Delegate::new(self.by);
        let key = delegate.as_ref().map_or_else(|| public_key(&issuer.der), |it| public_key(&it.der));
        let responder = tlv(0xa2, &tlv(0x04, &sha1(&key)));
        let produced = tlv(0x18, time(self.days.0).as_bytes());
        let single = self.single(issuer);
        let data = tlv(0x30, &[responder, produced, tlv(0x30, &single)].concat());
        let signature = match (&delegate, self.by) {
            (Some(delegate), _) => delegate.key.sign(&data).expect("a signature"),
            (None, By::Nobody) => KeyPair::generate().expect("a key").sign(&data).expect("a signature"),
            (None, _) => issuer.sign(&data),
        };
        let algorithm = tlv(0x30, &tlv(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));
        let certificates = delegate.map_or_else(Vec::new, |it| tlv(0xa0, &tlv(0x30, &it.der)));
        let signature = tlv(0x03, &[&[0], &signature[..]].concat());
        let basic = tlv(0x30, &[data, algorithm, signature, certificates].concat());
        let kind = tlv(0x06, &[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1]);
        let bytes = tlv(0xa0, &tlv(0x30, &[kind, tlv(0x04, &basic)].concat()));
        tlv(0x30, &[tlv(0x0a, &[0]), bytes].concat())
    }

    fn single(&self, issuer: &Authority) -> Vec<u8> {
        let (_, parsed) = x509_parser::parse_x509_certificate(&issuer.der).expect("a certificate");
        let hashes = [
            tlv(0x30, &[tlv(0x06, &[0x2b, 0x0e, 3, 2, 0x1a]), vec![5, 0]].concat()),
            tlv(0x04, &sha1(parsed.subject().as_raw())),
            tlv(0x04, &sha1(&public_key(&issuer.der))),
            tlv(0x02, &self.serial),
        ];
        let status = match self.status {
            Status::Good => vec![0x80, 0],
            Status::Unknown => vec![0x82, 0],
            Status::Revoked => tlv(0xa1, &[tlv(0x18, time(-30).as_bytes()), tlv(0xa0, &tlv(0x0a, &[1]))].concat()),
        };
        let times = [tlv(0x18, time(self.days.0).as_bytes()), tlv(0xa0, &tlv(0x18, time(self.days.1).as_bytes()))];
        tlv(0x30, &[tlv(0x30, &hashes.concat()), status, times.concat()].concat())
    }
}

/// A response of the issuer about that leaf, in time.
pub fn staple_for(leaf: &Leaf, status: Status) -> Der {
    Response::about(leaf, status).der()
}

/// `tryLater` and its like: a response without an answer (RFC 6960 §4.2.1).
pub fn refusal(code: u8) -> Der {
    tlv(0x30, &tlv(0x0a, &[code]))
}

/// A list of the intermediate with these serials revoked, from yesterday until that many days from now.
pub fn revocation_list(serials: &[&[u8]], until: i64) -> Der {
    let revoked = |serial: &&[u8]| RevokedCertParams {
        serial_number: serial.to_vec().into(),
        revocation_time: instant(-30),
        reason_code: Some(RevocationReason::KeyCompromise),
        invalidity_date: None,
    };
    let parameters = CertificateRevocationListParams {
        this_update: instant(until.min(0) - 1),
        next_update: instant(until),
        crl_number: vec![1].into(),
        issuing_distribution_point: None,
        revoked_certs: serials.iter().map(revoked).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    parameters.signed_by(AUTHORITIES.intermediate.issuer()).expect("a list").der().to_vec()
}

struct Delegate {
    der: Der,
    key: KeyPair,
}

impl Delegate {
    fn new(by: By) -> Option<Self> {
        let responder = ExtendedKeyUsagePurpose::OcspSigning;
        let (purpose, days) = match by {
            By::Delegate => (responder, (-10, 60)),
            By::FormerDelegate => (responder, (-10, -1)),
            By::NextDelegate => (responder, (1, 60)),
            By::Pretender => (ExtendedKeyUsagePurpose::ServerAuth, (-10, 60)),
            By::Issuer | By::Nobody => return None,
        };
        let key = KeyPair::generate().expect("a key");
        let mut parameters = rcgen::CertificateParams::default();
        (parameters.not_before, parameters.not_after) = (instant(days.0), instant(days.1));
        parameters.extended_key_usages = vec![purpose];
        let der = parameters.signed_by(&key, AUTHORITIES.intermediate.issuer()).expect("a certificate").der().to_vec();
        Some(Self { der, key })
    }
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    sha1::Sha1::digest(bytes).to_vec()
}

fn public_key(certificate: &[u8]) -> Vec<u8> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).expect("a certificate");
    parsed.public_key().subject_public_key.data.to_vec()
}

/// A GeneralizedTime that many days from now.
fn time(days: i64) -> String {
    let now = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(24 * days)).expect("in range");
    let now = now.checked_sub(Duration::from_secs(60)).expect("in range");
    now.strftime("%Y%m%d%H%M%SZ").to_string()
}
