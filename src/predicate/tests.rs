//! A small world to ask in: one host, one answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::base::{Limits, Origin, Scheme, Secret, Timestamp, Unknown, Value};
use crate::expr::Template;
use crate::observation::{
    Anomaly, ErrorKind, Exchange, Header, HttpProbe, Method, ProbeError, Response, Timing, Truncation,
};

/// Everything that a scope borrows.
pub(super) struct World {
    pub host: HostFacts,
    pub endpoint: EndpointFacts,
    pub requests: Vec<Vec<Reply>>,
    pub names: Bindings,
    pub facts: Option<Value>,
}

impl World {
    /// A host without an answer yet.
    pub fn new() -> Self {
        let origin = Origin::new(Scheme::Https, "app.shop.example.co.uk", 8443).expect("valid");
        let host = HostFacts::new(origin, "n0nce", "2026-01-01T00:00:00Z".parse().expect("valid"));
        let endpoint = EndpointFacts { path: "/api".into(), facts: Value::map([("method", Value::from("GET"))]) };
        Self { host, endpoint, requests: Vec::new(), names: Vec::new(), facts: None }
    }

    /// A host with one answer.
    pub fn answered(response: Response) -> Self {
        let mut world = Self::new();
        world.requests.push(vec![reply(exchange(Ok(response)))]);
        world
    }

    /// A host whose request failed.
    pub fn failed(kind: ErrorKind) -> Self {
        let mut world = Self::new();
        world.requests.push(vec![reply(exchange(Err(ProbeError::new(kind, ""))))]);
        world
    }

    pub fn scope(&self) -> Scope<'_> {
        Scope {
            host: &self.host,
            endpoint: &self.endpoint,
            requests: &self.requests,
            names: &self.names,
            reply: self.requests.first().and_then(|replies| replies.first()),
            item: None,
            probe: None,
            facts: self.facts.as_ref(),
            case: None,
        }
    }

    /// What a subject yields.
    pub fn ask(&self, dotted: &str) -> Found {
        lookup(dotted).expect(dotted).resolve(&self.scope())
    }

    /// The texts that a subject yields.
    pub fn texts(&self, dotted: &str) -> Vec<String> {
        self.ask(dotted).values().iter().map(Value::to_text_lossy).collect()
    }
}

pub(super) fn reply(exchange: Exchange) -> Reply {
    let hops = Hops::single(Arc::new(Answer::new(exchange)));
    Reply { label: "".into(), bindings: Vec::new(), state: ReplyState::Answered(hops) }
}

pub(super) fn exchange(response: Result<Response, ProbeError>) -> Exchange {
    let wire = "GET /a%20b/x?q=1&q=a%2Bb&z HTTP/1.1\r\nHost: app.shop.example.co.uk:8443\r\nX-Key: k\r\n\r\nbody";
    let probe = HttpProbe::new(
        Origin::new(Scheme::Https, "app.shop.example.co.uk", 8443).expect("valid"),
        Method::from("GET"),
        Bytes::from_static(b"/a%20b/x?q=1&q=a%2Bb&z"),
        Secret::new(Bytes::from(wire)),
    );
    let timing = Timing { total: Duration::from_millis(1500), ..Timing::default() };
    let at = Timestamp::UNIX_EPOCH;
    Exchange { probe: Arc::new(probe), response, at, timing, remote: None, tls: None }
}

/// A response with these fields.
pub(super) fn response(headers: &[(&str, &str)], body: impl Into<Bytes>) -> Response {
    let header = |(name, value): &(&str, &str)| Header {
        name: Bytes::copy_from_slice(name.as_bytes()),
        value: Bytes::copy_from_slice(value.as_bytes()),
    };
    Response {
        version: "HTTP/1.1",
        status: 200,
        reason: Bytes::new(),
        headers: headers.iter().map(header).collect(),
        head: Bytes::new(),
        body: body.into(),
        wire_bytes: 0,
        truncated: None,
        anomalies: Vec::new(),
    }
}

/// A reply with that status; no Content-Type where it is empty.
pub(super) fn answer_of(status: u16, content_type: &str, body: &'static str) -> ReplyState {
    let headers = [("Content-Type", content_type)];
    let headers = if content_type.is_empty() { &[][..] } else { &headers[..] };
    reply(exchange(Ok(Response { status, ..response(headers, body) }))).state
}

/// A reply of a request that failed.
pub(super) fn failure_of(kind: ErrorKind) -> ReplyState {
    reply(exchange(Err(ProbeError::new(kind, "")))).state
}

/// The same response, its body cut.
pub(super) fn cut(response: &Response, at: usize) -> Response {
    let body = response.body.slice(..at.min(response.body.len()));
    Response { body, truncated: Some(Truncation::Interrupted), ..response.clone() }
}

/// The same response, with some of its fields dropped.
pub(super) fn headless(response: &Response, anomaly: Anomaly) -> Response {
    Response { anomalies: vec![anomaly], ..response.clone() }
}

pub(super) fn texts(any: &[&str]) -> Operands {
    let limits = Limits::default();
    let any = any.iter().map(|text| Template::parse(text, &limits).expect("valid")).collect();
    Operands { any, ignore_case: false }
}

pub(super) fn regex(source: &str) -> BytePattern {
    BytePattern::new(source, false, &Limits::default()).expect("valid")
}

#[test]
fn an_answer_can_be_shared() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Answer>();
}

#[test]
fn heavy_documents_are_paid_for_and_light_ones_are_not() {
    let budget = crate::base::ByteBudget::new(4 << 20);
    let answer = |kind: &str, body: String| {
        let exchange = exchange(Ok(response(&[("Content-Type", kind)], body)));
        Answer::of(Arc::new(Received::new(exchange, budget.try_reserve(0))))
    };
    let heavy = answer("text/html", format!("<html>{}", "<br>".repeat(50_000)));
    assert_eq!(heavy.with_html(|_, _| ()), Err(Unknown::Budget));
    let objects = answer("application/json", format!("[{}0]", "{},".repeat(100_000)));
    assert_eq!(objects.json(), Err(Unknown::Budget));
    assert_eq!(budget.used(), 0);
    let middling = answer("text/html", format!("<html>{}", "<br>".repeat(5_000)));
    assert_eq!(middling.with_html(|_, whole| whole), Ok(Some(true)));
    assert!(budget.used() > 1 << 20);
    drop(middling);
    let light = answer("text/html", "<html><br>".to_owned());
    assert_eq!((light.with_html(|_, whole| whole), budget.used()), (Ok(Some(true)), 0));
}
