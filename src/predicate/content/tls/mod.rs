//! TLS as values: sessions, certificates, chains, surveys.
//!
//! Takes what was observed and what `tls` makes of it; gives the map of `tls.*`. Invariant: what could not be told is listed by
//! name in `unknown` or `unasked`, and lists that may go on in `open`, so that no rule takes silence for a no. Must never
//! import a folder above `expr`.

mod addresses;
mod behaviour;
mod certificate;
mod chain;
mod gaps;
mod survey;
#[cfg(test)]
mod tests;
mod versions;

use crate::base::{Timestamp, Unknown, Value};
use crate::observation::{Resumption, TlsSession};
use crate::predicate::found::{Extent, Found};
use crate::predicate::{fields, subject::Subject};
use crate::tls::assessment::ChainFacts;
use crate::tls::group;

pub(in crate::predicate) use survey::facts as survey_facts;

/// In `unknown`, every fact that is not there: the port told nothing of TLS, so that what is absent was not seen.
const EVERYTHING: &str = "*";

/// Fields of a map as they are collected.
type Fields = Vec<(&'static str, Value)>;

/// The facts of a session that was seen at `now`.
pub(in crate::predicate) fn facts(session: &TlsSession, now: Timestamp) -> Value {
    let chain = ChainFacts::of_session(session, now.as_second());
    let mut fields = of_session(session);
    fields.extend(resumption(&session.resumption));
    fields.extend(chain::fields(&chain));
    fields.extend(texts("unknown", chain::unknown(&chain)));
    fields.extend(texts("open", chain::open(&chain)));
    Value::map(fields)
}

/// What a handshake showed beside its certificates.
fn of_session(session: &TlsSession) -> Fields {
    let mut fields = vec![
        ("version", Value::from(session.version.as_str())),
        ("cipher", Value::from(session.cipher.as_str())),
        ("trusted", Value::Bool(session.untrusted.is_none())),
        ("client_certificate", Value::Bool(session.client_certificate.is_some())),
    ];
    fields.extend(session.alpn.as_deref().map(|alpn| ("alpn", Value::from(alpn))));
    fields.extend(session.untrusted.as_deref().map(|why| ("untrusted", Value::from(why))));
    fields.extend(session.group.map(|number| ("group", Value::from(group::name_of(number)))));
    fields
}

/// What sessions can be resumed by, as far as it was seen.
fn resumption(seen: &Resumption) -> Option<(&'static str, Value)> {
    let known = [("ids", seen.ids), ("tickets", seen.tickets)];
    let mut resumed: Fields = known.into_iter().filter_map(|(name, known)| Some((name, Value::Bool(known?)))).collect();
    resumed.extend(seen.early_data.map(|bytes| ("early_data", Value::Int(i64::from(bytes)))));
    (!resumed.is_empty()).then(|| ("resumption", Value::map(resumed)))
}

/// What a subject of `tls` finds in these facts.
pub(in crate::predicate) fn found(facts: &Value, subject: &Subject) -> Found {
    let dotted = subject.path.join(".");
    let is_there = subject.path.first().is_some_and(|name| facts.field(name).is_some());
    if is_listed(facts, "unknown", &dotted) || (!is_there && is_listed(facts, "unknown", EVERYTHING)) {
        return Found::Unknown(Unknown::Failed);
    }
    if is_listed(facts, "unasked", &dotted) {
        return Found::Unknown(Unknown::NotSent);
    }
    match fields::found(Some(facts), &subject.path) {
        Found::Values { values, .. } if is_listed(facts, "open", &dotted) => Found::to_extent(values, Extent::Further),
        found => found,
    }
}

/// Whether a list of names in the facts has this one, or one that it is below.
fn is_listed(facts: &Value, list: &str, dotted: &str) -> bool {
    let Some(Value::List(names)) = facts.field(list) else { return false };
    names.iter().any(|name| {
        let name = name.as_text();
        let rest = dotted.as_bytes().strip_prefix(&*name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
    })
}

/// A list of texts; `None` where there are none.
fn texts<T: Into<Value>>(name: &'static str, items: impl IntoIterator<Item = T>) -> Option<(&'static str, Value)> {
    let items: Vec<Value> = items.into_iter().map(Into::into).collect();
    (!items.is_empty()).then(|| (name, Value::list(items)))
}

fn number(count: usize) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}
