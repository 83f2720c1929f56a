//! Judging one item of a rule, once all its replies are in.
//!
//! Owns the order of questions: gate, extractions, override, cases with baseline, ladders. Takes replies; gives matches
//! or the reason for none. Invariant: a match needs every part of its condition to be true, not merely not false.
//! Must never import a folder above `plan`.

use std::sync::Arc;

use super::eval::eval;
use super::evidence::{bare_place, place_of};
use super::key::evidence_key;
use super::product::Product;
use super::token::{FoundToken, question, tokens_of, veil_over};
use super::trace::trace;
use crate::base::{Confidence, Severity, Truth, Unknown, Value};
use crate::expr::{EvalError, Template};
use crate::finding::{Place, Question, SkipReason, redact, redact_around};
use crate::predicate::{Base, Bindings, EndpointFacts, HostFacts, Reply, Scope, Source};
use crate::rule::{Binding, Case, Extract, Ladder, NotOn, Rule};

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
    /// How much of a match is wanted.
    pub detail: Detail,
}

/// How much of a match is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// With what decided, and how to see it again.
    Full,
    /// Only what it is and where, for matches that do not lead their finding.
    Bare,
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
    /// How the provider of a token is asked about it.
    pub question: Option<Box<Question>>,
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
    if late(input.rule).next().is_none() {
        return vec![judge_one(input, input.names)];
    }
    let (mut product, before) = (Product::of(late(input.rule), &scope_of(input)), input.names);
    let mut bound: Vec<Bindings> = Vec::new();
    let mut outcomes: Vec<ItemOutcome> = product
        .by_ref()
        .take(input.host.limits.requests_per_rule)
        .map(|found| {
            let names: Bindings = input.names.iter().cloned().chain(found).collect();
            let outcome = judge_one(Input { names: &names, ..input }, before);
            bound.push(names);
            outcome
        })
        .collect();
    let tokens = |names| tokens_of(input.rule, scope_of(Input { names, ..input }));
    veil(&mut outcomes, || bound.iter().flat_map(tokens).collect());
    let over = product.next().map(|_| Unknown::Budget);
    outcomes.extend(product.open().or(over).map(ItemOutcome::Unknown));
    if outcomes.is_empty() { vec![ItemOutcome::Clean] } else { outcomes }
}

/// The rule's items that are found in an answer rather than written.
fn late(rule: &Rule) -> impl Iterator<Item = &Binding> {
    rule.for_each.iter().filter(|binding| !matches!(binding.source, Source::Written(_)))
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
        match template.render(&scope_of(Input { names: &names, ..input }).env()) {
            Ok(text) => names.push((Arc::clone(name), Value::Text(text))),
            // What is missing stays missing; what fails is not bound, so that nothing is sent or judged with a gap in it.
            Err(EvalError::Missing(_)) => names.push((Arc::clone(name), Value::list([]))),
            Err(EvalError::Unknown(_) | EvalError::Failed(_)) => {}
        }
    }
    names
}

/// Judges one thing that was found. `before`: the names as they were bound without it.
fn judge_one(input: Input<'_>, before: &Bindings) -> ItemOutcome {
    let gate = |names: &Bindings| {
        input.rule.when.as_deref().map_or(Truth::True, |when| eval(when, scope_of(Input { names, ..input })))
    };
    if gate(input.names).is_false() {
        return ItemOutcome::Skipped(SkipReason::NotApplicable);
    }
    let extracted = match extract_all(input) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    // A name that could not be told is not bound, and what depends on it says no more than that.
    let explained = |why: Unknown| match (why, extracted.lost) {
        (Unknown::NotSent, Some(lost)) => lost,
        (why, _) => why,
    };
    let input = Input { names: &extracted.names, ..input };
    let outcome = match gate(&extracted.names) {
        Truth::False => ItemOutcome::Skipped(SkipReason::NotApplicable),
        Truth::Unknown(unknown) => ItemOutcome::Unknown(unknown),
        Truth::True => match input.rule.inconclusive_when.as_deref().map_or(Truth::False, |c| eval(c, scope_of(input)))
        {
            Truth::False => judge_cases(input, before, &extracted.shown),
            Truth::True => ItemOutcome::Unknown(Unknown::ByRule),
            Truth::Unknown(unknown) => ItemOutcome::Unknown(unknown),
        },
    };
    match outcome {
        ItemOutcome::Unknown(why) => ItemOutcome::Unknown(explained(why)),
        known => known,
    }
}

/// What `extract` and `collect` found.
struct Extracted {
    names: Bindings,
    /// What the finding shows, redacted.
    shown: Shown,
    /// Why a name is not bound, where one is not.
    lost: Option<Unknown>,
}

type Shown = Vec<(Arc<str>, String)>;

