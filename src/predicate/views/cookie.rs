//! `Set-Cookie` as browsers parse it (RFC 6265bis §5.6), with what its storage model (§5.7) says of life, scope and
//! prefixes, and `draft-ietf-httpbis-layered-cookies` of the prefixes that came later.
//!
//! The last attribute of a name wins, whatever came before. Takes field lines and the origin that sent them; gives
//! nothing for a line without name and value. What browsers refuse to store is told with the reason. Invariant: linear in
//! its input. Must never import a folder of this crate but `base`.

use std::collections::HashSet;

use super::cookie_date::parse_cookie_date;
use super::lines::{digits, lower, split_once};
use super::record::Record;
use super::session::looks_like_session;
use super::spec::{Shape, ViewSpec, field};
use crate::base::{Origin, Timestamp, Value};

/// Why browsers do not store a cookie.
const REFUSALS: &[&str] = &[
    "control-character",
    "too-long",
    "public-suffix",
    "foreign-domain",
    "secure-over-http",
    "same-site-none",
    "partitioned",
    "prefix",
];

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "cookie",
    summary: "What browsers make of one `Set-Cookie` line; lines that they ignore are no cookies.",
    fields: &[
        field("name", Shape::Text, "The name; may be empty."),
        field("value", Shape::Text, "The value; may be empty."),
        field("secure", Shape::Bool, "Sent over HTTPS only."),
        field("http_only", Shape::Bool, "Hidden from scripts."),
        field(
            "same_site",
            Shape::OneOf(&["strict", "lax", "none"]),
            "The `SameSite` that applies; absent where not given or unknown.",
        ),
        field("same_site_written", Shape::Text, "The `SameSite` as written; absent where not given."),
        field(
            "domain",
            Shape::Text,
            "The domain, in lower case and without a leading dot; absent for a host-only cookie.",
        ),
        field("path", Shape::Text, "The path; absent where browsers take the default."),
        field(
            "expires",
            Shape::Time,
            "When it expires, as written (browsers keep it 400 days at most); absent where not given or no date.",
        ),
        field(
            "max_age",
            Shape::Number,
            "Seconds it lives, as written; overrules `expires`; absent where not given or no number.",
        ),
        field("expired", Shape::Bool, "Whether it is over already: the line deletes a cookie."),
        field(
            "lifetime",
            Shape::Number,
            "Seconds for which browsers keep it, 400 days at most; absent where it goes when the browser is closed.",
        ),
        field("session", Shape::Bool, "Whether it lives until the browser is closed: neither `expires` nor `max_age`."),
        field(
            "session_like",
            Shape::Bool,
            "Whether name or value look like a session or a credential (never an anti-CSRF token).",
        ),
        field(
            "prefix",
            Shape::OneOf(&["host", "secure", "http", "host-http"]),
            "The `__Host-`, `__Secure-`, `__Http-` or `__Host-Http-` that its name begins with; absent without.",
        ),
        field(
            "prefix_valid",
            Shape::Bool,
            "Whether it keeps what its prefix promises, or else browsers refuse it; true without a prefix.",
        ),
        field("refused", Shape::OneOf(REFUSALS), "Why browsers do not store it; absent where they do."),
        field("partitioned", Shape::Bool, "Kept apart for each top-level site."),
        field("raw", Shape::Text, "The field line."),
    ],
};

/// Bytes of name and value together beyond which browsers ignore the line.
const MAX_PAIR: usize = 4096;
/// Bytes of an attribute's value beyond which browsers ignore the attribute.
const MAX_ATTRIBUTE: usize = 1024;
/// Seconds beyond which browsers keep no cookie.
const MAX_LIFETIME: i64 = 400 * 24 * 60 * 60;

/// One line, taken apart.
struct Cookie<'a> {
    name: &'a [u8],
    value: &'a [u8],
    attributes: Attributes,
}

#[derive(Default)]
struct Attributes {
    secure: bool,
    http_only: bool,
    partitioned: bool,
    same_site: Option<&'static str>,
    same_site_written: Option<Vec<u8>>,
    domain: Option<Vec<u8>>,
    path: Option<Vec<u8>>,
    expires: Option<Timestamp>,
    max_age: Option<i64>,
}

