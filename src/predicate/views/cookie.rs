//! `Set-Cookie` as browsers parse it (RFC 6265bis §5.6), with what its storage model (§5.7) says of life and prefixes.
//!
//! The last attribute of a name wins, whatever came before. Takes one field line; gives nothing for a line that browsers
//! ignore. Invariant: linear in its input, and bounded by the RFC's own limits. Must never import a folder of this crate
//! but `base`.

use super::cookie_date::parse_cookie_date;
use super::lines::{lower, split_once};
use super::record::Record;
use super::spec::{Shape, ViewSpec, field};
use crate::base::{Timestamp, Value};

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
        field("session", Shape::Bool, "Whether it lives until the browser is closed: neither `expires` nor `max_age`."),
        field(
            "session_like",
            Shape::Bool,
            "Whether name or value look like a session or a credential (never an anti-CSRF token).",
        ),
        field(
            "prefix",
            Shape::OneOf(&["host", "secure"]),
            "The `__Host-` or `__Secure-` that its name begins with; absent without.",
        ),
        field(
            "prefix_valid",
            Shape::Bool,
            "Whether it keeps what its prefix promises, or else browsers refuse it; true without a prefix.",
        ),
        field("partitioned", Shape::Bool, "Kept apart for each top-level site."),
        field("raw", Shape::Text, "The field line."),
    ],
};

/// Bytes of name and value together beyond which browsers ignore the line.
const MAX_PAIR: usize = 4096;
/// Bytes of an attribute's value beyond which browsers ignore the attribute.
const MAX_ATTRIBUTE: usize = 1024;

#[derive(Default)]
struct Attributes {
    secure: bool,
    http_only: bool,
    partitioned: bool,
    same_site: Option<&'static str>,
    domain: Option<String>,
    path: Option<Vec<u8>>,
    expires: Option<Timestamp>,
    max_age: Option<i64>,
}

/// The view of one field line, received over HTTPS or not; `None` where browsers ignore the line.
pub fn parse_set_cookie(line: &[u8], now: Timestamp, https: bool) -> Option<Value> {
    if line.iter().any(|byte| *byte != b'\t' && byte.is_ascii_control()) {
        return None;
    }
    let (pair, unparsed) = match memchr::memchr(b';', line).and_then(|at| line.split_at_checked(at)) {
        Some((pair, unparsed)) => (pair, unparsed.get(1..)),
        None => (line, None),
    };
    let (name, value) = match split_once(pair, b'=') {
        (value, None) => (&b""[..], value),
        (name, Some(value)) => (name, value),
    };
    let length = name.len() + value.len();
    if length == 0 || length > MAX_PAIR {
        return None;
    }
    let mut attributes = Attributes::default();
    unparsed.into_iter().flat_map(|unparsed| unparsed.split(|byte| *byte == b';')).for_each(|one| attributes.add(one));
    Some(view(line, name, value, &attributes, now, https))
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
            }
            "domain" => {
                let domain = lower(value.strip_prefix(b".").unwrap_or(value));
                self.domain = Some(domain).filter(|domain| !domain.is_empty());
            }
            "path" => self.path = value.starts_with(b"/").then(|| value.to_vec()),
            "expires" => self.expires = parse_cookie_date(value).or(self.expires),
            "max-age" => self.max_age = max_age(value).or(self.max_age),
            _ => {}
        }
    }

    fn expired(&self, now: Timestamp) -> bool {
        match (self.max_age, self.expires) {
            (Some(max_age), _) => max_age <= 0,
            (None, Some(expires)) => expires <= now,
            (None, None) => false,
        }
    }
}

fn max_age(value: &[u8]) -> Option<i64> {
    match value.strip_prefix(b"-") {
        // A lone hyphen passes the RFC's test of characters, but is no integer.
        Some(digits) => super::lines::digits(digits).map(|seconds| -seconds),
        None => super::lines::digits(value),
    }
}

