//! The evaluator.
//!
//! Takes a tree and an environment, gives a value. Every node costs a step, as does every 64 bytes that are read or made;
//! out of steps is an error, as is a text over its limit. `&&` and `||` do not look at their right side where the left one
//! decides; everything else is evaluated from left to right. Invariant: bounded, and recursion follows the tree, whose
//! height is. Must never import a folder above `base`.

use std::sync::Arc;

use bytes::Bytes;

use super::ast::{Inset, Marker, Node, Parsed, Part};
use super::datum::Datum;
use super::env::Fuel;
use super::error::EvalError;
use super::functions::{self, Call, Function};
use super::markers::leftovers;
use super::operators::{self, Operator};
use crate::base::Value;

/// The value of a tree.
pub(super) fn eval(root: &Node, fuel: &mut Fuel<'_>) -> Result<Datum, EvalError> {
    Evaluation { fuel }.eval(root)
}

/// A text with what its markers stand for in their place, and what could not be told.
pub(super) fn render(source: &str, parts: &[Part], fuel: &mut Fuel<'_>) -> (Vec<u8>, Vec<Arc<str>>) {
    Evaluation { fuel }.render(source, parts)
}

struct Evaluation<'e, 'a> {
    fuel: &'e mut Fuel<'a>,
}

impl Evaluation<'_, '_> {
    fn render(&mut self, source: &str, parts: &[Part]) -> (Vec<u8>, Vec<Arc<str>>) {
        let mut text: Vec<u8> = Vec::with_capacity(source.len());
        let mut unresolved = Vec::new();
        for part in parts {
            let at = match part {
                Part::Literal(at) => at,
                Part::Marker(marker) => {
                    match self.marker(marker) {
                        Some(Ok(value)) if self.fuel.fits(text.len().saturating_add(value.len())).is_ok() => {
                            text.extend_from_slice(&value);
                            continue;
                        }
                        None if marker.expr.as_ref().is_none_or(|expr| expr.names.is_empty()) => {}
                        _ => unresolved.push(Arc::clone(&marker.key)),
                    }
                    &marker.at
                }
            };
            text.extend_from_slice(source.as_bytes().get(at.clone()).unwrap_or_default());
        }
        (text, unresolved)
    }

    /// What a marker stands for; nothing where it stays as it is.
    fn marker(&mut self, marker: &Marker) -> Option<Result<Bytes, EvalError>> {
        let vars = self.fuel.env.vars;
        if let Some(value) = vars.get(&marker.key) {
            return Some(Ok(Datum::from(value).to_text()));
        }
        let expr = marker.expr.as_ref()?;
        let calls = !expr.functions.is_empty();
        if !calls && !functions::mentioned(&marker.key) && !expr.names.iter().any(|name| vars.get(name).is_some()) {
            return None;
        }
        let value = match self.eval(&expr.root) {
            Ok(value) => value.to_text(),
            Err(error) => return Some(Err(error)),
        };
        let hidden = if calls { self.hidden(expr) } else { Vec::new() };
        Some(Ok(if !hidden.is_empty() && leftovers(&value).is_empty() { hidden.into() } else { value }))
    }

    /// The markers that variables' values leave open, which a function's result would hide.
    fn hidden(&self, expr: &Parsed) -> Vec<u8> {
        let mut hidden = Vec::new();
        for name in &expr.names {
            if let Some(Value::Text(text)) = self.fuel.env.vars.get(name) {
                for open in leftovers(&text) {
                    hidden.extend_from_slice(format!("{{{{{open}}}}}").as_bytes());
                }
            }
        }
        hidden
    }

    /// The value of a node. Each kind of node has a method of its own, which keeps the frames of the recursion small.
    fn eval(&mut self, node: &Node) -> Result<Datum, EvalError> {
        self.fuel.charge(1)?;
        match node {
            Node::Nil => Ok(Datum::Nil),
            Node::Const(value) => Ok(value.clone()),
            Node::Regex(regex) => Ok(Datum::text(regex.source().to_owned())),
            Node::Text(text) => self.text(text),
            Node::Name(name) => match self.fuel.env.vars.get(name) {
                Some(value) => Ok(value.into()),
                None => Err(EvalError::Missing(Arc::clone(name))),
            },
            Node::Access(name) => EvalError::failed(format!("`{name}` is no field that can be reached")),
            Node::Call(function, args) => self.call(function, args),
            Node::Tuple(items) => self.arguments(items).map(Datum::Tuple),
            Node::Chain(first, rest) => self.chain(first, rest),
            Node::Prefix(operator, of) => {
                let value = self.eval(of)?;
                operators::prefixed(*operator, &value)
            }
        }
    }

