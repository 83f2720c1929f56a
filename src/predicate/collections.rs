//! Collections: what quantifiers range over.
//!
//! Owns [`Collection::items`] and the registry [`COLLECTIONS`]. Takes a scope; gives replies, of which bare subjects
//! speak, or values, whose fields do. Invariant: a collection of which some items may be unseen is unknown as a whole,
//! so that `none` and `every` never hold for want of looking. Must never import a folder above `expr`.

use std::borrow::Cow;

use super::extractors::of_reply;
use super::fields::descend;
use super::found::Found;
use super::kind::field;
use super::page::{FORM, RESOURCE};
use super::reply::{Hops, Reply, ReplyState};
use super::scope::Scope;
use super::subject::Collection;
use super::subjects::{ADDRESS, ITEM, OTHER, RECORD, SUITE, VERSION, cookies, judged};
use super::views::{Field, Shape, cookie, csp};
use crate::base::{Unknown, Value};
use crate::predicate::answer::Answer;

/// The items of a collection.
#[derive(Debug, Clone)]
pub enum Items<'a> {
    /// Replies: inside, bare subjects speak of the reply.
    Replies(Vec<Cow<'a, Reply>>),
    /// Values: inside, bare subjects are the item's fields.
    Values(Vec<Value>),
}

/// What the items of a collection are.
#[derive(Debug, Clone, Copy)]
pub enum ItemKind {
    /// Answers: inside, every subject may be asked for.
    Answers,
    /// Values with these fields.
    Fields(&'static [Field]),
}

/// A collection as rules write it.
#[derive(Debug, Clone, Copy)]
pub struct CollectionSpec {
    /// Its name.
    pub name: &'static str,
    /// What its items are.
    pub items: ItemKind,
    /// One sentence without a full stop.
    pub summary: &'static str,
    /// A condition, in YAML.
    pub example: &'static str,
}

const FIELD_LINE: &[Field] = &[
    field("name", Shape::Text, "The field's name in lower case."),
    field("value", Shape::Text, "Its value."),
    field("raw_name", Shape::Text, "Its name as sent."),
];

/// Every built-in collection.
pub static COLLECTIONS: [CollectionSpec; 14] = [
    CollectionSpec {
        name: "cookies",
        items: ItemKind::Fields(cookie::SPEC.fields),
        summary: "The cookies that the answer sets",
        example: "some: { cookies: { same_site: none } }",
    },
    CollectionSpec {
        name: "header_fields",
        items: ItemKind::Fields(FIELD_LINE),
        summary: "The answer's field lines, in order",
        example: "some: { header_fields: { name: { starts_with: x-debug } } }",
    },
    CollectionSpec {
        name: "hops",
        items: ItemKind::Answers,
        summary: "Every answer of a chain of redirects, the last included",
        example: "some: { hops: { url.scheme: http } }",
    },
    CollectionSpec {
        name: "baseline",
        items: ItemKind::Answers,
        summary: "The host's answers to two random paths",
        example: "none: { baseline: { status: 200 } }",
    },
    CollectionSpec {
        name: "csp.enforced",
        items: ItemKind::Fields(csp::SPEC.fields),
        summary: "The content security policies that browsers enforce: fields and meta elements, lists split",
        example: "every: { csp.enforced: { effective.object-src: { exists: false } } }",
    },
    CollectionSpec {
        name: "csp.reported",
        items: ItemKind::Fields(csp::SPEC.fields),
        summary: "The content security policies that only report",
        example: "some: { csp.reported: { source: header } }",
    },
    CollectionSpec {
        name: "resources",
        items: ItemKind::Fields(RESOURCE),
        summary: "What the page makes browsers load: scripts, styles, frames, images and other parts, in order",
        example: "some: { resources: { kind: script, foreign: true } }",
    },
    CollectionSpec {
        name: "forms",
        items: ItemKind::Fields(FORM),
        summary: "Where the page's forms and their buttons send what visitors type, in order",
        example: "some: { forms: { insecure: true } }",
    },
    CollectionSpec {
        name: "tls.chain.certificates",
        items: ItemKind::Fields(ITEM),
        summary: "The certificates as sent, the server's own first",
        example: "some: { tls.chain.certificates: { days_left: { less_than: 0 } } }",
    },
    CollectionSpec {
        name: "tls.other_certificates",
        items: ItemKind::Fields(OTHER),
        summary: "The certificates that other clients are presented with",
        example: "some: { tls.other_certificates: { trusted: false } }",
    },
    CollectionSpec {
        name: "tls.versions",
        items: ItemKind::Fields(VERSION),
        summary: "The versions that a survey found, newest first, each with its suites",
        example: "some: { tls.versions: { preference: client } }",
    },
    CollectionSpec {
        name: "tls.suites",
        items: ItemKind::Fields(SUITE),
        summary: "The cipher suites that a survey found, newest versions first, in the order chosen",
        example: "none: { tls.suites: { bits: { less_than: 128 } } }",
    },
    CollectionSpec {
        name: "tls.addresses",
        items: ItemKind::Fields(ADDRESS),
        summary: "The other addresses of the name, as a survey found them",
        example: "some: { tls.addresses: { differs: certificate } }",
    },
    CollectionSpec {
        name: "dns.answers",
        items: ItemKind::Fields(RECORD),
        summary: "The records of a DNS answer",
        example: "some: { dns.answers: { kind: CNAME } }",
    },
];

/// The built-in collection of that name.
pub fn collection(name: &str) -> Option<&'static CollectionSpec> {
    COLLECTIONS.iter().find(|spec| spec.name == name)
}

