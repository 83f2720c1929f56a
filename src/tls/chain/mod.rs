//! Chains of certificates, judged: every fault at once, each with the certificate that has it.
//!
//! Takes the chain as sent, the host, the roots and the time; gives a [`ChainJudgement`]. A verifier gives one error and hides
//! the rest, so each question is asked by itself: dates, name, path, purposes, keys and signatures, the staple; the verifier
//! has the last word on what is left of RFC 5280. Invariant: what is fine to the verifier and to the questions is trusted,
//! nothing else. Must never import a folder above `observation`.

mod path;
mod roots;
#[cfg(test)]
mod tests;
mod verify;

use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::certificate::{Certificate, is_for, of_parsed};
use super::{ocsp, timestamp};
use crate::observation::{ChainFault, ChainJudgement, ChainProblem};

use path::{Path, Top};

pub use roots::Roots;

/// Certificates of a chain that are read.
pub const CHAIN: usize = 16;

/// A certificate as sent: its bytes, its parts, its facts.
struct Sent<'a> {
    der: &'a [u8],
    parsed: X509Certificate<'a>,
    facts: Certificate,
}

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// DER certificates in the order sent, the server's own first.
    pub chain: &'a [&'a [u8]],
    /// The stapled OCSP response.
    pub staple: Option<&'a [u8]>,
    /// The list of certificate timestamps that came beside it, as sent.
    pub timestamps: Option<&'a [u8]>,
    /// The name or address that the server has to prove.
    pub host: &'a str,
    /// The time, in seconds since 1970.
    pub now: i64,
    /// Whether the handshake was signed with the certificate's key.
    pub proof: Proof,
}

/// Whether a handshake was signed with the certificate's key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// Nothing speaks against it.
    #[default]
    Given,
    /// The signature is of a kind that cannot be checked here.
    Unchecked,
    /// It was not.
    Wrong,
}

/// Judges a chain.
pub fn judge(case: Case<'_>, roots: &Roots) -> ChainJudgement {
    let parsed: Vec<_> = case.chain.iter().take(CHAIN).map(|der| (*der, read(der))).collect();
    let Some((_, first)) = parsed.first() else { return lone(ChainFault::NoCertificate, None) };
    if first.is_none() {
        return lone(ChainFault::Malformed, Some(0));
    }
    let mut unread: Vec<ChainProblem> = Vec::new();
    let mut sent: Vec<(usize, Sent<'_>)> = Vec::new();
    for (at, (der, parsed)) in parsed.into_iter().enumerate() {
        match parsed {
            Some(parsed) => sent.push((at, Sent { der, facts: of_parsed(der, &parsed), parsed })),
            None => unread.push(ChainProblem { fault: ChainFault::Superfluous, at: Some(at) }),
        }
    }
    let places: Vec<usize> = sent.iter().map(|(at, _)| *at).collect();
    let sent: Vec<Sent<'_>> = sent.into_iter().map(|(_, sent)| sent).collect();
    let path = Path::find(&sent, roots, case.now);
    let mut problems = of_path(&case, &sent, &path);
    problems.extend(of_order(&sent, &path, roots));
    problems.extend(of_name(&case, &sent));
    let proof = match case.proof {
        Proof::Given => None,
        Proof::Unchecked => Some(ChainFault::Unverified),
        Proof::Wrong => Some(ChainFault::Unproven),
    };
    let last_word = verify::last_word(&case, &sent, &path, roots, &problems);
    problems.extend(last_word.into_iter().chain(proof).map(|fault| ChainProblem { fault, at: None }));
    for problem in &mut problems {
        problem.at = problem.at.and_then(|at| places.get(at).copied());
    }
    problems.extend(unread);
    problems.sort_by_key(|problem| (problem.fault, problem.at));
    let (root, public) = match path.top {
        Top::Root(root) => (Some(roots.name(root)), roots.is_public(root)),
        _ => (None, false),
    };
    let top = path.steps.last().and_then(|top| sent.get(*top));
    let missing = top
        .filter(|_| path.top == Top::Missing)
        .map(|top| top.facts.issuer_name.clone().unwrap_or_else(|| top.facts.issuer.clone()));
    let path = path.steps.iter().filter_map(|step| places.get(*step).copied()).collect();
    ChainJudgement { problems, path, root, public, missing }
}

fn read(der: &[u8]) -> Option<X509Certificate<'_>> {
    X509Certificate::from_der(der).ok().map(|(_, parsed)| parsed)
}

fn lone(fault: ChainFault, at: Option<usize>) -> ChainJudgement {
    ChainJudgement { problems: vec![ChainProblem { fault, at }], ..ChainJudgement::default() }
}

