//! The laboratory's authority: a root, what it signed, and everything that can be wrong with a certificate.
//!
//! Keys are made when a test starts; none is kept. What no library signs any more (SHA-1, MD5, keys of 1024 bits) is made
//! by changing two bytes of what one does sign and signing it again.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_RSA_SHA256, PublicKeyData, SanType, SigningKey, date_time_ymd,
};
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};

/// The name that most servers of the laboratory are asked for.
pub const NAME: &str = "lab.example";

/// A certificate in DER.
pub type Der = Vec<u8>;

const DAY: u64 = 24 * 60 * 60;

/// What a leaf says, by its difference from a good one.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// When it begins and ends, in days from now.
    pub days: (i64, i64),
    /// DNS names it is for; the addresses of loopback are added where it is `NAME`.
    pub names: Vec<&'static str>,
    /// The common name.
    pub common_name: &'static str,
    /// Its extended key usages.
    pub purposes: Vec<ExtendedKeyUsagePurpose>,
    /// Whether it says that its server staples (RFC 7633).
    pub must_staple: bool,
    /// Addresses of an OCSP responder and of a revocation list.
    pub ocsp: Option<String>,
    pub crl: Option<String>,
    /// Where it says that its issuer's certificate is.
    pub issuer_at: Option<String>,
    /// Whether a log took it (RFC 6962), as logs do below public roots.
    pub logged: bool,
    /// The serial number.
    pub serial: Vec<u8>,
    /// Another hash in the signature than SHA-256.
    pub digest: Digest,
    /// Which key it is for.
    pub key: Key,
    /// Who signs it.
    pub by: By,
}

/// The hash of a leaf's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    Sha256,
    Sha1,
    Md5,
}

/// The key of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    P256,
    P384,
    Rsa(usize),
}

/// Who signs a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The intermediate of the laboratory.
    Intermediate,
    /// An intermediate of the same root whose time is over.
    ExpiredIntermediate,
    /// An intermediate of a root that nobody knows.
    Stranger,
    /// Itself.
    Itself,
}

impl Leaf {
    /// A leaf without a fault.
    pub fn good() -> Self {
        Self {
            days: (-20, 70),
            names: vec![NAME],
            common_name: NAME,
            purposes: vec![ExtendedKeyUsagePurpose::ServerAuth],
            must_staple: false,
            ocsp: None,
            crl: None,
            issuer_at: None,
            logged: false,
            serial: vec![0x2a, 0x91, 0x7c, 0x05, 0xe3, 0x44, 0x18, 0xbb, 0x6f, 0xd0, 0x11, 0x5a],
            digest: Digest::Sha256,
            key: Key::P256,
            by: By::Intermediate,
        }
    }

    fn parameters(&self) -> CertificateParams {
        let mut made = CertificateParams::default();
        made.not_before = instant(self.days.0);
        made.not_after = instant(self.days.1);
        made.distinguished_name = rcgen::DistinguishedName::new();
        made.distinguished_name.push(DnType::CommonName, self.common_name);
        made.subject_alt_names = self.names.iter().map(|name| dns(name)).collect();
        if self.names.contains(&NAME) {
            made.subject_alt_names.push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        }
        made.serial_number = Some(self.serial.clone().into());
        made.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        made.extended_key_usages = self.purposes.clone();
        made.use_authority_key_identifier_extension = self.by != By::Itself;
        if self.must_staple {
            made.custom_extensions
                .push(CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 24], vec![0x30, 3, 2, 1, 5]));
        }
        if self.logged {
            let timestamp = [&[0][..], &[7; 32], &[0; 8], &[0, 0], &[4, 3, 0, 1, 9]].concat();
            let counted = |bytes: &[u8]| [&[0, u8::try_from(bytes.len()).expect("short")], bytes].concat();
            let list = tlv(0x04, &counted(&counted(&timestamp)));
            made.custom_extensions.push(CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 11_129, 2, 4, 2], list));
        }
        let access: Vec<u8> = [(1, &self.ocsp), (2, &self.issuer_at)]
            .into_iter()
            .filter_map(|(method, address)| Some(access_at(method, address.as_ref()?)))
            .flatten()
            .collect();
        if !access.is_empty() {
            let access = tlv(0x30, &access);
            made.custom_extensions.push(CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], access));
        }
        if let Some(address) = &self.crl {
            made.crl_distribution_points.push(rcgen::CrlDistributionPoint { uris: vec![address.clone()] });
        }
        made
    }
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().expect("a name"))
}

