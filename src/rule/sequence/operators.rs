//! Operators: what is asked of every answer of a block.
//!
//! Invariant: regexes and expressions are written by the rule's author alone; nothing that a server sends becomes one.
//! Must never import a folder above `predicate`.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::dsl::{Expr, Regex, Text};

/// How several tests combine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Combine {
    /// One is enough.
    #[default]
    Or,
    /// All must hold.
    And,
}

/// Matchers and extractors of a block.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Operators {
    /// The matchers.
    pub matchers: Vec<Matcher>,
    /// How they combine.
    pub condition: Combine,
    /// The extractors.
    pub extractors: Vec<Extractor>,
}

/// One test of a part of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matcher {
    /// A name that is reported.
    pub name: Option<Arc<str>>,
    /// The part that is asked about; `None`: the protocol's default.
    pub part: Option<Arc<str>>,
    /// What is asked.
    pub kind: MatcherKind,
    /// How its words, patterns or expressions combine.
    pub condition: Combine,
    /// Whether it holds where it would not.
    pub negative: bool,
    /// Whether it decides without being reported.
    pub internal: bool,
    /// Whether words are compared without regard to case.
    pub ignores_case: bool,
    /// Whether every pattern that holds is reported rather than the first.
    pub match_all: bool,
}

/// What a matcher asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum MatcherKind {
    /// Texts that the part contains; rendered before they are looked for.
    Word(Vec<Text>),
    /// Patterns that match in the part.
    Regex(Vec<Regex>),
    /// Bytes that the part contains.
    Binary(Vec<Bytes>),
    /// Status codes.
    Status(Vec<i64>),
    /// Lengths of the part.
    Size(Vec<i64>),
    /// Expressions that are true.
    Dsl(Vec<Expr>),
    /// Queries that select something.
    Xpath(Vec<Arc<str>>),
}

/// A value taken from an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extractor {
    /// A name that is reported, and under which later requests find the value.
    pub name: Option<Arc<str>>,
    /// The part that it is taken from; `None`: the protocol's default.
    pub part: Option<Arc<str>>,
    /// How.
    pub kind: ExtractorKind,
    /// Whether it is for later requests alone.
    pub internal: bool,
    /// Whether names of values are compared without regard to case.
    pub ignores_case: bool,
}

/// How a value is taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ExtractorKind {
    /// A group of every match.
    Regex {
        /// The patterns.
        patterns: Vec<Regex>,
        /// The group; 0 is the whole match.
        group: usize,
    },
    /// Fields of the head and cookies, by name.
    Kval(Vec<Arc<str>>),
    /// Queries of jq.
    Json(Vec<Arc<str>>),
    /// Queries of XPath.
    Xpath {
        /// The queries.
        queries: Vec<Arc<str>>,
        /// The attribute that is taken rather than the text.
        attribute: Option<Arc<str>>,
    },
    /// Expressions.
    Dsl(Vec<Expr>),
}
