//! The suites of a survey, by class; its Diffie-Hellman parameters.
//!
//! Must never import a folder above `observation`.

use super::{Assessment, any};
use crate::observation::{Preference, SurveyDepth, TlsSurvey, TlsVersion, Told, Unheard, VersionSurvey};
use crate::tls::suite::{self, Class, KeyExchange, Suite};
use crate::tls::{group, prime};

/// A suite that the server chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteUse {
    /// Its number; of SSL 2.0 three bytes.
    pub number: u32,
    /// What is known of it.
    pub suite: Option<&'static Suite>,
    /// The versions under which it was chosen, oldest first.
    pub versions: Vec<TlsVersion>,
}

impl SuiteUse {
    /// Its name; its number where it has none.
    pub fn name(&self) -> String {
        suite::name_of(self.number)
    }
}

/// The suites of one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassUse {
    /// Their names.
    pub names: Vec<String>,
    /// Whether there may be more.
    pub open: bool,
}

/// Whose order of suites decides where it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderUse {
    /// Whose; `None` where there is no choice, or that is not known.
    pub preference: Option<Preference>,
    /// Whether it is not known.
    pub open: bool,
}

/// The weakest Diffie-Hellman parameters that were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DhUse {
    /// Bits of the prime.
    pub bits: u32,
    /// Whose prime it is, where many share it.
    pub origin: Option<&'static str>,
}

/// Every suite of a survey, newest versions first, in the order chosen.
pub(super) fn suites(survey: &TlsSurvey) -> Vec<SuiteUse> {
    let mut found: Vec<SuiteUse> = Vec::new();
    for known in survey.versions.iter().rev() {
        for number in &known.suites {
            match found.iter_mut().find(|known| known.number == *number) {
                Some(chosen) => chosen.versions.insert(0, known.version),
                None => {
                    found.push(SuiteUse {
                        number: *number,
                        suite: suite::of_number(*number),
                        versions: vec![known.version],
                    });
                }
            }
        }
    }
    found
}

