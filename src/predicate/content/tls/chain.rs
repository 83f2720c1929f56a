//! Chains and stapled responses as values.
//!
//! Must never import a folder above `expr`.

use super::{Fields, certificate, number, texts};
use crate::base::{Timestamp, Value};
use crate::observation::{ChainFault, ChainJudgement, TlsSurvey, TlsVersion};
use crate::tls::assessment::ChainFacts;
use crate::tls::ocsp::Status;

/// `certificate`, `chain`, `staple` and what belongs to them.
pub(super) fn fields(chain: &ChainFacts<'_>) -> Fields {
    let mut fields = Vec::new();
    fields.extend(chain.leaf().map(|leaf| ("certificate", Value::map(certificate::value(leaf, chain.now)))));
    let timestamps = chain.timestamps.filter(|_| !chain.certificates.is_empty());
    fields.extend(timestamps.map(|count| ("timestamps", number(count))));
    fields.extend(chain.staple.map(|status| ("staple", Value::map(staple(&status, chain.now)))));
    let items: Vec<Value> = (0..chain.certificates.len()).map(|at| item(chain, at)).collect();
    let mut sent = vec![("length", number(chain.certificates.len())), ("certificates", Value::list(items))];
    sent.extend(chain.judgement.into_iter().flat_map(judged));
    fields.push(("chain", Value::map(sent)));
    fields
}

/// Those of the fields that could not be told, by name.
pub(super) fn unknown(chain: &ChainFacts<'_>) -> impl Iterator<Item = &'static str> {
    let unseen = !chain.certificates.is_empty() && chain.timestamps.is_none();
    let undecided = chain.judgement.is_some_and(|judgement| is_complete(judgement).is_none());
    [("timestamps", unseen), ("chain.complete", undecided)]
        .into_iter()
        .filter(|(_, holds)| *holds)
        .map(|(name, _)| name)
}

/// Those of the lists that go on, by name.
pub(super) fn open(chain: &ChainFacts<'_>) -> impl Iterator<Item = &'static str> {
    chain.leaf().filter(|leaf| leaf.has_more_names).map(|_| "certificate.names").into_iter()
}

/// Whether no certificate on the way to a root is missing; `None` where the one that is may be a root that nobody knows,
/// which need not be sent, or there is no way at all.
fn is_complete(judgement: &ChainJudgement) -> Option<bool> {
    match judgement.has(ChainFault::Incomplete) {
        true => Some(false),
        false => (judgement.missing.is_none() && !judgement.path.is_empty()).then_some(true),
    }
}

/// How the chain was judged.
fn judged(judgement: &ChainJudgement) -> Fields {
    let mut fields = vec![
        ("ordered", Value::Bool(!judgement.has(ChainFault::Misordered))),
        ("public", Value::Bool(judgement.public)),
    ];
    fields.extend(is_complete(judgement).map(|complete| ("complete", Value::Bool(complete))));
    let mut names: Vec<&str> = judgement.problems.iter().map(|problem| problem.fault.name()).collect();
    names.dedup();
    fields.extend(texts("problems", names));
    fields.extend(judgement.root.as_deref().map(|root| ("root", Value::from(root))));
    fields.extend(judgement.missing.as_deref().map(|missing| ("missing", Value::from(missing))));
    fields
}

/// The certificates that other clients are presented with; nothing where there are none.
pub(super) fn others(survey: &TlsSurvey, now: i64) -> Option<(&'static str, Value)> {
    let items: Vec<Value> = ChainFacts::others(survey, now).map(|(version, chain)| other(version, &chain)).collect();
    (!items.is_empty()).then(|| ("other_certificates", Value::list(items)))
}

fn other(version: TlsVersion, chain: &ChainFacts<'_>) -> Value {
    let mut fields = chain.leaf().map_or_else(Vec::new, |leaf| certificate::value(leaf, chain.now));
    fields.push(("protocol", Value::from(version.name())));
    if let Some(judgement) = chain.judgement.filter(|judgement| !judgement.is_unverified()) {
        let distrust = judgement.distrust();
        fields.push(("trusted", Value::Bool(distrust.is_none())));
        fields.extend(distrust.map(|problem| ("untrusted", Value::from(problem.fault.words()))));
        let mut names: Vec<&str> = judgement.problems.iter().map(|problem| problem.fault.name()).collect();
        names.dedup();
        fields.extend(texts("problems", names));
    }
    Value::map(fields)
}

/// A certificate of the chain with its place and its faults.
fn item(chain: &ChainFacts<'_>, at: usize) -> Value {
    let read = chain.certificates.get(at).and_then(Option::as_ref);
    let Some(read) = read else { return certificate::nothing() };
    let mut fields = certificate::value(read, chain.now);
    fields.push(("place", number(at)));
    if let Some(judgement) = chain.judgement {
        fields.push(("used", Value::Bool(judgement.path.contains(&at))));
        let own = judgement.problems.iter().filter(|problem| problem.at == Some(at));
        fields.extend(texts("problems", own.map(|problem| problem.fault.name())));
    }
    Value::map(fields)
}

fn staple(status: &Status, now: i64) -> Fields {
    let instant = |second: i64| Timestamp::from_second(second).ok().map(Value::Time);
    let mut fields = vec![
        ("status", Value::from(status.word.name())),
        ("usable", Value::Bool(status.is_usable(now))),
        ("stale", Value::Bool(status.is_stale(now))),
    ];
    fields.extend(status.this_update.and_then(instant).map(|at| ("this_update", at)));
    fields.extend(status.next_update.and_then(instant).map(|at| ("next_update", at)));
    fields.extend(status.revoked_at.and_then(instant).map(|at| ("revoked_at", at)));
    fields.extend(status.reason.map(|reason| ("reason", Value::from(reason))));
    fields.extend(status.fits.map(|fits| ("fits", Value::Bool(fits))));
    fields.extend(status.signed.map(|signed| ("signed", Value::Bool(signed))));
    fields
}
