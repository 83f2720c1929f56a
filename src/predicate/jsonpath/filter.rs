//! Filters of JSONPath (RFC 9535 §2.3.5) and their functions (§2.4).
//!
//! Invariant: a comparison with nothing is decided as the RFC says, never an error. Must never import a folder above `expr`.

use std::borrow::Cow;
use std::cmp::Ordering;

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, Literal, SingularQuery, SingularQuerySegment, Test, TestFunction,
};
use serde_json::Value as Json;

use super::{Node, OutOfFuel, Walk, wrap};

/// Bytes of one compiled regex.
const REGEX: usize = 1 << 20;

/// A value, or nothing.
type Operand<'a> = Option<Cow<'a, Json>>;

impl<'a, 'q> Walk<'a, 'q> {
    pub(super) fn filter(&mut self, filter: &'q Filter, at: &'a Json) -> Result<bool, OutOfFuel> {
        match filter {
            Filter::Or(parts) => self.first_that_is(parts, at, true),
            Filter::And(parts) => Ok(!self.first_that_is(parts, at, false)?),
            Filter::Atom(atom) => self.atom(atom, at),
        }
    }

    /// Whether one of the parts has this truth.
    fn first_that_is(&mut self, parts: &'q [Filter], at: &'a Json, truth: bool) -> Result<bool, OutOfFuel> {
        for part in parts {
            if self.filter(part, at)? == truth {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn atom(&mut self, atom: &'q FilterAtom, at: &'a Json) -> Result<bool, OutOfFuel> {
        self.spend(1)?;
        match atom {
            FilterAtom::Filter { expr, not } => Ok(self.filter(expr, at)? != *not),
            FilterAtom::Test { expr, not } => Ok(self.test(expr, at)? != *not),
            FilterAtom::Comparison(comparison) => self.comparison(comparison, at),
        }
    }

    fn test(&mut self, test: &'q Test, at: &'a Json) -> Result<bool, OutOfFuel> {
        match test {
            Test::Function(function) => match &**function {
                TestFunction::Match(text, regex) => self.regex(text, regex, true, at),
                TestFunction::Search(text, regex) => self.regex(text, regex, false, at),
                _ => Ok(false),
            },
            query => Ok(!self.nodes(query, at)?.is_empty()),
        }
    }

    fn nodes(&mut self, query: &'q Test, at: &'a Json) -> Result<Vec<Node<'a>>, OutOfFuel> {
        match query {
            Test::RelQuery(segments) => self.segments(segments, at),
            Test::AbsQuery(query) => self.segments(&query.segments, self.root),
            Test::Function(_) => Ok(Vec::new()),
        }
    }

    fn comparison(&mut self, comparison: &'q Comparison, at: &'a Json) -> Result<bool, OutOfFuel> {
        let (left, right) = comparison.vals();
        let (left, right) = (self.comparable(left, at)?, self.comparable(right, at)?);
        let equal = || is_equal(left.as_deref(), right.as_deref());
        let order = || order(left.as_deref()?, right.as_deref()?);
        Ok(match comparison {
            Comparison::Eq(..) => equal(),
            Comparison::Ne(..) => !equal(),
            Comparison::Lt(..) => order() == Some(Ordering::Less),
            Comparison::Lte(..) => order() == Some(Ordering::Less) || equal(),
            Comparison::Gt(..) => order() == Some(Ordering::Greater),
            Comparison::Gte(..) => order() == Some(Ordering::Greater) || equal(),
        })
    }

    fn comparable(&mut self, comparable: &'q Comparable, at: &'a Json) -> Result<Operand<'a>, OutOfFuel> {
        self.spend(1)?;
        match comparable {
            Comparable::Literal(literal) => Ok(Some(Cow::Owned(of_literal(literal)))),
            Comparable::SingularQuery(SingularQuery::Current(segments)) => Ok(singular(segments, at)),
            Comparable::SingularQuery(SingularQuery::Root(segments)) => Ok(singular(segments, self.root)),
            Comparable::Function(function) => self.function(function, at),
        }
    }

    fn function(&mut self, function: &'q TestFunction, at: &'a Json) -> Result<Operand<'a>, OutOfFuel> {
        Ok(match function {
            TestFunction::Length(arg) => self.argument(arg, at)?.and_then(|value| length(&value)),
            TestFunction::Count(FnArg::Test(query)) => Some(Cow::Owned(Json::from(self.nodes(query, at)?.len()))),
            TestFunction::Value(FnArg::Test(query)) => match &self.nodes(query, at)?[..] {
                [only] => Some(Cow::Borrowed(only.json)),
                _ => None,
            },
            _ => None,
        })
    }

