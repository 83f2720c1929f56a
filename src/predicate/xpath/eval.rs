//! The evaluation of queries.
//!
//! Invariant: every node looked at costs a step, and a query that is out of steps selects nothing more. Must never import
//! a folder above `expr`.

use std::cell::Cell;

use regex::RegexBuilder;

use super::document::{Document, Node};
use super::parse::{Axis, Expression, Path, Step, Test};

/// Steps of one query.
const STEPS: u64 = 2_000_000;
/// Bytes of a compiled pattern.
const PATTERN: usize = 1 << 20;

/// The nodes that a query selects.
pub(super) fn select<'a>(paths: &[Path], document: &'a Document) -> Vec<Node<'a>> {
    Walk { left: Cell::new(STEPS) }.union(paths, document.node(0))
}

struct Walk {
    left: Cell<u64>,
}

/// What an expression yields.
enum Value<'a> {
    Nodes(Vec<Node<'a>>),
    Bool(bool),
    Number(f64),
    Text(String),
}

/// A node, its place among its like and how many they are.
#[derive(Clone, Copy)]
struct At<'a> {
    node: Node<'a>,
    position: usize,
    last: usize,
}

impl Walk {
    fn pay(&self, steps: usize) -> bool {
        let left = self.left.get().checked_sub(steps as u64 + 1);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    fn union<'a>(&self, paths: &[Path], from: Node<'a>) -> Vec<Node<'a>> {
        let mut found: Vec<Node<'a>> = paths.iter().flat_map(|path| self.path(path, from)).collect();
        sort(&mut found);
        found
    }

    fn path<'a>(&self, path: &Path, from: Node<'a>) -> Vec<Node<'a>> {
        let mut nodes = vec![if path.absolute { from.document.node(0) } else { from }];
        for step in &path.steps {
            let mut next = Vec::new();
            for node in nodes {
                next.extend(self.step(step, node));
                if !self.pay(0) {
                    return Vec::new();
                }
            }
            sort(&mut next);
            nodes = next;
        }
        nodes
    }

    fn step<'a>(&self, step: &Step, from: Node<'a>) -> Vec<Node<'a>> {
        let mut nodes = self.axis(step.axis, from);
        nodes.retain(|node| fits(&step.test, *node));
        for predicate in &step.predicates {
            let last = nodes.len();
            let mut position = 0;
            nodes.retain(|node| {
                position += 1;
                self.pay(0) && self.holds(predicate, At { node: *node, position, last })
            });
        }
        nodes
    }

    /// The nodes of an axis, the nearest first.
    fn axis<'a>(&self, axis: Axis, from: Node<'a>) -> Vec<Node<'a>> {
        let document = from.document;
        let mut nodes: Vec<Node<'a>> = match axis {
            Axis::Own => vec![from],
            Axis::Child => from.children().iter().map(|child| document.node(*child)).collect(),
            Axis::Descendant | Axis::DescendantOrSelf => {
                let mut found = if axis == Axis::Descendant { Vec::new() } else { vec![from] };
                self.below(from, &mut found);
                return found;
            }
            Axis::Parent => from.parent().into_iter().collect(),
            Axis::Ancestor => std::iter::successors(from.parent(), Node::parent).collect(),
            Axis::AncestorOrSelf => std::iter::successors(Some(from), Node::parent).collect(),
            Axis::Attribute if from.element().is_some() => {
                (0..from.attributes().len()).map(|nth| Node { attribute: Some(nth), ..from }).collect()
            }
            Axis::Attribute => Vec::new(),
            Axis::Following | Axis::Preceding => {
                let siblings = from.parent().filter(|_| from.attribute.is_none()).map_or(&[][..], |one| one.children());
                let ahead = axis == Axis::Following;
                siblings
                    .iter()
                    .filter(|at| (**at > from.at) == ahead && **at != from.at)
                    .map(|at| document.node(*at))
                    .collect()
            }
        };
        if axis == Axis::Preceding {
            nodes.reverse();
        }
        if self.pay(nodes.len()) { nodes } else { Vec::new() }
    }

    fn below<'a>(&self, node: Node<'a>, found: &mut Vec<Node<'a>>) {
        for child in node.children() {
            if !self.pay(0) {
                return;
            }
            let child = node.document.node(*child);
            found.push(child);
            self.below(child, found);
        }
    }

    /// Whether a predicate holds: a number is a place, anything else a truth.
    fn holds(&self, expression: &Expression, at: At<'_>) -> bool {
        match self.eval(expression, at) {
            Value::Number(number) => number == at.position as f64,
            value => value.truth(),
        }
    }

    fn eval<'a>(&self, expression: &Expression, at: At<'a>) -> Value<'a> {
        match expression {
            Expression::Or(a, b) => Value::Bool(self.eval(a, at).truth() || self.eval(b, at).truth()),
            Expression::And(a, b) => Value::Bool(self.eval(a, at).truth() && self.eval(b, at).truth()),
            Expression::Compare(sign, a, b) => Value::Bool(compare(sign, &self.eval(a, at), &self.eval(b, at))),
            Expression::Add(plus, a, b) => {
                let (a, b) = (self.eval(a, at).number(), self.eval(b, at).number());
                Value::Number(if *plus { a + b } else { a - b })
            }
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Number(number) => Value::Number(*number),
            Expression::Path(paths) => Value::Nodes(self.union(paths, at.node)),
            Expression::Call(name, arguments) => {
                let values: Vec<Value<'a>> = arguments.iter().map(|argument| self.eval(argument, at)).collect();
                self.call(name, &values, at)
            }
        }
    }

    fn call<'a>(&self, name: &str, values: &[Value<'a>], at: At<'a>) -> Value<'a> {
        let text = |nth: usize| values.get(nth).map_or_else(|| at.node.text(), Value::text);
        let cost: usize =
            values.iter().map(|value| if let Value::Text(text) = value { text.len() / 64 } else { 0 }).sum();
        if !self.pay(cost) {
            return Value::Bool(false);
        }
        match name {
            "not" => Value::Bool(!values.first().is_some_and(Value::truth)),
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "boolean" => Value::Bool(values.first().is_some_and(Value::truth)),
            "contains" => Value::Bool(text(0).contains(&text(1))),
            "starts-with" => Value::Bool(text(0).starts_with(&text(1))),
            "ends-with" => Value::Bool(text(0).ends_with(&text(1))),
            "matches" => Value::Bool(matches(&text(0), &text(1))),
            "normalize-space" => Value::Text(text(0).split_whitespace().collect::<Vec<_>>().join(" ")),
            "translate" => Value::Text(translate(&text(0), &text(1), &text(2))),
            "concat" => Value::Text(values.iter().map(Value::text).collect()),
            "string" => Value::Text(text(0)),
            "lower-case" => Value::Text(text(0).to_lowercase()),
            "substring-before" => Value::Text(text(0).split_once(&text(1)).map_or("", |(before, _)| before).to_owned()),
            "substring-after" => Value::Text(text(0).split_once(&text(1)).map_or("", |(_, after)| after).to_owned()),
            "string-length" => Value::Number(text(0).chars().count() as f64),
            "number" => Value::Number(values.first().map_or(f64::NAN, Value::number)),
            "count" => {
                Value::Number(if let Some(Value::Nodes(nodes)) = values.first() { nodes.len() as f64 } else { 0.0 })
            }
            "position" => Value::Number(at.position as f64),
            "last" => Value::Number(at.last as f64),
            "name" | "local-name" => Value::Text(at.node.element().unwrap_or("").to_owned()),
            _ => Value::Bool(false),
        }
    }
}

