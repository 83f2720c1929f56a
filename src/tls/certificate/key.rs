//! Keys of certificates: their kind and size.
//!
//! Must never import a folder above `observation`.

use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::tls::group;
use crate::tls::prime::bits;

/// Curves by object identifier, and the groups that they are.
const CURVES: [(&str, &str); 15] = [
    ("1.2.840.10045.3.1.1", "secp192r1"),
    ("1.3.132.0.33", "secp224r1"),
    ("1.2.840.10045.3.1.7", "secp256r1"),
    ("1.3.132.0.34", "secp384r1"),
    ("1.3.132.0.35", "secp521r1"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.8", "secp160r1"),
    ("1.3.132.0.1", "sect163k1"),
    ("1.3.132.0.15", "sect163r2"),
    ("1.3.132.0.26", "sect233k1"),
    ("1.3.132.0.27", "sect233r1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    ("1.2.156.10197.1.301", "curveSM2"),
];

/// The kind of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA.
    Rsa,
    /// RSA for PSS only.
    RsaPss,
    /// A curve of NIST's, Brainpool's or another of that form.
    Ec,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// DSA.
    Dsa,
    /// ML-DSA (FIPS 204).
    MlDsa,
    /// Anything else.
    Other,
}

impl KeyKind {
    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::RsaPss => "rsa-pss",
            Self::Ec => "ec",
            Self::Ed25519 => "ed25519",
            Self::Ed448 => "ed448",
            Self::Dsa => "dsa",
            Self::MlDsa => "ml-dsa",
            Self::Other => "other",
        }
    }
}

/// A certificate's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its kind.
    pub kind: KeyKind,
    /// Its bits; `None` where they cannot be told.
    pub bits: Option<u32>,
    /// The curve's name, of a key on one.
    pub curve: Option<&'static str>,
}

impl Key {
    pub(super) fn of(key: &SubjectPublicKeyInfo<'_>) -> Self {
        let plain = |kind, bits| Self { kind, bits: Some(bits), curve: None };
        let modulus = || match key.parsed() {
            Ok(PublicKey::RSA(rsa)) => Some(bits(rsa.modulus)),
            _ => None,
        };
        match &*key.algorithm.algorithm.to_id_string() {
            "1.2.840.113549.1.1.1" => Self { kind: KeyKind::Rsa, bits: modulus(), curve: None },
            "1.2.840.113549.1.1.10" => Self { kind: KeyKind::RsaPss, bits: modulus(), curve: None },
            "1.2.840.10045.2.1" => of_curve(key),
            "1.3.101.112" => plain(KeyKind::Ed25519, 256),
            "1.3.101.113" => plain(KeyKind::Ed448, 456),
            "1.2.840.10040.4.1" => Self { kind: KeyKind::Dsa, bits: dsa_bits(key), curve: None },
            "2.16.840.1.101.3.4.3.17" => plain(KeyKind::MlDsa, 44),
            "2.16.840.1.101.3.4.3.18" => plain(KeyKind::MlDsa, 65),
            "2.16.840.1.101.3.4.3.19" => plain(KeyKind::MlDsa, 87),
            _ => Self { kind: KeyKind::Other, bits: None, curve: None },
        }
    }

    /// Whether it is too short for anyone to rely on: RSA below 2048 bits, curves below 224, DSA at all, which no browser
    /// takes (CA/Browser Forum, Baseline Requirements §6.1.5).
    pub fn is_weak(&self) -> bool {
        match (self.kind, self.bits) {
            (KeyKind::Rsa | KeyKind::RsaPss, Some(bits)) => bits < 2048,
            (KeyKind::Ec, Some(bits)) => bits < 224,
            (KeyKind::Dsa, _) => true,
            _ => false,
        }
    }

