//! Truth trees: every condition with its truth, what was found, and the bytes that decided.
//!
//! The same tables as [`super::eval`], without short cuts, so that people see every part. Invariant: a trace's truth is
//! what `eval` gives for the same condition and scope. Must never import a folder above `plan`.

use std::ops::Range;
use std::sync::Arc;

use super::eval::{counted, expression_truth, find_reply, quantified};
use super::token::{token_named, veil_over};
use crate::base::{Span, Truth, Unknown, Value};
use crate::expr::EvalError;
use crate::finding::{redact, redact_around, redact_header};
use crate::predicate::{Answer, Base, Extent, Found, Items, Pred, Reply, ReplyState, Scope, Subject};
use crate::rule::{Cond, CondKind, Quantifier};

/// The longest value shown, in bytes.
const SHOWN: usize = 160;
/// The most items of a collection shown.
const ITEMS: usize = 64;

/// One condition, judged.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Its truth.
    pub truth: Truth,
    /// What it asks, in the rule's words.
    pub text: String,
    /// What was found, redacted; for tests of a subject.
    pub found: Option<String>,
    /// Where it was written.
    pub span: Span,
    /// What decided, where it is a test: the bytes that hold, or what was found instead.
    pub spots: Vec<Spot>,
    /// Its parts.
    pub children: Vec<Trace>,
    /// Whether a part that holds speaks for it (not inside `not` and `none`).
    pub positive: bool,
    /// Whether it tests a field of a quantifier's item whose list is not named yet.
    pub(super) is_of_item: bool,
}

/// Bytes that decided.
#[derive(Debug, Clone)]
pub struct Spot {
    /// The subject in words.
    pub subject: String,
    /// What it was, redacted.
    pub shown: String,
    /// How much it tells.
    pub weight: Weight,
    /// The answer it stands in.
    pub answer: Option<Arc<Answer>>,
    /// Its bytes in the decoded body, where it is there.
    pub in_body: Option<Range<usize>>,
}

/// How much a spot tells, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// What was looked for, or that it is missing.
    Telling,
    /// What speaks against an exception.
    NoException,
    /// What speaks against an exception, of one of many items.
    NoExceptionOfAnItem,
    /// Where the answer came from, and what kind of answer it is.
    Setting,
}

impl Trace {
    /// The spots that made it hold.
    pub fn decisive(&self) -> Vec<&Spot> {
        let mut all = Vec::new();
        self.gather(&mut all);
        all
    }

    fn gather<'a>(&'a self, all: &mut Vec<&'a Spot>) {
        if self.truth.is_true() {
            all.extend(&self.spots);
            for child in &self.children {
                if self.positive { child.gather(all) } else { child.gather_against(all) }
            }
        }
    }

    /// What speaks against a condition: the tests in it that do not hold, with what was found instead.
    fn gather_against<'a>(&'a self, all: &mut Vec<&'a Spot>) {
        if self.truth.is_false() {
            all.extend(&self.spots);
            for child in &self.children {
                if self.positive { child.gather_against(all) } else { child.gather(all) }
            }
        }
    }

    /// A node of its own, not a condition of the rule.
    pub(super) fn inner(text: String, truth: Truth, span: Span, children: Vec<Trace>) -> Self {
        Self { truth, text, found: None, span, spots: Vec::new(), children, positive: true, is_of_item: false }
    }

    fn node(cond: &Cond, text: impl Into<String>, truth: Truth, children: Vec<Trace>) -> Self {
        Self::inner(text.into(), truth, cond.span, children)
    }
}

/// The truth tree of a condition.
pub fn trace(cond: &Cond, scope: Scope<'_>) -> Trace {
    match &cond.kind {
        CondKind::All(conds) => {
            let children = trace_all(conds, scope);
            let truth = truths(&children).fold(Truth::True, Truth::and);
            Trace::node(cond, "all of", truth, children)
        }
        CondKind::Any(conds) => {
            let children = trace_all(conds, scope);
            let truth = truths(&children).fold(Truth::False, Truth::or);
            Trace::node(cond, "any of", truth, children)
        }
        CondKind::Not(inner) => {
            let child = trace(inner, scope);
            let truth = child.truth.negate();
            Trace { positive: false, ..Trace::node(cond, "not", truth, vec![child]) }
        }
        CondKind::Test { subject, pred } => trace_test(cond, subject, pred, scope),
        CondKind::Quantified { quantifier, over, cond: inner } => {
            trace_quantified(cond, *quantifier, &over.display(), over.items(&scope), inner, scope)
        }
        CondKind::CountOf { conds, bound } => {
            let children = trace_all(conds, scope);
            let truth = counted(*bound, truths(&children));
            Trace::node(cond, format!("count of {} conditions", conds.len()), truth, children)
        }
        CondKind::Expr(expr) => {
            let result = expr.eval(&scope.env());
            let found = match &result {
                Ok(value) => shown(None, value),
                Err(error) => failure(error),
            };
            let truth = expression_truth(result);
            Trace { found: Some(found), ..Trace::node(cond, format!("expr: {expr}"), truth, Vec::new()) }
        }
        CondKind::At { request, label, cond: inner } => trace_at(cond, *request, label.as_ref(), inner, scope),
        CondKind::Named { name, expect, cond: inner } => {
            let child = trace(inner, scope);
            let truth = if *expect { child.truth } else { child.truth.negate() };
            Trace { positive: *expect, ..Trace::node(cond, format!("${name}: {expect}"), truth, vec![child]) }
        }
    }
}