/// One address of AuthorityInfoAccess: 1 for OCSP, 2 for the issuer's certificate (RFC 5280 §4.2.2.1).
fn access_at(method: u8, address: &str) -> Vec<u8> {
    let method = tlv(0x06, &[0x2b, 6, 1, 5, 5, 7, 0x30, method]);
    tlv(0x30, &[method, tlv(0x86, address.as_bytes())].concat())
}

/// A point in time that many days from now.
pub fn instant(days: i64) -> TimeOf {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let shifted = now.saturating_add_signed(days * i64::try_from(DAY).expect("small"));
    date_time_ymd(1970, 1, 1) + Duration::from_secs(shifted)
}

/// The type of points in time that certificates are made with.
pub type TimeOf = time::OffsetDateTime;

/// A chain, the server's own certificate first, and the key to it where it is one that servers can use.
#[derive(Debug, Clone)]
pub struct Identity {
    pub chain: Vec<Der>,
    pub key: Option<Vec<u8>>,
}

impl Identity {
    /// The same key with another chain.
    pub fn with_chain(&self, chain: Vec<Der>) -> Self {
        Self { chain, key: self.key.clone() }
    }
}

/// One authority and its key.
pub struct Authority {
    pub der: Der,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A root of that name.
    fn root(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let parameters = authority_parameters(name, (-400, 3650), None);
        let der = parameters.self_signed(&key).expect("a certificate").der().to_vec();
        Self { der, issuer: Issuer::new(parameters, key) }
    }

    /// An intermediate that this authority signs.
    fn intermediate(&self, name: &str, days: (i64, i64)) -> Self {
        let key = KeyPair::generate().expect("a key");
        let parameters = authority_parameters(name, days, Some(0));
        let der = parameters.signed_by(&key, &self.issuer).expect("a certificate").der().to_vec();
        Self { der, issuer: Issuer::new(parameters, key) }
    }

    /// The issuer as lists of revoked certificates want it.
    pub fn issuer(&self) -> &Issuer<'static, KeyPair> {
        &self.issuer
    }

    /// Signs bytes with ECDSA over P-256 and SHA-256.
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.issuer.key().sign(bytes).expect("a signature")
    }
}

fn authority_parameters(name: &str, days: (i64, i64), path: Option<u8>) -> CertificateParams {
    let mut made = CertificateParams::default();
    made.not_before = instant(days.0);
    made.not_after = instant(days.1);
    made.distinguished_name = rcgen::DistinguishedName::new();
    made.distinguished_name.push(DnType::OrganizationName, "Outsight laboratory");
    made.distinguished_name.push(DnType::CommonName, name);
    made.is_ca = IsCa::Ca(path.map_or(BasicConstraints::Unconstrained, BasicConstraints::Constrained));
    made.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    made.use_authority_key_identifier_extension = true;
    made
}

/// All that signs, made once a run.
pub struct Authorities {
    pub root: Authority,
    pub intermediate: Authority,
    pub expired: Authority,
    stranger: Authority,
    rsa: RsaAuthority,
}

