//! Redirects: the next hop of a chain, with credentials decided at each hop (RFC 9110 §15.4).
//!
//! Invariant: a hop to another origin carries no `Authorization`, no user-given field, and no cookie but those that the
//! chain itself set for it. Must never import a folder above `target`.

use std::sync::Arc;

use bytes::Bytes;

use super::client::{Chain, Hop};
use super::{Identity, Jar};
use crate::base::{Origin, Scheme, Secret, Timestamp, Unknown};
use crate::observation::{Exchange, HttpProbe, Method};
use crate::predicate::Answer;
use crate::rule::{CookieUse, Redirects, Request};

/// Fields that say who the user is.
const CREDENTIALS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// Fields that speak of a request's body, and go with it (Fetch §4.4).
const BODY_FIELDS: [&str; 6] =
    ["content-length", "transfer-encoding", "content-type", "content-encoding", "content-language", "content-location"];

/// Which redirects are followed, and whether with the cookies that the chain sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    to: To,
    cookies: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum To {
    Nothing,
    /// The same scheme, name and port.
    SameOrigin,
    /// The same, and from HTTP to HTTPS of the same name.
    Landing,
    /// Whatever is in scope.
    Anything,
    /// What a sequence's request says, by the habits of its client.
    Chain(Chain),
}

impl Follow {
    /// None.
    pub const NOTHING: Self = Self { to: To::Nothing, cookies: false };
    /// As a visitor lands on a page of the host: within the origin, or from HTTP to HTTPS of the same name.
    pub const LANDING: Self = Self { to: To::Landing, cookies: true };

    /// As a request of a rule says. One that carries no cookies at all (`cookies: none`) takes none on its way either.
    pub fn of(request: &Request) -> Self {
        let to = match request.redirects {
            Redirects::None => To::Nothing,
            Redirects::SameHost => To::SameOrigin,
            Redirects::All => To::Anything,
        };
        Self { to, cookies: request.cookies != CookieUse::None }
    }

    /// As a request of a sequence says.
    pub(super) fn of_chain(chain: Chain) -> Self {
        Self { to: To::Chain(chain), cookies: true }
    }

    /// The URL that the request after these answers goes to, as reports show it; `None` where no sequence asked.
    pub(super) fn address_after(&self, answers: &[Arc<Answer>]) -> Option<String> {
        match &self.to {
            To::Chain(chain) => chain.address_after(answers),
            _ => None,
        }
    }

    /// What is followed, in a word.
    pub fn name(&self) -> &'static str {
        match &self.to {
            To::Nothing => "none",
            To::SameOrigin => "same-host",
            To::Landing => "landing",
            To::Anything => "all",
            To::Chain(chain) => match chain.follows() {
                None => "none",
                Some(false) => "same-host",
                Some(true) => "all",
            },
        }
    }

    /// Whether anything is followed.
    pub fn follows(&self) -> bool {
        match &self.to {
            To::Nothing => false,
            To::Chain(chain) => chain.follows().is_some(),
            To::SameOrigin | To::Landing | To::Anything => true,
        }
    }

    fn allows(&self, from: &Origin, to: &Origin) -> bool {
        let upgrade = || from.scheme == Scheme::Http && to.scheme == Scheme::Https && from.host() == to.host();
        match self.to {
            To::Nothing | To::Chain(_) => false,
            To::SameOrigin => from == to,
            To::Landing => from == to || upgrade(),
            To::Anything => true,
        }
    }
}

/// What a redirect may do.
#[derive(Debug, Clone, Copy)]
pub struct RedirectPolicy<'a> {
    /// Which redirects the request follows.
    pub follow: &'a Follow,
    /// The fields that count as user-given.
    pub identity: &'a Identity,
    /// The host's clock, by which cookies expire.
    pub now: Timestamp,
    /// The most redirects of one chain.
    pub most: usize,
}

/// What comes after the last answer of a chain: another request, nothing, or nothing that counts. A hop out of scope is
/// not taken; the answer that leads there is then the last one, except where a sequence asked to be led there.
pub fn next_hop(chain: &[Arc<Answer>], policy: RedirectPolicy<'_>, in_scope: impl Fn(&Origin) -> bool) -> Hop {
    let next = match &policy.follow.to {
        To::Chain(follow) => follow.next(chain, policy.identity, policy.now),
        _ => redirect(chain, policy).map_or(Hop::Last, |probe| Hop::Next(Box::new(probe))),
    };
    let is_sequence = matches!(policy.follow.to, To::Chain(_));
    match next {
        Hop::Next(_) if chain.len() > policy.most => Hop::Last,
        Hop::Next(next) if !in_scope(&next.origin) => {
            if is_sequence {
                Hop::Lost(Unknown::NotSent)
            } else {
                Hop::Last
            }
        }
        next => next,
    }
}