fn trace_all(conds: &[Cond], scope: Scope<'_>) -> Vec<Trace> {
    conds.iter().map(|part| trace(part, scope)).collect()
}

fn truths(children: &[Trace]) -> impl Iterator<Item = Truth> {
    children.iter().map(|child| child.truth)
}

fn trace_at(cond: &Cond, request: usize, label: Option<&Arc<str>>, inner: &Cond, scope: Scope<'_>) -> Trace {
    let Some(reply) = find_reply(scope, request, label) else {
        return Trace::node(cond, "an answer that is not here", Truth::Unknown(Unknown::NotSent), Vec::new());
    };
    let child = trace(inner, scope.at(reply));
    let truth = child.truth;
    Trace::node(cond, format!("answer {}", reply_name(reply)), truth, vec![child])
}

fn trace_quantified(
    cond: &Cond,
    quantifier: Quantifier,
    over: &str,
    items: Result<Items<'_>, Unknown>,
    inner: &Cond,
    scope: Scope<'_>,
) -> Trace {
    let word = match quantifier {
        Quantifier::Some => "some",
        Quantifier::Every => "every",
        Quantifier::None => "none",
        Quantifier::Count(_) => "count",
    };
    let items = match items {
        Ok(items) => items,
        Err(unknown) => {
            let node = Trace::node(cond, format!("{word} of {over}"), Truth::Unknown(unknown), Vec::new());
            let found = unknown.remedy().map(|remedy| format!("unknown ({remedy})"));
            return Trace { found, ..node };
        }
    };
    let mut children: Vec<Trace> = match &items {
        Items::Replies(replies) => {
            replies.iter().map(|reply| item_trace(reply_name(reply), inner, scope.at(reply))).collect()
        }
        Items::Values(values) => {
            values.iter().map(|value| item_trace(shown(None, value), inner, scope.within(value))).collect()
        }
    };
    let truth = quantified(quantifier, truths(&children).collect());
    let text = format!("{word} of {over} ({} items)", children.len());
    children.truncate(ITEMS);
    children.iter_mut().for_each(|child| name_items(child, over));
    Trace { positive: quantifier != Quantifier::None, ..Trace::node(cond, text, truth, children) }
}

fn item_trace(name: String, inner: &Cond, scope: Scope<'_>) -> Trace {
    let child = trace(inner, scope);
    Trace::node(inner, format!("item {name}"), child.truth, vec![child])
}

/// How a reply is called in a tree: its label and what was asked.
fn reply_name(reply: &Reply) -> String {
    let asked = match &reply.state {
        ReplyState::Answered(hops) => {
            let probe = &hops.last().exchange().probe;
            format!("{} {}", probe.method.0, String::from_utf8_lossy(&probe.target))
        }
        ReplyState::Observed(observation) => observation.probe.to_string(),
        ReplyState::Called(called) => format!("{} calls", called.interactions.len()),
        ReplyState::NotAsked => "not asked".to_string(),
        ReplyState::Unknown(unknown) => unknown.name().to_string(),
    };
    if reply.label.is_empty() { asked } else { format!("{} ({asked})", reply.label) }
}

fn trace_test(cond: &Cond, subject: &Subject, pred: &Pred, scope: Scope<'_>) -> Trace {
    let found = subject.resolve(&scope);
    let truth = pred.test(&found, &scope);
    let name = subject.display();
    let shown_found = match &found {
        Found::Unknown(unknown) => format!("unknown ({})", unknown.remedy().unwrap_or(unknown.name())),
        Found::Values { values, extent } => {
            let texts: Vec<String> = values.iter().take(8).map(|value| shown_of(subject, value, scope)).collect();
            let cut = match extent {
                Extent::Whole => String::new(),
                Extent::Open | Extent::More => " (cut off)".to_owned(),
                Extent::Further => " (perhaps not all)".to_owned(),
                Extent::Quick => extent.why().remedy().map(|remedy| format!(" (more {remedy})")).unwrap_or_default(),
            };
            if texts.is_empty() { format!("missing{cut}") } else { format!("{}{cut}", texts.join(" | ")) }
        }
    };
    let spots = match truth {
        Truth::True => spots(subject, &name, pred, &found, scope),
        Truth::False => {
            let weight = weight_of(subject).max(if subject.base == Base::Item {
                Weight::NoExceptionOfAnItem
            } else {
                Weight::NoException
            });
            vec![Spot { subject: name.clone(), shown: shown_found.clone(), weight, answer: None, in_body: None }]
        }
        Truth::Unknown(_) => Vec::new(),
    };
    let shown_found = match truth {
        Truth::Unknown(Unknown::Expression) => why_operands_fail(pred, scope).unwrap_or(shown_found),
        _ => shown_found,
    };
    let text = format!("{name}: {}", pred.display());
    let is_of_item = subject.base == Base::Item && !subject.path.is_empty();
    Trace { found: Some(shown_found), spots, is_of_item, ..Trace::node(cond, text, truth, Vec::new()) }
}

