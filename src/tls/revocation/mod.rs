//! Revocation, asked online: the question, and what the answers are worth.
//!
//! Takes a certificate and its issuer; gives the bytes of an OCSP request and judges what comes back, a response or a list.
//! Invariant: nothing counts that its authority did not sign, or that is out of date. Must never import a folder above
//! `observation`.

mod list;
mod request;
#[cfg(test)]
mod tests;

use x509_parser::prelude::X509Certificate;

use super::ocsp::{self, Word};
use crate::observation::{RevocationAnswer, RevocationProblem, RevocationSource, RevocationStatus};

pub use list::judge_list;
pub use request::request;

/// The certificate in question and its issuer.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The server's certificate.
    pub leaf: &'a X509Certificate<'a>,
    /// The one that signed it.
    pub issuer: &'a X509Certificate<'a>,
    /// The time, in seconds since 1970.
    pub now: i64,
}

/// What an OCSP response from that address says.
pub fn judge_response(der: &[u8], question: Question<'_>, url: &str) -> RevocationAnswer {
    let status = ocsp::status(der, question.leaf, Some(question.issuer), question.now);
    let problem = match status.word {
        Word::Malformed => Some(RevocationProblem::Malformed),
        Word::Error => Some(RevocationProblem::Error),
        _ if status.fits != Some(true) => Some(RevocationProblem::OtherCertificate),
        _ if status.signed != Some(true) => Some(RevocationProblem::NotSigned),
        _ if !status.is_usable(question.now) => Some(RevocationProblem::OutOfDate),
        _ => None,
    };
    RevocationAnswer {
        status: match status.word {
            Word::Good => RevocationStatus::Good,
            Word::Revoked => RevocationStatus::Revoked,
            _ => RevocationStatus::Unknown,
        },
        problem,
        revoked_at: status.revoked_at,
        reason: status.reason.map(str::to_owned),
        next_update: status.next_update,
        ..RevocationAnswer::none(RevocationSource::Ocsp, url, RevocationProblem::Malformed)
    }
}
