//! The evaluator.
//!
//! Takes a tree and an environment, gives a value. Every node costs a step, and so does every 64 bytes of text and every
//! list item that a node reads or makes; out of steps is an error, as is a text over its limit. Truth is three-valued:
//! in `a && b` a false operand decides although the other could not be told.
//!
//! Invariant: the same tree and environment give the same result; recursion follows the tree, whose height is bounded.
//! Must never import a folder above `base`.

use std::cmp::Ordering;
use std::sync::Arc;

use super::ast::{Call, Comparison, Kind, Node};
use super::error::EvalError;
use super::fuel::{Steps, fits};
use super::functions;
use super::names::path_text;
use super::operators::{self, Arithmetic};
use super::pattern::Pattern;
use crate::base::{Limits, Timestamp, Unknown, Value};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Lookup {
    /// This value.
    Value(Value),
    /// Nothing: the field, header or variable is not there.
    Missing,
    /// It could not be told.
    Unknown(Unknown),
}

/// Where values of names come from.
pub trait Names {
    /// What the name stands for. Must be quick, and the same throughout one evaluation.
    fn lookup(&self, path: &[Arc<str>]) -> Lookup;
}

/// All that an evaluation can depend on.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// The names.
    pub names: &'a dyn Names,
    /// What `now()` gives.
    pub now: Timestamp,
    /// The host's nonce: random functions derive from it.
    pub seed: &'a str,
    /// Bounds on steps and on the length of texts.
    pub limits: &'a Limits,
}

/// One evaluation: the environment, and the steps that are left.
pub(super) struct Evaluation<'a> {
    pub env: &'a Env<'a>,
    steps: Steps,
}

impl<'a> Evaluation<'a> {
    pub fn new(env: &'a Env<'a>) -> Self {
        Self { env, steps: Steps::of(env.limits) }
    }

    /// Pays for work.
    pub fn charge(&mut self, steps: usize) -> Result<(), EvalError> {
        Ok(self.steps.take(steps)?)
    }

    /// Pays for reading a value once.
    pub fn charge_value(&mut self, value: &Value) -> Result<(), EvalError> {
        match value.scalar() {
            Value::Text(bytes) => self.charge(bytes.len() / 64),
            Value::List(items) => items.iter().try_for_each(|item| {
                self.charge(1)?;
                self.charge_value(item)
            }),
            Value::Map(fields) => fields.iter().try_for_each(|(_, field)| {
                self.charge(1)?;
                self.charge_value(field)
            }),
            _ => Ok(()),
        }
    }

    /// A text that was made, where it is within the limit.
    pub fn text(&mut self, bytes: Vec<u8>) -> Result<Value, EvalError> {
        self.charge(bytes.len() / 64)?;
        self.fits(bytes.len())?;
        Ok(Value::Text(bytes.into()))
    }

    /// Refuses a text of that length where it is over the limit.
    pub fn fits(&self, length: usize) -> Result<(), EvalError> {
        Ok(fits(length, self.env.limits.expr_text)?)
    }

    /// The value of a node. Each kind of node has a method of its own, which keeps the frames of the recursion small.
    pub fn eval(&mut self, node: &Node) -> Result<Value, EvalError> {
        self.charge(1)?;
        match &node.kind {
            Kind::List(items) => self.list(items),
            Kind::Index(of, keys) => self.index(of, keys, node),
            Kind::Call(call) => self.call(call, None),
            Kind::Pipe(first, calls) => self.pipe(first, calls),
            Kind::Not(of) => self.not(of),
            Kind::Negate(of) => self.negate(of),
            Kind::Sum(first, rest) | Kind::Product(first, rest) => self.chain(first, rest),
            Kind::Compare(operator, sides) => self.compare(*operator, sides),
            Kind::All(operands) => self.decide(operands, false),
            Kind::Any(operands) => self.decide(operands, true),
            leaf => self.leaf(leaf),
        }
    }

