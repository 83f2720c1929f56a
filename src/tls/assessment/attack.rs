//! Attacks by name, as far as what a server offers says that they may work. None is ever tried.
//!
//! Must never import a folder above `observation`.

use super::Assessment;
use crate::observation::TlsVersion;
use crate::tls::suite::{Class, KeyExchange};

/// An attack with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attack {
    /// SSL 2.0 with the same key decrypts newer connections (CVE-2016-0800).
    Drown,
    /// Export RSA keys of 512 bits (CVE-2015-0204).
    Freak,
    /// Diffie-Hellman of 512 to 1024 bits (CVE-2015-4000).
    Logjam,
    /// CBC padding of SSL 3.0 (CVE-2014-3566).
    Poodle,
    /// Compression tells secrets by their length (CVE-2012-4929).
    Crime,
    /// Biases of RC4 (CVE-2013-2566, CVE-2015-2808).
    Rc4,
    /// Blocks of 64 bits repeat after some hours (CVE-2016-2183).
    Sweet32,
    /// Predictable CBC vectors before TLS 1.1 (CVE-2011-3389).
    Beast,
    /// RSA encryption whose padding errors may show (CVE-2017-13099 and others): only a server that takes it can err.
    RobotProne,
    /// Timing of CBC's MAC (CVE-2013-0169): only a server that takes it can err.
    Lucky13,
}

impl Attack {
    /// Every attack.
    pub const ALL: [Self; 10] = [
        Self::Drown,
        Self::Freak,
        Self::Logjam,
        Self::Poodle,
        Self::Crime,
        Self::Rc4,
        Self::Sweet32,
        Self::Beast,
        Self::RobotProne,
        Self::Lucky13,
    ];

    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Drown => "drown",
            Self::Freak => "freak",
            Self::Logjam => "logjam",
            Self::Poodle => "poodle",
            Self::Crime => "crime",
            Self::Rc4 => "rc4",
            Self::Sweet32 => "sweet32",
            Self::Beast => "beast",
            Self::RobotProne => "robot-prone",
            Self::Lucky13 => "lucky13",
        }
    }
}

impl Assessment<'_> {
    /// The attacks that what was found allows.
    pub fn attacks(&self) -> Vec<Attack> {
        Attack::ALL.into_iter().filter(|attack| self.allows(*attack)).collect()
    }

    fn allows(&self, attack: Attack) -> bool {
        let has = |class: Class| !self.class(class).names.is_empty();
        let cbc_up_to = |most: TlsVersion| {
            self.suites.iter().any(|used| {
                let early = used.versions.iter().any(|version| (TlsVersion::Ssl30..=most).contains(version));
                early && used.suite.is_some_and(|suite| Class::Cbc.holds(suite))
            })
        };
        match attack {
            Attack::Drown => self.speaks(TlsVersion::Ssl20) == Some(true),
            Attack::Freak => self.has_export(KeyExchange::Rsa),
            Attack::Logjam => self.has_export(KeyExchange::Dhe) || self.dh().is_some_and(|dh| dh.bits <= 1024),
            Attack::Poodle => cbc_up_to(TlsVersion::Ssl30),
            Attack::Crime => self.compression() == Some(true),
            Attack::Rc4 => has(Class::Rc4),
            Attack::Sweet32 => [Class::TripleDes, Class::Block64, Class::Des].into_iter().any(has),
            Attack::Beast => cbc_up_to(TlsVersion::Tls10),
            Attack::RobotProne => has(Class::StaticRsa),
            Attack::Lucky13 => has(Class::Cbc),
        }
    }
}
