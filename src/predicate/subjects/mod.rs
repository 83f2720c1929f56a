//! Subjects: what an answer, a host or an item says of itself.
//!
//! Owns [`Subject::resolve`] and the registry of subjects; each family's file holds its specs and evaluation together.
//! Takes a scope; gives what was found. Invariant: what was not asked is missing, what was not seen is unknown, and
//! facts of the host and of the request never depend on the answer. Must never import a folder above `expr`.

mod answer;
mod baseline;
mod brought;
mod host;
mod judged;
mod location;
#[cfg(test)]
mod tests;
mod tls;
mod url;
mod view;

use std::borrow::Cow;

use super::content;
use super::content::json::from_value;
use super::fields;
use super::found::Found;
use super::kind::ValueKind;
use super::observed;
use super::reply::ReplyState;
use super::scope::Scope;
use super::subject::{Base, Subject};
use super::views::{Field, Shape};
use crate::base::{Unknown, Value};
use crate::observation::HttpProbe;

pub(in crate::predicate) use answer::json_values;
pub(in crate::predicate) use host::RECORD;
pub(in crate::predicate) use judged::judged;
pub(in crate::predicate) use tls::{ADDRESS, ITEM, OTHER, SUITE, VERSION};
pub(in crate::predicate) use view::cookies;

/// What may follow a subject's name.
#[derive(Debug, Clone, Copy)]
pub enum Below {
    /// Nothing.
    Nothing,
    /// One of these fields, after a dot.
    Fields(&'static [Field]),
    /// Any name, after a dot or as a key of a map: `headers.server`, `headers: { server: … }`.
    Names(&'static Shape),
    /// JSON paths (RFC 9535) as keys of a map.
    JsonPaths,
    /// CSS selectors as keys of a map.
    Selectors,
}

/// A subject as rules write it.
#[derive(Debug, Clone, Copy)]
pub struct SubjectSpec {
    /// Its name.
    pub name: &'static str,
    /// What it holds by itself.
    pub kind: ValueKind,
    /// The words it can hold, where the list is closed.
    pub words: &'static [&'static str],
    /// What may follow its name.
    pub below: Below,
    /// One sentence without a full stop.
    pub summary: &'static str,
    /// A condition, in YAML.
    pub example: &'static str,
}

/// Every subject, in the order of the docs.
pub static SUBJECTS: [&[SubjectSpec]; 7] =
    [answer::SPECS, url::SPECS, location::SPECS, baseline::SPECS, &view::SPECS, tls::SPECS, host::SPECS];

/// The subject of that name.
pub fn subject(name: &str) -> Option<&'static SubjectSpec> {
    SUBJECTS.iter().copied().flatten().find(|spec| spec.name == name)
}

impl Subject {
    /// A thing itself.
    pub fn of(base: Base) -> Self {
        Self { base, path: Vec::new() }
    }

    /// What it yields in a scope.
    pub fn resolve(&self, scope: &Scope<'_>) -> Found {
        match &self.base {
            Base::Url => judged_url(scope).part(&self.path),
            Base::Request => request(scope, self),
            Base::Endpoint => host::endpoint(scope, &self.path),
            Base::Host => host::host(scope, &self.path),
            Base::Case => Found::from(scope.case.map(Value::from)),
            Base::Item => fields::found(scope.item, &self.path),
            Base::ItemJson(query) => match scope.item {
                Some(item) => json_values(query, &from_value(json_of(item))),
                None => Found::missing(),
            },
            Base::Var(name) => match scope.bound(name) {
                None => Found::Unknown(Unknown::NotSent),
                bound => fields::found(bound, &self.path),
            },
            Base::Error => judged::error(scope),
            Base::BaselineSame => baseline::same(scope),
            Base::Tls => tls_facts(scope, self),
            Base::Dns => facts(scope, "dns", self),
            Base::Tcp => facts(scope, "tcp", self),
            _ => match judged(scope) {
                Ok(Some(judged)) => answer::of_answer(self, judged, scope),
                Ok(None) => Found::missing(),
                Err(why) => Found::Unknown(why),
            },
        }
    }
}

