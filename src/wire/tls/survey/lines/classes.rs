//! Which kinds of weak suites a version has, and whether it has finite field Diffie-Hellman: a suite that is chosen takes all
//! of its kind out, so that a short survey needs one hello where there are none, and one for each kind beside it.
//!
//! Must never open a socket.

use super::super::super::flight::Until;
use super::super::catalogue::{self, BUNDLE};
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use super::super::plan::Plan;
use crate::observation::{Refusal, TlsVersion, Told, VersionSurvey};
use crate::tls::suite::{Class, Suite};

/// Which of the suites are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    /// Those without finite fields, as the server may have failed over one.
    WithoutFields,
    /// Those with finite fields, once the others are through.
    Fields,
}

/// The weak kinds of one version.
#[derive(Debug)]
pub struct Classes {
    version: TlsVersion,
    part: Part,
    over: bool,
}

impl Classes {
    /// Of a version that is spoken.
    pub fn of(version: TlsVersion) -> Self {
        Self { version, part: Part::All, over: false }
    }

    /// What is offered: everything of a kind that the server was not seen to have.
    fn offered(&self, known: &Known) -> Vec<u16> {
        let taken = known.suites(self.version);
        let field_seen = taken.iter().any(|suite| catalogue::has_field(*suite));
        let seen: Vec<Class> = taken.into_iter().flat_map(catalogue::classes).collect();
        let mut offered = catalogue::doubtful(self.version);
        offered.retain(|suite| match catalogue::has_field(*suite) {
            true if self.part == Part::WithoutFields => false,
            false if self.part == Part::Fields => false,
            true if !field_seen => true,
            _ => catalogue::classes(*suite).any(|class| !seen.contains(&class)),
        });
        offered
    }

    /// Goes on to a part that may be answered otherwise than what was refused so; whether there is one.
    fn go_on(&mut self, refusal: Refusal, known: &Known) -> bool {
        let next = match self.part {
            Part::All if catalogue::may_be_failure(refusal) => Part::WithoutFields,
            Part::WithoutFields => Part::Fields,
            Part::All | Part::Fields => return false,
        };
        let before = std::mem::replace(&mut self.part, next);
        let others = self.offered(known);
        let is_other = !others.is_empty() && Self { part: before, ..*self }.offered(known) != others;
        if !is_other {
            self.part = before;
        }
        is_other
    }

    /// Writes down what was found; `rest` is what was said to everything else.
    fn conclude(&mut self, known: &mut Known, rest: Told) {
        self.over = true;
        if let Some(version) = known.version_mut(self.version) {
            version.classes_complete = rest.is_refused();
            let either = |holds: bool| if holds { Told::Accepted } else { rest };
            version.forbidden = either(takes(version, Suite::is_forbidden));
            version.finite_field = either(takes(version, has_field));
        }
    }
}

impl Inquiry for Classes {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        let settled =
            known.version(self.version).is_none_or(|version| version.classes_complete || version.suites.is_empty());
        if self.over || settled {
            return None;
        }
        let mut offered = self.offered(known);
        if offered.is_empty() && self.go_on(Refusal::Ignored, known) {
            offered = self.offered(known);
        }
        if offered.is_empty() {
            self.conclude(known, Told::Refused(Refusal::Ignored));
            return None;
        }
        Some(Wanted::Hello(Plan { until: Until::Field, ..Plan::of(self.version, offered) }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        match said {
            Said::Accepted(answer) => self.over = known.take(&answer).is_none(),
            Said::Refused(refusal) if self.go_on(refusal, known) => {}
            Said::Refused(refusal) => self.conclude(known, Told::Refused(refusal)),
            Said::Unknown(why, _) => self.conclude(known, Told::Unknown(why)),
            Said::Ssl2(_) | Said::Shaken(_) | Said::Again(_) => self.over = true,
        }
    }
}

/// A good quality of suites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// A key that is stolen later opens nothing.
    ForwardSecret,
    /// The cipher authenticates its records itself.
    Authenticated,
}

impl Quality {
    fn holds(self, suite: &Suite) -> bool {
        match self {
            Self::ForwardSecret => suite.is_forward_secret(),
            Self::Authenticated => suite.is_aead(),
        }
    }

    fn told(self, version: &mut VersionSurvey) -> &mut Told {
        match self {
            Self::ForwardSecret => &mut version.forward_secret,
            Self::Authenticated => &mut version.authenticated,
        }
    }
}

/// Whether a version has any suite of a good quality.
#[derive(Debug)]
pub struct Having {
    version: TlsVersion,
    quality: Quality,
    asked: bool,
}

impl Having {
    /// Of a version that is spoken.
    pub fn new(version: TlsVersion, quality: Quality) -> Self {
        Self { version, quality, asked: false }
    }

    fn tell(&self, known: &mut Known, told: Told) {
        if let Some(version) = known.version_mut(self.version) {
            *self.quality.told(version) = told;
        }
    }
}

impl Inquiry for Having {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        let quality = self.quality;
        let version = known.version_mut(self.version)?;
        if takes(version, |suite| quality.holds(suite)) {
            *quality.told(version) = Told::Accepted;
        }
        let open = quality.told(version).known().is_none() && !version.suites.is_empty();
        if self.asked || !open {
            return None;
        }
        self.asked = true;
        let mut offered = catalogue::suites(self.version);
        let fits = |suite: &&Suite| quality.holds(suite) && !catalogue::needs_secret(suite);
        offered.retain(|suite| catalogue::known(*suite).as_ref().is_some_and(fits));
        offered.truncate(BUNDLE);
        match offered.is_empty() {
            true => {
                self.tell(known, Told::Refused(Refusal::Ignored));
                None
            }
            false => Some(Wanted::Hello(Plan { until: Until::Field, ..Plan::of(self.version, offered) })),
        }
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        match said {
            Said::Accepted(answer) => {
                known.take(&answer);
                self.tell(known, Told::Accepted);
            }
            Said::Refused(refusal) => self.tell(known, Told::Refused(refusal)),
            Said::Unknown(why, _) => self.tell(known, Told::Unknown(why)),
            Said::Ssl2(_) | Said::Shaken(_) | Said::Again(_) => {}
        }
    }
}

/// Whether a suite that the server took is such a one.
fn takes(version: &VersionSurvey, is_such: impl Fn(&Suite) -> bool) -> bool {
    let taken = version.suites.iter().filter_map(|number| crate::tls::suite::of_number(*number));
    taken.into_iter().any(is_such)
}

/// Whether a suite's key exchange is in a finite field.
fn has_field(suite: &Suite) -> bool {
    u16::try_from(suite.number).is_ok_and(catalogue::has_field)
}

/// Says what all suites of a version say together, where all of them were asked; `no` where there is none of a kind.
pub fn settle(version: &mut VersionSurvey, no: Told) {
    let either = |holds: bool| if holds { Told::Accepted } else { no };
    version.forbidden = either(takes(version, Suite::is_forbidden));
    version.forward_secret = either(takes(version, Suite::is_forward_secret));
    version.authenticated = either(takes(version, Suite::is_aead));
    version.finite_field = either(takes(version, has_field));
}
