//! The program: compiled rules, ready to be shared, and workflows with the rules that they order.
//!
//! Invariant: rules stand in the order of their ids, so that nothing depends on the order of files; a step of a workflow
//! leads to later ones only, so following it ends. Must never import a folder above `dialect`.

use std::collections::HashMap;
use std::sync::Arc;

use super::literals::LiteralTable;
use super::tokens::{self, TokenNeed};
use super::{Flow, Gates, Hits, Literals, Need};
use crate::base::{Limits, Span};
use crate::expr::Template;
use crate::observation::Method;
use crate::predicate::{Keywords, TokenScan};
use crate::rule::workflow::{Named, Step, Workflow};
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
    /// The rules that it orders, where it is a workflow.
    pub plot: Option<Plot>,
    /// What must stand in an answer for each of its sources of tokens to find any; empty: nothing is known.
    pub tokens: Vec<TokenNeed>,
}

impl CompiledRule {
    /// A rule by itself, outside a program: tests, `explain`.
    pub fn alone(rule: Rule) -> Arc<Self> {
        let rule = with_request(rule);
        let plot = rule.workflow.as_ref().map(|workflow| Plot::of(workflow, &mut Known::new()));
        Arc::new(Self { flow: Flow::of(&rule), rule, need: None, gate: None, plot, tokens: Vec::new() })
    }

    /// Whether a whole body with these hits cannot satisfy the rule's condition.
    pub fn is_ruled_out(&self, hits: &Hits) -> bool {
        self.need.as_ref().is_some_and(|need| !need.possible(hits))
    }

    /// Whether the rule ranges over tokens of which a whole answer holds none.
    pub fn lacks_tokens(&self, scan: &TokenScan) -> bool {
        self.tokens.iter().any(|need| !need.possible(scan))
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
    keywords: Option<Arc<Keywords>>,
}

impl Program {
    /// Compiles rules; of several with the same id, the first in the given order stays.
    pub fn compile(mut rules: Vec<Rule>) -> Self {
        // Rules are large: each is moved once, not as often as it is compared.
        rules.sort_by_cached_key(|rule| Arc::clone(&rule.id));
        rules.dedup_by(|later, first| later.id == first.id);
        let mut table = LiteralTable::default();
        let mut gates = Gates::default();
        let mut known = Known::new();
        let keywords = Arc::new(tokens::keywords(&rules));
        // Not collected in place, which would keep the room of the rules themselves.
        let mut compiled = Vec::with_capacity(rules.len());
        compiled.extend(rules.into_iter().map(|rule| {
            let rule = with_request(rule);
            let need = table.need_of(&rule);
            let gate = gates.number_of(&rule);
            let tokens = tokens::needs(&rule, &keywords);
            let plot = rule.workflow.as_ref().map(|workflow| Plot::of(workflow, &mut known));
            Arc::new(CompiledRule { flow: Flow::of(&rule), need, gate, rule, plot, tokens })
        }));
        let keywords = Some(keywords).filter(|keywords| !keywords.is_empty());
        Self { rules: compiled, literals: table.build(), gates, keywords }
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

    /// The keywords of the tokens that passive rules look for; `None` where none does.
    pub fn keywords(&self) -> Option<&Arc<Keywords>> {
        self.keywords.as_ref()
    }

    /// The gates that rules share.
    pub fn gates(&self) -> &Gates {
        &self.gates
    }
}

/// A workflow, ready to be run.
#[derive(Debug, Default)]
pub struct Plot {
    /// The steps.
    pub steps: Vec<PlotStep>,
    /// Those that are taken at once.
    pub first: Vec<usize>,
}

/// Rules that are asked together, and what follows.
#[derive(Debug)]
pub struct PlotStep {
    /// The rules.
    pub rules: Vec<Arc<CompiledRule>>,
    /// Whether it decides what is asked next, rather than being reported itself.
    pub is_gate: bool,
    /// Whether it names rules besides that are not asked.
    pub is_short: bool,
    /// The steps after any match.
    pub then: Vec<usize>,
    /// The steps after answers of certain names.
    pub named: Vec<(Named, Vec<usize>)>,
}

/// Rules compiled so far, by id.
type Known = HashMap<Arc<str>, Arc<CompiledRule>>;

impl Plot {
    fn of(workflow: &Workflow, known: &mut Known) -> Self {
        let mut plot = Self::default();
        plot.first = plot.lay(&workflow.steps, known);
        plot
    }

    fn lay(&mut self, steps: &[Step], known: &mut Known) -> Vec<usize> {
        let mut places = Vec::with_capacity(steps.len());
        for step in steps {
            let compile = |rule: &Arc<Rule>| {
                let made = known.entry(Arc::clone(&rule.id)).or_insert_with(|| CompiledRule::alone((**rule).clone()));
                Arc::clone(made)
            };
            let rules = step.found.iter().map(compile).collect();
            let place = self.steps.len();
            let (is_gate, is_short) = (step.is_gate(), step.is_short);
            self.steps.push(PlotStep { rules, is_gate, is_short, then: Vec::new(), named: Vec::new() });
            let then = self.lay(&step.then, known);
            let mut follow = |named: &Named| {
                let bare = Named { names: named.names.clone(), condition: named.condition, then: Vec::new() };
                (bare, self.lay(&named.then, known))
            };
            let named = step.named.iter().map(&mut follow).collect();
            if let Some(laid) = self.steps.get_mut(place) {
                (laid.then, laid.named) = (then, named);
            }
            places.push(place);
        }
        places
    }

    /// Every rule that a step asks, several times where several do.
    pub fn rules(&self) -> impl Iterator<Item = &Arc<CompiledRule>> {
        self.steps.iter().flat_map(|step| &step.rules)
    }
}
