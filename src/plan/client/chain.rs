//! Redirects of a sequence's request, as the client follows them that templates are written for.
//!
//! Beside RFC 9110 §15.4 that client has habits which decide verdicts: a redirect that leads nowhere readable leaves the
//! request without an answer, even where none is followed; 301, 302 and 303 make everything but GET and HEAD a GET; 307 and
//! 308 are followed only where no body was prepared; the fields of the first request go along, credentials only to its
//! host and hosts below it; a `Host` of the rule's own stays for locations that name no host. We add no `Referer`: hops
//! of different rules are then one request, and what answers depends on it is not what a chain is followed for.
//!
//! Invariant: what becomes of a chain depends on the first request and its answers alone. Must never import a folder
//! above `target`.

use std::sync::Arc;

use bytes::Bytes;

use super::address::{Address, Location, cut};
use super::draft::{Body, Draft};
use crate::base::{Origin, Secret, Timestamp, Unknown};
use crate::observation::{HttpProbe, Method, Response};
use crate::plan::set_cookie::read_cookies;
use crate::plan::{Identity, Jar};
use crate::predicate::Answer;
use crate::rule::Redirects;
use crate::rule::sequence::HttpBlock;

/// Hops where the rule does not say how many.
const USUAL: usize = 10;

/// What comes after an answer.
#[derive(Debug)]
pub enum Hop {
    /// Nothing: it is the last one.
    Last,
    /// This request.
    Next(Box<HttpProbe>),
    /// Nothing, and the answers do not count either: the chain leads where it cannot be followed.
    Lost(Unknown),
}

/// The redirects of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) struct Chain(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// None is followed; whether the request has a body, with which some are not even looked at.
    Stays { has_body: bool },
    /// Some are.
    Follows(Arc<Start>),
}

/// Where a chain begins.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Start {
    draft: Draft,
    jar: Jar,
    own: Origin,
    anywhere: bool,
    most: usize,
}

/// A chain under way.
struct Walk {
    draft: Draft,
    jar: Jar,
    /// Whether what speaks of a body is dropped.
    bare: bool,
    /// Whether credentials are dropped.
    foreign: bool,
    /// The first request's own cookies, as far as no answer set one of their names.
    cookies: Option<Vec<Vec<u8>>>,
}

impl Chain {
    /// The redirects of a request of that block; `own` is the origin that the user named.
    pub(in crate::plan) fn begin(block: &HttpBlock, draft: Draft, jar: &Jar, own: &Origin) -> Self {
        if block.redirects == Redirects::None {
            return Self(Kind::Stays { has_body: draft.body != Body::None });
        }
        let most = block.max_redirects.and_then(|most| usize::try_from(most).ok()).filter(|most| *most > 0);
        Self(Kind::Follows(Arc::new(Start {
            draft,
            jar: jar.clone(),
            own: own.clone(),
            anywhere: block.redirects == Redirects::All,
            most: most.unwrap_or(USUAL),
        })))
    }

    /// Whether some redirect is followed.
    pub(in crate::plan) fn follows(&self) -> Option<bool> {
        match &self.0 {
            Kind::Stays { .. } => None,
            Kind::Follows(start) => Some(start.anywhere),
        }
    }

    /// What comes after these answers, of which there is at least one.
    pub(in crate::plan) fn next(&self, answers: &[Arc<Answer>], identity: &Identity, now: Timestamp) -> Hop {
        let Some((last, before)) = answers.split_last() else { return Hop::Last };
        let Some(response) = last.response() else { return Hop::Last };
        let start = match &self.0 {
            Kind::Follows(start) => start,
            Kind::Stays { has_body } => return stay(response, *has_body, &last.exchange().probe),
        };
        let Some(walk) = start.walk(before, now) else { return Hop::Last };
        let Some((location, method)) = redirected(&walk.draft.method, response, start.draft.body != Body::None) else {
            return Hop::Last;
        };
        let next = match walk.draft.address.follow(location) {
            Location::Broken => return Hop::Lost(Unknown::Failed),
            Location::Elsewhere if start.anywhere && answers.len() <= start.most => return Hop::Lost(Unknown::Failed),
            Location::Elsewhere => return Hop::Last,
            Location::Web(address, named) => (address, named),
        };
        if answers.len() > start.most || !(start.anywhere || start.is_same_host(&next.0)) {
            return Hop::Last;
        }
        let walk = walk.on(start, last, (next, method), now);
        match walk.draft.address.target() {
            Ok(target) => Hop::Next(Box::new(walk.probe(target, identity, &start.own))),
            Err(_) => Hop::Lost(Unknown::Failed),
        }
    }

    /// The URL that the request after these answers goes to, as reports show it.
    pub(in crate::plan) fn address_after(&self, answers: &[Arc<Answer>]) -> Option<String> {
        let Kind::Follows(start) = &self.0 else { return None };
        start.walk(answers, Timestamp::UNIX_EPOCH).map(|walk| walk.draft.address.shown())
    }
}