/// What browsers decide of a cookie before they store it.
struct Verdict {
    prefix: Option<&'static str>,
    prefix_kept: bool,
    refused: Option<&'static str>,
}

/// The views of all lines of one answer of this origin; a line with neither name nor value is none. Where browsers store two of the same name, domain and path, the later takes the
/// earlier one's place (§5.7), and only it is given.
pub fn parse_set_cookies<'a>(lines: impl Iterator<Item = &'a [u8]>, now: Timestamp, origin: &Origin) -> Vec<Value> {
    let cookies: Vec<_> = lines.filter_map(|line| Some((line, parse(line)?))).collect();
    let mut stored = HashSet::new();
    let mut views = Vec::with_capacity(cookies.len());
    for (line, cookie) in cookies.iter().rev() {
        let place = (cookie.name, &cookie.attributes.domain, &cookie.attributes.path);
        let verdict = verdict(line, cookie, origin);
        if verdict.refused.is_some() || stored.insert(place) {
            views.push(view(line, cookie, &verdict, now));
        }
    }
    views.reverse();
    views
}

fn parse(line: &[u8]) -> Option<Cookie<'_>> {
    let (pair, unparsed) = match memchr::memchr(b';', line).and_then(|at| line.split_at_checked(at)) {
        Some((pair, unparsed)) => (pair, unparsed.get(1..)),
        None => (line, None),
    };
    let (name, value) = match split_once(pair, b'=') {
        (value, None) => (&b""[..], value),
        (name, Some(value)) => (name, value),
    };
    if name.is_empty() && value.is_empty() {
        return None;
    }
    let mut attributes = Attributes::default();
    unparsed.into_iter().flat_map(|unparsed| unparsed.split(|byte| *byte == b';')).for_each(|one| attributes.add(one));
    Some(Cookie { name, value, attributes })
}

impl Attributes {
    fn add(&mut self, attribute: &[u8]) {
        let (name, value) = split_once(attribute, b'=');
        let value = value.unwrap_or_default();
        if value.len() > MAX_ATTRIBUTE {
            return;
        }
        match lower(name).as_str() {
            "secure" => self.secure = true,
            "httponly" => self.http_only = true,
            "partitioned" => self.partitioned = true,
            "samesite" => {
                let known = ["strict", "lax", "none"];
                self.same_site = known.into_iter().find(|known| value.eq_ignore_ascii_case(known.as_bytes()));
                self.same_site_written = Some(value.to_vec());
            }
            "domain" => {
                let domain = value.strip_prefix(b".").unwrap_or(value);
                self.domain = Some(domain.to_ascii_lowercase()).filter(|domain| !domain.is_empty());
            }
            "path" => self.path = value.starts_with(b"/").then(|| value.to_vec()),
            "expires" => self.expires = parse_cookie_date(value).or(self.expires),
            "max-age" => self.max_age = max_age(value).or(self.max_age),
            _ => {}
        }
    }

    /// Seconds that are left to it; none or fewer where it is over.
    fn left(&self, now: Timestamp) -> Option<i64> {
        self.max_age.or(self.expires.map(|at| at.as_second().saturating_sub(now.as_second())))
    }
}

fn max_age(value: &[u8]) -> Option<i64> {
    match value.strip_prefix(b"-") {
        // A lone hyphen passes the RFC's test of characters, but is no integer.
        Some(number) => digits(number).map(|seconds| -seconds),
        None => digits(value),
    }
}

