//! Whole handshakes of a survey: the ordinary one, those that resume, those without the name, those of other addresses.
//!
//! Must never open a socket.

use std::collections::VecDeque;
use std::sync::Arc;

use super::super::super::flight::Until;
use super::super::ask::{Resume, Shaken, Wish};
use super::super::catalogue::{self, BUNDLE};
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use super::super::plan::Plan;
use crate::observation::{AddressSurvey, Refusal, TlsSession, TlsVersion, Told, Unheard, WithoutName};

/// The handshake that a browser makes; where it fails, one without TLS 1.3, which some servers do not bear; and where that
/// comes about, the first once more, as it may have failed by chance.
#[derive(Debug)]
pub struct Ordinary {
    next: Option<Attempt>,
    asked: Attempt,
    first: Option<Told>,
}

/// The handshakes in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    First,
    Older,
    Again,
}

impl Default for Ordinary {
    fn default() -> Self {
        Self { next: Some(Attempt::First), asked: Attempt::First, first: None }
    }
}

impl Ordinary {
    /// Only without TLS 1.3, after one with it that met with silence.
    pub fn older() -> Self {
        let first = Some(Told::Unknown(Unheard::TimedOut));
        Self { next: Some(Attempt::Older), asked: Attempt::Older, first }
    }

    fn shaken(&mut self, shaken: Shaken, known: &mut Known) {
        let version = TlsVersion::ALL.into_iter().find(|version| version.name() == shaken.session.version);
        if let Some(version) = version {
            known.tell(version, Told::Accepted);
            let older = Told::Refused(Refusal::Older(version));
            let newer = self.first.filter(|_| self.asked == Attempt::Older).unwrap_or(older);
            if version < TlsVersion::Tls13 {
                known.tell(TlsVersion::Tls13, newer);
            }
        }
        self.next = (self.asked == Attempt::Older).then_some(Attempt::Again);
        if let Some(answer) = &shaken.answer {
            known.take_ordinary(answer);
        }
        known.survey.resumption.early_data = shaken.session.resumption.early_data;
        if let Some(asked) = &shaken.session.client_certificate {
            known.survey.client_certificate = Some(asked.clone());
        }
        known.survey.session = Some(Arc::new(shaken.session));
        known.survey.no_session = None;
    }
}

impl Inquiry for Ordinary {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        self.asked = self.next.take()?;
        let most = (self.asked == Attempt::Older).then_some(TlsVersion::Tls12);
        let resume = most.is_none().then_some(Resume::Tickets13);
        Some(Wanted::Handshake(Wish { most, alpn: known.protocols(), resume, ..Wish::default() }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        let (told, words) = match said {
            Said::Shaken(shaken) => return self.shaken(*shaken, known),
            Said::Refused(refusal) => (Told::Refused(refusal), words(refusal)),
            Said::Unknown(why, words) => (Told::Unknown(why), words.unwrap_or_else(|| silence(why).to_owned())),
            Said::Accepted(_) | Said::Ssl2(_) | Said::Again(_) => return,
        };
        if self.asked == Attempt::Again {
            let is_other = matches!(told, Told::Unknown(Unheard::Lied | Unheard::NoConnection | Unheard::Shut));
            known.survey.tolerance.refuses_tls13_hellos = !is_other;
            return;
        }
        known.survey.no_session = Some(words);
        // A server that lacks what we have says so with `handshake_failure`, silence is looked into apart; anything else
        // may be fear of the new.
        let is_fear = !matches!(
            told,
            Told::Refused(Refusal::Alert(40))
                | Told::Unknown(Unheard::Lied | Unheard::TimedOut | Unheard::NoConnection | Unheard::Shut)
        );
        if self.asked == Attempt::First && is_fear {
            self.next = Some(Attempt::Older);
            self.first = Some(told);
        }
    }
}

/// A refusal in words.
fn words(refusal: Refusal) -> String {
    match refusal {
        Refusal::Alert(alert) => {
            format!("the server ended the TLS handshake with the alert {:?}", rustls::AlertDescription::from(alert))
        }
        _ => "the server closed the connection in the TLS handshake".to_owned(),
    }
}

fn silence(why: Unheard) -> &'static str {
    match why {
        Unheard::TimedOut => "the TLS handshake did not end in time",
        Unheard::Reset => "the connection was reset in the TLS handshake",
        Unheard::Protocol => "the server wants an application protocol that was not offered",
        Unheard::NoConnection => "no connection came about",
        Unheard::Shut => "the port refuses connections",
        Unheard::Lied => "the server broke the rules of the TLS handshake",
        Unheard::NotAsked | Unheard::Bound | Unheard::Blocked => "the survey ended before",
    }
}