/// The authorities of this run.
pub static AUTHORITIES: LazyLock<Authorities> = LazyLock::new(|| {
    let root = Authority::root("Laboratory root");
    let intermediate = root.intermediate("Laboratory intermediate", (-300, 1500));
    let expired = root.intermediate("Laboratory intermediate of last year", (-700, -30));
    let stranger = Authority::root("Nobody's root").intermediate("Nobody's intermediate", (-300, 1500));
    let rsa = RsaAuthority::new(&root);
    Authorities { root, intermediate, expired, stranger, rsa }
});

/// A leaf and its chain as a good server sends it: the leaf, then the intermediate.
pub fn issue(leaf: &Leaf) -> Identity {
    let all = &*AUTHORITIES;
    let parameters = leaf.parameters();
    let rsa = match leaf.key {
        Key::P256 | Key::P384 => None,
        Key::Rsa(bits) => Some(RsaPublic::of(&rsa_key(bits))),
    };
    let own = match leaf.key {
        Key::P384 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384),
        _ => KeyPair::generate(),
    };
    let own = own.expect("a key");
    if leaf.digest != Digest::Sha256 {
        return Identity { chain: all.rsa.issue(&parameters, &own, leaf.digest), key: Some(own.serialize_der()) };
    }
    let by = match leaf.by {
        By::Itself => {
            let der = parameters.self_signed(&own).expect("a certificate").der().to_vec();
            return Identity { chain: vec![der], key: Some(own.serialize_der()) };
        }
        By::Intermediate => &all.intermediate,
        By::ExpiredIntermediate => &all.expired,
        By::Stranger => &all.stranger,
    };
    let (made, key) = match rsa {
        Some(public) => (parameters.signed_by(&public, &by.issuer), None),
        None => (parameters.signed_by(&own, &by.issuer), Some(own.serialize_der())),
    };
    Identity { chain: vec![made.expect("a certificate").der().to_vec(), by.der.clone()], key }
}

/// An RSA key, made once a size: these take their time.
fn rsa_key(bits: usize) -> RsaPrivateKey {
    static SMALL: LazyLock<RsaPrivateKey> = LazyLock::new(|| make_rsa(1024));
    static USUAL: LazyLock<RsaPrivateKey> = LazyLock::new(|| make_rsa(2048));
    match bits {
        1024 => SMALL.clone(),
        2048 => USUAL.clone(),
        _ => make_rsa(bits),
    }
}

/// A prime of 512 or 1024 bits that nobody else uses.
pub fn prime(bits: usize) -> Vec<u8> {
    rsa::traits::PrivateKeyParts::primes(&rsa_key(2 * bits))[0].to_bytes_be()
}

fn make_rsa(bits: usize) -> RsaPrivateKey {
    RsaPrivateKey::new(&mut rsa::rand_core::OsRng, bits).expect("a key")
}

/// The public half of an RSA key, as certificates hold it.
struct RsaPublic(Vec<u8>);

impl RsaPublic {
    fn of(key: &RsaPrivateKey) -> Self {
        Self(key.to_public_key().to_pkcs1_der().expect("a key").as_bytes().to_vec())
    }
}

impl PublicKeyData for RsaPublic {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

/// An intermediate that signs with RSA, and with hashes that nobody should use.
struct RsaAuthority {
    der: Der,
    parameters: CertificateParams,
    key: RsaPrivateKey,
}

/// The key of an RSA authority, as the library that makes certificates wants it.
struct RsaSigner<'a>(&'a RsaPrivateKey, RsaPublic);

impl PublicKeyData for RsaSigner<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.1.der_bytes()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for RsaSigner<'_> {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        // What it signs is changed and signed again.
        Ok(vec![0; self.0.to_public_key().size_of()])
    }
}

/// Bytes of a key's modulus.
trait Size {
    fn size_of(&self) -> usize;
}

impl Size for rsa::RsaPublicKey {
    fn size_of(&self) -> usize {
        rsa::traits::PublicKeyParts::size(self)
    }
}

