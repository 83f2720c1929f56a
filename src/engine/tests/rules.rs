//! Rules for the engine's tests, built without a dialect.

use std::sync::Arc;

use crate::base::{Category, Confidence, Limits, Severity, SourceFile, Span};
use crate::expr::Template;
use crate::observation::Method;
use crate::predicate::{Base, Operands, Pred, Source, Subject, WrittenItem};
use crate::rule::{
    AppliesTo, Binding, Cond, CondKind, CookieUse, Exposure, HttpRequest, Ladder, Meta, NotOn, Redirects, Request,
    Rule, Wire,
};

pub fn template(text: &str) -> Template {
    Template::parse(text, &Limits::default()).expect("a template")
}

pub fn cond(kind: CondKind) -> Cond {
    Cond { span: Span::default(), kind }
}

pub fn holds() -> Cond {
    cond(CondKind::All(Vec::new()))
}

pub fn status(code: u16) -> Cond {
    let subject = Subject { base: Base::Status, path: Vec::new() };
    let pred = Pred::Equals(Operands { any: vec![template(&code.to_string())], ignore_case: false });
    cond(CondKind::Test { subject, pred })
}

/// A rule without requests that matches every answer with status 200.
pub fn passive(id: &str) -> Rule {
    Rule { applies_to: AppliesTo::Response, judged: None, ..rule(id) }
}

/// A rule of the host that matches where its only request is answered with 200.
pub fn get(id: &str, path: &str) -> Rule {
    Rule { requests: vec![request(path)], judged: Some(0), ..rule(id) }
}

pub fn request(target: &str) -> Request {
    let http = HttpRequest {
        method: Method::from("GET"),
        target: template(target),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        raw: None,
        range: None,
    };
    Request {
        name: "request".into(),
        case: None,
        for_each: Vec::new(),
        repeat: 1,
        wire: Wire::Http(http),
        redirects: Redirects::None,
        cookies: CookieUse::None,
        auth: None,
        run_if: None,
        stop_when: None,
        extract: Vec::new(),
        span: Span::default(),
    }
}

pub trait Change: Sized {
    fn with(self, change: impl FnOnce(&mut Self)) -> Self;
}

impl Change for Rule {
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

pub fn header(rule: &mut Rule, name: &str, value: &str) {
    if let Some(Wire::Http(http)) = rule.requests.first_mut().map(|request| &mut request.wire) {
        http.headers.push((name.into(), vec![template(value)]));
    }
}

/// Repeats a rule over these values of `x`.
pub fn for_each(rule: &mut Rule, values: &[&str]) {
    let item = |value: &&str| WrittenItem { label: None, fields: vec![("value".into(), template(value))] };
    let source = Source::Written(values.iter().map(item).collect());
    rule.for_each = vec![Binding { name: "x".into(), source, span: Span::default() }];
}

pub fn not_on_baseline(rule: &mut Rule) {
    rule.not_on = Some(Box::new(NotOn::Whole));
}

fn rule(id: &str) -> Rule {
    let meta = Meta {
        title: template(id),
        category: Category::Exposure,
        cwe: None,
        tags: Vec::new(),
        description: None,
        impact: None,
        fix: None,
        references: Vec::new(),
        yields_to: Vec::new(),
    };
    Rule {
        id: Arc::from(id),
        meta,
        severity: Ladder::always(Severity::Low),
        confidence: Ladder::always(Confidence::Firm),
        exposure: Exposure::Secret,
        applies_to: AppliesTo::Host,
        when: None,
        vars: Vec::new(),
        for_each: Vec::new(),
        stop_at_first_match: false,
        requests: Vec::new(),
        judged: None,
        extract: Vec::new(),
        collect: Vec::new(),
        matches: status(200),
        cases: Vec::new(),
        not_on: None,
        report_each: false,
        evidence_key: None,
        inconclusive_when: None,
        verify: None,
        sequence: None,
        workflow: None,
        tests: Vec::new(),
        refused: None,
        source: SourceFile::new("test", ""),
    }
}
