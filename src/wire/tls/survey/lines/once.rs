//! Questions of one hello: whose order of suites decides, what a fallback meets with, whether short records are borne.
//!
//! Must never open a socket.

use super::super::catalogue;
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use super::super::plan::{INAPPROPRIATE_FALLBACK, Plan};
use crate::observation::{Fallback, Preference, Refusal, TlsVersion, Unheard};

/// Whose order of suites decides: the suite that was chosen first is offered last.
#[derive(Debug)]
pub struct Order {
    version: TlsVersion,
    pair: Option<(u16, u16)>,
    asked: bool,
}

impl Order {
    /// Of a version.
    pub fn of(version: TlsVersion) -> Self {
        Self { version, pair: None, asked: false }
    }
}

impl Inquiry for Order {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        if std::mem::replace(&mut self.asked, true) {
            return None;
        }
        let mut suites = known.suites(self.version);
        // Many servers take ChaCha20 first where the client does, whatever their order.
        let is_chacha = |suite: &u16| catalogue::known(*suite).is_some_and(|suite| suite.cipher.starts_with("CHACHA"));
        suites.retain(|suite| !is_chacha(suite));
        let (first, last) = (*suites.first()?, *suites.last()?);
        if first == last {
            return None;
        }
        self.pair = Some((first, last));
        Some(Wanted::Hello(Plan::of(self.version, vec![last, first])))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        let (Some((first, last)), Said::Accepted(answer)) = (self.pair, said) else { return };
        let chosen = answer.hello.map(|hello| hello.suite);
        let preference = match chosen {
            Some(suite) if suite == first => Some(Preference::Server),
            Some(suite) if suite == last => Some(Preference::Client),
            _ => None,
        };
        if let Some(version) = known.version_mut(self.version) {
            version.preference = preference;
        }
    }
}

/// What meets a client that made itself older than it is (RFC 7507).
#[derive(Debug, Default)]
pub struct Fallbacks {
    asked: bool,
}

impl Inquiry for Fallbacks {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        if std::mem::replace(&mut self.asked, true) {
            return None;
        }
        let spoken = known.spoken();
        let older = spoken.into_iter().skip(1).find(|version| *version >= TlsVersion::Ssl30);
        let Some(older) = older else {
            known.survey.fallback_scsv = Fallback::NotNeeded;
            return None;
        };
        let suites = known.suites(older);
        (!suites.is_empty()).then(|| Wanted::Hello(Plan { fallback: true, ..Plan::of(older, suites) }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        known.survey.fallback_scsv = match said {
            Said::Accepted(_) => Fallback::Unprotected,
            Said::Refused(Refusal::Alert(INAPPROPRIATE_FALLBACK)) => Fallback::Protected,
            // It was spoken a moment ago: what refuses now refuses the fallback.
            Said::Refused(Refusal::Alert(_) | Refusal::Closed) => Fallback::Protected,
            _ => Fallback::Unknown,
        };
    }
}

/// Whether hellos of 256 to 511 bytes are borne (RFC 7685): all others of a survey are shorter or longer. One that is
/// dropped says so only where the same hello, padded, is answered after it.
#[derive(Debug, Default)]
pub struct Unpadded {
    asked: u8,
    dropped: bool,
}

impl Inquiry for Unpadded {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        let unpadded = match self.asked {
            0 => true,
            1 if self.dropped => false,
            _ => return None,
        };
        self.asked += 1;
        let version =
            known.highest_in_the_clear().map(|known| known.version).filter(|version| *version > TlsVersion::Ssl30)?;
        let mut suites = known.suites(version);
        let more: Vec<u16> = catalogue::suites(version).into_iter().filter(|suite| !suites.contains(suite)).collect();
        suites.extend(more);
        suites.truncate(catalogue::SHORT);
        let plan = Plan { unpadded: true, ..Plan::of(version, suites) };
        let fits = plan.hello(known.survey.name.as_deref(), [0; 32]).has_dropped_length();
        fits.then_some(Wanted::Hello(Plan { unpadded, ..plan }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        let dropped =
            matches!(said, Said::Refused(Refusal::Closed) | Said::Unknown(Unheard::TimedOut | Unheard::Reset, _));
        known.survey.tolerance.needs_padding |= self.dropped && !dropped;
        self.dropped = dropped;
    }
}