impl Assessment<'_> {
    /// The suites of a class, and whether there may be more.
    pub fn class(&self, class: Class) -> ClassUse {
        let of_class = self.suites.iter().filter(|used| used.suite.is_some_and(|suite| class.holds(suite)));
        let names: Vec<String> = of_class.map(SuiteUse::name).collect();
        let open = self.survey.versions.iter().any(|version| is_open(version, class) && !self.is_spared(version));
        ClassUse { names, open }
    }

    /// The suites that a class is the worst of, so that each is told once; those of SSL 2.0 alone are its own fault.
    /// Classes that no policy forbids outright keep all their suites, and so does MD5, which every suite with it has beside
    /// something worse.
    pub fn worst(&self, class: Class) -> ClassUse {
        let is_its = |used: &&SuiteUse| {
            let Some(suite) = used.suite.filter(|_| used.versions != [TlsVersion::Ssl20]) else { return false };
            let is_alone = class.is_forbidden() && class != Class::Md5;
            if is_alone { suite.classes().next() == Some(class) } else { class.holds(suite) }
        };
        let names = self.suites.iter().filter(is_its).map(SuiteUse::name).collect();
        ClassUse { names, open: self.class(class).open }
    }

    /// Whether a short survey leaves an old version's suites to those of a newer one, whose list it shares on all servers
    /// that are usual.
    fn is_spared(&self, known: &VersionSurvey) -> bool {
        let unasked = known.told.is_accepted() && known.forbidden == Told::Unknown(Unheard::NotAsked);
        let mut newer =
            self.survey.versions.iter().filter(|newer| newer.version > known.version && newer.told.is_accepted());
        unasked
            && self.survey.depth == SurveyDepth::Quick
            && newer.any(|newer| newer.classes_complete || newer.complete)
    }

    /// Whether a forward secret key exchange is taken at all; `None` where it cannot be told.
    pub fn forward_secret(&self) -> Option<bool> {
        self.some_version(|version| version.forward_secret, Suite::is_forward_secret)
    }

    /// Whether authenticated encryption is taken at all; `None` where it cannot be told.
    pub fn authenticated(&self) -> Option<bool> {
        self.some_version(|version| version.authenticated, Suite::is_aead)
    }

    /// Whose order of suites decides under the newest version below TLS 1.3 that takes more than one, as none of TLS 1.3's
    /// is weak; under that where nothing older is spoken.
    pub fn order(&self) -> OrderUse {
        let newest = self.survey.version(TlsVersion::Tls13).filter(|_| !self.may_be_clear());
        for known in self.clear().rev().chain(newest).filter(|known| !known.told.is_refused()) {
            let preference = known.preference.filter(|_| known.told.is_accepted());
            let has_choice = known.suites.len() > 1 || !known.complete;
            if has_choice || !known.told.is_accepted() {
                return OrderUse { preference, open: preference.is_none() };
            }
        }
        OrderUse { preference: None, open: false }
    }

    fn some_version(&self, told: fn(&VersionSurvey) -> Told, holds: fn(&Suite) -> bool) -> Option<bool> {
        if self.suites.iter().filter_map(|used| used.suite).any(holds) || self.speaks(TlsVersion::Tls13) == Some(true) {
            return Some(true);
        }
        let of_version = |version: &VersionSurvey| match version.told.known() {
            Some(false) => Some(false),
            Some(true) if version.version == TlsVersion::Ssl20 || version.complete => Some(false),
            Some(true) => told(version).known(),
            None => told(version).known().filter(|known| *known),
        };
        any(self.survey.versions.iter().map(of_version))
    }

    /// The weakest Diffie-Hellman parameters below TLS 1.3; `None` where none were sent.
    pub fn dh(&self) -> Option<DhUse> {
        let sent = self.survey.versions.iter().filter_map(|version| version.dh.as_ref());
        let weakest = sent.min_by_key(|dh| dh.bits)?;
        Some(DhUse { bits: weakest.bits, origin: prime::known(&weakest.prime).map(|known| known.origin) })
    }

    /// Whether others, and weaker ones, may be sent than were seen.
    pub fn is_dh_open(&self) -> bool {
        let old = |known: &&VersionSurvey| (TlsVersion::Ssl30..TlsVersion::Tls13).contains(&known.version);
        let is_open = |known: &VersionSurvey| match known.told.known() {
            Some(false) => false,
            Some(true) => !known.complete && known.dh.is_none() && !known.finite_field.is_refused(),
            None => true,
        };
        self.survey.versions.iter().filter(old).any(|known| is_open(known) && !self.is_spared(known))
    }

    /// The groups chosen that are too weak for anything.
    pub fn weak_groups(&self) -> Vec<&'static str> {
        let known = self.groups().0.into_iter().filter_map(group::of_number);
        known.filter(|group| group.is_weak()).map(|group| group.name).collect()
    }

    /// Whether a suite with an export's RSA or Diffie-Hellman key exchange was chosen.
    pub(super) fn has_export(&self, exchange: KeyExchange) -> bool {
        let mut known = self.suites.iter().filter_map(|used| used.suite);
        known.any(|suite| suite.is_export && suite.key_exchange == exchange)
    }
}

/// Whether suites of a class may be taken under a version that were not found.
pub(super) fn is_open(known: &VersionSurvey, class: Class) -> bool {
    match known.told.known() {
        Some(false) => false,
        // Of SSL 2.0 the server tells its whole list, and nothing in TLS 1.3 but the suites of RFC 9150 has a class.
        Some(true) if known.version == TlsVersion::Ssl20 || known.complete || known.classes_complete => false,
        Some(true) if known.version == TlsVersion::Tls13 => class == Class::Null && known.forbidden.known().is_none(),
        Some(true) => !class.is_forbidden() || known.forbidden.known().is_none(),
        None => true,
    }
}