/// Faults of the certificates that lead to the root, and of where they lead.
fn of_path(case: &Case<'_>, sent: &[Sent<'_>], path: &Path) -> Vec<ChainProblem> {
    let mut problems = Vec::new();
    let mut note = |fault, at| problems.push(ChainProblem { fault, at: Some(at) });
    let staple = staple_of(case, sent, path);
    let outside = staple.filter(|staple| staple.fits == Some(true)).map_or(0, |staple| staple.timestamps)
        + case.timestamps.map_or(0, timestamp::count);
    match path.top {
        Top::Root(_) => {}
        Top::Itself => note(ChainFault::SelfSigned, 0),
        Top::Stranger => note(ChainFault::UntrustedRoot, path.last()),
        Top::Missing if is_cut_short(sent, path, outside) => note(ChainFault::Incomplete, path.last()),
        Top::Missing => note(ChainFault::UntrustedRoot, path.last()),
    }
    for (height, step) in path.steps.iter().enumerate() {
        let Some(Sent { facts, .. }) = sent.get(*step) else { continue };
        for fault in own_faults(facts, height, case.now) {
            note(fault, *step);
        }
    }
    for step in &path.forged {
        note(ChainFault::BadSignature, *step);
    }
    for step in &path.unchecked {
        // What proves nothing needs no check.
        if sent.get(*step).is_some_and(|sent| !sent.facts.signature.is_weak()) {
            note(ChainFault::Unverified, *step);
        }
    }
    let is_revoked = |staple: &ocsp::Status| {
        staple.word == ocsp::Word::Revoked && staple.fits == Some(true) && staple.signed != Some(false)
    };
    if staple.as_ref().is_some_and(is_revoked) {
        note(ChainFault::Revoked, 0);
    }
    problems
}

/// Faults that a certificate has by itself at a time, at a height of its path: 0 is the server's own.
fn own_faults(facts: &Certificate, height: usize, now: i64) -> impl Iterator<Item = ChainFault> {
    let all = [
        (facts.not_after < now, ChainFault::Expired),
        (facts.not_before > now, ChainFault::NotYetValid),
        (facts.key.is_weak(), ChainFault::WeakKey),
        // A root is trusted for what it is, not for its signature.
        (facts.signature.is_weak() && !facts.is_self_signed, ChainFault::WeakSignature),
        (!facts.is_for_servers(), ChainFault::WrongPurpose),
        (height > 0 && !facts.extensions.is_authority, ChainFault::NotAnAuthority),
    ];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, fault)| fault)
}

/// What the stapled response says of the server's certificate.
fn staple_of(case: &Case<'_>, sent: &[Sent<'_>], path: &Path) -> Option<ocsp::Status> {
    let issuer = path.steps.get(1).and_then(|issuer| sent.get(*issuer)).map(|issuer| &issuer.parsed);
    Some(ocsp::status(case.staple?, &sent.first()?.parsed, issuer, case.now))
}

/// Whether a path that ends without its issuer lacks a certificate that the server ought to send, rather than the root of an
/// authority that nobody knows, which may be left out (RFC 8446 §4.4.2). The last certificate has to say where its issuer's
/// is, and logs have to have taken the server's, which they do below public roots alone: the certificate, or what is
/// `outside` of it, has their timestamps.
fn is_cut_short(sent: &[Sent<'_>], path: &Path, outside: usize) -> bool {
    let (Some(leaf), Some(top)) = (sent.first(), sent.get(path.last())) else { return false };
    let names_issuer = !top.facts.extensions.issuers.is_empty() && !top.facts.is_self_issued;
    names_issuer && leaf.facts.extensions.timestamps + outside > 0
}

/// Faults of the order: each certificate has to certify the one before it (RFC 5246 §7.4.2); roots need not be sent.
fn of_order(sent: &[Sent<'_>], path: &Path, roots: &Roots) -> Vec<ChainProblem> {
    let mut problems = Vec::new();
    let mut note = |fault, at| problems.push(ChainProblem { fault, at });
    // Another certificate of an authority on the path stands nowhere better than beside it.
    let is_double =
        |at: usize| !path.steps.contains(&at) && path.steps.iter().any(|step| same_subject(sent, *step, at));
    let placed = (0..sent.len()).filter(|at| !is_double(*at));
    if path.steps.iter().zip(placed).any(|(step, place)| place != *step) {
        note(ChainFault::Misordered, None);
    }
    for (at, certificate) in sent.iter().enumerate().skip(1) {
        let is_root = certificate.facts.is_self_signed;
        if path.steps.contains(&at) {
            if is_root && path.steps.len() > 1 {
                note(ChainFault::RootSent, Some(at));
            }
        } else if is_root && (roots.find(&certificate.parsed).is_some() || leads_to(sent, path, at)) {
            note(ChainFault::RootSent, Some(at));
        } else if !roots.is_cross_signed(&certificate.parsed) {
            note(ChainFault::Superfluous, Some(at));
        }
    }
    problems
}

fn same_subject(sent: &[Sent<'_>], one: usize, other: usize) -> bool {
    let subject = |at: usize| sent.get(at).map(|sent| sent.parsed.subject().as_raw());
    subject(one) == subject(other)
}

/// Whether the path's last certificate is issued by the one at `at`.
fn leads_to(sent: &[Sent<'_>], path: &Path, at: usize) -> bool {
    let issuer = path.steps.last().and_then(|top| sent.get(*top)).map(|top| top.parsed.issuer().as_raw());
    sent.get(at).is_some_and(|certificate| Some(certificate.parsed.subject().as_raw()) == issuer)
}

fn of_name(case: &Case<'_>, sent: &[Sent<'_>]) -> Option<ChainProblem> {
    let leaf = sent.first()?;
    if is_for(&leaf.parsed, case.host) {
        return None;
    }
    let fault = if leaf.facts.has_names { ChainFault::WrongName } else { ChainFault::NoNames };
    Some(ChainProblem { fault, at: Some(0) })
}
