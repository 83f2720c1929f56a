//! Redirects: the next hop of a chain, with credentials decided at each hop (RFC 9110 §15.4).
//!
//! Invariant: a hop to another origin carries no `Authorization`, no `Cookie` and no user-given field.
//! Must never import a folder above `target`.

use bytes::Bytes;

use super::Identity;
use crate::base::{Origin, Scheme, Secret};
use crate::observation::{Exchange, HttpProbe, Method};
use crate::rule::Redirects;

/// Fields that say who the user is.
const CREDENTIALS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// Fields that speak of a request's body, and go with it (Fetch §4.4).
const BODY_FIELDS: [&str; 6] =
    ["content-length", "transfer-encoding", "content-type", "content-encoding", "content-language", "content-location"];

/// What a redirect may do.
#[derive(Debug, Clone, Copy)]
pub struct RedirectPolicy<'a> {
    /// Which redirects the request follows.
    pub follow: Redirects,
    /// The fields that count as user-given.
    pub identity: &'a Identity,
}

/// The next hop after an exchange, or `None` where it redirects nowhere, or nowhere that the policy follows. Scope is
/// checked by the caller, on the origin of the hop.
pub fn redirect(exchange: &Exchange, policy: RedirectPolicy<'_>) -> Option<HttpProbe> {
    let response = exchange.response.as_ref().ok()?;
    if policy.follow == Redirects::None || !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let previous = &*exchange.probe;
    let location = std::str::from_utf8(response.header("location").next()?).ok()?;
    let (origin, target) = resolve(previous, location)?;
    let same_host = origin.host() == previous.origin.host();
    if policy.follow == Redirects::SameHost && !same_host {
        return None;
    }
    let method = next_method(&previous.method, response.status);
    let keep_body = method == previous.method;
    let wire = rewrite(previous, &method, &origin, &target, policy.identity, keep_body);
    Some(HttpProbe { origin, method, target: target.into(), wire: Secret::new(wire), ..previous.clone() })
}

/// Where a `Location` leads, resolved as browsers do.
fn resolve(previous: &HttpProbe, location: &str) -> Option<(Origin, String)> {
    let base = url::Url::parse(&previous.url()).ok()?;
    let next = base.join(location).ok()?;
    let scheme = Scheme::parse(next.scheme())?;
    let origin = Origin::new(scheme, next.host_str()?, next.port_or_known_default()?)?;
    let query = next.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some((origin, format!("{}{query}", next.path())))
}

/// 303 turns everything but HEAD into GET; 301 and 302 turn POST into GET, as browsers do (Fetch §4.4).
fn next_method(method: &Method, status: u16) -> Method {
    let to_get = match status {
        303 => !method.is_head(),
        301 | 302 => &*method.0 == "POST",
        _ => false,
    };
    if to_get { Method::from("GET") } else { method.clone() }
}

fn rewrite(
    previous: &HttpProbe,
    method: &Method,
    origin: &Origin,
    target: &str,
    identity: &Identity,
    keep_body: bool,
) -> Bytes {
    let wire = previous.wire.expose();
    let end = memchr::memmem::find(wire, b"\r\n\r\n").unwrap_or(wire.len());
    let (head, rest) = wire.split_at(end);
    let foreign = *origin != previous.origin;
    let mut out = format!("{} {target} HTTP/1.1\r\nHost: {}\r\n", method.0, origin.authority()).into_bytes();
    let mut named_us = false;
    let mut kept = false;
    for line in head.split(|b| *b == b'\n').skip(1) {
        let line = line.trim_ascii_end();
        // A folded line (RFC 9112 §5.2) belongs to the field that it continues.
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            let name = line.split(|b| *b == b':').next().unwrap_or(b"").trim_ascii();
            kept = survives(name, foreign, keep_body, identity);
            named_us |= kept && name.eq_ignore_ascii_case(b"user-agent");
        }
        if kept {
            out.extend_from_slice(line);
            out.extend_from_slice(b"\r\n");
        }
    }
    if foreign && !named_us {
        out.extend_from_slice(format!("User-Agent: {}\r\n", identity.user_agent).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    if keep_body {
        out.extend_from_slice(rest.get(4..).unwrap_or(b""));
    }
    out.into()
}

fn survives(name: &[u8], foreign: bool, keep_body: bool, identity: &Identity) -> bool {
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    let credential = CREDENTIALS.iter().any(|field| is(field)) || identity.headers.iter().any(|(field, _)| is(field));
    let of_body = BODY_FIELDS.iter().any(|field| is(field));
    let obsolete = is("host") || (of_body && !keep_body);
    let betrays = foreign && credential;
    !obsolete && !betrays
}