impl RsaAuthority {
    fn new(root: &Authority) -> Self {
        let key = rsa_key(2048);
        let parameters = authority_parameters("Laboratory intermediate with RSA", (-300, 1500), Some(0));
        let der = parameters.signed_by(&RsaPublic::of(&key), &root.issuer).expect("a certificate").der().to_vec();
        Self { der, parameters, key }
    }

    fn issue(&self, leaf: &CertificateParams, own: &KeyPair, digest: Digest) -> Vec<Der> {
        let signer = RsaSigner(&self.key, RsaPublic::of(&self.key));
        let issuer = Issuer::from_params(&self.parameters, signer);
        let made = leaf.signed_by(own, &issuer).expect("a certificate").der().to_vec();
        vec![self.sign_again(&made, digest), self.der.clone()]
    }

    /// The certificate with the algorithm of its signature changed (the last byte of `sha256WithRSAEncryption` tells
    /// the hash), and signed with it.
    fn sign_again(&self, certificate: &[u8], digest: Digest) -> Der {
        let last = match digest {
            Digest::Md5 => 4,
            Digest::Sha1 => 5,
            Digest::Sha256 => 11,
        };
        let (inside, _) = split(certificate);
        let (_, after) = split(inside);
        let body = replace(&inside[..inside.len() - after.len()], last);
        let signature = self.sign(&body, digest);
        let algorithm = tlv(0x30, &[tlv(0x06, &[RSA_ALGORITHMS, &[last]].concat()), vec![5, 0]].concat());
        tlv(0x30, &[body, algorithm, tlv(0x03, &[&[0], &signature[..]].concat())].concat())
    }

    fn sign(&self, message: &[u8], digest: Digest) -> Vec<u8> {
        use md5::Digest as _;
        let (prefix, hash): (&[u8], Vec<u8>) = match digest {
            Digest::Md5 => (&MD5_INFO, md5::Md5::digest(message).to_vec()),
            Digest::Sha1 => (&SHA1_INFO, sha1::Sha1::digest(message).to_vec()),
            Digest::Sha256 => (&SHA256_INFO, sha2::Sha256::digest(message).to_vec()),
        };
        let padding = Pkcs1v15Sign { hash_len: Some(hash.len()), prefix: prefix.into() };
        self.key.sign(padding, &hash).expect("a signature")
    }
}

/// 1.2.840.113549.1.1, to which a number of an algorithm belongs.
const RSA_ALGORITHMS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
/// What stands before the hash in a signature (RFC 8017 §9.2).
const MD5_INFO: [u8; 18] = [0x30, 0x20, 0x30, 0x0c, 6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5, 5, 0, 4, 0x10];
const SHA1_INFO: [u8; 15] = [0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14];
const SHA256_INFO: [u8; 19] = [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

/// The body with the first `sha256WithRSAEncryption` made another algorithm.
fn replace(body: &[u8], last: u8) -> Vec<u8> {
    let wanted = [RSA_ALGORITHMS, &[11]].concat();
    let at = body.windows(wanted.len()).position(|window| window == wanted).expect("it is signed with RSA");
    let mut changed = body.to_vec();
    changed[at + wanted.len() - 1] = last;
    changed
}

/// What is in the first element, and what follows it.
fn split(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, head) = match der[1] {
        0x81 => (usize::from(der[2]), 3),
        0x82 => (usize::from(der[2]) << 8 | usize::from(der[3]), 4),
        short => (usize::from(short), 2),
    };
    (&der[head..head + length], &der[head + length..])
}

/// An element of DER.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..=0x7f => vec![tag, u8::try_from(length).expect("short")],
        0x80..=0xff => vec![tag, 0x81, u8::try_from(length).expect("short")],
        _ => [&[tag, 0x82], &u16::try_from(length).expect("short").to_be_bytes()[..]].concat(),
    };
    [head, content.to_vec()].concat()
}

/// A certificate as PEM.
pub fn pem(der: &[u8]) -> String {
    let text = data_encoding::BASE64.encode(der);
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
