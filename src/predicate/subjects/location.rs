//! Where an answer leads: its field `Location`, resolved as browsers do it.
//!
//! Takes an answer; gives the parts of the URL. Invariant: hosts are compared after parsing, in the normal form of origins,
//! so that `example.com.evil.example` and `example.com@evil.example` are never taken for `example.com`.
//! Must never import a folder above `expr`.

use std::borrow::Cow;

use url::Url;

use super::url::JudgedUrl;
use super::{Below, SubjectSpec};
use crate::base::{Origin, Unknown};
use crate::predicate::answer::Answer;
use crate::predicate::found::Found;
use crate::predicate::kind::{ValueKind, field};
use crate::predicate::views::{Field, Shape};

pub(super) const SPECS: &[SubjectSpec] = &[SubjectSpec {
    name: "location",
    kind: ValueKind::Text,
    words: &[],
    below: Below::Fields(FIELDS),
    summary: "Where the field Location leads, resolved against the request's URL (RFC 3986 §5); of several fields the \
              first counts, and what cannot be resolved is missing",
    example: "location.host: \"{{url.host}}\"",
}];

const FIELDS: &[Field] = &[
    field("text", Shape::Text, "The whole URL."),
    field("scheme", Shape::Text, "The scheme."),
    field("host", Shape::Text, "The host's name or address; as below, absent where it is no `http:` or `https:` URL."),
    field("port", Shape::Number, "The port."),
    field("origin", Shape::Text, "Scheme, host and, unless it is the default, port."),
    field("domain", Shape::Text, "The registrable domain (public suffix list); of an address, itself."),
    field("path", Shape::Text, "The path."),
    field("query", Shape::Text, "The query without its question mark."),
];

/// The part of that name; the whole URL where none is given.
pub(super) fn part(answer: &Answer, path: &[impl AsRef<str>]) -> Found {
    let written = answer.header("location").next();
    match (answer.has_whole_head(), written) {
        (Ok(()) | Err(Unknown::CutOff), Some(written)) => {
            let base = Url::parse(&answer.exchange().probe.url()).ok();
            let url = base.and_then(|base| base.join(&String::from_utf8_lossy(written)).ok());
            url.map_or_else(Found::missing, |url| of_url(&url, path))
        }
        (Ok(()), None) => Found::missing(),
        (Err(why), _) => Found::Unknown(why),
    }
}

fn of_url(url: &Url, path: &[impl AsRef<str>]) -> Found {
    match path {
        [] => return Found::one(url.as_str()),
        [name] if name.as_ref() == "text" => return Found::one(url.as_str()),
        [name] if name.as_ref() == "scheme" => return Found::one(url.scheme()),
        _ => {}
    }
    let Some(origin) = Origin::of_url(url) else { return Found::missing() };
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let target = Cow::Owned(format!("{}{query}", url.path()).into_bytes());
    JudgedUrl { origin: &origin, target }.part(path)
}
