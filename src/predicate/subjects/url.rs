//! Parts of the judged URL, and of the request that asked for it.
//!
//! The target is taken as it was sent, not normalised. Invariant: a URL has parts even where its answer failed.
//! Must never import a folder above `expr`.

use std::borrow::Cow;

use bytes::Bytes;

use super::{Below, SubjectSpec};
use crate::base::{HostKind, Origin, Unknown, Value};
use crate::observation::HttpProbe;
use crate::predicate::domain::{domain, registrable};
use crate::predicate::found::Found;
use crate::predicate::kind::{ValueKind, field};
use crate::predicate::views::{Field, Shape};

pub(super) const SPECS: &[SubjectSpec] = &[
    SubjectSpec {
        name: "url",
        kind: ValueKind::Text,
        words: &[],
        below: Below::Fields(URL),
        summary: "The judged URL; before anything was sent, the endpoint's",
        example: "url.scheme: https",
    },
    SubjectSpec {
        name: "request",
        kind: ValueKind::Map,
        words: &[],
        below: Below::Fields(REQUEST),
        summary: "The request as it was sent",
        example: "request.headers.origin: { exists: true }",
    },
];

/// Parts of a URL.
pub(in crate::predicate) const URL: &[Field] = &[
    field("text", Shape::Text, "The whole URL."),
    field(
        "scheme",
        Shape::OneOf(&["http", "https", "tls", "file"]),
        "The scheme; `file` where files are scanned, which have no host.",
    ),
    field("host", Shape::Text, "The host's name or address."),
    field("host_kind", Shape::OneOf(&["name", "ip"]), "Whether the host is a name or an address."),
    field("port", Shape::Number, "The port."),
    field("origin", Shape::Text, "Scheme, host and, unless it is the default, port."),
    field("domain", Shape::Text, "The registrable domain (public suffix list); of an address, itself."),
    field(
        "registrable",
        Shape::Text,
        "The registrable domain; missing where the host has none: an address, a single label, a public suffix.",
    ),
    field("path", Shape::Text, "The path as sent."),
    field("query", Shape::Text, "The query without its question mark."),
    field("target", Shape::Text, "Path and query as sent."),
];

const REQUEST: &[Field] = &[
    field("method", Shape::Text, "The method."),
    field("url", Shape::Text, "The whole URL."),
    field("target", Shape::Text, "The request target as sent."),
    field("path", Shape::Text, "Its path."),
    field("query", Shape::Names(&Shape::Text), "The decoded values of a parameter."),
    field("headers", Shape::Names(&Shape::Text), "The values of a field, by its name in lower case."),
    field("body", Shape::Text, "The body."),
];

/// A URL as its parts are asked for.
pub(in crate::predicate) struct JudgedUrl<'a> {
    /// Scheme, host, port.
    pub origin: &'a Origin,
    /// Path and query as sent.
    pub target: Cow<'a, [u8]>,
}

impl JudgedUrl<'_> {
    /// The part of that name; the whole text where none is given.
    pub fn part(&self, path: &[impl AsRef<str>]) -> Found {
        let (path_bytes, query) = split_query(&self.target);
        match path {
            [] => Found::one(self.text()),
            [name] => match name.as_ref() {
                "host" | "host_kind" | "port" | "origin" | "domain" | "registrable" if self.origin.is_files() => {
                    Found::missing()
                }
                "text" => Found::one(self.text()),
                "scheme" => Found::one(self.origin.scheme.name()),
                "host" => Found::one(self.origin.host()),
                "host_kind" => Found::one(host_kind(self.origin)),
                "port" => Found::one(i64::from(self.origin.port)),
                "origin" => Found::one(self.origin.to_string()),
                "domain" => Found::one(domain(self.origin.host())),
                "registrable" => Found::from(registrable(self.origin.host()).map(Value::from)),
                "path" => Found::one(Value::text(path_bytes)),
                "query" => Found::from(query.map(Value::text)),
                "target" => Found::one(Value::text(&self.target)),
                _ => Found::missing(),
            },
            _ => Found::missing(),
        }
    }

    fn text(&self) -> Value {
        if self.origin.is_files() {
            return Value::Text(Bytes::from([b"file://", &*self.target].concat()));
        }
        let slash: &[u8] = if self.target.starts_with(b"/") { b"" } else { b"/" };
        Value::Text(Bytes::from([self.origin.to_string().as_bytes(), slash, &self.target].concat()))
    }
}

/// `name` or `ip`.
pub(in crate::predicate) fn host_kind(origin: &Origin) -> &'static str {
    match origin.kind() {
        HostKind::Name => "name",
        HostKind::Ip => "ip",
    }
}

fn split_query(target: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(b'?', target).and_then(|at| target.split_at_checked(at)) {
        Some((path, query)) => (path, query.get(1..)),
        None => (target, None),
    }
}

/// A part of a request as sent.
pub(in crate::predicate) fn request_part(probe: &HttpProbe, path: &[impl AsRef<str>]) -> Found {
    if probe.origin.is_files() {
        return Found::Unknown(Unknown::NoServer);
    }
    let wire = probe.wire.expose();
    let head_end = memchr::memmem::find(wire, b"\r\n\r\n").unwrap_or(wire.len());
    let names: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    match names[..] {
        ["method"] => Found::one(&*probe.method.0),
        ["url"] => Found::one(probe.url()),
        ["target"] => Found::one(probe.target.clone()),
        ["path"] => Found::one(Value::text(split_query(&probe.target).0)),
        ["query", name] => parameters(split_query(&probe.target).1.unwrap_or_default(), name),
        ["headers", name] => fields(wire.get(..head_end).unwrap_or(wire), name),
        ["body"] => match wire.get(head_end.saturating_add(4)..) {
            Some(body) if !body.is_empty() => Found::one(Value::text(body)),
            _ => Found::missing(),
        },
        _ => Found::missing(),
    }
}

fn parameters(query: &[u8], name: &str) -> Found {
    let pairs = url::form_urlencoded::parse(query).filter(|(key, _)| key == name);
    Found::many(pairs.map(|(_, value)| Value::from(value.into_owned())).collect())
}

fn fields(head: &[u8], name: &str) -> Found {
    let value = |line: &[u8]| {
        let (field, value) = line.split_at_checked(memchr::memchr(b':', line)?)?;
        let is_it = field.eq_ignore_ascii_case(name.as_bytes());
        is_it.then(|| Value::text(value.get(1..).unwrap_or_default().trim_ascii()))
    };
    Found::many(head.split(|b| *b == b'\n').skip(1).filter_map(value).collect())
}
