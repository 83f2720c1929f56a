//! Judging one item of a rule, once all its replies are in.
//!
//! Owns the order of questions: gate, extractions, override, cases with baseline, ladders. Takes replies; gives matches
//! or the reason for none. Invariant: a match needs every part of its condition to be true, not merely not false.
//! Must never import a folder above `plan`.

use std::sync::Arc;

use super::eval::eval;
use super::evidence::place_of;
use super::product::Product;
use super::trace::trace;
use crate::base::{Confidence, Severity, Truth, Unknown, Value};
use crate::finding::{Place, SkipReason, redact};
use crate::predicate::{Bindings, EndpointFacts, HostFacts, Reply, Scope, Source};
use crate::rule::{Case, Extract, Ladder, NotOn, Rule};

/// Everything that judging an item needs.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The host.
    pub host: &'a HostFacts,
    /// The endpoint.
    pub endpoint: &'a EndpointFacts,
    /// Names bound before and by the requests.
    pub names: &'a Bindings,
    /// Replies by request.
    pub requests: &'a [Vec<Reply>],
    /// What bare subjects speak of.
    pub judged: Option<&'a Reply>,
    /// TLS, DNS and TCP facts.
    pub facts: Option<&'a Value>,
}

/// One case that held on one item.
#[derive(Debug, Clone)]
pub struct Match {
    /// Index of the case.
    pub case: Option<usize>,
    /// Severity.
    pub severity: Severity,
    /// Confidence.
    pub confidence: Confidence,
    /// Rendered title.
    pub title: String,
    /// Rendered evidence key.
    pub evidence_key: String,
    /// Where.
    pub place: Place,
}

/// What became of an item.
#[derive(Debug, Clone)]
pub enum ItemOutcome {
    /// These cases held.
    Matches(Vec<Match>),
    /// None did.
    Clean,
    /// The rule does not apply.
    Skipped(SkipReason),
    /// It could not be told.
    Unknown(Unknown),
}

/// Judges one item: for each thing found in the answer that the rule ranges over.
pub fn judge(input: Input<'_>) -> Vec<ItemOutcome> {
    let late: Vec<_> = input.rule.for_each.iter().filter(|b| !matches!(b.source, Source::Written(_))).collect();
    if late.is_empty() {
        return vec![judge_one(input)];
    }
    match Product::of(late, &scope_of(input)) {
        Err(unknown) => vec![ItemOutcome::Unknown(unknown)],
        Ok(product) if product.total() == 0 => vec![ItemOutcome::Clean],
        Ok(product) => product
            .take(input.host.limits.requests_per_rule)
            .map(|found| {
                let names: Bindings = input.names.iter().cloned().chain(found).collect();
                judge_one(Input { names: &names, ..input })
            })
            .collect(),
    }
}

/// The scope of an item before anything is extracted.
pub fn scope_of(input: Input<'_>) -> Scope<'_> {
    Scope {
        host: input.host,
        endpoint: input.endpoint,
        requests: input.requests,
        names: input.names,
        reply: input.judged,
        item: None,
        probe: None,
        facts: input.facts,
        case: None,
    }
}

/// The input's names with the rule's `vars`, rendered in the order of writing; one that cannot be rendered is missing.
pub fn bind_vars(rule: &Rule, input: Input<'_>) -> Bindings {
    let mut names = input.names.clone();
    for (name, template) in &rule.vars {
        let value = template.render(&scope_of(Input { names: &names, ..input }).env()).map(Value::Text);
        names.push((Arc::clone(name), value.unwrap_or_else(|_| Value::list([]))));
    }
    names
}

fn judge_one(input: Input<'_>) -> ItemOutcome {
    let gate = |names: &Bindings| {
        input.rule.when.as_ref().map_or(Truth::True, |when| eval(when, scope_of(Input { names, ..input })))
    };
    if gate(input.names).is_false() {
        return ItemOutcome::Skipped(SkipReason::NotApplicable);
    }
    let (names, extracted) = match extract_all(input) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let input = Input { names: &names, ..input };
    match gate(&names) {
        Truth::False => return ItemOutcome::Skipped(SkipReason::NotApplicable),
        Truth::Unknown(unknown) => return ItemOutcome::Unknown(unknown),
        Truth::True => {}
    }
    let scope = scope_of(input);
    match input.rule.inconclusive_when.as_ref().map_or(Truth::False, |cond| eval(cond, scope)) {
        Truth::False => judge_cases(input, scope, &extracted),
        Truth::True => ItemOutcome::Unknown(Unknown::Failed),
        Truth::Unknown(unknown) => ItemOutcome::Unknown(unknown),
    }
}

type Extracted = Vec<(Arc<str>, String)>;

/// Binds what `extract` and `collect` find; the second list is what the finding shows.
fn extract_all(input: Input<'_>) -> Result<(Bindings, Extracted), ItemOutcome> {
    let mut names = input.names.clone();
    let mut shown = Vec::new();
    for Extract { binding, optional } in &input.rule.extract {
        let items = binding.source.items(&scope_of(Input { names: &names, ..input })).map_err(ItemOutcome::Unknown)?;
        let value = match items.into_iter().next() {
            Some(value) => {
                let text = String::from_utf8_lossy(&redact(&value.as_text())).into_owned();
                shown.push((Arc::clone(&binding.name), text));
                value
            }
            None if *optional => Value::list([]),
            None => return Err(ItemOutcome::Skipped(SkipReason::NothingToExtract)),
        };
        names.push((Arc::clone(&binding.name), value));
    }
    for binding in &input.rule.collect {
        let items = binding.source.items(&scope_of(Input { names: &names, ..input })).map_err(ItemOutcome::Unknown)?;
        names.push((Arc::clone(&binding.name), Value::list(items)));
    }
    Ok((names, shown))
}

fn judge_cases(input: Input<'_>, scope: Scope<'_>, extracted: &Extracted) -> ItemOutcome {
    let rule = input.rule;
    if rule.cases.is_empty() {
        return judge_case(input, scope, None, extracted);
    }
    let mut matches = Vec::new();
    let mut unknown = None;
    for (index, case) in rule.cases.iter().enumerate() {
        let reply = case.request.and_then(|request| input.requests.get(request)).and_then(|replies| replies.first());
        let scope = Scope { case: Some(&case.name), reply: reply.or(scope.reply), ..scope };
        match judge_case(input, scope, Some((index, case)), extracted) {
            ItemOutcome::Matches(found) => matches.extend(found),
            ItemOutcome::Unknown(why) => unknown = unknown.or(Some(why)),
            ItemOutcome::Clean | ItemOutcome::Skipped(_) => {}
        }
        if !matches.is_empty() && !rule.report_each {
            break;
        }
    }
    match (matches.is_empty(), unknown) {
        (false, _) => ItemOutcome::Matches(matches),
        (true, Some(why)) => ItemOutcome::Unknown(why),
        (true, None) => ItemOutcome::Clean,
    }
}

fn judge_case(input: Input<'_>, scope: Scope<'_>, case: Option<(usize, &Case)>, extracted: &Extracted) -> ItemOutcome {
    let rule = input.rule;
    let holds = |scope: Scope<'_>| {
        let common = eval(&rule.matches, scope);
        if common.is_false() { common } else { case.map_or(common, |(_, case)| common.and(eval(&case.matches, scope))) }
    };
    let mut truth = holds(scope);
    if !truth.is_false() && rule.not_on.is_some() {
        truth = truth.and(on_baseline(rule, input.host, scope, holds).negate());
    }
    match truth {
        Truth::False => ItemOutcome::Clean,
        Truth::Unknown(unknown) => ItemOutcome::Unknown(unknown),
        Truth::True => weigh(rule, case, scope, extracted),
    }
}

