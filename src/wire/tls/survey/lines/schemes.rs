//! Schemes of signatures by elimination, as suites are: in the clear under TLS 1.2, by whole handshakes under TLS 1.3, which
//! encrypts them.
//!
//! Must never open a socket.

use super::super::super::flight::{Form, Until, form_of};
use super::super::ask::Wish;
use super::super::catalogue;
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use super::super::plan::Plan;
use super::elimination::Elimination;
use crate::observation::{Refusal, SchemeTold, TlsVersion, Told, Unheard};
use crate::tls::suite::Authentication;

/// Whole handshakes that are made for it at most.
const HANDSHAKES: usize = 10;

/// Notes something of a scheme.
fn note(known: &mut Known, scheme: u16, write: impl Fn(&mut SchemeTold)) {
    let all = &mut known.survey.schemes;
    if !all.iter().any(|told| told.scheme == scheme) {
        all.push(SchemeTold { scheme, told: Told::default(), tls13: Told::default() });
    }
    all.iter_mut().filter(|told| told.scheme == scheme).for_each(write);
}

/// Ends an elimination and notes what it came to, in the version's place.
fn conclude(schemes: &mut Elimination<u16>, known: &mut Known, rest: Told, place: fn(&mut SchemeTold) -> &mut Told) {
    for (scheme, told) in schemes.end(rest) {
        note(known, scheme, |entry| *place(entry) = told);
    }
}

/// The schemes that a server signs with under TLS 1.2.
#[derive(Debug)]
pub struct Schemes {
    schemes: Elimination<u16>,
}

impl Schemes {
    /// All of them.
    pub fn new() -> Self {
        Self { schemes: Elimination::of(catalogue::SCHEMES.to_vec()) }
    }

    fn conclude(&mut self, known: &mut Known, rest: Told) {
        conclude(&mut self.schemes, known, rest, |entry| &mut entry.told);
    }
}

impl Inquiry for Schemes {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        let mut suites = known.suites(TlsVersion::Tls12);
        let is_signed = |suite: &u16| {
            let signs = |known: &crate::tls::suite::Suite| known.authentication != Authentication::None;
            catalogue::known(*suite).is_some_and(signs) && matches!(form_of(*suite), Some(Form::Curve | Form::Field))
        };
        suites.retain(is_signed);
        if self.schemes.is_over() || suites.is_empty() {
            return None;
        }
        if self.schemes.left().is_empty() {
            self.conclude(known, Told::Refused(Refusal::Ignored));
            return None;
        }
        let schemes = self.schemes.left().to_vec();
        Some(Wanted::Hello(Plan { schemes, until: Until::Done, ..Plan::of(TlsVersion::Tls12, suites) }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        match said {
            Said::Accepted(answer) => {
                known.note_chain(TlsVersion::Tls12, &answer.chain, answer.staple.as_ref());
                if !answer.signature.is_some_and(|scheme| self.schemes.take(scheme)) {
                    // It signs with what was not offered: that one it has, and of the others nothing can be told.
                    answer.signature.into_iter().for_each(|scheme| self.schemes.add(scheme));
                    self.conclude(known, Told::Unknown(Unheard::Lied));
                }
            }
            Said::Refused(refusal) => self.conclude(known, Told::Refused(refusal)),
            Said::Unknown(why, _) => self.conclude(known, Told::Unknown(why)),
            Said::Ssl2(_) | Said::Shaken(_) | Said::Again(_) => self.conclude(known, Told::Unknown(Unheard::Lied)),
        }
    }
}

/// The schemes that a server signs with under TLS 1.3.
#[derive(Debug)]
pub struct NewSchemes {
    /// None where there is nobody to ask.
    schemes: Option<Elimination<u16>>,
    asked: usize,
}

impl NewSchemes {
    /// All of them; the ordinary handshake showed the first.
    pub fn new(known: &Known) -> Self {
        let session = known.survey.session.as_ref().filter(|session| session.version == TlsVersion::Tls13.name());
        let schemes = session.map(|session| {
            let mut schemes =
                Elimination::of(catalogue::SCHEMES.into_iter().filter(|scheme| is_new(*scheme)).collect());
            session.signature.into_iter().for_each(|first| schemes.add(first));
            schemes
        });
        Self { schemes, asked: 0 }
    }

    fn conclude(&mut self, known: &mut Known, rest: Told) {
        if let Some(schemes) = &mut self.schemes {
            conclude(schemes, known, rest, |entry| &mut entry.tls13);
        }
    }
}

/// Whether TLS 1.3 signs handshakes with a scheme (RFC 8446 §4.2.3).
fn is_new(scheme: u16) -> bool {
    matches!(scheme, 0x0403 | 0x0503 | 0x0603 | 0x0804..=0x080B | 0x081A..=0x081C | 0x0904..=0x0906)
}

impl Inquiry for NewSchemes {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        let schemes = self.schemes.as_ref().filter(|schemes| !schemes.is_over())?.left().to_vec();
        if schemes.is_empty() || self.asked >= HANDSHAKES {
            let rest = if schemes.is_empty() { Told::Refused(Refusal::Ignored) } else { Told::Unknown(Unheard::Bound) };
            self.conclude(known, rest);
            return None;
        }
        self.asked += 1;
        Some(Wanted::Handshake(Wish { schemes, ..Wish::default() }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        match said {
            Said::Shaken(shaken) => {
                let session = &shaken.session;
                known.note_chain(TlsVersion::Tls13, &session.chain, session.staple.as_ref());
                let takes = |schemes: &mut Elimination<u16>| session.signature.is_some_and(|it| schemes.take(it));
                if !self.schemes.as_mut().is_some_and(takes) {
                    self.conclude(known, Told::Unknown(Unheard::Lied));
                }
            }
            Said::Refused(refusal) => self.conclude(known, Told::Refused(refusal)),
            Said::Unknown(why, _) => self.conclude(known, Told::Unknown(why)),
            Said::Accepted(_) | Said::Ssl2(_) | Said::Again(_) => self.conclude(known, Told::Unknown(Unheard::Lied)),
        }
    }
}
