//! Facts of the host and of the endpoint, and the case being judged.
//!
//! Must never import a folder above `expr`.

use super::url::host_kind;
use super::{Below, SubjectSpec};
use crate::base::{Unknown, Value};
use crate::predicate::domain::domain;
use crate::predicate::fields;
use crate::predicate::found::Found;
use crate::predicate::kind::{ValueKind, field};
use crate::predicate::profile::Profile;
use crate::predicate::scope::Scope;
use crate::predicate::views::{Field, Shape};

pub(super) const SPECS: &[SubjectSpec] = &[
    SubjectSpec {
        name: "dns",
        kind: ValueKind::Map,
        words: &[],
        below: Below::Fields(DNS),
        summary: "What a DNS query brought",
        example: "dns.code: nxdomain",
    },
    SubjectSpec {
        name: "tcp",
        kind: ValueKind::Map,
        words: &[],
        below: Below::Fields(TCP),
        summary: "What a TCP conversation brought",
        example: "tcp.read: { starts_with: SSH- }",
    },
    SubjectSpec {
        name: "endpoint",
        kind: ValueKind::Map,
        words: &[],
        below: Below::Fields(ENDPOINT),
        summary: "What the inventory knows of the endpoint",
        example: "endpoint.declared_security: { exists: true }",
    },
    SubjectSpec {
        name: "host",
        kind: ValueKind::Text,
        words: &[],
        below: Below::Fields(HOST),
        summary: "The host under test",
        example: "host.kind: name",
    },
    SubjectSpec {
        name: "case",
        kind: ValueKind::Text,
        words: &[],
        below: Below::Nothing,
        summary: "The name of the case being judged",
        example: "case: missing",
    },
];

const DNS: &[Field] = &[
    field("code", Shape::Text, "The response code, in lower case."),
    field("answers", Shape::List(&Shape::Map(RECORD)), "The records of the answer."),
];

/// Fields of a DNS record.
pub(in crate::predicate) const RECORD: &[Field] = &[
    field("name", Shape::Text, "The name that the record is of."),
    field("kind", Shape::Text, "Its type: A, TXT, CNAME."),
    field("value", Shape::Text, "Its data as text."),
    field("ttl", Shape::Number, "Seconds that it may be kept."),
];

const TCP: &[Field] = &[
    field("open", Shape::Bool, "Whether the port accepted the connection."),
    field("read", Shape::Text, "The bytes that were read."),
];

const ENDPOINT: &[Field] = &[
    field("method", Shape::Text, "Its method."),
    field("path", Shape::Text, "The path with which requests are sent."),
    field("template", Shape::Text, "Its path with parameters in braces."),
    field("url", Shape::Text, "Its URL."),
    field("operation_id", Shape::Text, "The name that its description gives it."),
    field("source", Shape::Text, "Where it is known from."),
    field("declared_security", Shape::List(&Shape::Text), "The schemes that its description asks for."),
    field("auth", Shape::OneOf(&["required", "not-required", "unknown"]), "Whether strangers are let in, as observed."),
    field("deprecated", Shape::Bool, "Whether its description calls it deprecated."),
    field("tags", Shape::List(&Shape::Text), "Its tags."),
    field("parameters", Shape::List(&Shape::Map(PARAMETER)), "Its parameters."),
];

const PARAMETER: &[Field] = &[
    field("name", Shape::Text, "Its name."),
    field("in", Shape::OneOf(&["path", "query", "header", "cookie", "body"]), "Where it stands."),
    field("required", Shape::Bool, "Whether it must be given."),
];

const HOST: &[Field] = &[
    field("name", Shape::Text, "Its name or address."),
    field("kind", Shape::OneOf(&["name", "ip"]), "Whether that is a name or an address."),
    field("scheme", Shape::OneOf(&["http", "https"]), "The scheme."),
    field("port", Shape::Number, "The port."),
    field("origin", Shape::Text, "Scheme, name and, unless it is the default, port."),
    field("domain", Shape::Text, "The registrable domain (public suffix list)."),
    field("loopback", Shape::Bool, "Whether it is this machine."),
    field(
        "profile",
        Shape::OneOf(&Profile::NAMES),
        "Whether programs call it or people browse it: by its root, unless `--profile` says.",
    ),
];

/// A fact of the host; the name where none is asked for.
pub(super) fn host(scope: &Scope<'_>, path: &[impl AsRef<str>]) -> Found {
    let origin = &scope.host.origin;
    let name = match path {
        [] => "name",
        [name] => name.as_ref(),
        _ => return Found::missing(),
    };
    match name {
        "name" | "kind" | "scheme" | "port" | "origin" | "domain" if origin.is_files() => Found::missing(),
        "name" => Found::one(origin.host()),
        "kind" => Found::one(host_kind(origin)),
        "scheme" => Found::one(origin.scheme.name()),
        "port" => Found::one(i64::from(origin.port)),
        "origin" => Found::one(origin.to_string()),
        "domain" => Found::one(domain(origin.host())),
        "loopback" => Found::one(origin.is_loopback()),
        "profile" => match &scope.host.profile {
            Some(known) => Found::one(known.profile.name()),
            None => Found::Unknown(Unknown::NotSent),
        },
        _ => Found::missing(),
    }
}

/// A fact of the endpoint.
pub(super) fn endpoint(scope: &Scope<'_>, path: &[impl AsRef<str>]) -> Found {
    let known = fields::found(Some(&scope.endpoint.facts), path);
    match path {
        [name] if name.as_ref() == "path" && known.values().is_empty() => {
            Found::one(Value::from(&*scope.endpoint.path))
        }
        _ => known,
    }
}