    /// The value of a literal or a name.
    fn leaf(&self, kind: &Kind) -> Result<Value, EvalError> {
        match kind {
            Kind::Bool(yes) => Ok(Value::Bool(*yes)),
            Kind::Int(number) => Ok(Value::Int(*number)),
            Kind::Float(number) => Ok(Value::Float(*number)),
            Kind::Text(bytes) => Ok(Value::Text(bytes.clone())),
            Kind::Pattern(pattern) => Ok(Value::text(pattern.source())),
            Kind::Name(path) => match self.env.names.lookup(path) {
                Lookup::Value(value) => Ok(value),
                Lookup::Missing => Err(EvalError::Missing(path_text(path))),
                Lookup::Unknown(why) => Err(EvalError::Unknown(why)),
            },
            _ => EvalError::failed("this is neither a literal nor a name"),
        }
    }

    fn list(&mut self, items: &[Node]) -> Result<Value, EvalError> {
        let mut values = Vec::new();
        for item in items {
            values.push(self.eval(item)?);
        }
        Ok(Value::list(values))
    }

    fn pipe(&mut self, first: &Node, calls: &[Call]) -> Result<Value, EvalError> {
        let mut value = self.eval(first);
        for call in calls {
            value = self.call(call, Some(value));
        }
        value
    }

    fn not(&mut self, of: &Node) -> Result<Value, EvalError> {
        let value = self.eval(of)?;
        truth(&value).map(|truth| Value::Bool(!truth))
    }

    fn negate(&mut self, of: &Node) -> Result<Value, EvalError> {
        let value = self.eval(of)?;
        operators::number(&value)?;
        operators::arithmetic(Arithmetic::Subtract, &Value::Int(0), &value)
    }

    fn chain(&mut self, first: &Node, rest: &[(Arithmetic, Node)]) -> Result<Value, EvalError> {
        let mut left = self.eval(first)?;
        for (operator, right) in rest {
            let right = self.eval(right)?;
            left = self.arithmetic(*operator, &left, &right)?;
        }
        Ok(left)
    }

    fn call(&mut self, call: &Call, piped: Option<Result<Value, EvalError>>) -> Result<Value, EvalError> {
        self.charge(1)?;
        let mut frame = CallFrame { evaluation: self, call, piped };
        (call.function.run)(&mut functions::Args::new(call.function.name, &mut frame))
    }

    /// `&&` and `||`: an operand that is `decisive` decides; else what could not be told of any operand is passed on.
    fn decide(&mut self, operands: &[Node], decisive: bool) -> Result<Value, EvalError> {
        let mut pending = None;
        for operand in operands {
            let value = self.eval(operand);
            match value.and_then(|value| truth(&value)) {
                Ok(truth) if truth == decisive => return Ok(Value::Bool(decisive)),
                Ok(_) => {}
                Err(error) => pending = Some(weightier(pending, error, decisive)),
            }
        }
        pending.map_or(Ok(Value::Bool(!decisive)), Err)
    }

    fn index(&mut self, of: &Node, keys: &[Node], node: &Node) -> Result<Value, EvalError> {
        let mut value = self.eval(of)?;
        for key in keys {
            let key = self.eval(key)?;
            value = item(&value, &key)?.ok_or_else(|| EvalError::Missing(Shown(node).to_string()))?;
        }
        Ok(value)
    }

    fn arithmetic(&mut self, operator: Arithmetic, left: &Value, right: &Value) -> Result<Value, EvalError> {
        match (operator, left.scalar(), right.scalar()) {
            (Arithmetic::Add, Value::Text(a), Value::Text(b)) => {
                self.fits(a.len().saturating_add(b.len()))?;
                self.text([&a[..], &b[..]].concat())
            }
            (Arithmetic::Add, Value::List(a), Value::List(b)) => {
                self.charge(a.len().saturating_add(b.len()))?;
                Ok(Value::List(a.iter().chain(b.iter()).cloned().collect()))
            }
            _ => operators::arithmetic(operator, left, right),
        }
    }

    fn compare(&mut self, operator: Comparison, sides: &(Node, Node)) -> Result<Value, EvalError> {
        let left = self.eval(&sides.0)?;
        self.charge_value(&left)?;
        if let Kind::Pattern(pattern) = &sides.1.kind {
            return matches(&left, pattern);
        }
        let right = self.eval(&sides.1)?;
        self.charge_value(&right)?;
        compared(operator, &left, &right).map(Value::Bool)
    }
}

/// The truth of a condition's value.
fn truth(value: &Value) -> Result<bool, EvalError> {
    match value.scalar() {
        Value::Bool(yes) => Ok(*yes),
        other => EvalError::failed(format!("a {} is no condition", other.type_name())),
    }
}

