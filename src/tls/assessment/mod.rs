//! What a survey comes to: certificates read, suites named, each weakness by its name.
//!
//! Takes a survey and the time at which it was made; gives answers that facts, grades and profiles share. Invariant: what the
//! survey does not know is `None` or marked open, never a no. Must never import a folder above `observation`.

mod attack;
mod behaviour;
mod exchange;
mod offer;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use bytes::Bytes;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::certificate::{self, Certificate};
use super::chain::CHAIN;
use super::suite::Authentication;
use super::{ocsp, timestamp};
use crate::observation::{ChainJudgement, OtherChain, TlsSession, TlsSurvey, TlsVersion, Told, Unheard, VersionSurvey};

pub use attack::Attack;
pub use offer::{ClassUse, DhUse, OrderUse, SuiteUse};

/// A survey with what is derived from it.
#[derive(Debug)]
pub struct Assessment<'a> {
    /// The survey.
    pub survey: &'a TlsSurvey,
    /// What is known of the certificates sent.
    pub chain: ChainFacts<'a>,
    /// Every suite that was chosen, with the versions under which it was.
    pub suites: Vec<SuiteUse>,
}

/// A chain as sent, read and judged.
#[derive(Debug)]
pub struct ChainFacts<'a> {
    /// The certificates, the server's own first; `None` where one is malformed.
    pub certificates: Vec<Option<Certificate>>,
    /// How it was judged when it was seen.
    pub judgement: Option<&'a ChainJudgement>,
    /// The stapled response, where there is one.
    pub staple: Option<ocsp::Status>,
    /// Timestamps of certificate transparency, in the certificate, beside it and in the stapled response; `None` where none
    /// was seen, and those beside it were not asked for.
    pub timestamps: Option<usize>,
    /// When it was seen, in seconds since 1970.
    pub now: i64,
}

/// What came with a chain.
#[derive(Clone, Copy, Default)]
struct Company<'a> {
    staple: Option<&'a Bytes>,
    timestamps: Option<&'a Bytes>,
    /// Whether timestamps were asked for.
    is_asked: bool,
}

impl<'a> Company<'a> {
    /// What came with the chain of a version: every hello by hand that has extensions asks for timestamps.
    fn of(version: &'a VersionSurvey) -> Self {
        let (staple, timestamps) = (version.staple.as_ref(), version.timestamps.as_ref());
        Self { staple, timestamps, is_asked: version.version > TlsVersion::Ssl30 }
    }
}

impl<'a> ChainFacts<'a> {
    /// Reads the chain of a session that was seen at `now`.
    pub fn of_session(session: &'a TlsSession, now: i64) -> Self {
        Self::beside(session, Company::default(), now)
    }

    /// Reads the chain that a survey is judged by: of the whole handshake, else of the highest version that sent one.
    pub fn of_survey(survey: &'a TlsSurvey, now: i64) -> Self {
        match (&survey.session, survey.in_the_clear()) {
            (Some(session), _) => {
                // What came with another certificate says nothing of this one.
                let own = session.chain.first();
                let is_same = |version: &&VersionSurvey| own.is_some() && version.chain.first() == own;
                let same = survey.versions.iter().rev().find(is_same).map(Company::of);
                Self::beside(session, same.unwrap_or_default(), now)
            }
            (None, Some(version)) => Self::of(&version.chain, Company::of(version), survey.judgement.as_ref(), now),
            (None, None) => Self::of(&[], Company::default(), None, now),
        }
    }

    /// Reads the chain of a session, of whose certificate something more was seen in the clear.
    fn beside(session: &'a TlsSession, clear: Company<'a>, now: i64) -> Self {
        let company = Company {
            staple: session.staple.as_ref().or(clear.staple),
            timestamps: session.timestamps.as_ref().or(clear.timestamps),
            ..clear
        };
        Self::of(&session.chain, company, Some(&session.judgement), now)
    }

    fn of(chain: &[Bytes], company: Company<'_>, judgement: Option<&'a ChainJudgement>, now: i64) -> Self {
        let certificates: Vec<_> = chain.iter().take(CHAIN).map(|der| certificate::facts(der)).collect();
        let read = |at: usize| chain.get(at).and_then(|der| X509Certificate::from_der(der).ok()).map(|(_, read)| read);
        let issuer = judgement.and_then(|judgement| judgement.path.get(1)).copied();
        let staple = company.staple.filter(|staple| !staple.is_empty()).zip(read(0));
        let staple = staple.map(|(staple, leaf)| ocsp::status(staple, &leaf, issuer.and_then(read).as_ref(), now));
        let own = certificates.first().and_then(Option::as_ref).map(|own| own.extensions.timestamps);
        let stapled = staple.filter(|staple| staple.fits == Some(true)).map_or(0, |staple| staple.timestamps);
        let all = own.unwrap_or(0) + stapled + company.timestamps.map_or(0, |list| timestamp::count(list));
        let timestamps = (all > 0 || (company.is_asked && own.is_some())).then_some(all);
        Self { certificates, judgement, staple, timestamps, now }
    }

