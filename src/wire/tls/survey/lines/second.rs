//! Whether clients may begin a second handshake on a connection: one question, of TLS 1.2 with the suites that a handshake
//! by hand can be made with.
//!
//! Must never open a socket.

use super::super::super::hello::{ClientHello, Extension};
use super::super::super::renegotiation::{GROUPS, SUITES};
use super::super::catalogue::SCHEMES;
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use crate::observation::{TlsVersion, Told, Unheard};

/// The question.
#[derive(Debug, Default)]
pub struct Second {
    asked: bool,
}

impl Inquiry for Second {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        if std::mem::replace(&mut self.asked, true) {
            return None;
        }
        let taken = known.suites(TlsVersion::Tls12);
        let suites: Vec<u16> = SUITES.into_iter().filter(|suite| taken.contains(suite)).collect();
        if suites.is_empty() {
            return None;
        }
        let mut hello = ClientHello::of(TlsVersion::Tls12, [0; 32]);
        hello.suites = suites;
        hello.extensions =
            known.survey.name.as_deref().map(|name| Extension::ServerName(name.to_owned())).into_iter().collect();
        hello.extensions.extend([
            Extension::Renegotiation,
            Extension::Groups(GROUPS.to_vec()),
            Extension::PointFormats,
        ]);
        hello.extensions.push(Extension::Schemes(SCHEMES.to_vec()));
        let hello = if hello.has_dropped_length() { hello.padded() } else { hello };
        Some(Wanted::Renegotiation(hello))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        known.survey.client_renegotiation = match said {
            Said::Again(told) => told,
            Said::Unknown(why, _) => Told::Unknown(why),
            _ => Told::Unknown(Unheard::Lied),
        };
    }
}