/// What sessions are resumed by: each kind takes two handshakes, or one where the ordinary one left a ticket.
#[derive(Debug)]
pub struct Resumptions {
    left: VecDeque<(Resume, bool)>,
    asked: Option<(Resume, bool)>,
}

impl Resumptions {
    /// Of what is known to be spoken.
    pub fn new(known: &Known) -> Self {
        let mut left = VecDeque::new();
        let speaks = |version| known.version(version).is_some_and(|known| known.told.is_accepted());
        if known.survey.session.is_some() {
            if speaks(TlsVersion::Tls13) {
                left.push_back((Resume::Tickets13, true));
            }
            if speaks(TlsVersion::Tls12) {
                left.extend([(Resume::Ids, false), (Resume::Ids, true)]);
                left.extend([(Resume::Tickets12, false), (Resume::Tickets12, true)]);
            }
        }
        Self { left, asked: None }
    }
}

impl Inquiry for Resumptions {
    fn next(&mut self, _known: &mut Known) -> Option<Wanted> {
        self.asked = self.left.pop_front();
        let (resume, _) = self.asked?;
        let most = (resume != Resume::Tickets13).then_some(TlsVersion::Tls12);
        Some(Wanted::Handshake(Wish { most, resume: Some(resume), ..Wish::default() }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        let Some((resume, counts)) = self.asked else { return };
        let Said::Shaken(shaken) = said else {
            self.left.retain(|(other, _)| *other != resume);
            return;
        };
        let found = &mut known.survey.resumption;
        found.early_data = found.early_data.max(shaken.session.resumption.early_data);
        if counts {
            let place = if resume == Resume::Ids { &mut found.ids } else { &mut found.tickets };
            *place = Some(shaken.resumed || *place == Some(true));
        }
    }
}

/// What a server shows to who does not say the name.
#[derive(Debug, Default)]
pub struct Nameless {
    asked: bool,
}

impl Inquiry for Nameless {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        if std::mem::replace(&mut self.asked, true) || known.survey.name.is_none() {
            return None;
        }
        let clear = known.highest_in_the_clear().map(|version| version.version);
        match clear {
            Some(version) => {
                let plan = Plan::of(version, known.suites(version));
                Some(Wanted::Hello(Plan { nameless: true, until: Until::Certificate, ..plan }))
            }
            None => {
                let alpn = known.protocols();
                known
                    .survey
                    .session
                    .as_ref()
                    .map(|_| Wanted::Handshake(Wish { nameless: true, alpn, ..Wish::default() }))
            }
        }
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        let (told, chain) = match said {
            Said::Accepted(answer) => (Told::Accepted, answer.chain),
            Said::Shaken(shaken) => (Told::Accepted, shaken.session.chain),
            Said::Refused(refusal) => (Told::Refused(refusal), Vec::new()),
            Said::Unknown(why, _) => (Told::Unknown(why), Vec::new()),
            Said::Ssl2(_) | Said::Again(_) => return,
        };
        known.survey.without_name = Some(WithoutName { told, chain });
    }
}

/// What another address of the name shows: a whole handshake, and the old versions, where connections come about.
#[derive(Debug)]
pub struct Elsewhere {
    address: usize,
    asked: u8,
    seen: Option<AddressSurvey>,
}

impl Elsewhere {
    /// At an address by its place.
    pub fn at(address: usize, known: &Known) -> Option<Self> {
        let ip = *known.addresses.get(address)?;
        let seen = AddressSurvey {
            address: ip,
            session: None,
            no_session: None,
            told: Told::default(),
            legacy: Told::default(),
            legacy_version: None,
        };
        Some(Self { address, asked: 0, seen: Some(seen) })
    }
}

impl Inquiry for Elsewhere {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        self.asked += 1;
        let told = self.seen.as_ref().map(|seen| seen.told);
        let is_reached = !matches!(told, Some(Told::Unknown(Unheard::NoConnection | Unheard::Shut)));
        match self.asked {
            1 => Some(Wanted::Handshake(Wish { alpn: known.protocols(), ..Wish::default() })),
            2 if is_reached => {
                let mut suites = catalogue::suites(TlsVersion::Tls11);
                suites.truncate(BUNDLE);
                Some(Wanted::Hello(Plan { least: TlsVersion::Ssl30, ..Plan::of(TlsVersion::Tls11, suites) }))
            }
            _ => {
                known.survey.addresses.extend(self.seen.take());
                None
            }
        }
    }