/// Binds what `extract` and `collect` find. Where a mandatory value may be beyond a cut, nothing can be told; any other
/// name that cannot be told stays unbound, and so unknown to conditions.
fn extract_all(input: Input<'_>) -> Result<Extracted, ItemOutcome> {
    let mut found = Extracted { names: input.names.clone(), shown: Vec::new(), lost: None };
    for Extract { binding, optional } in &input.rule.extract {
        let value = match binding.source.first(&scope_of(Input { names: &found.names, ..input })) {
            Ok(Some(value)) => {
                let text =
                    if is_public(&binding.source) { value.as_text().into_owned() } else { redact(&value.as_text()) };
                found.shown.push((Arc::clone(&binding.name), String::from_utf8_lossy(&text).into_owned()));
                value
            }
            Ok(None) if *optional => Value::list([]),
            Ok(None) => return Err(ItemOutcome::Skipped(SkipReason::NothingToExtract)),
            Err(why) if *optional => {
                found.lost = found.lost.into_iter().chain([why]).min();
                continue;
            }
            Err(why) => return Err(ItemOutcome::Unknown(why)),
        };
        found.names.push((Arc::clone(&binding.name), value));
    }
    for binding in &input.rule.collect {
        match binding.source.items(&scope_of(Input { names: &found.names, ..input })) {
            Ok(items) => found.names.push((Arc::clone(&binding.name), Value::list(items))),
            Err(why) => found.lost = found.lost.into_iter().chain([why]).min(),
        }
    }
    Ok(found)
}

