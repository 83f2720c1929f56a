//! Operators between operands: which binds first, and what they make together.
//!
//! Takes operands one by one and keeps a list of chains that still wait for an operand, tighter ones last, so that
//! precedence costs no recursion. Invariant: operators of one level make one flat node. Must never import a folder above
//! `base`.

use std::ops::Range;

use super::ast::{Comparison, Kind, Node};
use super::error::{ExprError, Fault};
use super::operators::Arithmetic;
use super::pattern::{Pattern, PatternError};
use crate::base::Limits;

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Any,
    All,
    Compare(Comparison),
    Sum(Arithmetic),
    Product(Arithmetic),
}

impl Operator {
    /// How tightly it binds, loosest 1.
    pub fn level(self) -> u8 {
        match self {
            Self::Any => 1,
            Self::All => 2,
            Self::Compare(_) => 3,
            Self::Sum(_) => 4,
            Self::Product(_) => 5,
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Some(match text {
            "||" => Self::Any,
            "&&" => Self::All,
            "+" => Self::Sum(Arithmetic::Add),
            "-" => Self::Sum(Arithmetic::Subtract),
            "*" => Self::Product(Arithmetic::Multiply),
            "/" => Self::Product(Arithmetic::Divide),
            "%" => Self::Product(Arithmetic::Remainder),
            _ => Self::Compare(Comparison::ALL.into_iter().find(|operator| operator.symbol() == text)?),
        })
    }
}

/// Operands joined by operators of one level, of which the last operand is still to come.
pub(super) struct Chain {
    level: u8,
    parts: Vec<(Operand, Operator)>,
}

/// An operand, and where it has a pipe without parentheses.
pub(super) struct Operand {
    pub node: Node,
    pub pipe: Option<Range<usize>>,
}

/// Adds an operand to the open chains: closes those that bind tighter than the operator that follows it. Without an
/// operator all are closed, and the whole is given.
pub(super) fn extend(
    open: &mut Vec<Chain>,
    mut operand: Operand,
    operator: Option<(Operator, Range<usize>)>,
    limits: &Limits,
) -> Result<Option<Node>, Fault> {
    let level = operator.as_ref().map_or(0, |(operator, _)| operator.level());
    while let Some(chain) = open.pop_if(|chain| chain.level > level) {
        operand = close(chain, operand, limits)?;
    }
    let Some((operator, at)) = operator else { return Ok(Some(operand.node)) };
    match open.last_mut().filter(|chain| chain.level == level) {
        Some(_) if matches!(operator, Operator::Compare(_)) => {
            let error = Fault::new(ExprError::SYNTAX, at, "comparisons do not chain");
            return Err(error.help("write `a < b && b < c`"));
        }
        Some(chain) => chain.parts.push((operand, operator)),
        None => open.push(Chain { level, parts: vec![(operand, operator)] }),
    }
    Ok(None)
}

/// A chain and its last operand as one operand.
fn close(chain: Chain, last: Operand, limits: &Limits) -> Result<Operand, Fault> {
    let end = last.node.at.end;
    let mut parts = chain.parts.into_iter();
    let Some((first, operator)) = parts.next() else { return Ok(last) };
    let at = first.node.at.start..end;
    let mut pipe = None;
    let kind = match operator {
        Operator::Any | Operator::All => {
            let middle = parts.map(|(operand, _)| operand.node);
            let operands = std::iter::once(first.node).chain(middle).chain([last.node]).collect();
            if operator == Operator::Any { Kind::Any(operands) } else { Kind::All(operands) }
        }
        Operator::Compare(comparison) => {
            let matches = comparison == Comparison::Matches;
            let right = if matches { as_pattern(last.node, limits)? } else { last.node };
            Kind::Compare(comparison, Box::new((first.node, right)))
        }
        Operator::Sum(arithmetic) | Operator::Product(arithmetic) => {
            pipe = first.pipe;
            let mut rest = Vec::new();
            let mut next = arithmetic;
            for (operand, after) in parts {
                rest.push((next, plain(operand, next)?));
                if let Operator::Sum(after) | Operator::Product(after) = after {
                    next = after;
                }
            }
            rest.push((next, plain(last, next)?));
            match operator {
                Operator::Sum(_) => Kind::Sum(Box::new(first.node), rest),
                _ => Kind::Product(Box::new(first.node), rest),
            }
        }
    };
    Ok(Operand { node: Node { kind, at }, pipe })
}

fn ambiguous(at: Range<usize>, operator: &str) -> Fault {
    let message = format!("does this pipe take only what follows `{operator}`, or all before it?");
    Fault::new(ExprError::PIPE, at, message).help(format!("write `(a {operator} b) | f` or `a {operator} (b | f)`"))
}

/// The right operand of an operator on numbers, which must not have a bare pipe.
fn plain(operand: Operand, operator: Arithmetic) -> Result<Node, Fault> {
    operand.pipe.map_or(Ok(operand.node), |at| Err(ambiguous(at, operator.symbol())))
}

/// A negated operand; `start` is where its sign stands.
pub(super) fn negated(operand: Operand, start: usize) -> Result<Node, Fault> {
    let of = plain(operand, Arithmetic::Subtract)?;
    let at = start..of.at.end;
    let kind = match of.kind {
        Kind::Int(number) => {
            let overflow = || Fault::new(ExprError::NUMBER, at.clone(), "the number does not fit into 64 bits");
            Kind::Int(number.checked_neg().ok_or_else(overflow)?)
        }
        Kind::Float(number) => Kind::Float(-number),
        _ => Kind::Negate(Box::new(of)),
    };
    Ok(Node { kind, at })
}

/// A text literal as a regex.
pub(super) fn as_pattern(node: Node, limits: &Limits) -> Result<Node, Fault> {
    let Kind::Text(content) = &node.kind else {
        return Err(Fault::new(ExprError::REGEX, node.at, "a regex is written out, never computed")
            .help(r"write it in single quotes, where a backslash is itself: '\d+'"));
    };
    let pattern = std::str::from_utf8(content)
        .map_err(|_| PatternError::whole(r"the regex is not UTF-8; match bytes with (?-u:\xff)"))
        .and_then(|text| Pattern::new(text, false, limits));
    match pattern {
        Ok(pattern) => Ok(Node { kind: Kind::Pattern(pattern), at: node.at }),
        Err(why) => Err(Fault::new(ExprError::REGEX, node.at, format!("this is no regex: {why}"))),
    }
}
