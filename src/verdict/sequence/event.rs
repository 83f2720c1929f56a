//! What one answer brought, whatever the protocol, by the names that operators read.
//!
//! Takes a reply; gives parts and values. Invariant: a name that is not there costs nothing. Must never import a folder
//! above `plan`.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;

use super::values::text_of;
use crate::base::{Timestamp, Unknown, Value};
use crate::observation::{Interaction, Observation};
use crate::predicate::observed::{dialogue, named, part_name, unheard};
use crate::predicate::{Answer, HostFacts, Part, Texts};

/// One answer.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// An HTTP answer; whether it led on to another one.
    Http(Arc<Answer>, bool),
    /// What a probe of another protocol brought.
    Other(Arc<Observation>),
}

impl Event {
    /// The texts of an HTTP answer.
    pub fn texts(&self) -> Option<Texts<'_>> {
        match self {
            Self::Http(answer, is_hop) => Some(Texts::of(answer, *is_hop)),
            Self::Other(_) => None,
        }
    }

    /// The part that is asked about where none is named.
    pub fn default_part(&self) -> &str {
        match self {
            Self::Http(..) => "body",
            Self::Other(observation) => part_name(observation, None),
        }
    }

    /// The value of that name.
    ///
    /// # Errors
    /// Where the byte budget is used up.
    pub fn value(&self, name: &str, host: &HostFacts) -> Result<Option<Value>, Unknown> {
        match self {
            Self::Http(..) if name == "host" => Ok(Some(Value::from(host.origin.to_string()))),
            Self::Http(answer, is_hop) => Texts::of(answer, *is_hop).value(name),
            Self::Other(observation) => match unheard(observation, name) {
                Some(why) => Err(why),
                None => Ok(named(observation, name, host.now)),
            },
        }
    }

    /// A part that the protocol knows by that name, whatever else goes by it.
    pub fn part(&self, name: &str, host: &HostFacts) -> Option<Result<Bytes, Unknown>> {
        match self {
            Self::Http(answer, is_hop) => Part::named(name).map(|part| Texts::of(answer, *is_hop).part(part)),
            Self::Other(observation) => {
                named(observation, part_name(observation, Some(name)), host.now).map(|value| Ok(text_of(&value)))
            }
        }
    }

    /// A part in lower case, where it is kept so.
    pub fn lower(&self, name: &str) -> Option<Result<Bytes, Unknown>> {
        match self {
            Self::Http(answer, is_hop) => Part::named(name).map(|part| Texts::of(answer, *is_hop).lower(part)),
            Self::Other(_) => None,
        }
    }

    /// The answer in a few words.
    pub fn summary(&self) -> String {
        match self {
            Self::Http(answer, is_hop) => {
                let probe = &answer.exchange().probe;
                let status = answer.response().map_or_else(|| "no answer".to_owned(), |one| one.status.to_string());
                let hop = if *is_hop { ", a redirect" } else { "" };
                format!("{} {} — {status}{hop}", probe.method.0, String::from_utf8_lossy(&probe.target))
            }
            Self::Other(observation) => format!("an answer over {}", part_name(observation, None)),
        }
    }

    /// The status that status matchers compare.
    pub fn status(&self) -> Option<i64> {
        match self {
            Self::Http(answer, _) => answer.response().map(|response| i64::from(response.status)),
            Self::Other(_) => None,
        }
    }

    /// What was sent and what came back, as it went over the wire.
    pub fn dialogue(&self, now: Timestamp) -> (Bytes, Bytes) {
        match self {
            Self::Http(answer, is_hop) => {
                let response = Texts::of(answer, *is_hop).part(Part::Response).unwrap_or_default();
                (answer.exchange().probe.wire.expose().clone(), response)
            }
            Self::Other(observation) => dialogue(observation, now),
        }
    }

    /// The address that answered.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Http(answer, _) => answer.exchange().remote.map(|remote| remote.ip()),
            Self::Other(observation) => observation.remote.map(|remote| remote.ip()),
        }
    }
}

/// The text of a value, where there is one.
pub(super) fn as_part(value: Option<Value>) -> Option<Bytes> {
    value.map(|value| text_of(&value))
}

/// What a call from outside brought, by the names that operators read.
pub(super) fn called(call: &Interaction, name: &str) -> Option<Value> {
    match name {
        "interactsh_protocol" => Some(Value::from(&*call.protocol)),
        // Resolvers spell names in letters of random case, so rules read them in lower case.
        "interactsh_request" if &*call.protocol == "dns" => Some(Value::Text(call.request.to_ascii_lowercase().into())),
        "interactsh_request" => Some(Value::Text(call.request.clone())),
        "interactsh_response" => Some(Value::Text(call.response.clone())),
        "interactsh_ip" => call.remote.map(|remote| Value::from(remote.to_string())),
        _ => None,
    }
}