    /// A text literal with markers; an expression that cannot be told leaves the whole without a value.
    fn text(&mut self, inset: &Inset) -> Result<Datum, EvalError> {
        let (text, unresolved) = self.render(&inset.source, &inset.parts);
        match unresolved.into_iter().next() {
            Some(name) => Err(EvalError::Missing(name)),
            None => Ok(Datum::text(text)),
        }
    }

    /// Values with commas between. Where the first is such a list itself, its items take its place.
    fn arguments(&mut self, nodes: &[Node]) -> Result<Vec<Datum>, EvalError> {
        let mut values = Vec::with_capacity(nodes.len());
        for (nth, node) in nodes.iter().enumerate() {
            match self.eval(node)? {
                Datum::Tuple(items) if nth == 0 => values.extend(items),
                value => values.push(value),
            }
        }
        Ok(values)
    }

    fn call(&mut self, function: &'static Function, nodes: &[Node]) -> Result<Datum, EvalError> {
        let mut args = self.arguments(nodes)?;
        if nodes.len() == 1 && matches!(args[..], [Datum::Nil]) {
            args.clear();
        }
        let read = args.iter().map(|arg| match arg {
            Datum::Text(bytes) | Datum::Raw(bytes) => bytes.len() / 64,
            Datum::Texts(texts) => texts.iter().map(|text| 1 + text.len() / 64).sum(),
            _ => 1,
        });
        self.fuel.charge(read.sum())?;
        let regex = function.regex_at.and_then(|place| match nodes.get(place) {
            Some(Node::Regex(regex)) => Some(regex),
            _ => None,
        });
        (function.run)(&mut Call { name: function.name, args: &args, regex, fuel: self.fuel })
    }

    fn chain(&mut self, first: &Node, rest: &[(Operator, Node)]) -> Result<Datum, EvalError> {
        let mut left = self.eval(first)?;
        for (operator, node) in rest {
            left = match operator {
                Operator::And | Operator::Or => self.decide(*operator, left, node)?,
                Operator::Then => match &left {
                    Datum::Bool(true) => self.eval(node)?,
                    Datum::Bool(false) => Datum::Nil,
                    other => return operators::refused(*operator, other),
                },
                Operator::Else | Operator::OrElse if matches!(left, Datum::Nil) => self.eval(node)?,
                Operator::Else | Operator::OrElse => left,
                Operator::Matches | Operator::MatchesNot => self.matches(*operator, &left, node)?,
                _ => {
                    let right = self.eval(node)?;
                    self.computed(*operator, &left, &right)?
                }
            };
        }
        Ok(left)
    }

    fn decide(&mut self, operator: Operator, left: Datum, node: &Node) -> Result<Datum, EvalError> {
        let decisive = operator == Operator::Or;
        if matches!(left, Datum::Bool(yes) if yes == decisive) {
            return Ok(left);
        }
        let right = self.eval(node)?;
        match (&left, &right) {
            (Datum::Bool(_), Datum::Bool(_)) => Ok(right),
            (Datum::Bool(_), other) | (other, _) => operators::refused(operator, other),
        }
    }

    fn computed(&mut self, operator: Operator, left: &Datum, right: &Datum) -> Result<Datum, EvalError> {
        for side in [left, right] {
            self.fuel.charge(side.shown_length() / 64)?;
        }
        let is_text = |value: &Datum| matches!(value, Datum::Text(_));
        if operator == Operator::Add && (is_text(left) || is_text(right)) {
            self.fuel.fits(left.shown_length().saturating_add(right.shown_length()))?;
            return Ok(Datum::text([left.shown(), right.shown()].concat()));
        }
        operators::computed(operator, left, right)
    }

    fn matches(&mut self, operator: Operator, left: &Datum, node: &Node) -> Result<Datum, EvalError> {
        let computed;
        let regex = match node {
            Node::Regex(regex) => regex,
            node => match self.eval(node)? {
                Datum::Text(source) => {
                    computed = functions::computed_regex(&source, self.fuel)?;
                    &computed
                }
                other => return operators::refused(operator, &other),
            },
        };
        match left {
            Datum::Text(text) => {
                self.fuel.charge(text.len() / 64)?;
                let found = regex.is_match(text).map_err(EvalError::Failed)?;
                Ok(Datum::Bool(found == (operator == Operator::Matches)))
            }
            other => operators::refused(operator, other),
        }
    }
}
