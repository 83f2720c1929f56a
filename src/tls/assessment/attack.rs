//! Attacks by name, as far as what a server offers says that they may work. None is ever tried.
//!
//! Must never import a folder above `observation`.

use super::offer::is_open;
use super::{Assessment, any};
use crate::observation::TlsVersion;
use crate::tls::suite::{self, Class, KeyExchange};

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
        Attack::ALL.into_iter().filter(|attack| self.allows(*attack) == Some(true)).collect()
    }

    /// Whether what was not found out may allow others.
    pub fn are_attacks_open(&self) -> bool {
        Attack::ALL.into_iter().any(|attack| self.allows(attack).is_none())
    }

    fn allows(&self, attack: Attack) -> Option<bool> {
        match attack {
            Attack::Drown => self.speaks(TlsVersion::Ssl20),
            Attack::Freak => self.takes_export(KeyExchange::Rsa),
            Attack::Logjam => any([self.takes_export(KeyExchange::Dhe), self.has_short_prime()]),
            Attack::Poodle => self.takes_cbc(TlsVersion::Ssl30),
            Attack::Crime => self.compression(),
            Attack::Rc4 => self.takes(&[Class::Rc4]),
            Attack::Sweet32 => self.takes(&[Class::TripleDes, Class::Block64, Class::Des]),
            Attack::Beast => self.takes_cbc(TlsVersion::Tls10),
            Attack::RobotProne => self.takes(&[Class::StaticRsa]),
            Attack::Lucky13 => self.takes(&[Class::Cbc]),
        }
    }

    /// Whether suites of one of these classes are taken.
    fn takes(&self, classes: &[Class]) -> Option<bool> {
        any(classes.iter().map(|class| {
            let used = self.class(*class);
            either(!used.names.is_empty(), !used.open)
        }))
    }

    /// Whether CBC is taken under a version from SSL 3.0 up to this one.
    fn takes_cbc(&self, most: TlsVersion) -> Option<bool> {
        let old = self.survey.versions.iter().filter(|known| (TlsVersion::Ssl30..=most).contains(&known.version));
        any(old.map(|known| {
            let mut taken = known.suites.iter().filter_map(|number| suite::of_number(*number));
            either(taken.any(|suite| Class::Cbc.holds(suite)), !is_open(known, Class::Cbc))
        }))
    }

    /// Whether a suite with that key exchange as exports had it is taken. One of the class stands for all in a short survey.
    fn takes_export(&self, exchange: KeyExchange) -> Option<bool> {
        let export = self.class(Class::Export);
        let is_whole = self.survey.versions.iter().all(|known| known.complete || known.told.is_refused());
        either(self.has_export(exchange), !export.open && (export.names.is_empty() || is_whole))
    }

    fn has_short_prime(&self) -> Option<bool> {
        either(self.dh().is_some_and(|dh| dh.bits <= 1024), !self.is_dh_open())
    }
}

/// What is so, or known not to be.
fn either(is_so: bool, is_known: bool) -> Option<bool> {
    (is_so || is_known).then_some(is_so)
}
