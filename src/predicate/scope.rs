//! The scope of a condition: everything that a subject, an operand or a template can speak of.
//!
//! Owns the borrowed view that evaluation passes down and extends at each quantifier. Invariant: a scope only borrows;
//! entering an item or an answer makes a copy and never changes the outer scope. Must never import a folder above `expr`.

use std::sync::Arc;

use super::{Bindings, Profiled, Reply};
use crate::base::{Limits, Origin, Timestamp, Value};
use crate::observation::{CallbackNames, HttpProbe, SurveyWish};

/// What is known of the host under test, the same for every rule.
#[derive(Debug, Clone)]
pub struct HostFacts {
    /// Scheme, host, port.
    pub origin: Origin,
    /// One random label per run and host, shared by all rules: lower-case letters and digits, a valid DNS label.
    pub nonce: Arc<str>,
    /// The scan's clock when the host was begun.
    pub now: Timestamp,
    /// Bounds for expressions and regexes.
    pub limits: Arc<Limits>,
    /// The replies to two random paths (soft-404 baseline); empty until they are in.
    pub baseline: Vec<Reply>,
    /// Whether people browse it or programs call it; `None` until it is known.
    pub profile: Option<Profiled>,
    /// Names by which a target can call us back; `None` where nobody listens.
    pub callbacks: Option<Arc<CallbackNames>>,
    /// How its TLS is surveyed.
    pub survey: SurveyWish,
}

impl HostFacts {
    /// A host about which nothing else is known yet, within the default bounds.
    pub fn new(origin: Origin, nonce: impl Into<Arc<str>>, now: Timestamp) -> Self {
        Self {
            origin,
            nonce: nonce.into(),
            now,
            limits: Arc::default(),
            baseline: Vec::new(),
            profile: None,
            callbacks: None,
            survey: SurveyWish::default(),
        }
    }
}

/// What is known of one endpoint; for a host as a whole, the root.
#[derive(Debug, Clone)]
pub struct EndpointFacts {
    /// The path with which requests are sent, `/` for the root.
    pub path: Arc<str>,
    /// `endpoint.*` by name (method, template, declared_security, auth …); empty where no inventory is at hand.
    pub facts: Value,
}

impl EndpointFacts {
    /// The host as a whole.
    pub fn root() -> Self {
        Self::at("/".into())
    }

    /// A path of which no inventory says anything.
    pub fn at(path: Arc<str>) -> Self {
        Self { path, facts: Value::list([]) }
    }
}

/// A scope. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The host under test.
    pub host: &'a HostFacts,
    /// The endpoint under test.
    pub endpoint: &'a EndpointFacts,
    /// The replies of the rule's requests, by index of the request; a request without `for_each` has one.
    pub requests: &'a [Vec<Reply>],
    /// Collections made by `collect`, and other names of the rule: `vars`, `for_each`, `extract`.
    pub names: &'a Bindings,
    /// The reply that bare subjects speak of.
    pub reply: Option<&'a Reply>,
    /// The item of the innermost quantifier over values.
    pub item: Option<&'a Value>,
    /// The request about to be sent, where `request.*` is asked before an answer (fixtures).
    pub probe: Option<&'a HttpProbe>,
    /// `tls.*`, `dns.*` and `tcp.*` facts by name, where the rule's request brought some.
    pub facts: Option<&'a Value>,
    /// The case being judged.
    pub case: Option<&'a str>,
}

/// No names.
static NAMELESS: Bindings = Vec::new();

impl<'a> Scope<'a> {
    /// A host and an endpoint, of which nothing was asked yet.
    pub fn of(host: &'a HostFacts, endpoint: &'a EndpointFacts) -> Self {
        Self {
            host,
            endpoint,
            requests: &[],
            names: &NAMELESS,
            reply: None,
            item: None,
            probe: None,
            facts: None,
            case: None,
        }
    }

    /// The same scope with bare subjects speaking of `reply`.
    #[must_use]
    pub fn at(self, reply: &'a Reply) -> Self {
        Self { reply: Some(reply), item: None, ..self }
    }

    /// The same scope inside a quantifier over values.
    #[must_use]
    pub fn within(self, item: &'a Value) -> Self {
        Self { item: Some(item), ..self }
    }

    /// The value bound to a name: the current reply's own bindings first, then the rule's.
    pub fn bound(&self, name: &str) -> Option<&'a Value> {
        let find = |bindings: &'a Bindings| bindings.iter().rev().find(|(key, _)| &**key == name).map(|(_, v)| v);
        self.reply.and_then(|reply| find(&reply.bindings)).or_else(|| find(self.names))
    }
}
