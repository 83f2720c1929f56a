//! The verifier's word on what no question of ours asks: constraints, critical extensions, encodings.
//!
//! Must never import a folder above `observation`.

use rustls::pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage};

use super::{Case, Path, Roots, Sent, Top};
use crate::observation::{ChainFault, ChainProblem};

/// What is wrong with a chain that no problem tells yet. Asked only where the path ends in a root.
pub(super) fn last_word(
    case: &Case<'_>,
    sent: &[Sent<'_>],
    path: &Path,
    roots: &Roots,
    problems: &[ChainProblem],
) -> Option<ChainFault> {
    let Top::Root(_) = path.top else { return None };
    let explained = problems.iter().any(|problem| {
        problem.fault.is_fatal()
            && problem.at.is_some_and(|at| {
                // Of names and times the verifier is not asked; any other fault explains what it says.
                use crate::observation::ChainFault as F;
                path.steps.contains(&at)
                    && !matches!(problem.fault, F::WrongName | F::NoNames | F::Expired | F::NotYetValid | F::Revoked)
            })
    });
    let leaf = sent.first()?;
    // A root that serves by itself is trusted because the user says so.
    if explained || roots.find(&leaf.parsed).is_some() {
        return None;
    }
    let time = time_of(case, sent, path)?;
    let der = CertificateDer::from(leaf.der);
    let Ok(end) = EndEntityCert::try_from(&der) else { return Some(ChainFault::Invalid) };
    let above: Vec<CertificateDer<'_>> = sent.iter().skip(1).map(|sent| CertificateDer::from(sent.der)).collect();
    let algorithms = webpki::ALL_VERIFICATION_ALGS;
    let verified = end.verify_for_usage(algorithms, roots.anchors(), &above, time, KeyUsage::server_auth(), None, None);
    match verified {
        Ok(_) => None,
        // Algorithms, keys and curves that the library does not have are not the server's fault.
        Err(
            Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) | Error::UnsupportedSignatureAlgorithmContext(_),
        ) => Some(ChainFault::Unverified),
        Err(Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension) => Some(ChainFault::WrongPurpose),
        Err(_) => Some(ChainFault::Invalid),
    }
}

/// A time at which every certificate of the path is valid, now where it can be; `None` where there is none.
fn time_of(case: &Case<'_>, sent: &[Sent<'_>], path: &Path) -> Option<UnixTime> {
    let facts = || path.steps.iter().filter_map(|step| sent.get(*step)).map(|sent| &sent.facts);
    let begin = facts().map(|facts| facts.not_before).max()?;
    let end = facts().map(|facts| facts.not_after).min()?;
    if begin > end {
        return None;
    }
    let second = u64::try_from(case.now.clamp(begin, end)).ok()?;
    Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(second)))
}