fn view(line: &[u8], cookie: &Cookie<'_>, verdict: &Verdict, now: Timestamp) -> Value {
    let attributes = &cookie.attributes;
    let left = attributes.left(now);
    let expired = left.is_some_and(|left| left <= 0);
    let mut view = Record::default();
    view.set("name", Value::text(cookie.name));
    view.set("value", Value::text(cookie.value));
    view.set("secure", attributes.secure);
    view.set("http_only", attributes.http_only);
    view.set_some("same_site", attributes.same_site);
    view.set_some("same_site_written", attributes.same_site_written.as_ref().map(Value::text));
    view.set_some("domain", attributes.domain.as_ref().map(Value::text));
    view.set_some("path", attributes.path.as_ref().map(Value::text));
    view.set_some("expires", attributes.expires.map(Value::Time));
    view.set_some("max_age", attributes.max_age);
    view.set("expired", expired);
    view.set_some("lifetime", left.map(|left| left.clamp(0, MAX_LIFETIME)));
    view.set("session", left.is_none());
    view.set("session_like", looks_like_session(cookie.name, cookie.value));
    view.set_some("prefix", verdict.prefix);
    view.set("prefix_valid", verdict.prefix_kept);
    view.set_some("refused", verdict.refused);
    view.set("partitioned", attributes.partitioned);
    view.set("raw", Value::text(line));
    view.build()
}

fn verdict(line: &[u8], cookie: &Cookie<'_>, origin: &Origin) -> Verdict {
    let (prefix, prefix_kept) = prefix(cookie, origin);
    Verdict { prefix, prefix_kept, refused: refusal(line, cookie, prefix_kept, origin) }
}

/// The first reason for which the storage model drops the cookie.
fn refusal(line: &[u8], cookie: &Cookie<'_>, prefix_kept: bool, origin: &Origin) -> Option<&'static str> {
    let attributes = &cookie.attributes;
    let reasons = [
        ("control-character", line.iter().any(|byte| *byte != b'\t' && byte.is_ascii_control())),
        ("too-long", cookie.name.len() + cookie.value.len() > MAX_PAIR),
        ("public-suffix", is_public_suffix(attributes, origin)),
        ("foreign-domain", !covers(attributes, origin)),
        ("secure-over-http", attributes.secure && !origin.is_trustworthy()),
        ("same-site-none", attributes.same_site == Some("none") && !attributes.secure),
        ("partitioned", attributes.partitioned && !attributes.secure),
        ("prefix", !prefix_kept),
    ];
    reasons.into_iter().find(|(_, holds)| *holds).map(|(reason, _)| reason)
}

/// Whether `Domain` is a suffix that belongs to nobody; a host that is one itself may name itself.
fn is_public_suffix(attributes: &Attributes, origin: &Origin) -> bool {
    attributes.domain.as_deref().is_some_and(|domain| {
        domain != origin.host().as_bytes() && psl::suffix(domain).is_some_and(|suffix| suffix.as_bytes() == domain)
    })
}

/// Whether the host is that of `Domain` or under it (§5.1.3); an address is under nothing.
fn covers(attributes: &Attributes, origin: &Origin) -> bool {
    let Some(domain) = attributes.domain.as_deref() else { return true };
    let host = origin.host().as_bytes();
    let above = host.strip_suffix(domain);
    host == domain || (origin.ip().is_none() && above.is_some_and(|rest| rest.ends_with(b".")))
}

/// The prefix of the name, and whether the cookie keeps what it promises. A cookie without a name may not look as if it
/// had one with a prefix.
fn prefix(cookie: &Cookie<'_>, origin: &Origin) -> (Option<&'static str>, bool) {
    let Cookie { name, value, attributes } = cookie;
    let subject = if name.is_empty() { value } else { name };
    let begins = |prefix: &[u8]| subject.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let known: [(&[u8], _); 4] =
        [(b"__Host-Http-", "host-http"), (b"__Host-", "host"), (b"__Secure-", "secure"), (b"__Http-", "http")];
    let Some((_, prefix)) = known.into_iter().find(|(prefix, _)| begins(prefix)) else { return (None, true) };
    let secure = attributes.secure && origin.is_trustworthy();
    let own = attributes.domain.is_none() && attributes.path.as_deref() == Some(b"/");
    let kept = secure && (!prefix.starts_with("host") || own) && (!prefix.ends_with("http") || attributes.http_only);
    (Some(prefix), kept && !name.is_empty())
}
