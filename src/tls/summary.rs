//! What reports tell of a host's TLS: the letter, the profile, the protocols, the chain as a way to its root.
//!
//! Takes a survey, when it was made and what is known of HSTS; gives a [`Summary`]. Texts of certificates are the target's:
//! whoever shows them encodes them. Must never import a folder above `observation`.

use super::assessment::{Assessment, Attack, ChainFacts};
use super::certificate::{Certificate, Key, KeyKind};
use super::grade::{Grade, Hsts, grade, no_grade};
use super::mozilla::{Standing, kept, standings};
use crate::base::Value;
use crate::observation::{ChainFault, NotTls, Revocation, TlsSurvey};

/// A summary.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The letter and how it came about; `None` where there is none.
    pub grade: Option<Grade>,
    /// Why there is no letter; `None` where there is one.
    pub no_grade: Option<&'static str>,
    /// The attacks that what it takes allows.
    pub attacks: Vec<&'static str>,
    /// The strictest of Mozilla's profiles that is kept; `None` where none is or that cannot be told.
    pub profile: Option<&'static str>,
    /// How it stands to each of them, strictest first.
    pub standings: Vec<Standing>,
    /// The versions spoken, oldest first: `TLS 1.2`.
    pub protocols: Vec<&'static str>,
    /// Whole days until the server's certificate ends; negative after that.
    pub days_left: Option<i64>,
    /// Whole days since it ended; `None` where it has not.
    pub days_since_end: Option<i64>,
    /// The certificates, the server's own first, up to the root; those that nobody needs come last.
    pub chain: Vec<Link>,
    /// The certificates that other clients are presented with.
    pub others: Vec<Link>,
    /// What authorities say of the server's certificate; `None` where they were not asked.
    pub revocation: Option<Revocation>,
    /// Hellos that it took to know.
    pub hellos: u32,
    /// Every fact of the survey, by the names that rules have for them below `tls`.
    pub facts: Value,
}

/// A certificate of a chain, or the root that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// What it is: the server's, an authority's, the root, something that nobody needs.
    pub role: Role,
    /// Its key: `EC 256`.
    pub key: Option<String>,
    /// Whole days until it ends, negative after that; `None` of a root that was not sent.
    pub days_left: Option<i64>,
    /// Whole days since it ended; `None` where it has not.
    pub days_since_end: Option<i64>,
    /// What is wrong with it.
    pub problems: Vec<&'static str>,
}

/// What a certificate is in its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The server's own.
    Server,
    /// An authority's between it and the root.
    Intermediate,
    /// The trusted root.
    Root,
    /// The issuer that is neither sent nor trusted.
    Missing,
    /// Sent without being needed.
    Surplus,
}

impl Role {
    /// The name as reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Intermediate => "intermediate",
            Self::Root => "root",
            Self::Missing => "missing",
            Self::Surplus => "surplus",
        }
    }
}

/// Sums a survey up that was made at `now`, in seconds since 1970, with the facts that rules read of it; `None` where it
/// found no TLS.
pub fn summary(survey: &TlsSurvey, now: i64, hsts: Hsts, facts: &Value) -> Option<Summary> {
    if survey.not_tls.as_ref().is_some_and(|instead| !matches!(instead, NotTls::NoUpgrade(_))) {
        return None;
    }
    let assessment = Assessment::new(survey, now);
    if !assessment.is_tls() {
        return None;
    }
    let standings = standings(&assessment, hsts);
    Some(Summary {
        grade: grade(&assessment, hsts),
        no_grade: no_grade(&assessment),
        attacks: assessment.attacks().into_iter().map(Attack::name).collect(),
        profile: kept(&standings),
        standings,
        protocols: assessment.protocols().into_iter().map(super::version_name).collect(),
        days_left: assessment.chain.leaf().map(|leaf| leaf.days_left(now)),
        days_since_end: assessment.chain.leaf().and_then(|leaf| leaf.days_since_end(now)),
        chain: links(&assessment.chain),
        others: others(survey, now),
        revocation: survey.revocation.clone(),
        hellos: survey.hellos,
        facts: facts.clone(),
    })
}

fn links(chain: &ChainFacts<'_>) -> Vec<Link> {
    let Some(judgement) = chain.judgement else { return Vec::new() };
    let of = |at: usize, role: Role| {
        let own = judgement
            .problems
            .iter()
            .filter(|problem| problem.at == Some(at) && problem.fault != ChainFault::Incomplete);
        let problems = own.map(|problem| problem.fault.name()).collect();
        match chain.certificates.get(at).and_then(Option::as_ref) {
            Some(read) => link(read, role, problems, chain.now),
            None => Link { problems, ..bare("", role) },
        }
    };
    let mut links: Vec<Link> = judgement
        .path
        .iter()
        .enumerate()
        .map(|(height, at)| of(*at, if height == 0 { Role::Server } else { Role::Intermediate }))
        .collect();
    let is_root = |at: &usize| {
        judgement.root.is_some()
            && judgement.problems.iter().any(|it| it.at == Some(*at) && it.fault == ChainFault::RootSent)
    };
    let surplus = (0..chain.certificates.len()).filter(|at| !judgement.path.contains(at));
    let (sent, surplus): (Vec<usize>, Vec<usize>) = surplus.partition(is_root);
    // A root that was sent along is told once, as the root.
    let root = judgement
        .root
        .as_ref()
        .map(|root| sent.first().map_or_else(|| bare(root, Role::Root), |at| of(*at, Role::Root)));
    links.extend(root);
    links.extend(judgement.missing.as_ref().map(|missing| bare(missing, Role::Missing)));
    links.extend(sent.iter().skip(1).chain(&surplus).map(|at| of(*at, Role::Surplus)));
    links
}

/// The server's certificates for other clients, each with the problems of its chain.
fn others(survey: &TlsSurvey, now: i64) -> Vec<Link> {
    let told = ChainFacts::others(survey, now).filter_map(|(_, chain)| {
        let faults = chain.judgement.map_or(&[][..], |judgement| &judgement.problems);
        let mut problems: Vec<&str> = faults.iter().map(|problem| problem.fault.name()).collect();
        problems.dedup();
        Some(link(chain.leaf()?, Role::Server, problems, now))
    });
    told.collect()
}

/// A certificate of which nothing is known but its name.
fn bare(name: &str, role: Role) -> Link {
    Link { name: name.to_owned(), role, key: None, days_left: None, days_since_end: None, problems: Vec::new() }
}

fn link(read: &Certificate, role: Role, problems: Vec<&'static str>, now: i64) -> Link {
    Link {
        name: read.title(),
        role,
        key: Some(key(&read.key)),
        days_left: Some(read.days_left(now)),
        days_since_end: read.days_since_end(now),
        problems,
    }
}

fn key(key: &Key) -> String {
    let kind = match key.kind {
        KeyKind::Rsa | KeyKind::RsaPss => "RSA",
        KeyKind::Ec => "EC",
        KeyKind::Ed25519 => return "Ed25519".to_owned(),
        KeyKind::Ed448 => return "Ed448".to_owned(),
        KeyKind::Dsa => "DSA",
        KeyKind::MlDsa => "ML-DSA",
        KeyKind::Other => return "unknown key".to_owned(),
    };
    key.bits.map_or_else(|| kind.to_owned(), |bits| format!("{kind} {bits}"))
}