fn judge_cases(input: Input<'_>, before: &Bindings, shown: &Shown) -> ItemOutcome {
    let rule = input.rule;
    if rule.cases.is_empty() {
        return judge_case(input, before, None, shown);
    }
    let mut matches = Vec::new();
    let mut unknown: Option<Unknown> = None;
    for (index, case) in rule.cases.iter().enumerate() {
        let judged = case_reply(input, case);
        match judge_case(Input { judged, ..input }, before, Some((index, case)), shown) {
            ItemOutcome::Matches(found) => matches.extend(found),
            ItemOutcome::Unknown(why) => unknown = unknown.into_iter().chain([why]).min(),
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

/// What bare subjects of a case speak of: the answer to its own request, else the rule's.
pub(super) fn case_reply<'a>(input: Input<'a>, case: &Case) -> Option<&'a Reply> {
    match case.request {
        Some(request) => input.requests.get(request).and_then(|replies| replies.first()),
        None => input.judged,
    }
}

/// The scope in which a case is judged.
pub(super) fn case_scope<'a>(input: Input<'a>, case: Option<&'a Case>) -> Scope<'a> {
    Scope { case: case.map(|case| &*case.name), ..scope_of(input) }
}

fn judge_case(input: Input<'_>, before: &Bindings, case: Option<(usize, &Case)>, shown: &Shown) -> ItemOutcome {
    let case_of = case.map(|(_, case)| case);
    let scope = case_scope(input, case_of);
    let mut truth = holds(input.rule, case_of, scope);
    if let Some(not_on) = input.rule.not_on.as_deref().filter(|_| !truth.is_false()) {
        truth = truth.and(on_baseline(Input { names: before, ..input }, not_on, case_of).negate());
    }
    match truth {
        Truth::False => ItemOutcome::Clean,
        Truth::Unknown(unknown) => ItemOutcome::Unknown(unknown),
        Truth::True => weigh(input, case, scope, shown),
    }
}

/// Whether the rule's condition and the case's hold.
fn holds(rule: &Rule, case: Option<&Case>, scope: Scope<'_>) -> Truth {
    let common = eval(&rule.matches, scope);
    if common.is_false() { common } else { case.map_or(common, |case| common.and(eval(&case.matches, scope))) }
}

/// Whether the condition that `not_on` names holds on an answer to a random path: what the rule finds and extracts, it
/// finds there anew.
fn on_baseline(input: Input<'_>, not_on: &NotOn, case: Option<&Case>) -> Truth {
    // Files have no random neighbours that could look the same.
    if input.host.origin.is_files() {
        return Truth::False;
    }
    if input.host.baseline.is_empty() {
        return Truth::Unknown(Unknown::NotSent);
    }
    let on = |reply| on_random(Input { judged: Some(reply), ..input }, not_on, case);
    input.host.baseline.iter().map(on).fold(Truth::False, Truth::or)
}

fn on_random(input: Input<'_>, not_on: &NotOn, case: Option<&Case>) -> Truth {
    let product = Product::of(late(input.rule), &scope_of(input));
    let unseen = product.open().map_or(Truth::False, Truth::Unknown);
    let of_item = |found: Bindings| {
        let names: Bindings = input.names.iter().cloned().chain(found).collect();
        match extract_all(Input { names: &names, ..input }) {
            Ok(extracted) => {
                let scope = case_scope(Input { names: &extracted.names, ..input }, case);
                match not_on {
                    NotOn::Named(_, cond) => eval(cond, scope),
                    NotOn::Whole => holds(input.rule, case, scope),
                }
            }
            Err(ItemOutcome::Unknown(why)) => Truth::Unknown(why),
            Err(_) => Truth::False,
        }
    };
    product.take(input.host.limits.requests_per_rule).map(of_item).fold(unseen, Truth::or)
}

/// Severity, confidence and texts of a case that holds.
fn weigh(input: Input<'_>, case: Option<(usize, &Case)>, scope: Scope<'_>, shown: &Shown) -> ItemOutcome {
    let rule = input.rule;
    let case_of = case.map(|(_, case)| case);
    let severity = climb(case_of.and_then(|c| c.severity.as_ref()).unwrap_or(&rule.severity), scope);
    let confidence = climb(case_of.and_then(|c| c.confidence.as_ref()).unwrap_or(&rule.confidence), scope);
    let level = match (severity.value, severity.unknown) {
        (Some(level), _) => level,
        (None, Some(why)) => return ItemOutcome::Unknown(why),
        (None, None) => return ItemOutcome::Clean,
    };
    let unsure = severity.unknown.or(confidence.unknown).is_some();
    let sure = confidence.value.unwrap_or(Confidence::Tentative);
    let title = case_of.and_then(|c| c.title.as_ref()).unwrap_or(&rule.meta.title);
    let tokens = tokens_of(rule, scope);
    let place = match input.detail {
        Detail::Bare => bare_place(scope, &tokens),
        Detail::Full => {
            let conds = std::iter::once(&rule.matches).chain(case_of.map(|c| &c.matches)).chain(severity.rung);
            place_of(&conds.map(|cond| trace(cond, scope)).collect::<Vec<_>>(), scope, &tokens)
        }
    };
    let extracted = shown.iter().cloned().chain(tokens.iter().map(|one| (Arc::clone(&one.name), one.shown())));
    let found = Match {
        case: case.map(|(index, _)| index),
        severity: level,
        confidence: if unsure { Confidence::Tentative } else { sure },
        title: match input.detail {
            Detail::Bare => String::new(),
            Detail::Full => shown_title(title, rule, scope),
        },
        evidence_key: evidence_key(rule, scope, &tokens),
        question: question(rule, scope),
        place: Place { case: case_of.map(|c| Arc::clone(&c.name)), extracted: extracted.collect(), ..place },
    };
    ItemOutcome::Matches(vec![found])
}

/// Takes the tokens that the rule found out of everything that its matches show, whichever of them a match is about.
fn veil(outcomes: &mut [ItemOutcome], tokens: impl FnOnce() -> Vec<FoundToken>) {
    let found = outcomes.iter_mut().filter_map(|outcome| match outcome {
        ItemOutcome::Matches(found) => Some(found),
        ItemOutcome::Clean | ItemOutcome::Skipped(_) | ItemOutcome::Unknown(_) => None,
    });
    let mut found = found.flatten().peekable();
    let tokens = if found.peek().is_some() { tokens() } else { Vec::new() };
    if tokens.is_empty() {
        return;
    }
    let veil = veil_over(&tokens);
    for found in found {
        veil.place(&mut found.place);
        let title = redact_around(&veil.bytes(found.title.as_bytes()));
        found.title = String::from_utf8_lossy(&title).into_owned();
        found.evidence_key = veil.text(&found.evidence_key);
    }
}

fn shown_title(title: &Template, rule: &Rule, scope: Scope<'_>) -> String {
    let text = title.render_or(&scope.env(), "—");
    let is_extracted =
        |name: &str| rule.extract.iter().any(|it| *it.binding.name == *name && is_public(&it.binding.source));
    let is_told = |name: &str| name == "tls" || is_extracted(name);
    let is_public = title.names().all(|name| name.path.first().is_some_and(|first| is_told(first)));
    let text = if is_public { text.to_vec() } else { redact(&text) };
    String::from_utf8_lossy(&text).into_owned()
}

/// Whether it is something of TLS: certificates and fingerprints are nobody's secret.
fn is_public(source: &Source) -> bool {
    matches!(source, Source::Subject { subject, .. } if subject.base == Base::Tls)
}

struct Climbed<'a, T> {
    value: Option<T>,
    rung: Option<&'a crate::rule::Cond>,
    /// Why a rung before it could not be told.
    unknown: Option<Unknown>,
}

/// The first rung that holds. An unknown rung is passed over and remembered.
fn climb<'a, T: Copy>(ladder: &'a Ladder<T>, scope: Scope<'_>) -> Climbed<'a, T> {
    let mut unknown = None;
    for (value, cond) in &ladder.rungs {
        match eval(cond, scope) {
            Truth::True => return Climbed { value: Some(*value), rung: Some(cond), unknown },
            Truth::Unknown(why) => unknown = unknown.or(Some(why)),
            Truth::False => {}
        }
    }
    Climbed { value: ladder.last, rung: None, unknown }
}