impl Collection {
    /// The built-in collection of that name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "cookies" => Self::Cookies,
            "header_fields" => Self::HeaderFields,
            "hops" => Self::Hops,
            "baseline" => Self::Baseline,
            "csp.enforced" => Self::CspEnforced,
            "csp.reported" => Self::CspReported,
            "resources" => Self::Resources,
            "forms" => Self::Forms,
            "tls.chain.certificates" => Self::Certificates,
            "tls.other_certificates" => Self::OtherCertificates,
            "tls.versions" => Self::Versions,
            "tls.suites" => Self::Suites,
            "tls.addresses" => Self::Addresses,
            "dns.answers" => Self::DnsAnswers,
            _ => return None,
        })
    }

    /// The name as rules write it; names that an author gave wear their `$`.
    pub fn display(&self) -> String {
        match self {
            Self::Replies(index) => format!("$request[{index}]"),
            Self::Cookies => "cookies".into(),
            Self::HeaderFields => "header_fields".into(),
            Self::Hops => "hops".into(),
            Self::Baseline => "baseline".into(),
            Self::CspEnforced => "csp.enforced".into(),
            Self::CspReported => "csp.reported".into(),
            Self::Resources => "resources".into(),
            Self::Forms => "forms".into(),
            Self::Certificates => "tls.chain.certificates".into(),
            Self::OtherCertificates => "tls.other_certificates".into(),
            Self::Versions => "tls.versions".into(),
            Self::Suites => "tls.suites".into(),
            Self::Addresses => "tls.addresses".into(),
            Self::DnsAnswers => "dns.answers".into(),
            Self::Var(name, path) => path.iter().fold(format!("${name}"), |text, part| format!("{text}.{part}")),
            Self::ItemField(path) => path.join("."),
        }
    }

    /// The items for those who take them one by one: what facts hold counts, though they may not hold all of it.
    pub fn gather(&self, scope: &Scope<'_>) -> Found {
        let Some(subject) = self.subject() else {
            return match self.items(scope) {
                Err(why) => Found::Unknown(why),
                Ok(Items::Values(values)) => Found::many(values),
                Ok(Items::Replies(replies)) => Found::many(replies.iter().map(|reply| of_reply(reply)).collect()),
            };
        };
        match subject.resolve(scope) {
            Found::Values { values, extent } => Found::to_extent(listed(values.first()), extent),
            unknown => unknown,
        }
    }

    /// The items in a scope.
    ///
    /// # Errors
    /// Why they are not known.
    pub fn items<'a>(&self, scope: &Scope<'a>) -> Result<Items<'a>, Unknown> {
        match self {
            Self::Replies(index) => {
                let replies = scope.requests.get(*index).map(Vec::as_slice).unwrap_or_default();
                Ok(Items::Replies(replies.iter().map(Cow::Borrowed).collect()))
            }
            Self::Hops => hops(scope).map(Items::Replies),
            Self::Baseline if scope.host.baseline.is_empty() => Err(Unknown::NotSent),
            Self::Baseline => Ok(Items::Replies(scope.host.baseline.iter().map(Cow::Borrowed).collect())),
            Self::Cookies => of_answer(scope, |answer| cookies(answer, scope).map(<[Value]>::to_vec)),
            Self::HeaderFields => of_answer(scope, header_fields),
            Self::CspEnforced => of_answer(scope, |answer| answer.policies(true).map(<[Value]>::to_vec)),
            Self::CspReported => of_answer(scope, |answer| answer.policies(false).map(<[Value]>::to_vec)),
            Self::Resources => of_answer(scope, |answer| answer.resources().map(<[Value]>::to_vec)),
            Self::Forms => of_answer(scope, |answer| answer.forms().map(<[Value]>::to_vec)),
            Self::Certificates
            | Self::OtherCertificates
            | Self::Versions
            | Self::Suites
            | Self::Addresses
            | Self::DnsAnswers => self.gather(scope).into_whole().map(Items::Values),
            Self::Var(name, path) => {
                let bound = scope.bound(name).ok_or(Unknown::NotSent)?;
                Ok(Items::Values(listed(descend(bound, path))))
            }
            Self::ItemField(path) => Ok(Items::Values(listed(scope.item.and_then(|item| descend(item, path))))),
        }
    }
}

