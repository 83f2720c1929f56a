//! Whether a chain is trusted for a host: judged after the handshake, never in it.
//!
//! Takes the chain as sent, the name asked for and the time; gives every fault, and the reason against it in words of ours
//! because certificates hold text of the target. Must never open a socket.

use rustls::pki_types::{IpAddr as PkiIp, ServerName};

use super::config::Tls;
use crate::observation::{ChainFault, ChainJudgement, OtherChain, TlsSurvey, TlsVersion};
use crate::tls::chain::{self, Case, Proof, Roots};

/// The name for SNI and for judging the certificate; an address is judged but never sent (RFC 6066 §3).
pub(in crate::wire) fn name_of(host: &str) -> Option<ServerName<'static>> {
    match host.parse::<std::net::IpAddr>() {
        Ok(ip) => Some(ServerName::IpAddress(PkiIp::from(ip))),
        Err(_) => ServerName::try_from(host.to_owned()).ok(),
    }
}

/// How the chain of a handshake is judged for `name` at `now`, in seconds since 1970.
pub(super) fn judge(
    roots: &Roots,
    (chain, staple): (&[&[u8]], Option<&[u8]>),
    name: &ServerName<'_>,
    (now, proof): (i64, Proof),
) -> ChainJudgement {
    chain::judge(Case { chain, staple, timestamps: None, host: &name.to_str(), now, proof }, roots)
}

/// How the chain that a survey saw in the clear is judged, that of the highest version with one; `None` where a whole
/// handshake brought its own, or there is none.
pub(in crate::wire) fn judge_in_the_clear(
    tls: &Tls,
    survey: &TlsSurvey,
    name: &ServerName<'_>,
    now: i64,
) -> Option<ChainJudgement> {
    // SSL 2.0 sends one certificate, never a chain.
    let seen = survey.in_the_clear().filter(|seen| seen.version > TlsVersion::Ssl20);
    let version = seen.filter(|_| survey.session.is_none())?;
    let chain: Vec<&[u8]> = version.chain.iter().map(|der| &**der).collect();
    let (staple, timestamps) = (version.staple.as_deref(), version.timestamps.as_deref());
    let host = &name.to_str();
    Some(chain::judge(Case { chain: &chain, staple, timestamps, host, now, proof: Proof::Given }, &tls.roots))
}

/// Other chains that are kept at most.
const OTHERS: usize = 4;

/// Judges the chains that other clients are presented with: those that the versions sent in the clear beside the one that
/// the survey is judged by, and those that came by other keys.
pub(in crate::wire) fn judge_others(tls: &Tls, survey: &mut TlsSurvey, name: &ServerName<'_>, now: i64) {
    let session = survey.session.as_ref().and_then(|session| session.chain.first());
    let own = session.or_else(|| survey.in_the_clear().and_then(|version| version.chain.first())).cloned();
    // A hello of SSL 3.0 names no host, and who is not asked for a name may present anything.
    let least = if survey.name.is_some() { TlsVersion::Tls10 } else { TlsVersion::Ssl30 };
    let sent = survey.versions.iter().rev().filter(|version| version.version >= least);
    let clear = sent.map(|version| OtherChain {
        version: version.version,
        chain: version.chain.clone(),
        staple: version.staple.clone(),
        judgement: None,
    });
    let mut others: Vec<OtherChain> = Vec::new();
    for other in clear.chain(std::mem::take(&mut survey.other_chains)) {
        let leaf = other.chain.first();
        let is_known = leaf == own.as_ref() || others.iter().any(|known| known.chain.first() == leaf);
        if leaf.is_some() && !is_known && others.len() < OTHERS {
            others.push(other);
        }
    }
    for other in &mut others {
        let chain: Vec<&[u8]> = other.chain.iter().map(|der| &**der).collect();
        let staple = other.staple.as_deref();
        other.judgement = Some(judge(&tls.roots, (&chain, staple), name, (now, Proof::Given)));
    }
    // For another name: that is what servers fall back to that have no certificate for such a client, and no fault of this one.
    let is_for_another = |judged: &ChainJudgement| judged.has(ChainFault::WrongName) || judged.has(ChainFault::NoNames);
    others.retain(|other| !other.judgement.as_ref().is_some_and(is_for_another));
    survey.other_chains = others;
}

/// Why clients do not trust a chain that was judged so, in words of ours; `None` where they do.
pub(in crate::wire) fn distrust(judgement: &ChainJudgement) -> Option<String> {
    judgement.distrust().map(|problem| problem.fault.words().to_owned())
}