    /// The chains that other clients are presented with, judged at `now`.
    pub fn others(survey: &'a TlsSurvey, now: i64) -> impl Iterator<Item = (TlsVersion, Self)> {
        let read = move |other: &'a OtherChain| {
            let company = Company { staple: other.staple.as_ref(), ..Company::default() };
            (other.version, Self::of(&other.chain, company, other.judgement.as_ref(), now))
        };
        survey.other_chains.iter().map(read)
    }

    /// The server's own certificate.
    pub fn leaf(&self) -> Option<&Certificate> {
        self.certificates.first().and_then(Option::as_ref)
    }
}

/// Whether any of it is so: one that is suffices, and one that is not known spoils a no.
fn any(all: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut found = Some(false);
    for one in all {
        match one {
            Some(true) => return Some(true),
            Some(false) => {}
            None => found = None,
        }
    }
    found
}

/// What a server presents where it is not told a name, compared with what it presents where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nameless {
    /// The same certificate.
    Same,
    /// Another one.
    Other,
    /// It ends the handshake.
    Refused,
}

impl Nameless {
    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Other => "other",
            Self::Refused => "refused",
        }
    }
}

impl<'a> Assessment<'a> {
    /// Assesses a survey that was made at `now`, in seconds since 1970.
    pub fn new(survey: &'a TlsSurvey, now: i64) -> Self {
        Self { survey, chain: ChainFacts::of_survey(survey, now), suites: offer::suites(survey) }
    }

    /// What was said to a version.
    pub fn told(&self, version: TlsVersion) -> Told {
        self.survey.version(version).map_or(Told::Unknown(Unheard::NotAsked), |known| known.told)
    }

    /// Whether a version is spoken; `None` where it cannot be told.
    pub fn speaks(&self, version: TlsVersion) -> Option<bool> {
        self.told(version).known()
    }

    /// The versions spoken, oldest first.
    pub fn protocols(&self) -> Vec<TlsVersion> {
        TlsVersion::ALL.into_iter().filter(|version| self.speaks(*version) == Some(true)).collect()
    }

    /// Whether any version is spoken.
    pub fn is_tls(&self) -> bool {
        self.survey.not_tls.is_none() && !self.protocols().is_empty()
    }

    /// Whether the server's certificates were not seen, though some suite of it takes one: nothing can be said of them.
    pub fn is_chain_unseen(&self) -> bool {
        let is_bare = |used: &SuiteUse| {
            let by = used.suite.map(|suite| suite.authentication);
            matches!(by, Some(Authentication::None | Authentication::Psk | Authentication::Password))
        };
        let all_bare = !self.suites.is_empty() && self.suites.iter().all(is_bare);
        self.chain.certificates.is_empty() && self.chain.judgement.is_none() && !all_bare
    }

    /// Whether it cannot be told whether the chain is trusted: it was not seen, or something in it cannot be checked here.
    pub fn is_trust_open(&self) -> bool {
        self.is_chain_unseen() || self.chain.judgement.is_some_and(ChainJudgement::is_unverified)
    }

    /// The extensions that the server answered with, by number.
    pub fn extensions(&self) -> BTreeSet<u16> {
        let seen = self.survey.versions.iter().flat_map(|version| &version.extensions);
        let ordinary = self.survey.server_hello.iter().flat_map(|hello| &hello.extensions);
        seen.chain(ordinary).copied().collect()
    }

    /// What is presented without a name; `None` where that was not asked or cannot be told.
    pub fn nameless(&self) -> Option<Nameless> {
        let without = self.survey.without_name.as_ref()?;
        match (without.told.known()?, without.chain.first()) {
            (false, _) => Some(Nameless::Refused),
            (true, Some(leaf)) => {
                let clear = self.survey.versions.iter().filter_map(|version| version.chain.first());
                let own = self.survey.session.iter().filter_map(|session| session.chain.first());
                let mut known = clear.chain(own).peekable();
                known.peek()?;
                Some(if known.any(|own| own == leaf) { Nameless::Same } else { Nameless::Other })
            }
            (true, None) => None,
        }
    }

    /// What is known of the versions below TLS 1.3 and above SSL 2.0, spoken or not, oldest first.
    fn clear(&self) -> impl DoubleEndedIterator<Item = &VersionSurvey> {
        let between = |version: TlsVersion| version > TlsVersion::Ssl20 && version < TlsVersion::Tls13;
        self.survey.versions.iter().filter(move |known| between(known.version))
    }

    /// Whether a version below TLS 1.3 and above SSL 2.0 is spoken, or may be, as it is not known.
    pub fn may_be_clear(&self) -> bool {
        self.clear().any(|known| !known.told.is_refused())
    }
}