fn view(line: &[u8], name: &[u8], value: &[u8], attributes: &Attributes, now: Timestamp, https: bool) -> Value {
    let prefix = prefix_of(if name.is_empty() { value } else { name });
    let kept = match prefix {
        None => true,
        Some(_) if name.is_empty() => false,
        Some("host") => {
            attributes.secure && https && attributes.domain.is_none() && attributes.path.as_deref() == Some(b"/")
        }
        Some(_) => attributes.secure && https,
    };
    let mut view = Record::default();
    view.set("name", Value::text(name));
    view.set("value", Value::text(value));
    view.set("secure", attributes.secure);
    view.set("http_only", attributes.http_only);
    view.set_some("same_site", attributes.same_site);
    view.set_some("domain", attributes.domain.as_deref());
    view.set_some("path", attributes.path.as_ref().map(Value::text));
    view.set_some("expires", attributes.expires.map(Value::Time));
    view.set_some("max_age", attributes.max_age);
    view.set("expired", attributes.expired(now));
    view.set("session", attributes.expires.is_none() && attributes.max_age.is_none());
    view.set("session_like", looks_like_session(name, value));
    view.set_some("prefix", prefix);
    view.set("prefix_valid", kept);
    view.set("partitioned", attributes.partitioned);
    view.set("raw", Value::text(line));
    view.build()
}

fn prefix_of(name: &[u8]) -> Option<&'static str> {
    let begins = |prefix: &[u8]| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let known: [(&[u8], _); 2] = [(b"__Host-", "host"), (b"__Secure-", "secure")];
    known.into_iter().find(|(prefix, _)| begins(prefix)).map(|(_, name)| name)
}

/// Whole words of a name that speak of a session or a credential.
const WORDS: &[&str] = &[
    "sid",
    "sess",
    "session",
    "sessid",
    "sessionid",
    "sessiontoken",
    "jsessionid",
    "phpsessid",
    "cfid",
    "cftoken",
    "jwt",
    "auth",
    "authn",
    "oauth",
    "authtoken",
    "authentication",
    "authorization",
    "aspxauth",
    "bearer",
    "token",
    "accesstoken",
    "idtoken",
    "refreshtoken",
    "login",
    "loggedin",
    "logged",
    "signin",
    "sso",
    "saml",
    "credential",
    "credentials",
    "identity",
    "remember",
    "rememberme",
];

/// Beginnings of names that frameworks complete with random text.
const BEGINNINGS: &[&str] = &["aspsessionid", "wordpress_logged_in", "wordpress_sec", "sess", "ssess"];

/// Sessions of measurement, not of people.
const MEASUREMENT: &[&str] = &["_hj", "ai_session", "_sp_", "_pk_", "amplitude_", "mp_"];

/// Whether a cookie looks like a session or a credential: by a word of its name (`connect.sid`, `authToken`, never the
/// middle of one: `assessment`), by a framework's pattern, or by a JWT or a signed Express session as its value. What
/// names itself anti-CSRF is meant to be read by scripts and never counts.
fn looks_like_session(name: &[u8], value: &[u8]) -> bool {
    let plain = lower(name);
    if plain.contains("csrf") || plain.contains("xsrf") || MEASUREMENT.iter().any(|known| plain.starts_with(known)) {
        return false;
    }
    let random = |rest: &str| rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    words(name).any(|word| WORDS.contains(&word.as_str()))
        || BEGINNINGS.iter().filter_map(|start| plain.strip_prefix(start)).any(random)
        || is_jwt(value)
        || value.starts_with(b"s%3A")
        || value.starts_with(b"s:")
}

/// The words of a name in lower case: between what is no letter or digit, and where a small letter meets a capital.
fn words(name: &[u8]) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for byte in name {
        let c = char::from(*byte);
        let begins = !c.is_ascii_alphanumeric() || (small && c.is_ascii_uppercase());
        if begins {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
        small = c.is_ascii_lowercase();
    }
    words.into_iter().filter(|word| !word.is_empty())
}

/// Three base64url parts, of which the first is a JSON object (RFC 7519 §3).
fn is_jwt(value: &[u8]) -> bool {
    let part = |part: &[u8]| !part.is_empty() && part.iter().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b));
    value.starts_with(b"eyJ")
        && value.split(|byte| *byte == b'.').count() == 3
        && value.split(|byte| *byte == b'.').all(part)
}
