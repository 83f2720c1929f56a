//! Groups of key exchanges by elimination, as suites are.
//!
//! Must never open a socket.

use super::super::super::flight::{Answer, Form, Parameters, Until, form_of};
use super::super::catalogue;
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use super::super::plan::Plan;
use super::elimination::Elimination;
use crate::observation::{GroupTold, Refusal, TlsVersion, Told, Unheard};
use crate::tls::suite::Authentication;

/// Curves that certificates have keys on: a server with one shows it only to who knows its curve.
const CERTIFIED: [u16; 3] = [23, 24, 25];

/// The groups of one version.
#[derive(Debug)]
pub struct Groups {
    version: TlsVersion,
    groups: Elimination<u16>,
    /// Curves that are offered last, again, so that a certificate with a key on one of them may be shown.
    anchors: Vec<u16>,
}

impl Groups {
    /// Of TLS 1.3, or of a version below it.
    pub fn of(version: TlsVersion) -> Self {
        Self { version, groups: Elimination::of(catalogue::groups(version)), anchors: Vec::new() }
    }

    /// The suites that go with a choice of groups, those with RSA alone where there are any.
    fn suites(&self, known: &Known) -> Vec<u16> {
        let mut suites = known.suites(self.version);
        if self.version == TlsVersion::Tls13 {
            return suites;
        }
        suites.retain(|suite| form_of(*suite) == Some(Form::Curve));
        let is_ecdsa =
            |suite: &u16| catalogue::known(*suite).is_some_and(|suite| suite.authentication == Authentication::Ecdsa);
        if !suites.iter().all(is_ecdsa) {
            suites.retain(|suite| !is_ecdsa(suite));
        }
        suites
    }

    fn conclude(&mut self, known: &mut Known, rest: Told) {
        for (group, told) in self.groups.end(rest) {
            let groups = &mut known.survey.groups;
            let at = groups.iter().position(|known| known.group == group).unwrap_or_else(|| {
                groups.push(GroupTold { group, tls13: Told::default(), tls12: Told::default() });
                groups.len() - 1
            });
            let Some(entry) = groups.get_mut(at) else { continue };
            if self.version == TlsVersion::Tls13 { entry.tls13 = told } else { entry.tls12 = told }
        }
    }

    fn chosen(&self, answer: &Answer) -> Option<u16> {
        match (&answer.exchange, &answer.hello) {
            (Some(Parameters::Group(group)), _) => Some(*group),
            (_, Some(hello)) if self.version == TlsVersion::Tls13 => hello.group(),
            _ => None,
        }
    }
}

impl Inquiry for Groups {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        let suites = self.suites(known);
        if self.groups.is_over() || suites.is_empty() {
            return None;
        }
        if self.groups.left().is_empty() {
            self.conclude(known, Told::Refused(Refusal::Ignored));
            return None;
        }
        let groups = self.groups.left().iter().chain(&self.anchors).copied().collect();
        Some(Wanted::Hello(Plan { groups, until: Until::Done, ..Plan::of(self.version, suites) }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        match said {
            Said::Accepted(answer) if self.chosen(&answer).is_some_and(|group| self.groups.take(group)) => {}
            // It insists on the curve of its certificate, or says nothing of a group.
            Said::Accepted(_) => self.conclude(known, Told::Unknown(Unheard::NotAsked)),
            Said::Refused(refusal) => {
                let mut anchors = self.groups.taken().to_vec();
                anchors.retain(|group| CERTIFIED.contains(group));
                let may_insist = self.version < TlsVersion::Tls13 && self.anchors.is_empty() && !anchors.is_empty();
                if may_insist {
                    self.anchors = anchors;
                } else {
                    self.conclude(known, Told::Refused(refusal));
                }
            }
            Said::Unknown(why, _) => self.conclude(known, Told::Unknown(why)),
            Said::Ssl2(_) | Said::Shaken(_) | Said::Again(_) => self.conclude(known, Told::Unknown(Unheard::Lied)),
        }
    }
}
