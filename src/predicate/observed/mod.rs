//! What probes of other protocols brought, by name: the parts that operators of sequences read, and the facts that
//! conditions ask for.
//!
//! Each protocol's file gives both. Takes an observation; gives values. Invariant: a name that is not there costs nothing,
//! and what failed on the wire has no values. Must never import a folder above `expr`.

mod certificate;
mod dns;
mod names;
mod talk;
#[cfg(test)]
mod tests;
mod tls;

use bytes::Bytes;

use super::content::tls as tls_content;
use crate::base::{Timestamp, Unknown, Value};
use crate::observation::{ErrorKind, Observation, OtherProbe, Seen};

/// The part that an operator means: the protocol's own where it names none, the body or everything.
pub fn part_name<'a>(observation: &Observation, part: Option<&'a str>) -> &'a str {
    match part {
        None | Some("" | "body" | "all") => match &*observation.probe {
            OtherProbe::Dns(_) => "raw",
            OtherProbe::Tcp(_) => "data",
            OtherProbe::Tls(_) | OtherProbe::TlsSurvey(_) | OtherProbe::WebSocket(_) => "response",
        },
        Some(part) => part,
    }
}

/// The value of a name that operators and expressions read; `None` where the observation has none of that name.
pub fn named(observation: &Observation, name: &str, now: Timestamp) -> Option<Value> {
    if name == "type" {
        let kind = observation.probe.protocol();
        return Some(Value::from(if kind == "tls" { "ssl" } else { kind }));
    }
    if name == "ip" && observation.probe.peer().is_some() {
        return observation.remote.map(|remote| Value::from(remote.ip().to_string()));
    }
    match (&*observation.probe, observation.seen.as_ref().ok()?) {
        (OtherProbe::Dns(probe), Seen::Dns(message)) => dns::named(probe, message, name),
        (OtherProbe::Tcp(probe), Seen::Tcp(talk, _)) => talk::named_tcp(probe, talk, name),
        (OtherProbe::WebSocket(probe), Seen::WebSocket(upgrade, talk)) => {
            talk::named_websocket(probe, upgrade, talk, name)
        }
        (OtherProbe::Tls(probe), Seen::Tls(session)) => tls::named(probe, session, observation.remote, name, now),
        (OtherProbe::TlsSurvey(_), Seen::TlsSurvey(survey)) if name == "response" => {
            let facts = observation.derived.facts(|| tls_content::survey_facts(survey, observation.at));
            Some(Value::from(tls::told(facts)))
        }
        _ => None,
    }
}

/// Why the value of a name is not known; `None` where it is, or where it is known that there is none.
pub fn unheard(observation: &Observation, name: &str) -> Option<Unknown> {
    match &observation.seen {
        Ok(Seen::Tls(session)) if name == "revoked" => tls::unheard(session, observation.at),
        _ => None,
    }
}

/// What a probe of a native rule sent and brought, as people read it.
pub fn told(observation: &Observation, now: Timestamp) -> (Bytes, Bytes) {
    match &observation.seen {
        Ok(Seen::Tls(session)) => {
            let facts = observation.derived.facts(|| tls_content::facts(session, observation.at));
            (Bytes::new(), tls::told(facts).into())
        }
        _ => dialogue(observation, now),
    }
}

/// What was sent and what came back, as it went over the wire.
pub fn dialogue(observation: &Observation, now: Timestamp) -> (Bytes, Bytes) {
    let text =
        |name| named(observation, name, now).map_or_else(Bytes::new, |value| Bytes::copy_from_slice(&value.as_text()));
    let response = if matches!(&*observation.probe, OtherProbe::Tcp(_)) { "raw" } else { part_name(observation, None) };
    (text("request"), text(response))
}

/// The facts of `tls.*`, `dns.*` or `tcp.*` that an observation holds, and which of them.
///
/// # Errors
/// Why they are not known, where the probe failed.
pub fn facts(observation: &Observation) -> Result<Option<(&'static str, Value)>, Unknown> {
    let kind = observation.probe.protocol();
    let is_survey = matches!(&*observation.probe, OtherProbe::TlsSurvey(_));
    Ok(match &observation.seen {
        Ok(Seen::Dns(message)) => Some((kind, dns::facts(message))),
        Ok(Seen::Tcp(talk, _)) => Some((kind, talk::facts(talk))),
        // A certificate's days are counted from when it was seen.
        Ok(Seen::Tls(session)) => {
            Some((kind, observation.derived.facts(|| tls_content::facts(session, observation.at)).clone()))
        }
        Ok(Seen::TlsSurvey(survey)) => {
            Some(("tls", observation.derived.facts(|| tls_content::survey_facts(survey, observation.at)).clone()))
        }
        Ok(Seen::WebSocket(..)) => None,
        Err(error) if kind == "tcp" && error.kind == ErrorKind::ConnectionRefused => {
            Some((kind, Value::map([("open", Value::Bool(false))])))
        }
        // A refusal is an answer; where a survey could not send a hello, nothing is known of what it would have asked.
        Err(error) if error.kind.is_answer() && !is_survey => None,
        Err(error) if error.kind.is_not_sent() => return Err(Unknown::NotSent),
        Err(_) => return Err(Unknown::Failed),
    })
}
