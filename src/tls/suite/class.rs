//! Classes of suites: what is wrong with them, in one word each.
//!
//! Takes a [`Suite`], gives its classes. Invariant: a suite without a class is one that nobody advises against.
//! Must never import a folder above `observation`.

use super::{Authentication, KeyExchange, Suite};

/// Something that is wrong with a suite, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Nothing is encrypted (RFC 9325 §4.1).
    Null,
    /// Nobody proves who they are (RFC 9325 §4.1).
    Anonymous,
    /// Keys of 40 or 56 bits, or a key exchange of 512 or 1024, as exports once required: FREAK, LOGJAM.
    Export,
    /// Single DES, or RC2: 56 bits and less, or as old.
    Des,
    /// RC4, which RFC 7465 prohibits.
    Rc4,
    /// Triple DES: blocks of 64 bits, 112 bits of key (SWEET32).
    TripleDes,
    /// Another cipher of 64-bit blocks: IDEA, GOST 28147, MAGMA (SWEET32).
    Block64,
    /// A MAC of MD5.
    Md5,
    /// The key goes encrypted to the certificate's RSA key: no forward secrecy, and the ground of ROBOT.
    StaticRsa,
    /// Another key exchange without forward secrecy: fixed Diffie-Hellman, pre-shared keys alone.
    Static,
    /// A block cipher in CBC mode with a MAC before encryption: LUCKY13, and BEAST below TLS 1.1.
    Cbc,
}

impl Class {
    /// Every class, worst first.
    pub const ALL: [Self; 11] = [
        Self::Null,
        Self::Anonymous,
        Self::Export,
        Self::Des,
        Self::Rc4,
        Self::TripleDes,
        Self::Block64,
        Self::Md5,
        Self::StaticRsa,
        Self::Static,
        Self::Cbc,
    ];

    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Anonymous => "anonymous",
            Self::Export => "export",
            Self::Des => "des",
            Self::Rc4 => "rc4",
            Self::TripleDes => "3des",
            Self::Block64 => "block64",
            Self::Md5 => "md5",
            Self::StaticRsa => "static-rsa",
            Self::Static => "static",
            Self::Cbc => "cbc",
        }
    }

    /// Whether no server should take such a suite, whatever else it takes: the suites that a short survey asks for.
    pub fn is_forbidden(self) -> bool {
        !matches!(self, Self::StaticRsa | Self::Static | Self::Cbc)
    }

    /// Whether a suite is of this class.
    pub fn holds(self, suite: &Suite) -> bool {
        let cipher = |names: &[&str]| names.iter().any(|name| suite.cipher.starts_with(name));
        match self {
            Self::Null => suite.cipher == "NULL",
            Self::Anonymous => suite.authentication == Authentication::None,
            Self::Export => suite.is_export,
            Self::Des => cipher(&["DES-CBC", "RC2"]),
            Self::Rc4 => cipher(&["RC4"]),
            Self::TripleDes => cipher(&["3DES"]),
            Self::Block64 => cipher(&["IDEA", "GOST-28147", "MAGMA-CTR", "FORTEZZA"]),
            Self::Md5 => suite.mac == "MD5",
            Self::StaticRsa => matches!(suite.key_exchange, KeyExchange::Rsa),
            Self::Static => !suite.is_forward_secret() && suite.key_exchange != KeyExchange::Rsa,
            Self::Cbc => suite.cipher.ends_with("-CBC") && !suite.is_aead(),
        }
    }
}

impl Suite {
    /// Its classes, worst first; none where nobody advises against it.
    pub fn classes(&self) -> impl Iterator<Item = Class> {
        Class::ALL.into_iter().filter(|class| class.holds(self))
    }

    /// Whether no server should take it, whatever else it takes.
    pub fn is_forbidden(&self) -> bool {
        self.classes().any(Class::is_forbidden)
    }
}
