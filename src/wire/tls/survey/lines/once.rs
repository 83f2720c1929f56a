//! Questions of one hello, and of a second where the first leaves a doubt: whose order of suites decides, what a fallback
//! meets with, whether hellos of 256 to 511 bytes are borne.
//!
//! Must never open a socket.

use super::super::catalogue;
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use super::super::plan::{INAPPROPRIATE_FALLBACK, Plan};
use crate::observation::{Fallback, Preference, Refusal, TlsVersion, Unheard};

/// Whose order of suites decides. The suite that was chosen first is offered last: who takes it goes by an order of his own.
/// Who takes the other goes by the client's order only if he takes the first where that is offered first.
#[derive(Debug)]
pub struct Order {
    version: TlsVersion,
    /// What was offered last, in that order.
    offered: Option<(u16, u16)>,
    /// Whether the client's first was taken once.
    followed: bool,
    over: bool,
}

impl Order {
    /// Of a version.
    pub fn of(version: TlsVersion) -> Self {
        Self { version, offered: None, followed: false, over: false }
    }

    /// The two suites that are furthest apart, the one that is chosen first last.
    fn pair(&self, known: &Known) -> Option<(u16, u16)> {
        let mut suites = known.suites(self.version);
        // Many servers take ChaCha20 first where the client does, whatever their order.
        let is_chacha = |suite: &u16| catalogue::known(*suite).is_some_and(|suite| suite.cipher.starts_with("CHACHA"));
        suites.retain(|suite| !is_chacha(suite));
        let (first, last) = (*suites.first()?, *suites.last()?);
        (first != last).then_some((last, first))
    }
}

impl Inquiry for Order {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        if self.over {
            return None;
        }
        self.offered = match self.offered {
            None => self.pair(known),
            Some((one, other)) => Some((other, one)),
        };
        let (one, other) = self.offered?;
        Some(Wanted::Hello(Plan::of(self.version, vec![one, other])))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        self.over = true;
        let (Some((one, _)), Said::Accepted(answer)) = (self.offered, said) else { return };
        let follows = answer.hello.is_some_and(|hello| hello.suite == one);
        let preference = match (follows, self.followed) {
            (true, false) => {
                (self.followed, self.over) = (true, false);
                return;
            }
            (true, true) => Preference::Client,
            (false, _) => Preference::Server,
        };
        if let Some(version) = known.version_mut(self.version) {
            version.preference = Some(preference);
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
