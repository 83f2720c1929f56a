//! What one answer brought, whatever the protocol, by the names that operators read.
//!
//! Takes a reply; gives parts and values. Invariant: a name that is not there costs nothing. Must never import a folder
//! above `plan`.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;

use super::values::text_of;
use crate::base::{Unknown, Value};
use crate::predicate::{Answer, HostFacts, Part, Texts};

/// One answer.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// An HTTP answer; whether it led on to another one.
    Http(Arc<Answer>, bool),
}

impl Event {
    /// The texts of an HTTP answer.
    pub fn texts(&self) -> Option<Texts<'_>> {
        match self {
            Self::Http(answer, is_hop) => Some(Texts::of(answer, *is_hop)),
        }
    }

    /// The part that is asked about where none is named.
    pub fn default_part(&self) -> &'static str {
        match self {
            Self::Http(..) => "body",
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
        }
    }

    /// A part that the protocol knows by that name, whatever else goes by it.
    pub fn part(&self, name: &str) -> Option<Result<Bytes, Unknown>> {
        match self {
            Self::Http(answer, is_hop) => Part::named(name).map(|part| Texts::of(answer, *is_hop).part(part)),
        }
    }

    /// A part in lower case.
    pub fn lower(&self, name: &str) -> Option<Result<Bytes, Unknown>> {
        match self {
            Self::Http(answer, is_hop) => Part::named(name).map(|part| Texts::of(answer, *is_hop).lower(part)),
        }
    }

    /// The status that status matchers compare.
    pub fn status(&self) -> Option<i64> {
        match self {
            Self::Http(answer, _) => answer.response().map(|response| i64::from(response.status)),
        }
    }

    /// What was sent and what came back, as it went over the wire.
    pub fn dialogue(&self) -> (Bytes, Bytes) {
        match self {
            Self::Http(answer, is_hop) => {
                let response = Texts::of(answer, *is_hop).part(Part::Response).unwrap_or_default();
                (answer.exchange().probe.wire.expose().clone(), response)
            }
        }
    }

    /// The address that answered.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Http(answer, _) => answer.exchange().remote.map(|remote| remote.ip()),
        }
    }
}

/// The text of a value, where there is one.
pub(super) fn as_part(value: Option<Value>) -> Option<Bytes> {
    value.map(|value| text_of(&value))
}
