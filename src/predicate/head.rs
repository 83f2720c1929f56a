//! What browsers make of an answer's head, each view built once.
//!
//! The parsers are in [`views`]. Takes the field lines and the contents of `meta` elements, gives maps.
//! Invariant: where lines may be missing from what was read, a view is unknown. Must never import a folder above `expr`.
//!
//! [`views`]: super::views

use std::sync::OnceLock;

use super::content::tls;
use super::views::{
    cache, cache_status, challenges, clear_site_data, content_type, cookie, csp, embedder_policy, hsts, nosniff,
    opener_policy, permissions, referrer_policy, resource_policy, x_frame_options,
};
use crate::base::{Origin, Timestamp, Unknown, Value};
use crate::observation::{Anomaly, Response, TlsSession};

/// A view's parser.
type Parse = fn(&[&[u8]]) -> Value;

/// Views of one field each: name, field, parser.
const VIEWS: [(&str, &str, Parse); 13] = [
    ("hsts", "strict-transport-security", hsts::hsts),
    ("x_frame_options", "x-frame-options", x_frame_options::x_frame_options),
    ("referrer_policy", "referrer-policy", referrer_policy::referrer_policy),
    ("permissions", "permissions-policy", permissions::permissions),
    ("content_type", "content-type", content_type::content_type),
    ("nosniff", "x-content-type-options", nosniff::nosniff),
    ("coop", "cross-origin-opener-policy", opener_policy::coop),
    ("coep", "cross-origin-embedder-policy", embedder_policy::coep),
    ("corp", "cross-origin-resource-policy", resource_policy::corp),
    ("cache", "cache-control", cache::cache),
    ("cache_status", "cache-status", cache_status::cache_status),
    ("clear_site_data", "clear-site-data", clear_site_data::clear_site_data),
    ("challenges", "www-authenticate", challenges::challenges),
];

/// The field of policies that are enforced; also the name by which `meta` elements give them.
pub(super) const ENFORCED: &str = "content-security-policy";
const REPORTED: &str = "content-security-policy-report-only";

/// Policies, or why they are not known.
type Policies = Result<Vec<Value>, Unknown>;

/// The views of one answer. Most answers are asked for none, and kept by the thousand.
#[derive(Debug, Default)]
pub(super) struct Head(OnceLock<Box<Views>>);

#[derive(Debug, Default)]
struct Views {
    views: [OnceLock<Value>; VIEWS.len()],
    enforced: OnceLock<Policies>,
    reported: OnceLock<Policies>,
    cookies: OnceLock<Vec<Value>>,
    tls: OnceLock<Value>,
}

impl Head {
    fn made(&self) -> &Views {
        self.0.get_or_init(Box::default)
    }

    /// The view of that name; `None` where there is no such view.
    pub fn view(&self, name: &str, response: &Response) -> Result<Option<&Value>, Unknown> {
        let found = VIEWS.iter().zip(&self.made().views).find(|((view, ..), _)| *view == name);
        let Some(((_, field, parse), cell)) = found else { return Ok(None) };
        is_known(response)?;
        Ok(Some(cell.get_or_init(|| parse(&lines(response, field)))))
    }

    /// The policies that are enforced; `metas` gives the contents of `meta` elements.
    pub fn enforced(
        &self,
        response: &Response,
        metas: impl FnOnce() -> Result<Vec<String>, Unknown>,
    ) -> Result<&[Value], Unknown> {
        let read = || {
            is_known(response)?;
            let metas = metas()?;
            let metas: Vec<&[u8]> = metas.iter().map(String::as_bytes).collect();
            let mut policies = csp::policies(&lines(response, ENFORCED), "header");
            policies.extend(csp::policies(&metas, "meta"));
            Ok(policies)
        };
        as_slice(self.made().enforced.get_or_init(read))
    }

    /// The policies that only report.
    pub fn reported(&self, response: &Response) -> Result<&[Value], Unknown> {
        let read = || is_known(response).map(|()| csp::policies(&lines(response, REPORTED), "header"));
        as_slice(self.made().reported.get_or_init(read))
    }

    /// The cookies that an answer of this origin sets.
    pub fn cookies(&self, response: &Response, now: Timestamp, origin: &Origin) -> &[Value] {
        self.made()
            .cookies
            .get_or_init(|| cookie::parse_set_cookies(response.header("set-cookie").map(|line| &line[..]), now, origin))
    }

    /// The facts of the session.
    pub fn tls(&self, session: &TlsSession, now: Timestamp) -> &Value {
        self.made().tls.get_or_init(|| tls::facts(session, now))
    }
}

/// Whether all field lines are known.
///
/// # Errors
/// Why they are not.
pub(super) fn is_known(response: &Response) -> Result<(), Unknown> {
    let has = |anomaly| response.anomalies.contains(&anomaly);
    if has(Anomaly::NoHead) {
        return Err(Unknown::NoServer);
    }
    match (has(Anomaly::MalformedHead), has(Anomaly::HeadLimit)) {
        (true, _) => Err(Unknown::Failed),
        (_, true) => Err(Unknown::CutOff),
        _ => Ok(()),
    }
}

fn lines<'a>(response: &'a Response, name: &'a str) -> Vec<&'a [u8]> {
    response.header(name).map(|line| &line[..]).collect()
}

fn as_slice(policies: &Policies) -> Result<&[Value], Unknown> {
    match policies {
        Ok(policies) => Ok(policies),
        Err(why) => Err(*why),
    }
}