/// The first operand that cannot be rendered, and why.
fn why_operands_fail(pred: &Pred, scope: Scope<'_>) -> Option<String> {
    let env = scope.env();
    pred.templates().into_iter().find_map(|text| text.render(&env).err().map(|error| failure(&error)))
}

/// Why an expression has no value, redacted.
pub(super) fn failure(error: &EvalError) -> String {
    format!("no value: {}", String::from_utf8_lossy(&redact(error.to_string().as_bytes())))
}

/// How much a test of that subject tells.
fn weight_of(subject: &Subject) -> Weight {
    match &subject.base {
        Base::Status | Base::Class | Base::Url | Base::Host | Base::Request | Base::Endpoint | Base::Case => {
            Weight::Setting
        }
        _ => Weight::Telling,
    }
}

/// Spots of a field of an item say which list the item is of.
fn name_items(trace: &mut Trace, over: &str) {
    if std::mem::take(&mut trace.is_of_item) {
        for spot in &mut trace.spots {
            spot.subject = format!("{} of {over}", spot.subject);
        }
    }
    trace.children.iter_mut().for_each(|child| name_items(child, over));
}

fn spots(subject: &Subject, name: &str, pred: &Pred, found: &Found, scope: Scope<'_>) -> Vec<Spot> {
    let Found::Values { values, .. } = found else { return Vec::new() };
    let answer = match scope.reply.map(|reply| &reply.state) {
        Some(ReplyState::Answered(hops)) => Some(Arc::clone(hops.last())),
        _ => None,
    };
    let weight = weight_of(subject);
    let spot = |shown: String, in_body| {
        let subject = name.to_string();
        Spot { subject, shown, weight, answer: answer.clone(), in_body }
    };
    if values.is_empty() {
        return vec![spot("missing".to_string(), None)];
    }
    let holding = values.iter().filter(|value| pred.test(&Found::one((*value).clone()), &scope).is_true());
    holding
        .take(4)
        .map(|value| {
            let range = pred.spots(value, &scope).into_iter().next();
            let in_body = range.clone().filter(|_| subject.base == Base::Body);
            let text = value.as_text();
            let decisive = range.and_then(|range| text.get(range)).filter(|_| in_body.is_some());
            let value = decisive.map_or_else(|| value.clone(), Value::text);
            let words = shown_of(subject, &value, scope);
            spot(if words.trim().is_empty() { "there".to_string() } else { words }, in_body)
        })
        .collect()
}

/// A subject's value as people may see it: of a token, no more than its ends.
fn shown_of(subject: &Subject, value: &Value, scope: Scope<'_>) -> String {
    let token = match &subject.base {
        Base::Var(name) => token_named(name, scope),
        _ => None,
    };
    match token {
        Some(token) => {
            let veiled = veil_over(&[token]).bytes(&value.as_text()).into_owned();
            shown(None, &Value::text(redact_around(&veiled)))
        }
        None => shown(Some(subject), value),
    }
}

/// A value as people may see it: redacted by its own look and by the name of what holds it, cut, one line later on.
fn shown(subject: Option<&Subject>, value: &Value) -> String {
    let text = value.as_text();
    let cut = text.get(..text.len().min(SHOWN)).unwrap_or(&text);
    let redacted = match subject.map(|subject| &subject.base) {
        // Certificates and fingerprints are public, and what people look for.
        Some(Base::Tls) => cut.to_vec(),
        Some(Base::Headers(name)) => redact_header(name.as_bytes(), cut),
        Some(Base::Cookie(_)) => redact_header(b"cookie", cut),
        // What the rule or the inventory says is no secret; a name such as `endpoint.auth` would make it look like one.
        Some(Base::Status | Base::Class | Base::Error | Base::Url | Base::Endpoint | Base::Host | Base::Case) => {
            redact(cut)
        }
        Some(_) => {
            let name = subject.map(Subject::display).unwrap_or_default();
            let whole = redact(&[name.as_bytes(), b": ", cut].concat());
            whole.get(name.len() + 2..).unwrap_or(b"***").to_vec()
        }
        None => redact(cut),
    };
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{more}", String::from_utf8_lossy(&redacted))
}
