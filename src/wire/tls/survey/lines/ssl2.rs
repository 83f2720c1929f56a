//! SSL 2.0: one question.
//!
//! Must never open a socket.

use super::super::super::hello::Ssl2Answer;
use super::super::catalogue;
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use crate::observation::{Refusal, TlsVersion, Told, Unheard};

/// Whether SSL 2.0 is spoken, and with which ciphers: its server names all that both have, or none.
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
            // Who names ciphers, but none that it was offered, has not read the question.
            Said::Ssl2(Ssl2Answer::Hello { kinds, .. }) if !kinds.is_empty() && common(&kinds).is_empty() => {
                Told::Unknown(Unheard::Lied)
            }
            Said::Ssl2(Ssl2Answer::Hello { kinds, certificate }) => {
                let Some(version) = known.version_mut(TlsVersion::Ssl20) else { return };
                version.suites = common(&kinds);
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
            // Asked twice and reset twice, by a server that answers hellos of TLS: so end those that read only the beginning.
            Said::Unknown(Unheard::Reset, _) if known.survey.session.is_some() => Told::Refused(Refusal::Closed),
            // Servers that do not know SSL 2.0 take its header for the start of a long record, and wait for the rest.
            Said::Unknown(why, _) => Told::Unknown(why),
            Said::Accepted(_) | Said::Shaken(_) | Said::Again(_) => Told::Unknown(Unheard::Lied),
        };
        known.tell(TlsVersion::Ssl20, told);
    }
}

/// Those of a server's ciphers that it was offered, each once.
fn common(kinds: &[u32]) -> Vec<u32> {
    let mut common = catalogue::ssl2_suites();
    common.retain(|kind| kinds.contains(kind));
    common
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::observation::TlsSurvey;

    /// What a survey knows of SSL 2.0 after a SERVER-HELLO with these ciphers.
    fn after(kinds: &[u32]) -> (Told, Vec<u32>) {
        let mut known = Known::new(TlsSurvey::default(), Vec::new());
        let hello = Ssl2Answer::Hello { kinds: kinds.to_vec(), certificate: Bytes::new() };
        Ssl2::default().told(Said::Ssl2(hello), &mut known);
        let version = known.version(TlsVersion::Ssl20).expect("it is there");
        (version.told, version.suites.clone())
    }

    #[test]
    fn a_reset_is_a_no_of_servers_that_speak_tls() {
        let told = |session| {
            let mut known = Known::new(TlsSurvey { session, ..TlsSurvey::default() }, Vec::new());
            Ssl2::default().told(Said::Unknown(Unheard::Reset, None), &mut known);
            known.version(TlsVersion::Ssl20).expect("it is there").told
        };
        assert_eq!(told(None), Told::Unknown(Unheard::Reset));
        assert_eq!(told(Some(Default::default())), Told::Refused(Refusal::Closed));
    }

    #[test]
    fn ciphers_count_that_were_offered_and_each_once() {
        let [first, second] = [catalogue::ssl2_suites()[0], catalogue::ssl2_suites()[1]];
        assert_eq!(after(&[second, 0x0A_0B0C, second, first]), (Told::Accepted, vec![first, second]));
        assert_eq!(after(&[0x0A_0B0C]), (Told::Unknown(Unheard::Lied), Vec::new()));
        assert_eq!(after(&[]), (Told::Accepted, Vec::new()), "it is spoken, with nothing in common");
    }
}
