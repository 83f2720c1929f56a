//! Whether hellos of ours come through at all: one handshake by the library where ours were closed on.
//!
//! Must never open a socket.

use super::super::ask::Wish;
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use crate::observation::{Refusal, TlsVersion, Told};

/// Whether TLS 1.2 is spoken, by the library, where a hello of ours was closed on: who takes it from the library does not let
/// our hellos through.
#[derive(Debug, Default)]
pub struct Control {
    asked: bool,
}

impl Inquiry for Control {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        let told = known.version(TlsVersion::Tls12).map(|version| version.told);
        let is_doubtful = known.survey.session.is_some() && told == Some(Told::Refused(Refusal::Closed));
        if std::mem::replace(&mut self.asked, true) || !is_doubtful {
            return None;
        }
        Some(Wanted::Handshake(Wish { most: Some(TlsVersion::Tls12), ..Wish::default() }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        if let Said::Shaken(shaken) = said
            && shaken.session.version == TlsVersion::Tls12.name()
        {
            known.tell(TlsVersion::Tls12, Told::Accepted);
            known.blocked = Some(Refusal::Closed);
        }
    }
}