/// Whether the condition that `not_on` names holds on an answer to a random path.
fn on_baseline<'a>(rule: &Rule, host: &'a HostFacts, scope: Scope<'a>, whole: impl Fn(Scope<'a>) -> Truth) -> Truth {
    if host.baseline.is_empty() {
        return Truth::Unknown(Unknown::NotSent);
    }
    let on = |reply: &'a Reply| match &rule.not_on {
        Some(NotOn::Named(_, cond)) => eval(cond, scope.at(reply)),
        Some(NotOn::Whole) | None => {
            let reply_scope = Scope { reply: Some(reply), ..scope };
            whole(reply_scope)
        }
    };
    host.baseline.iter().map(on).fold(Truth::False, Truth::or)
}

/// Severity, confidence and texts of a case that holds.
fn weigh(rule: &Rule, case: Option<(usize, &Case)>, scope: Scope<'_>, extracted: &Extracted) -> ItemOutcome {
    let case_of = case.map(|(_, case)| case);
    let severity = climb(case_of.and_then(|c| c.severity.as_ref()).unwrap_or(&rule.severity), scope);
    let confidence = climb(case_of.and_then(|c| c.confidence.as_ref()).unwrap_or(&rule.confidence), scope);
    let Some(level) = severity.value else { return ItemOutcome::Clean };
    let unsure = severity.passed_unknown || confidence.passed_unknown;
    let sure = confidence.value.unwrap_or(Confidence::Tentative);
    let title = case_of.and_then(|c| c.title.as_ref()).unwrap_or(&rule.meta.title);
    let render = |template: &crate::expr::Template| {
        template.render(&scope.env()).map(|text| String::from_utf8_lossy(&redact(&text)).into_owned())
    };
    let conds = std::iter::once(&rule.matches).chain(case_of.map(|c| &c.matches)).chain(severity.rung);
    let traces: Vec<_> = conds.map(|cond| trace(cond, scope)).collect();
    ItemOutcome::Matches(vec![Match {
        case: case.map(|(index, _)| index),
        severity: level,
        confidence: if unsure { Confidence::Tentative } else { sure },
        title: render(title).unwrap_or_else(|_| title.source()),
        evidence_key: rule.evidence_key.as_ref().and_then(|key| render(key).ok()).unwrap_or_default(),
        place: place_of(&traces, scope, case_of.map(|c| Arc::clone(&c.name)), extracted.clone()),
    }])
}

struct Climbed<'a, T> {
    value: Option<T>,
    rung: Option<&'a crate::rule::Cond>,
    passed_unknown: bool,
}

/// The first rung that holds. An unknown rung is passed over and remembered.
fn climb<'a, T: Copy>(ladder: &'a Ladder<T>, scope: Scope<'_>) -> Climbed<'a, T> {
    let mut passed_unknown = false;
    for (value, cond) in &ladder.rungs {
        match eval(cond, scope) {
            Truth::True => return Climbed { value: Some(*value), rung: Some(cond), passed_unknown },
            Truth::Unknown(_) => passed_unknown = true,
            Truth::False => {}
        }
    }
    Climbed { value: ladder.last, rung: None, passed_unknown }
}
