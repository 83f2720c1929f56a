//! The grammar of native rules as data: every key, where it is valid, what it means, its default and an example.
//!
//! Takes nothing, gives tables: the reader finds unknown keys with them, and the schema and the docs are generated from
//! them. Invariant: a key that is not in a table is an error in a rule, and every key that is in one is lowered.
//! Must never import compile or any later folder.

mod answer;
mod condition;
mod request;
mod rule;
mod source;

pub use answer::{ANSWER, BY_KEY, EXPECT, RECORDING, TEST};
pub use condition::{CHARACTERS, COUNT, ENTROPY, OPERATORS, PREDICATE};
pub use request::{REQUEST, TLS};
pub use rule::{CASE, FIX, NOT_ON, RULE, SHARED, VERIFY};
pub use source::{SOURCE, SOURCE_WORDS, VIEWS};

use crate::base::suggest::closest;

/// A map whose keys are words of the grammar.
#[derive(Debug)]
pub struct Object {
    /// The name of its definition in the schema.
    pub name: &'static str,
    /// What it is, with its article: `a request`.
    pub title: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Its keys, in the order of the docs.
    pub keys: &'static [Key],
}

impl Object {
    /// The key of that name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The key that a misspelt one most likely meant.
    pub fn closest(&self, name: &str) -> Option<&'static str> {
        closest(name, self.keys.iter().map(|key| key.name))
    }
}

/// One key of the grammar.
#[derive(Debug)]
pub struct Key {
    /// The word.
    pub name: &'static str,
    /// What it says, in a sentence.
    pub doc: &'static str,
    /// What its value may be.
    pub shape: Shape,
    /// What holds where it is left out, as JSON; `None` where nothing does.
    pub default: Option<&'static str>,
    /// A value, as JSON.
    pub example: &'static str,
    /// Whether the map needs it.
    pub required: bool,
}

impl Key {
    const fn new(name: &'static str, shape: Shape, example: &'static str, doc: &'static str) -> Self {
        Self { name, doc, shape, default: None, example, required: false }
    }

    const fn default(self, value: &'static str) -> Self {
        Self { default: Some(value), ..self }
    }

    const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A text; numbers and yes/no words are texts too.
    Text,
    /// A text of this pattern.
    Word(&'static str),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A number.
    Number,
    /// A whole number from one bound to another.
    Whole(u64, u64),
    /// `true` or `false`.
    Flag,
    /// A map of grammar words.
    Object(&'static Object),
    /// A map of free names of this pattern.
    Named(&'static str, &'static Shape),
    /// A list.
    List(&'static Shape),
    /// One of several shapes.
    Either(&'static [Shape]),
    /// A definition that the schema makes from registries: `condition`, `predicate` and the like.
    Defined(Definition),
}

/// Definitions whose content comes from the registries of subjects, predicates and sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Definition {
    /// A condition.
    Condition,
    /// A condition that may stand inside any quantifier: a definition.
    OpenCondition,
    /// A predicate: a scalar, a list or a map of predicates.
    Predicate,
    /// Where items come from.
    Source,
    /// A ladder of severities.
    Severity,
    /// A ladder of confidences.
    Confidence,
    /// Facts as a fixture writes them: a map of anything.
    Facts,
}

/// Names that authors make up: `by_cookie`.
pub const NAME: &str = "^[a-z][a-z0-9_]*$";
/// Names with hyphens: rules, cases.
pub const KEBAB: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";
/// Any name at all.
pub const ANY: &str = "^.+$";

const TEXTS: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]);
const COND: Shape = Shape::Defined(Definition::Condition);
const OPEN_COND: Shape = Shape::Defined(Definition::OpenCondition);
const PRED: Shape = Shape::Defined(Definition::Predicate);
const SOURCE_SHAPE: Shape = Shape::Defined(Definition::Source);