    /// Whether a key of this kind can make signatures by the algorithm with this object identifier; true where the
    /// algorithm is not known.
    pub(super) fn can_sign_by(&self, algorithm: &str) -> bool {
        let is = |kinds: &[KeyKind]| kinds.contains(&self.kind);
        match algorithm {
            "1.2.840.113549.1.1.10" => is(&[KeyKind::Rsa, KeyKind::RsaPss]),
            "1.3.14.3.2.29" => is(&[KeyKind::Rsa]),
            "1.2.156.10197.1.501" => is(&[KeyKind::Ec]),
            "1.2.840.10040.4.3" | "2.16.840.1.101.3.4.3.1" | "2.16.840.1.101.3.4.3.2" => is(&[KeyKind::Dsa]),
            "1.3.101.112" => is(&[KeyKind::Ed25519]),
            "1.3.101.113" => is(&[KeyKind::Ed448]),
            "2.16.840.1.101.3.4.3.17" | "2.16.840.1.101.3.4.3.18" | "2.16.840.1.101.3.4.3.19" => is(&[KeyKind::MlDsa]),
            other if other.starts_with("1.2.840.113549.1.1.") => is(&[KeyKind::Rsa]),
            other if other.starts_with("1.2.840.10045.4.") => is(&[KeyKind::Ec]),
            _ => true,
        }
    }

    /// Whether a key of this kind can sign handshakes by this scheme (RFC 8446 §4.2.3); true where the scheme is not known.
    pub fn can_sign_as(&self, scheme: u16) -> bool {
        let is = |kind: KeyKind| self.kind == kind;
        match scheme {
            0x0804..=0x0806 => is(KeyKind::Rsa),
            0x0807 => is(KeyKind::Ed25519),
            0x0808 => is(KeyKind::Ed448),
            0x0809..=0x080B => is(KeyKind::RsaPss),
            0x081A..=0x081C => is(KeyKind::Ec),
            0x0904..=0x0906 => is(KeyKind::MlDsa),
            0x0100..=0x06FF => match scheme & 0xFF {
                1 => is(KeyKind::Rsa),
                2 => is(KeyKind::Dsa),
                3 => is(KeyKind::Ec),
                _ => true,
            },
            _ => true,
        }
    }

    /// Whether the libraries check what such a key signed: they refuse keys that are too short or too long, whatever those
    /// signed.
    pub fn is_checkable(&self) -> bool {
        let too_long = matches!(self.kind, KeyKind::Rsa | KeyKind::RsaPss) && self.bits.is_none_or(|bits| bits > 8192);
        !too_long && !self.is_weak()
    }

    /// Bits of an RSA key of about the same strength.
    pub fn like_rsa(&self) -> Option<u32> {
        match self.kind {
            KeyKind::Rsa | KeyKind::RsaPss | KeyKind::Dsa => self.bits,
            KeyKind::Ec => {
                let of_name = self.curve.and_then(group::of_name).map(|group| group.like_rsa);
                of_name.or(self.bits.map(group::like_rsa))
            }
            KeyKind::Ed25519 | KeyKind::MlDsa => Some(3072),
            KeyKind::Ed448 => Some(7680),
            KeyKind::Other => None,
        }
    }
}

fn of_curve(key: &SubjectPublicKeyInfo<'_>) -> Key {
    let named = key.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    let identifier = named.map(|oid| oid.to_id_string());
    let curve = identifier.and_then(|oid| CURVES.iter().find(|(known, _)| *known == oid)).map(|(_, name)| *name);
    let by_name = curve.and_then(group::of_name).map(|group| group.bits);
    let by_point = || {
        let size = key.parsed().map(|point| point.key_size()).unwrap_or(0);
        u32::try_from(size).ok().filter(|bits| *bits > 0)
    };
    Key { kind: KeyKind::Ec, bits: by_name.or_else(by_point), curve }
}

/// The bits of a DSA key's prime, the first number of its parameters.
fn dsa_bits(key: &SubjectPublicKeyInfo<'_>) -> Option<u32> {
    let parameters = key.algorithm.parameters.as_ref()?;
    let (_, prime) = x509_parser::der_parser::der::parse_der_integer(parameters.data).ok()?;
    prime.as_slice().ok().map(bits)
}
