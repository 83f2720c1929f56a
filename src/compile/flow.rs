//! The order in which a rule's requests must be sent.
//!
//! Owns the analysis of which request uses what of which earlier answer. Invariant: a request depends only on requests
//! before it in the file, so the order can never be circular. Must never import a folder above `dialect`.

use std::sync::Arc;

use crate::expr::Template;
use crate::predicate::{Base, Collection, Source, Subject};
use crate::rule::{CookieUse, HttpRequest, Request, Rule, SentName, TlsRequest, Wire};

/// What each request of a rule waits for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    /// By index of the request: the earlier requests that must be over before it is sent.
    pub waits_for: Vec<Vec<usize>>,
    /// By index of the request: the values of earlier requests that it uses, by name.
    pub uses: Vec<Vec<Arc<str>>>,
    /// By index of the request: whether it carries the cookies that earlier answers set. It then waits for all of them,
    /// so that the order in which they arrive never shows in its bytes.
    pub carries_cookies: Vec<bool>,
}

impl Flow {
    /// The flow of a rule.
    pub fn of(rule: &Rule) -> Self {
        let mut flow = Self::default();
        for (index, request) in rule.requests.iter().enumerate() {
            let earlier = rule.requests.get(..index).unwrap_or(&[]);
            let (uses, names) = uses_of(request, earlier);
            let depends = !uses.is_empty() || request.run_if.is_some();
            let carries = match request.cookies {
                CookieUse::Rule => index > 0,
                CookieUse::Auto => depends,
                CookieUse::None => false,
            };
            let all = request.run_if.is_some() || carries;
            let stopped = |at: &usize| earlier.get(*at).is_some_and(|r| r.stop_when.is_some());
            flow.waits_for.push((0..index).filter(|at| all || uses.contains(at) || stopped(at)).collect());
            flow.carries_cookies.push(carries);
            flow.uses.push(names);
        }
        flow
    }

    /// Whether a request can be sent before anything is answered.
    pub fn is_fixed(&self, index: usize) -> bool {
        self.waits_for.get(index).is_some_and(Vec::is_empty)
    }
}

/// The earlier requests whose extracted values or answers a request uses, and the names of these values.
fn uses_of(request: &Request, earlier: &[Request]) -> (Vec<usize>, Vec<Arc<str>>) {
    let owner =
        |name: &Arc<str>| earlier.iter().rposition(|r| r.extract.iter().any(|extract| extract.binding.name == *name));
    let mut names: Vec<Arc<str>> = templates(request)
        .into_iter()
        .flat_map(|t| t.names().filter_map(|name| name.path.first().map(Arc::clone)).collect::<Vec<_>>())
        .collect();
    let mut uses = Vec::new();
    for binding in &request.for_each {
        match &binding.source {
            Source::OfRequest { request, .. } | Source::Collection(Collection::Replies(request)) => uses.push(*request),
            Source::Collection(Collection::Var(name, _))
            | Source::Subject { subject: Subject { base: Base::Var(name), .. }, .. } => names.push(Arc::clone(name)),
            _ => {}
        }
    }
    names.sort_unstable();
    names.dedup();
    names.retain(|name| owner(name).is_some());
    uses.extend(names.iter().filter_map(owner));
    uses.sort_unstable();
    uses.dedup();
    (uses, names)
}

/// Every template that goes into the request.
fn templates(request: &Request) -> Vec<&Template> {
    let mut all: Vec<&Template> = match &request.wire {
        Wire::Http(http) => http_templates(http),
        Wire::Dns(dns) => dns.name.iter().collect(),
        Wire::Tcp(address, steps) => std::iter::once(address)
            .chain(steps.iter().filter_map(|step| match step {
                crate::rule::TcpStep::Send(bytes) => Some(bytes),
                crate::rule::TcpStep::Read(_) => None,
            }))
            .collect(),
        Wire::Tls(TlsRequest { name: SentName::Other(name), .. }) => vec![name],
        Wire::Tls(_) | Wire::TlsSurvey => Vec::new(),
    };
    for binding in &request.for_each {
        if let Source::Written(items) = &binding.source {
            all.extend(items.iter().flat_map(|item| item.fields.iter().map(|(_, text)| text)));
        }
    }
    all
}

fn http_templates(http: &HttpRequest) -> Vec<&Template> {
    std::iter::once(&http.target)
        .chain(http.query.iter().map(|(_, value)| value))
        .chain(http.headers.iter().flat_map(|(_, values)| values))
        .chain(&http.body)
        .chain(&http.raw)
        .collect()
}