fn of_answer<'a>(
    scope: &Scope<'a>,
    read: impl FnOnce(&'a Answer) -> Result<Vec<Value>, Unknown>,
) -> Result<Items<'a>, Unknown> {
    match judged(scope)? {
        Some(answer) => read(answer).map(Items::Values),
        None => Ok(Items::Values(Vec::new())),
    }
}

/// The items of a list; of any other value, itself.
fn listed(value: Option<&Value>) -> Vec<Value> {
    match value.map(|value| (value, value.scalar())) {
        None => Vec::new(),
        Some((_, Value::List(items))) => items.to_vec(),
        Some((value, _)) => vec![value.clone()],
    }
}

fn header_fields(answer: &Answer) -> Result<Vec<Value>, Unknown> {
    answer.has_whole_head()?;
    let lines = answer.response().map(|response| response.headers.as_slice()).unwrap_or_default();
    Ok(lines
        .iter()
        .map(|line| {
            Value::map([
                ("name", Value::text(line.name.to_ascii_lowercase())),
                ("value", Value::from(line.value.clone())),
                ("raw_name", Value::from(line.name.clone())),
            ])
        })
        .collect())
}

/// Each hop as a reply of its own.
fn hops<'a>(scope: &Scope<'a>) -> Result<Vec<Cow<'a, Reply>>, Unknown> {
    let Some(reply) = scope.reply else { return Err(Unknown::NotSent) };
    match &reply.state {
        ReplyState::Called(_) | ReplyState::NotAsked => Ok(Vec::new()),
        ReplyState::Unknown(why) => Err(*why),
        ReplyState::Observed(_) => Ok(Vec::new()),
        ReplyState::Answered(hops) if hops.all().len() == 1 => Ok(vec![Cow::Borrowed(reply)]),
        ReplyState::Answered(hops) => {
            let of_hop = |answer| Reply { state: ReplyState::Answered(Hops::single(answer)), ..reply.clone() };
            Ok(hops.all().iter().cloned().map(of_hop).map(Cow::Owned).collect())
        }
    }
}