    /// An argument as a value: of a query, its only node.
    fn argument(&mut self, arg: &'q FnArg, at: &'a Json) -> Result<Operand<'a>, OutOfFuel> {
        match arg {
            FnArg::Literal(literal) => Ok(Some(Cow::Owned(of_literal(literal)))),
            FnArg::Test(test) => match &**test {
                Test::Function(function) => self.function(function, at),
                query => Ok(match &self.nodes(query, at)?[..] {
                    [only] => Some(Cow::Borrowed(only.json)),
                    _ => None,
                }),
            },
            FnArg::Filter(_) => Ok(None),
        }
    }

    fn regex(&mut self, text: &'q FnArg, pattern: &'q FnArg, whole: bool, at: &'a Json) -> Result<bool, OutOfFuel> {
        let FnArg::Literal(Literal::String(pattern)) = pattern else { return Ok(false) };
        let text = self.argument(text, at)?;
        let Some(text) = text.as_deref().and_then(Json::as_str) else { return Ok(false) };
        self.spend(1 + text.len() / 64)?;
        let known = |(source, anchored, _): &(&str, bool, _)| *source == pattern.as_str() && *anchored == whole;
        if !self.regexes.iter().any(known) {
            self.regexes.push((pattern, whole, compile(pattern, whole)));
        }
        let found = self.regexes.iter().find(|entry| known(entry));
        Ok(found.and_then(|(_, _, regex)| regex.as_ref()).is_some_and(|regex| regex.is_match(text)))
    }
}

/// A regex of RFC 9485, whose syntax is part of the `regex` crate's.
pub(super) fn compile(pattern: &str, whole: bool) -> Option<regex::Regex> {
    let source = if whole { format!("^(?:{pattern})$") } else { pattern.to_owned() };
    regex::RegexBuilder::new(&source).size_limit(REGEX).build().ok()
}

fn singular<'a>(segments: &[SingularQuerySegment], from: &'a Json) -> Operand<'a> {
    let step = |at: &'a Json, segment: &SingularQuerySegment| match segment {
        SingularQuerySegment::Name(name) => at.as_object()?.get(name),
        SingularQuerySegment::Index(index) => {
            let items = at.as_array()?;
            items.get(wrap(*index, items.len())?)
        }
    };
    segments.iter().try_fold(from, step).map(Cow::Borrowed)
}

fn of_literal(literal: &Literal) -> Json {
    match literal {
        Literal::Int(number) => Json::from(*number),
        Literal::Float(number) => Json::from(*number),
        Literal::String(text) => Json::from(text.as_str()),
        Literal::Bool(yes) => Json::Bool(*yes),
        Literal::Null => Json::Null,
    }
}

/// Characters of a text, items of an array, members of an object.
fn length(value: &Json) -> Operand<'static> {
    let length = match value {
        Json::String(text) => text.chars().count(),
        Json::Array(items) => items.len(),
        Json::Object(members) => members.len(),
        _ => return None,
    };
    Some(Cow::Owned(Json::from(length)))
}

fn is_equal(left: Option<&Json>, right: Option<&Json>) -> bool {
    match (left, right) {
        (Some(Json::Number(left)), Some(Json::Number(right))) => left.as_f64() == right.as_f64(),
        (Some(Json::Array(left)), Some(Json::Array(right))) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| is_equal(Some(l), Some(r)))
        }
        (Some(Json::Object(left)), Some(Json::Object(right))) => {
            left.len() == right.len()
                && left.iter().all(|(key, l)| right.get(key).is_some_and(|r| is_equal(Some(l), Some(r))))
        }
        (left, right) => left == right,
    }
}

fn order(left: &Json, right: &Json) -> Option<Ordering> {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        (Json::String(left), Json::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