/// The node of a JSON item; any other item is its own node.
fn json_of(item: &Value) -> &Value {
    match item {
        Value::Map(fields) if matches!(&fields[..], [(key, _), (value, _)] if &**key == "key" && &**value == "value") => {
            item.field("value").unwrap_or(item)
        }
        _ => item,
    }
}

/// The URL of the judged answer; before there is one, the endpoint's on the host under test.
fn judged_url<'a>(scope: &Scope<'a>) -> url::JudgedUrl<'a> {
    let sent = scope.reply.and_then(|reply| match &reply.state {
        ReplyState::Answered(hops) => Some(&*hops.last().exchange().probe),
        ReplyState::Observed(_) | ReplyState::Called(_) | ReplyState::NotAsked | ReplyState::Unknown(_) => None,
    });
    match sent {
        Some(probe) => url::JudgedUrl { origin: &probe.origin, target: Cow::Borrowed(&probe.target) },
        None => url::JudgedUrl { origin: &scope.host.origin, target: Cow::Borrowed(scope.endpoint.path.as_bytes()) },
    }
}

fn request(scope: &Scope<'_>, subject: &Subject) -> Found {
    let part = |probe: &HttpProbe| url::request_part(probe, &subject.path);
    match (scope.reply.map(|reply| &reply.state), scope.probe) {
        (Some(ReplyState::Answered(hops)), _) => part(&hops.last().exchange().probe),
        (_, Some(probe)) => part(probe),
        (Some(ReplyState::Observed(_) | ReplyState::Called(_) | ReplyState::NotAsked), _) => Found::missing(),
        (Some(ReplyState::Unknown(why)), _) => Found::Unknown(*why),
        (None, None) => Found::Unknown(Unknown::NotSent),
    }
}

fn tls_facts(scope: &Scope<'_>, subject: &Subject) -> Found {
    if scope.facts.and_then(|facts| facts.field("tls")).is_some() {
        return facts(scope, "tls", subject);
    }
    match scope.reply.map(|reply| &reply.state) {
        Some(ReplyState::Answered(hops)) => match hops.last().tls(scope.host.now) {
            Some(facts) => brought::found(facts, subject),
            None if hops.last().exchange().probe.origin.is_files() => Found::Unknown(Unknown::NoServer),
            None => judged(scope).map_or_else(Found::Unknown, |_| Found::missing()),
        },
        _ => facts(scope, "tls", subject),
    }
}

/// What a subject finds in the facts of a wire as a fixture gives them; those of TLS say what they do not know.
fn given_in(facts: &Value, wire: &str, subject: &Subject) -> Found {
    if wire == "tls" { content::tls::found(facts, subject) } else { fields::found(Some(facts), &subject.path) }
}

/// What a subject finds in the facts of a wire as they were observed.
fn found_in(facts: &Value, wire: &str, subject: &Subject) -> Found {
    if wire == "tls" { brought::found(facts, subject) } else { fields::found(Some(facts), &subject.path) }
}

/// Facts that a rule's own request on another wire brought.
fn facts(scope: &Scope<'_>, wire: &str, subject: &Subject) -> Found {
    if let Some(facts) = scope.facts.and_then(|facts| facts.field(wire)) {
        return given_in(facts, wire, subject);
    }
    match scope.reply.map(|reply| &reply.state) {
        Some(ReplyState::Observed(observation)) => match observed::facts(observation) {
            Ok(Some((kind, facts))) if kind == wire => found_in(&facts, wire, subject),
            Ok(_) => Found::missing(),
            Err(why) => Found::Unknown(why),
        },
        _ => judged(scope).map_or_else(Found::Unknown, |_| Found::missing()),
    }
}