    fn told(&mut self, said: Said, _known: &mut Known) {
        let Some(seen) = &mut self.seen else { return };
        match (self.asked, said) {
            (1, Said::Shaken(shaken)) => {
                seen.told = Told::Accepted;
                seen.session = Some(Arc::<TlsSession>::new(shaken.session));
            }
            (1, Said::Refused(refusal)) => {
                seen.told = Told::Refused(refusal);
                seen.no_session = Some(words(refusal));
            }
            (1, Said::Unknown(why, said)) => {
                seen.told = Told::Unknown(why);
                seen.no_session = Some(said.unwrap_or_else(|| silence(why).to_owned()));
            }
            (_, Said::Accepted(answer)) => {
                seen.legacy = Told::Accepted;
                seen.legacy_version = answer.hello.and_then(|hello| TlsVersion::of_number(hello.version()));
            }
            (_, Said::Refused(refusal)) => seen.legacy = Told::Refused(refusal),
            (_, Said::Unknown(why, _)) => seen.legacy = Told::Unknown(why),
            _ => {}
        }
    }

    fn address(&self) -> usize {
        self.address
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{SurveyDepth, TlsSurvey};

    /// What is asked at another address of a short survey where the handshake meets with this, and what it comes to.
    fn asked(said: Said) -> (usize, AddressSurvey) {
        let survey = TlsSurvey { depth: SurveyDepth::Quick, ..TlsSurvey::default() };
        let mut known = Known::new(survey, vec![[192, 0, 2, 1].into(), [192, 0, 2, 2].into()]);
        let mut line = Elsewhere::at(1, &known).expect("an address");
        let mut count = 0;
        while let Some(wanted) = line.next(&mut known) {
            count += 1;
            let said = match wanted {
                Wanted::Handshake(_) => said.clone(),
                _ => Said::Refused(Refusal::Alert(70)),
            };
            line.told(said, &mut known);
        }
        (count, known.survey.addresses.remove(0))
    }

    #[test]
    fn old_versions_are_asked_wherever_connections_come_about() {
        let shaken = Said::Shaken(Box::default());
        let (count, seen) = asked(shaken);
        assert_eq!((count, seen.told, seen.legacy), (2, Told::Accepted, Told::Refused(Refusal::Alert(70))));
        let (count, seen) = asked(Said::Unknown(Unheard::Shut, Some("the port refuses connections".into())));
        assert_eq!((count, seen.told, seen.legacy), (1, Told::Unknown(Unheard::Shut), Told::default()));
        assert_eq!(seen.no_session.as_deref(), Some("the port refuses connections"));
    }
}
