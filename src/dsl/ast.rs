//! The tree of an expression, and the parts of a text with markers; each may hold the other.
//!
//! Operators of one level stand in one flat chain, so that only parentheses make the tree deep. Invariant: the tree's
//! height is bounded by the parser's limit on nesting. Must never import a folder above `base`.

use std::ops::Range;
use std::sync::Arc;

use super::datum::Datum;
use super::functions::Function;
use super::operators::Operator;
use super::regex::Regex;

/// A node.
#[derive(Debug)]
pub(super) enum Node {
    /// Nothing between parentheses.
    Nil,
    Const(Datum),
    /// A text literal that holds markers.
    Text(Inset),
    /// A text literal where a function wants a regex.
    Regex(Regex),
    Name(Arc<str>),
    /// A name with a dot: it never has a value.
    Access(Arc<str>),
    Call(&'static Function, Vec<Node>),
    /// `first, second, …`
    Tuple(Vec<Node>),
    /// Operators of one level, applied from left to right.
    Chain(Box<Node>, Vec<(Operator, Node)>),
    Prefix(Operator, Box<Node>),
}

/// A text literal with its parts.
#[derive(Debug)]
pub(super) struct Inset {
    pub source: Box<str>,
    pub parts: Vec<Part>,
}

/// A part of a text.
#[derive(Debug)]
pub(super) enum Part {
    Literal(Range<usize>),
    Marker(Marker),
}

/// A marker: where it is with its signs, what is between them, and what that computes.
#[derive(Debug)]
pub(super) struct Marker {
    pub at: Range<usize>,
    pub key: Arc<str>,
    pub expr: Option<Parsed>,
}

/// A tree, and what it reads and calls.
#[derive(Debug)]
pub(super) struct Parsed {
    pub root: Node,
    pub names: Vec<Arc<str>>,
    pub functions: Vec<Arc<str>>,
}

impl Parsed {
    pub fn new(root: Node) -> Self {
        let (mut names, mut functions) = (Vec::new(), Vec::new());
        root.walk(&mut |node| match node {
            Node::Name(name) | Node::Access(name) => add(&mut names, name),
            Node::Text(inset) => {
                add_names(&inset.parts, &mut names);
                add_functions(&inset.parts, &mut functions);
            }
            Node::Call(function, _) => add(&mut functions, &function.name.into()),
            _ => {}
        });
        Self { root, names, functions }
    }
}

impl Node {
    /// Calls `visit` with every node, the outer ones first.
    fn walk<'n>(&'n self, visit: &mut dyn FnMut(&'n Node)) {
        visit(self);
        match self {
            Self::Call(_, nodes) | Self::Tuple(nodes) => nodes.iter().for_each(|node| node.walk(visit)),
            Self::Chain(first, rest) => {
                first.walk(visit);
                rest.iter().for_each(|(_, node)| node.walk(visit));
            }
            Self::Prefix(_, of) => of.walk(visit),
            Self::Nil | Self::Const(_) | Self::Text(_) | Self::Regex(_) | Self::Name(_) | Self::Access(_) => {}
        }
    }
}

fn markers(parts: &[Part]) -> impl Iterator<Item = &Marker> {
    parts.iter().filter_map(|part| match part {
        Part::Literal(_) => None,
        Part::Marker(marker) => Some(marker),
    })
}

/// Adds the variables that markers may read, in the order of the text.
pub(super) fn add_names(parts: &[Part], names: &mut Vec<Arc<str>>) {
    for marker in markers(parts) {
        match &marker.expr {
            Some(expr) if !expr.functions.is_empty() || !is_name(&marker.key) => {
                expr.names.iter().for_each(|name| add(names, name));
            }
            _ => add(names, &marker.key),
        }
    }
}

/// Adds the functions that markers call, in the order of the text.
pub(super) fn add_functions(parts: &[Part], functions: &mut Vec<Arc<str>>) {
    let called = markers(parts).filter_map(|marker| marker.expr.as_ref()).flat_map(|expr| &expr.functions);
    called.for_each(|function| add(functions, function));
}

fn add(names: &mut Vec<Arc<str>>, name: &Arc<str>) {
    if !names.contains(name) {
        names.push(Arc::clone(name));
    }
}

/// Whether a marker's key is one name rather than a computation.
fn is_name(key: &str) -> bool {
    key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}