/// The next hop of a chain, or `None` where its last answer redirects nowhere, or nowhere that the policy follows.
fn redirect(chain: &[Arc<Answer>], policy: RedirectPolicy<'_>) -> Option<HttpProbe> {
    if !policy.follow.follows() {
        return None;
    }
    let exchange = chain.last()?.exchange();
    let (origin, target) = location(exchange)?;
    let previous = &*exchange.probe;
    if !policy.follow.allows(&previous.origin, &origin) {
        return None;
    }
    let status = exchange.response.as_ref().ok()?.status;
    let method = next_method(&previous.method, status);
    let mut jar = Jar::default();
    for answer in chain.iter().filter(|_| policy.follow.cookies) {
        jar.take(answer, policy.now);
    }
    let leg = Leg { method: &method, origin: &origin, target: &target, jar: &jar };
    let wire = rewrite(previous, &leg, policy.identity);
    Some(HttpProbe { origin, method, target: target.into(), wire: Secret::new(wire), ..previous.clone() })
}

/// Where a redirect leads, whether it is followed or not; `None` where the answer is none, or leads to no HTTP URL.
pub fn location(exchange: &Exchange) -> Option<(Origin, String)> {
    let response = exchange.response.as_ref().ok()?;
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let written = std::str::from_utf8(response.header("location").next()?).ok()?;
    let next = url::Url::parse(&exchange.probe.url()).ok()?.join(written).ok()?;
    let origin = Origin::of_url(&next)?;
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

struct Leg<'a> {
    method: &'a Method,
    origin: &'a Origin,
    target: &'a str,
    jar: &'a Jar,
}

fn rewrite(previous: &HttpProbe, leg: &Leg<'_>, identity: &Identity) -> Bytes {
    let wire = previous.wire.expose();
    let end = memchr::memmem::find(wire, b"\r\n\r\n").unwrap_or(wire.len());
    let (head, rest) = wire.split_at(end);
    let foreign = *leg.origin != previous.origin;
    let keep_body = *leg.method == previous.method;
    let mut out =
        format!("{} {} HTTP/1.1\r\nHost: {}\r\n", leg.method.0, leg.target, leg.origin.authority()).into_bytes();
    let (mut named_us, mut pairs) = (false, Vec::new());
    for line in head_lines(head) {
        let name = line.split(|b| *b == b':').next().unwrap_or(b"").trim_ascii();
        if !survives(name, foreign, keep_body, identity) {
            continue;
        }
        named_us |= name.eq_ignore_ascii_case(b"user-agent");
        if name.eq_ignore_ascii_case(b"cookie") && !leg.jar.is_untouched() {
            pairs.extend(kept_pairs(&line, leg.jar));
        } else {
            out.extend_from_slice(&line);
            out.extend_from_slice(b"\r\n");
        }
    }
    if foreign && !named_us {
        out.extend_from_slice(format!("User-Agent: {}\r\n", identity.user_agent).as_bytes());
    }
    pairs.extend(leg.jar.field(leg.origin, leg.target.as_bytes()));
    if !pairs.is_empty() {
        out.extend_from_slice(&[b"Cookie: ", &pairs.join(&b"; "[..])[..], b"\r\n"].concat());
    }
    out.extend_from_slice(b"\r\n");
    if keep_body {
        out.extend_from_slice(rest.get(4..).unwrap_or(b""));
    }
    out.into()
}

/// The field lines of a head; a folded line (RFC 9112 §5.2) belongs to the field that it continues.
fn head_lines(head: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for line in head.split(|b| *b == b'\n').skip(1) {
        let line = line.trim_ascii_end();
        let goes_on = matches!(line.first(), Some(b' ' | b'\t'));
        match lines.last_mut() {
            Some(before) if goes_on => before.extend_from_slice(&[b"\r\n", line].concat()),
            None if goes_on => {}
            _ => lines.push(line.to_vec()),
        }
    }
    lines
}

/// The pairs of a `Cookie` line, without those that the chain set or deleted.
fn kept_pairs(line: &[u8], jar: &Jar) -> Vec<Vec<u8>> {
    let value = line.splitn(2, |b| *b == b':').nth(1).unwrap_or_default();
    let name = |pair: &[u8]| pair.split(|b| *b == b'=').next().unwrap_or_default().trim_ascii().to_vec();
    let pairs = value.split(|b| *b == b';').map(<[u8]>::trim_ascii).filter(|pair| !pair.is_empty());
    pairs.filter(|pair| !jar.has_touched(&name(pair))).map(<[u8]>::to_vec).collect()
}

fn survives(name: &[u8], foreign: bool, keep_body: bool, identity: &Identity) -> bool {
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    let credential = CREDENTIALS.iter().any(|field| is(field)) || identity.headers.iter().any(|(field, _)| is(field));
    let of_body = BODY_FIELDS.iter().any(|field| is(field));
    let obsolete = is("host") || (of_body && !keep_body);
    let betrays = foreign && credential;
    !obsolete && !betrays
}
