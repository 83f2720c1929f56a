//! The versions before TLS 1.2: one hello covers all of them where a server answers with the highest that it speaks, or says
//! that it speaks none.
//!
//! Any other refusal is of the version that was offered alone, and the one below is asked. Must never open a socket.

use super::super::super::flight::Until;
use super::super::catalogue::{self, BUNDLE, SHORT};
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use super::super::plan::{PROTOCOL_VERSION, Plan};
use super::{Classes, Suites};
use crate::observation::{Refusal, TlsVersion, Told};

/// The walk from TLS 1.1 down to SSL 3.0.
#[derive(Debug)]
pub struct Legacy {
    /// The version that the next hello offers at most; `None` at the end of the walk.
    at: Option<TlsVersion>,
    /// How many bundles of suites were refused at this version.
    bundle: usize,
    /// The suites of a version that was accepted.
    inner: Option<Box<dyn Inquiry>>,
    /// Whether the next question is the inner one's.
    is_inner: bool,
    found: bool,
    /// Suites in a hello at most.
    size: usize,
    /// Whether suites with finite fields are left out, as the server may have failed over one.
    is_parted: bool,
    /// Whether they were left out in vain: what looks like a failure is a refusal here.
    parts_in_vain: bool,
}

impl Legacy {
    /// At the top.
    pub fn new() -> Self {
        Self {
            at: Some(TlsVersion::Tls11),
            bundle: 0,
            inner: None,
            is_inner: false,
            found: false,
            size: BUNDLE,
            is_parted: false,
            parts_in_vain: false,
        }
    }

    /// At the top, with short hellos: for servers that do not take long ones.
    pub fn short() -> Self {
        Self { size: SHORT, ..Self::new() }
    }

    fn below(version: TlsVersion) -> Option<TlsVersion> {
        TlsVersion::ALL.into_iter().rev().find(|older| *older < version && *older >= TlsVersion::Ssl30)
    }

    /// The versions up to `most` that this walk is about.
    fn up_to(most: TlsVersion) -> impl Iterator<Item = TlsVersion> {
        TlsVersion::ALL.into_iter().filter(move |version| (TlsVersion::Ssl30..=most).contains(version))
    }

    fn accepted(&mut self, version: TlsVersion, known: &mut Known) {
        for refused in self.at.into_iter().flat_map(Self::up_to).filter(|other| *other > version) {
            known.tell(refused, Told::Refused(Refusal::Older(version)));
        }
        self.inner = match known.is_full() {
            true => Some(Box::new(Suites::all(version))),
            false if !self.found => Some(Box::new(Classes::of(version))),
            false => None,
        };
        self.found = true;
        self.go_below(version);
    }

    fn go_below(&mut self, version: TlsVersion) {
        self.at = Self::below(version);
        self.bundle = 0;
        self.is_parted = false;
    }

    /// Whether a refusal of a version is one of all below it too.
    fn is_last(refusal: Refusal, at: TlsVersion, known: &Known) -> bool {
        match refusal {
            Refusal::Alert(PROTOCOL_VERSION) => true,
            // Who speaks newer versions knows how to choose among older ones. A short survey believes that the second time.
            Refusal::Alert(_) => !known.is_full() && at < TlsVersion::Tls11 && known.survey.session.is_some(),
            _ => false,
        }
    }

    fn refused(&mut self, refusal: Refusal, known: &mut Known) {
        let Some(at) = self.at else { return };
        let may_part = !self.is_parted && self.bundle == 0 && (known.is_full() || !self.parts_in_vain);
        if may_part && catalogue::may_be_failure(refusal) {
            self.is_parted = true;
            return;
        }
        self.parts_in_vain |= self.is_parted;
        let more = catalogue::suites(at).len() > (self.bundle + 1) * self.size;
        if known.is_full() && more && matches!(refusal, Refusal::Alert(alert) if alert != PROTOCOL_VERSION) {
            self.bundle += 1;
            return;
        }
        if Self::is_last(refusal, at, known) {
            self.at = None;
            Self::up_to(at).for_each(|version| known.tell(version, Told::Refused(refusal)));
        } else {
            known.tell(at, Told::Refused(refusal));
            self.go_below(at);
        }
    }
}

impl Inquiry for Legacy {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        if let Some(wanted) = self.inner.as_mut().and_then(|inner| inner.next(known)) {
            self.is_inner = true;
            return Some(wanted);
        }
        (self.inner, self.is_inner) = (None, false);
        let at = self.at?;
        let mut suites: Vec<u16> =
            catalogue::suites(at).into_iter().skip(self.bundle * self.size).take(self.size).collect();
        if self.is_parted {
            catalogue::part_fields(&mut suites);
        }
        let alpn = known.protocols();
        Some(Wanted::Hello(Plan { least: TlsVersion::Ssl30, until: Until::Done, alpn, ..Plan::of(at, suites) }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        if self.is_inner {
            if let Some(inner) = &mut self.inner {
                inner.told(said, known);
            }
            return;
        }
        match said {
            Said::Accepted(answer) => match known.take(&answer) {
                Some((version, _)) => self.accepted(version, known),
                None => self.at = None,
            },
            Said::Refused(refusal) => self.refused(refusal, known),
            Said::Unknown(why, _) => {
                let Some(at) = self.at.take() else { return };
                Self::up_to(at).for_each(|version| known.tell(version, Told::Unknown(why)));
            }
            Said::Ssl2(_) | Said::Shaken(_) | Said::Again(_) => self.at = None,
        }
    }
}
