//! The tree of an expression.
//!
//! Chains of one precedence (`a + b - c`, `x | f | g`, `a && b && c`) are one flat node, so that only real nesting makes
//! the tree deep. Invariant: the tree's height is bounded by the parser's depth limit, so that walking and dropping it
//! may recurse; equality ignores positions. Must never import a folder above `base`.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::functions::Function;
use super::operators::Arithmetic;
use super::pattern::Pattern;

/// A node and where it stands in the parsed text.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub kind: Kind,
    pub at: Range<usize>,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Bytes),
    /// A text literal where a regex is wanted.
    Pattern(Pattern),
    List(Vec<Node>),
    Name(Arc<[Arc<str>]>),
    /// `of[key][key]`
    Index(Box<Node>, Vec<Node>),
    Call(Box<Call>),
    /// `first | call | call`
    Pipe(Box<Node>, Vec<Call>),
    Not(Box<Node>),
    Negate(Box<Node>),
    /// Operators of one level, applied from left to right.
    Sum(Box<Node>, Vec<(Arithmetic, Node)>),
    Product(Box<Node>, Vec<(Arithmetic, Node)>),
    Compare(Comparison, Box<(Node, Node)>),
    All(Vec<Node>),
    Any(Vec<Node>),
}

/// A call as written; in a pipe, the piped value goes before `args`.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub function: &'static Function,
    pub args: Vec<Node>,
    pub at: Range<usize>,
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name && self.args == other.args
    }
}

/// Operators that compare two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Contains,
    Matches,
    StartsWith,
    EndsWith,
}

impl Comparison {
    pub const ALL: [Self; 11] = [
        Self::Equal,
        Self::Unequal,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::In,
        Self::Contains,
        Self::Matches,
        Self::StartsWith,
        Self::EndsWith,
    ];

    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::Contains => "contains",
            Self::Matches => "matches",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
        }
    }
}