/// A redirect that is not followed is read all the same.
fn stay(response: &Response, has_body: bool, probe: &HttpProbe) -> Hop {
    let Some((location, _)) = redirected(&probe.method.0, response, has_body) else { return Hop::Last };
    match Address::parse(probe.origin.to_string().as_bytes()).map(|address| address.follow(location)) {
        Ok(Location::Broken) => Hop::Lost(Unknown::Failed),
        _ => Hop::Last,
    }
}

/// The location and the method of the request that follows an answer; `None` where none does.
fn redirected<'a>(method: &str, response: &'a Response, has_body: bool) -> Option<(&'a [u8], String)> {
    let method = match response.status {
        301..=303 if !matches!(method, "GET" | "HEAD") => "GET",
        301..=303 => method,
        307 | 308 if !has_body => method,
        _ => return None,
    };
    let location = response.header("location").next()?.trim_ascii();
    (!location.is_empty()).then(|| (location, method.to_owned()))
}

impl Start {
    /// Whether a URL is on the host that the first request named, whatever its scheme.
    fn is_same_host(&self, address: &Address) -> bool {
        address.origin.authority().as_bytes() == self.draft.host_value()
    }

    /// The chain behind these answers; `None` where one of them led nowhere.
    fn walk(&self, answers: &[Arc<Answer>], now: Timestamp) -> Option<Walk> {
        let cookies = self.draft.field("Cookie").map(|own| pairs(own));
        let (draft, jar) = (self.draft.clone(), self.jar.clone());
        let mut walk = Walk { draft, jar, bare: false, foreign: false, cookies };
        for answer in answers {
            let (location, method) = redirected(&walk.draft.method, answer.response()?, self.draft.body != Body::None)?;
            let Location::Web(address, named) = walk.draft.address.follow(location) else { return None };
            walk = walk.on(self, answer, ((address, named), method), now);
        }
        Some(walk)
    }

    fn is_below(&self, address: &Address) -> bool {
        let (first, next) = (self.draft.address.origin.host(), address.origin.host());
        let below = || next.strip_suffix(first).is_some_and(|rest| rest.ends_with('.'));
        first == next || (address.origin.ip().is_none() && below())
    }
}

impl Walk {
    fn on(
        mut self,
        start: &Start,
        answer: &Answer,
        ((address, named), method): ((Address, bool), String),
        now: Timestamp,
    ) -> Self {
        self.jar.take(answer, now);
        if let Some(cookies) = &mut self.cookies {
            let set: Vec<Vec<u8>> = read_cookies(answer, now).into_iter().map(|cookie| cookie.name).collect();
            let before = cookies.len();
            cookies.retain(|pair| !set.iter().any(|name| cut(pair, b'=').0 == name));
            if cookies.len() < before {
                cookies.sort();
            }
        }
        self.bare |= matches!(answer.response().map(|response| response.status), Some(301..=303));
        self.foreign |= !start.is_below(&address);
        let host = self.draft.host.take().filter(|_| !named);
        let mut fields = start.draft.fields.clone();
        fields.retain(|(name, _)| !(self.foreign && is_credential(name) || self.bare && speaks_of_body(name)));
        if let Some(cookies) = self.cookies.as_ref()
            && let Some((_, value)) = fields.iter_mut().find(|(name, _)| name == "Cookie")
        {
            *value = Bytes::from(cookies.join(&b"; "[..]));
        }
        fields.retain(|(name, value)| !(name == "Cookie" && value.is_empty()));
        self.draft = Draft { method, address, host, fields, body: Body::None };
        self
    }

    fn probe(&self, target: Vec<u8>, identity: &Identity, own: &Origin) -> HttpProbe {
        let wire = self.draft.wire(&target, identity, own, &self.jar);
        HttpProbe::new(
            self.draft.address.origin.clone(),
            Method::from(self.draft.method.as_str()),
            target.into(),
            Secret::new(wire),
        )
    }
}

fn pairs(field: &[u8]) -> Vec<Vec<u8>> {
    field.split(|byte| *byte == b';').map(|pair| pair.trim_ascii().to_vec()).filter(|pair| !pair.is_empty()).collect()
}

fn is_credential(name: &str) -> bool {
    ["Authorization", "Www-Authenticate", "Cookie", "Cookie2", "Proxy-Authorization", "Proxy-Authenticate"]
        .iter()
        .any(|field| name.eq_ignore_ascii_case(field))
}

fn speaks_of_body(name: &str) -> bool {
    ["Content-Encoding", "Content-Language", "Content-Location", "Content-Type"]
        .iter()
        .any(|field| name.eq_ignore_ascii_case(field))
}