impl Value<'_> {
    fn truth(&self) -> bool {
        match self {
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Bool(yes) => *yes,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Nodes(nodes) => nodes.first().map(Node::text).unwrap_or_default(),
            Self::Bool(yes) => yes.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    fn number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Bool(yes) => f64::from(u8::from(*yes)),
            other => other.text().trim().parse().unwrap_or(f64::NAN),
        }
    }
}

/// A comparison; with nodes it holds where it holds for one of them.
fn compare(sign: &str, a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Nodes(nodes), other) if !matches!(other, Value::Bool(_)) => {
            nodes.iter().any(|node| compare(sign, &Value::Text(node.text()), other))
        }
        (other, Value::Nodes(nodes)) if !matches!(other, Value::Bool(_)) => {
            nodes.iter().any(|node| compare(sign, other, &Value::Text(node.text())))
        }
        _ => match sign {
            "=" | "!=" => {
                let same = match (a, b) {
                    (Value::Bool(_), _) | (_, Value::Bool(_)) => a.truth() == b.truth(),
                    (Value::Number(_), _) | (_, Value::Number(_)) => a.number() == b.number(),
                    _ => a.text() == b.text(),
                };
                same == (sign == "=")
            }
            "<" => a.number() < b.number(),
            "<=" => a.number() <= b.number(),
            ">" => a.number() > b.number(),
            _ => a.number() >= b.number(),
        },
    }
}

fn matches(text: &str, pattern: &str) -> bool {
    RegexBuilder::new(pattern).size_limit(PATTERN).build().is_ok_and(|regex| regex.is_match(text))
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    let put = |c: char| match from.chars().position(|known| known == c) {
        Some(at) => to.get(at).copied(),
        None => Some(c),
    };
    text.chars().filter_map(put).collect()
}

fn fits(test: &Test, node: Node<'_>) -> bool {
    let name = || match node.attribute {
        Some(nth) => node.attributes().get(nth).map(|(name, _)| name.as_str()),
        None => node.element(),
    };
    match test {
        Test::Node => true,
        Test::Text => node.is_text(),
        Test::Any => name().is_some(),
        Test::Name(wanted) => name() == Some(wanted),
    }
}

/// Each node once, in the order of the document.
fn sort(nodes: &mut Vec<Node<'_>>) {
    nodes.sort_by_key(Node::key);
    nodes.dedup_by_key(|node| node.key());
}