/// What is passed on of two operands that have no truth. As a missing value satisfies no condition, it weighs more than an
/// unknown one in `&&`, and less in `||` (where truth is `decisive`).
fn weightier(earlier: Option<EvalError>, later: EvalError, decisive: bool) -> EvalError {
    let missing = |error: &EvalError| matches!(error, EvalError::Missing(_));
    match earlier {
        Some(earlier) if missing(&earlier) != decisive || missing(&later) == decisive => earlier,
        _ => later,
    }
}

/// The item of a list or the field of a map; `None` where it is not there.
fn item(value: &Value, key: &Value) -> Result<Option<Value>, EvalError> {
    match value {
        Value::List(items) => {
            let at = operators::whole(key)?;
            let at = if at < 0 { at.checked_add_unsigned(items.len() as u64) } else { Some(at) };
            Ok(at.and_then(|at| usize::try_from(at).ok()).and_then(|at| items.get(at)).cloned())
        }
        Value::Map(_) => {
            let name = operators::text(key)?;
            Ok(std::str::from_utf8(&name).ok().and_then(|name| value.field(name)).cloned())
        }
        other => EvalError::failed(format!("a {} has neither items nor fields", other.type_name())),
    }
}

/// Whether a regex matches somewhere in a text.
fn matches(value: &Value, pattern: &Pattern) -> Result<Value, EvalError> {
    let text = operators::text(value)?;
    Ok(Value::Bool(pattern.regex().map_err(EvalError::Failed)?.is_match(&text)))
}

fn compared(operator: Comparison, left: &Value, right: &Value) -> Result<bool, EvalError> {
    match operator {
        Comparison::Equal => Ok(operators::equal(left, right)),
        Comparison::Unequal => Ok(!operators::equal(left, right)),
        Comparison::Less => operators::order(left, right).map(Ordering::is_lt),
        Comparison::LessOrEqual => operators::order(left, right).map(Ordering::is_le),
        Comparison::Greater => operators::order(left, right).map(Ordering::is_gt),
        Comparison::GreaterOrEqual => operators::order(left, right).map(Ordering::is_ge),
        Comparison::In => operators::holds(right, left),
        Comparison::Contains => operators::holds(left, right),
        Comparison::StartsWith => Ok(operators::text(left)?.starts_with(&operators::text(right)?)),
        Comparison::EndsWith => Ok(operators::text(left)?.ends_with(&operators::text(right)?)),
        Comparison::Matches => EvalError::failed("a regex is written out, never computed"),
    }
}

/// A call that is being evaluated.
struct CallFrame<'e, 'a> {
    evaluation: &'e mut Evaluation<'a>,
    call: &'e Call,
    piped: Option<Result<Value, EvalError>>,
}

impl<'e> CallFrame<'e, '_> {
    fn node(&self, place: usize) -> Option<&'e Node> {
        self.call.args.get(place.checked_sub(usize::from(self.piped.is_some()))?)
    }
}

impl functions::Frame for CallFrame<'_, '_> {
    fn count(&self) -> usize {
        self.call.args.len() + usize::from(self.piped.is_some())
    }

    fn value(&mut self, place: usize) -> Option<Result<Value, EvalError>> {
        let value = match (&self.piped, place) {
            (Some(piped), 0) => piped.clone(),
            _ => self.evaluation.eval(self.node(place)?),
        };
        Some(value.and_then(|value| self.evaluation.charge_value(&value).map(|()| value)))
    }

    fn pattern(&self, place: usize) -> Option<Pattern> {
        match &self.node(place)?.kind {
            Kind::Pattern(pattern) => Some(pattern.clone()),
            _ => None,
        }
    }

    fn charge(&mut self, steps: usize) -> Result<(), EvalError> {
        self.evaluation.charge(steps)
    }

    fn now(&self) -> Timestamp {
        self.evaluation.env.now
    }

    fn seed(&self) -> &str {
        self.evaluation.env.seed
    }

    fn limits(&self) -> &Limits {
        self.evaluation.env.limits
    }
}

/// A node as text, for errors.
struct Shown<'a>(&'a Node);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        super::print::node(self.0, f)
    }
}
