//! SSL 2.0: one question.
//!
//! Must never open a socket.

use super::super::super::hello::Ssl2Answer;
use super::super::catalogue;
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use crate::observation::{Refusal, TlsVersion, Told, Unheard};

/// Whether SSL 2.0 is spoken, and with which ciphers: its server names all that both have.
#[derive(Debug, Default)]
pub struct Ssl2 {
    asked: bool,
}

impl Inquiry for Ssl2 {
    fn next(&mut self, _known: &mut Known) -> Option<Wanted> {
        let first = !std::mem::replace(&mut self.asked, true);
        first.then(|| Wanted::Ssl2(catalogue::ssl2_suites()))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        let told = match said {
            Said::Ssl2(Ssl2Answer::Hello { kinds, certificate }) => {
                let Some(version) = known.version_mut(TlsVersion::Ssl20) else { return };
                version.suites = kinds;
                version.chain = if certificate.is_empty() { Vec::new() } else { vec![certificate] };
                version.complete = true;
                version.classes_complete = true;
                super::classes::settle(version, Told::Refused(Refusal::Ignored));
                Told::Accepted
            }
            Said::Ssl2(Ssl2Answer::Error(code)) => Told::Refused(Refusal::Alert(code.to_be_bytes()[1])),
            Said::Ssl2(Ssl2Answer::Alert(alert)) => Told::Refused(Refusal::Alert(alert)),
            // Whatever it is, it is no SERVER-HELLO.
            Said::Ssl2(Ssl2Answer::Other) => Told::Refused(Refusal::Ignored),
            Said::Refused(refusal) => Told::Refused(refusal),
            // Servers that do not know SSL 2.0 take its header for the start of a long record, and wait for the rest.
            Said::Unknown(why, _) => Told::Unknown(why),
            Said::Accepted(_) | Said::Shaken(_) | Said::Again(_) => Told::Unknown(Unheard::Lied),
        };
        known.tell(TlsVersion::Ssl20, told);
    }
}
