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

/// The groups of one version.
#[derive(Debug)]
pub struct Groups {
    version: TlsVersion,
    groups: Elimination<u16>,
    /// The group that was taken last, offered once more after all others: a server shows a certificate with a key on it only
    /// to who knows it.
    anchor: Option<u16>,
}

impl Groups {
    /// Of TLS 1.3, or of a version below it.
    pub fn of(version: TlsVersion) -> Self {
        Self { version, groups: Elimination::of(catalogue::groups(version)), anchor: None }
    }

    /// The suites that go with a choice of groups, those with RSA alone where there are any.
    fn suites(&self, known: &Known) -> Vec<u16> {
        let mut suites = known.suites(self.version);
        if self.version == TlsVersion::Tls13 {
            return suites;
        }
        suites.retain(|suite| form_of(*suite) == Some(Form::Curve));
        if !suites.iter().all(needs_curve) {
            suites.retain(|suite| !needs_curve(suite));
        }
        suites
    }

    /// Whether a refusal may be about the curve of the certificate, which every suite that is offered needs: then that curve
    /// is the one that was taken last, as what came before was taken without the others.
    fn insists(&mut self, known: &Known) -> bool {
        let may_insist = self.version < TlsVersion::Tls13 && self.anchor.is_none();
        if may_insist && self.suites(known).iter().all(needs_curve) {
            self.anchor = self.groups.taken().last().copied();
        }
        may_insist && self.anchor.is_some()
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
        let groups = self.groups.left().iter().copied().chain(self.anchor).collect();
        Some(Wanted::Hello(Plan { groups, until: Until::Done, ..Plan::of(self.version, suites) }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        match said {
            Said::Accepted(answer) => match self.chosen(&answer) {
                Some(group) if self.groups.take(group) => {}
                // Without the curve of its certificate it goes on with nobody, and with it it goes on with that, though it
                // comes last: by the server's order or the client's, nobody gets another group.
                Some(group) if self.anchor == Some(group) => self.conclude(known, Told::Refused(Refusal::Ignored)),
                // It chose what was not offered, or says nothing of a group.
                _ => self.conclude(known, Told::Unknown(Unheard::Lied)),
            },
            Said::Refused(_) if self.insists(known) => {}
            Said::Refused(refusal) => self.conclude(known, Told::Refused(refusal)),
            Said::Unknown(why, _) => self.conclude(known, Told::Unknown(why)),
            Said::Ssl2(_) | Said::Shaken(_) | Said::Again(_) => self.conclude(known, Told::Unknown(Unheard::Lied)),
        }
    }
}

/// Whether a suite goes with a certificate whose key is on a curve, which the client has to know below TLS 1.3.
fn needs_curve(suite: &u16) -> bool {
    catalogue::known(*suite).is_some_and(|suite| suite.authentication == Authentication::Ecdsa)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::TlsSurvey;

    const NO: Told = Told::Refused(Refusal::Alert(40));

    /// Asks a server for the groups of TLS 1.2 with one suite; gives what it took, what is told of all others, and the
    /// number of hellos.
    fn ask(suite: u32, choose: impl Fn(&[u16]) -> Option<u16>) -> (Vec<u16>, Told, usize) {
        let mut known = Known::new(TlsSurvey::default(), Vec::new());
        let version = known.version_mut(TlsVersion::Tls12).expect("a version");
        (version.told, version.suites) = (Told::Accepted, vec![suite]);
        let mut line = Groups::of(TlsVersion::Tls12);
        let mut hellos = 0;
        while let Some(Wanted::Hello(plan)) = line.next(&mut known) {
            hellos += 1;
            let said = match choose(&plan.groups) {
                Some(group) => {
                    let exchange = Some(Parameters::Group(group));
                    Said::Accepted(Box::new(Answer { exchange, ..Answer::default() }))
                }
                None => Said::Refused(Refusal::Alert(40)),
            };
            line.told(said, &mut known);
            assert!(hellos < 99, "it ends");
        }
        let groups = &known.survey.groups;
        let taken = groups.iter().filter(|told| told.tls12.is_accepted()).map(|told| told.group).collect();
        let mut others: Vec<Told> = groups.iter().map(|told| told.tls12).filter(|told| !told.is_accepted()).collect();
        others.dedup();
        assert_eq!((groups.len(), others.len()), (catalogue::groups(TlsVersion::Tls12).len(), 1), "{others:?}");
        (taken, others[0], hellos)
    }

    /// A server with these groups, by its own order or the client's, whose certificate has a key on a curve or not.
    fn server(own: &[u16], by_own: bool, certified: Option<u16>) -> impl Fn(&[u16]) -> Option<u16> {
        move |offered: &[u16]| {
            let knows = certified.is_none_or(|curve| offered.contains(&curve));
            let (first, second) = if by_own { (own, offered) } else { (offered, own) };
            first.iter().copied().find(|group| knows && second.contains(group))
        }
    }

    const ECDSA: u32 = 0xC02B;
    const RSA: u32 = 0xC02F;

    #[test]
    fn the_curve_of_a_certificate_hides_no_group() {
        // By its own order nobody gets what comes after the curve of the certificate, and that is known of all.
        let ignored = Told::Refused(Refusal::Ignored);
        assert_eq!(ask(ECDSA, server(&[29, 23, 24, 1], true, Some(23))), (vec![29, 23], ignored, 4));
        assert_eq!(ask(ECDSA, server(&[29, 1, 24, 23], true, Some(23))), (vec![29, 1, 24, 23], ignored, 6));
        // By the client's, the others are taken; the curve may be any.
        assert_eq!(ask(ECDSA, server(&[29, 23, 24, 1], false, Some(23))), (vec![29, 23, 24, 1], ignored, 6));
        assert_eq!(ask(ECDSA, server(&[29, 26, 1], false, Some(26))), (vec![29, 1, 26], ignored, 5));
        // Who shows an RSA certificate needs no curve.
        assert_eq!(ask(RSA, server(&[29, 23], true, None)), (vec![29, 23], NO, 3));
    }

    #[test]
    fn what_was_not_offered_and_chosen_leaves_all_unknown() {
        let (taken, others, _) = ask(RSA, |_| Some(29));
        assert_eq!((taken, others), (vec![29], Told::Unknown(Unheard::Lied)));
    }
}
