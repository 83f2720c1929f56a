//! The program: compiled rules, ready to be shared.
//!
//! Invariant: rules stand in the order of their ids, so that nothing depends on the order of files. Must never import a
//! folder above `dialect`.

use std::sync::Arc;

use super::literals::LiteralTable;
use super::{Flow, Gates, Hits, Literals, Need};
use crate::base::{Limits, Span};
use crate::expr::Template;
use crate::observation::Method;
use crate::rule::{AppliesTo, CookieUse, HttpRequest, Redirects, Request, Rule, Wire};

/// A rule with what compilation found out about it.
#[derive(Debug)]
pub struct CompiledRule {
    /// The rule.
    pub rule: Rule,
    /// The order of its requests.
    pub flow: Flow,
    /// What a body must hold for its condition to hold; `None`: nothing is known.
    pub need: Option<Need>,
    /// The number of its gate among the program's, where it shares one.
    pub gate: Option<usize>,
}

impl CompiledRule {
    /// A rule by itself, outside a program: tests, `explain`.
    pub fn alone(rule: Rule) -> Arc<Self> {
        let rule = with_request(rule);
        Arc::new(Self { flow: Flow::of(&rule), rule, need: None, gate: None })
    }

    /// Whether a whole body with these hits cannot satisfy the rule's condition.
    pub fn is_ruled_out(&self, hits: &Hits) -> bool {
        self.need.as_ref().is_some_and(|need| !need.possible(hits))
    }
}

/// A rule of endpoints that asks for nothing judges the endpoint's own answer: `GET` of its path.
fn with_request(mut rule: Rule) -> Rule {
    if rule.applies_to == AppliesTo::Endpoint && rule.requests.is_empty() {
        rule.requests.extend(Template::parse("{{path}}", &Limits::default()).ok().map(own_answer));
        rule.judged = Some(0);
    }
    rule
}

fn own_answer(target: Template) -> Request {
    let (query, headers) = (Vec::new(), Vec::new());
    let method = Method::from("GET");
    Request {
        name: "request".into(),
        case: None,
        for_each: Vec::new(),
        repeat: 1,
        wire: Wire::Http(HttpRequest { method, target, query, headers, body: None, raw: None, range: None }),
        redirects: Redirects::None,
        cookies: CookieUse::None,
        auth: None,
        run_if: None,
        stop_when: None,
        extract: Vec::new(),
        span: Span::default(),
    }
}

/// All selected rules, compiled together.
#[derive(Debug, Default)]
pub struct Program {
    rules: Vec<Arc<CompiledRule>>,
    literals: Literals,
    gates: Gates,
}

impl Program {
    /// Compiles rules; of several with the same id, the first in the given order stays.
    pub fn compile(mut rules: Vec<Rule>) -> Self {
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        rules.dedup_by(|later, first| later.id == first.id);
        let mut table = LiteralTable::default();
        let mut gates = Gates::default();
        let rules = rules
            .into_iter()
            .map(|rule| {
                let rule = with_request(rule);
                let need = table.need_of(&rule);
                let gate = gates.number_of(&rule);
                Arc::new(CompiledRule { flow: Flow::of(&rule), need, gate, rule })
            })
            .collect();
        Self { rules, literals: table.build(), gates }
    }

    /// A program of one rule, compiled elsewhere: tests.
    pub fn of_one(compiled: &Arc<CompiledRule>) -> Self {
        Self { rules: vec![Arc::clone(compiled)], ..Self::default() }
    }

    /// All rules, by id.
    pub fn rules(&self) -> &[Arc<CompiledRule>] {
        &self.rules
    }

    /// Rules that send: once per host or endpoint.
    pub fn sending(&self) -> impl Iterator<Item = &Arc<CompiledRule>> {
        self.rules.iter().filter(|compiled| compiled.rule.applies_to != AppliesTo::Response)
    }

    /// Passive rules.
    pub fn passive(&self) -> impl Iterator<Item = &Arc<CompiledRule>> {
        self.rules.iter().filter(|compiled| compiled.rule.applies_to == AppliesTo::Response)
    }

    /// The literals of all rules.
    pub fn literals(&self) -> &Literals {
        &self.literals
    }

    /// The gates that rules share.
    pub fn gates(&self) -> &Gates {
        &self.gates
    }
}
