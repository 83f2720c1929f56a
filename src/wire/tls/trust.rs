//! Whether a chain is trusted for a host: judged after the handshake, never in it.
//!
//! Takes the chain as sent, the name asked for and the time; gives every fault, and the reason against it in words of ours
//! because certificates hold text of the target. Must never open a socket.

use rustls::pki_types::{IpAddr as PkiIp, ServerName};

use super::config::Tls;
use crate::observation::{ChainJudgement, TlsSurvey, TlsVersion};
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
    chain::judge(Case { chain, staple, host: &name.to_str(), now, proof }, roots)
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
    Some(judge(&tls.roots, (&chain, version.staple.as_deref()), name, (now, Proof::Given)))
}

/// Why clients do not trust a chain that was judged so, in words of ours; `None` where they do.
pub(in crate::wire) fn distrust(judgement: &ChainJudgement) -> Option<String> {
    judgement.distrust().map(|problem| problem.fault.words().to_owned())
}
