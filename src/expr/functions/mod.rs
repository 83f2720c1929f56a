//! The functions of expressions: one table, one file a family.
//!
//! A function is one entry of its family's table: name, parameters, result, a sentence, an example with its result, and
//! the code. Docs and schemas are generated from the table, and a test evaluates every example. Lengths and positions
//! are in bytes, as texts are bytes.
//!
//! Invariant: every function is a pure function of its arguments and of the environment (`now`, the seed), charges for
//! what it reads and makes, and keeps texts within their limit. Must never import a folder above `base`, and never do IO.

mod args;
mod checks;
mod encodings;
pub mod hashes;
mod lists;
mod logic;
mod numbers;
mod random;
mod regexes;
mod texts;
mod time;

use std::ops::Range;

use super::error::{EvalError, ExprError, Fault};
use super::types::Type;
use crate::base::Value;
use crate::base::suggest::closest;

pub(super) use args::{Args, Frame};

/// A family of functions.
#[derive(Debug)]
pub struct Family {
    /// One word.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Its functions, in the order of the docs.
    pub functions: &'static [Function],
}

/// Every family, in the order of the docs.
pub static FAMILIES: [&Family; 10] = [
    &texts::FAMILY,
    &regexes::FAMILY,
    &encodings::FAMILY,
    &hashes::FAMILY,
    &checks::FAMILY,
    &random::FAMILY,
    &numbers::FAMILY,
    &time::FAMILY,
    &lists::FAMILY,
    &logic::FAMILY,
];

/// A function.
pub struct Function {
    /// The name, unique among all functions.
    pub name: &'static str,
    /// Its parameters; in `value | f(x)` the value is the first.
    pub params: &'static [Param],
    /// The type of its result.
    pub result: Type,
    /// One sentence without a full stop.
    pub summary: &'static str,
    /// A call that reads no names.
    pub example: &'static str,
    /// The text of the example's result, with the seed `seed` at 2026-01-02T03:04:05Z.
    pub gives: &'static str,
    pub(super) run: fn(&mut Args) -> Result<Value, EvalError>,
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// The name that docs and diagnostics use.
    pub name: &'static str,
    /// What it takes.
    pub accepts: Accepts,
    /// Whether it must be given.
    pub need: Need,
}

/// Whether an argument must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Exactly once.
    Required,
    /// At most once.
    Optional,
    /// Any number of times, once at least; only for a last parameter.
    Many,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// Anything.
    Any,
    /// A text, or what has a text: a number, a bool, a time, a map with a `value`.
    Text,
    /// A number, or a text that spells one.
    Number,
    /// A whole number, or a text that spells one.
    Whole,
    /// A bool.
    Bool,
    /// A time, a text in a known format, seconds since 1970.
    Time,
    /// A list.
    List,
    /// A text literal that is a regex.
    Regex,
}

impl Accepts {
    /// The name as docs and diagnostics write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Text => "text",
            Self::Number => "number",
            Self::Whole => "whole number",
            Self::Bool => "bool",
            Self::Time => "time",
            Self::List => "list",
            Self::Regex => "regex",
        }
    }

    /// Whether a value of that type may fit.
    pub fn takes(self, given: Type) -> bool {
        match self {
            Self::Any => true,
            Self::Text => given != Type::List,
            Self::Number | Self::Whole => matches!(given, Type::Any | Type::Number | Type::Text | Type::Map),
            Self::Bool => matches!(given, Type::Any | Type::Bool | Type::Map),
            Self::Time => matches!(given, Type::Any | Type::Time | Type::Text | Type::Number | Type::Map),
            Self::List => matches!(given, Type::Any | Type::List),
            Self::Regex => matches!(given, Type::Any | Type::Text),
        }
    }
}

/// A parameter that must be given.
const fn param(name: &'static str, accepts: Accepts) -> Param {
    Param { name, accepts, need: Need::Required }
}

impl Param {
    const fn optional(self) -> Self {
        Self { need: Need::Optional, ..self }
    }

    const fn many(self) -> Self {
        Self { need: Need::Many, ..self }
    }
}

impl Function {
    /// The fewest and the most arguments.
    pub fn arity(&self) -> (usize, usize) {
        let least = self.params.iter().filter(|param| param.need != Need::Optional).count();
        let many = self.params.last().is_some_and(|param| param.need == Need::Many);
        (least, if many { usize::MAX } else { self.params.len() })
    }

    pub(super) fn arity_words(&self) -> String {
        let words = |count: usize| format!("{count} argument{}", if count == 1 { "" } else { "s" });
        match self.arity() {
            (0, 0) => "no arguments".to_owned(),
            (least, most) if least == most => words(least),
            (least, usize::MAX) => format!("at least {}", words(least)),
            (least, most) => format!("{least} to {}", words(most)),
        }
    }

    /// The parameter that takes the argument at that place.
    pub fn param(&self, place: usize) -> Option<&Param> {
        let last = self.params.last().filter(|param| param.need == Need::Many);
        self.params.get(place).or(last)
    }

    /// Name and parameters, as docs and diagnostics write them: `substring(text, start, length?)`.
    pub fn signature(&self) -> String {
        let params: Vec<String> = self
            .params
            .iter()
            .map(|param| match param.need {
                Need::Required => param.name.to_owned(),
                Need::Optional => format!("{}?", param.name),
                Need::Many => format!("{}…", param.name),
            })
            .collect();
        format!("{}({})", self.name, params.join(", "))
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.signature())
    }
}

/// Every function.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.functions)
}

/// The function of that name.
pub fn find(name: &str) -> Option<&'static Function> {
    all().find(|function| function.name == name)
}

/// The function of that name, or the error that says what was probably meant.
pub(super) fn named(name: &str, at: &Range<usize>) -> Result<&'static Function, Fault> {
    find(name).ok_or_else(|| {
        let error = Fault::new(ExprError::FUNCTION, at.clone(), format!("there is no function `{name}`"));
        match closest(name, all().map(|function| function.name)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        }
    })
}
