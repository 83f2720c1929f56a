//! Conditions: a tree of tests with quantifiers, over three-valued truth.
//!
//! Owns the tree as data. Invariant: defines are already expanded, names are resolved, and every node knows where it was
//! written. Must never import a folder above `predicate`.

use std::sync::Arc;

use crate::base::Span;
use crate::expr::Expr;
use crate::predicate::{Base, Collection, Pred, Subject};

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Cond {
    /// Where it was written: key and value.
    pub span: Span,
    /// What it says.
    pub kind: CondKind,
}

/// How many items must hold; all bounds that are given apply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bound {
    /// At least so many.
    pub at_least: Option<u64>,
    /// At most so many.
    pub at_most: Option<u64>,
    /// Exactly so many.
    pub equals: Option<u64>,
}

impl Bound {
    /// Whether a count is within.
    pub fn holds(&self, count: u64) -> bool {
        self.at_least.is_none_or(|bound| count >= bound)
            && self.at_most.is_none_or(|bound| count <= bound)
            && self.equals.is_none_or(|bound| count == bound)
    }
}

/// How a condition ranges over a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// At least one item.
    Some,
    /// All items; false on none.
    Every,
    /// No item.
    None,
    /// So many items.
    Count(Bound),
}

/// The kinds of condition.
#[derive(Debug, Clone, PartialEq)]
pub enum CondKind {
    /// All hold; an empty list holds.
    All(Vec<Cond>),
    /// One holds.
    Any(Vec<Cond>),
    /// It does not hold.
    Not(Box<Cond>),
    /// A subject satisfies a predicate.
    Test {
        /// What is asked about.
        subject: Subject,
        /// What must hold of it.
        pred: Pred,
    },
    /// A condition ranges over a collection.
    Quantified {
        /// How.
        quantifier: Quantifier,
        /// Over what.
        over: Collection,
        /// What holds of each item.
        cond: Box<Cond>,
    },
    /// So many of these conditions hold.
    CountOf {
        /// Which.
        conds: Vec<Cond>,
        /// How many.
        bound: Bound,
    },
    /// An expression that yields a boolean.
    Expr(Expr),
    /// Bare subjects inside speak of this request's reply.
    At {
        /// Index of the request.
        request: usize,
        /// Label of the item, where the request repeats.
        label: Option<Arc<str>>,
        /// What must hold there.
        cond: Box<Cond>,
    },
    /// A defined condition, expanded where it is used.
    Named {
        /// The name given to it.
        name: Arc<str>,
        /// Whether it must hold (`$name: true`) or not (`$name: false`).
        expect: bool,
        /// The definition.
        cond: Box<Cond>,
    },
}

impl Cond {
    /// The condition that always holds.
    pub fn always(span: Span) -> Self {
        Self { span, kind: CondKind::All(Vec::new()) }
    }

    /// Several conditions that must all hold; one alone stays itself.
    pub fn all(mut conds: Vec<Self>, span: Span) -> Self {
        match (conds.len(), conds.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                conds.extend(last);
                Self { span, kind: CondKind::All(conds) }
            }
        }
    }

    /// Direct parts.
    pub fn children(&self) -> &[Cond] {
        match &self.kind {
            CondKind::All(conds) | CondKind::Any(conds) | CondKind::CountOf { conds, .. } => conds,
            CondKind::Not(cond)
            | CondKind::Quantified { cond, .. }
            | CondKind::At { cond, .. }
            | CondKind::Named { cond, .. } => std::slice::from_ref(cond),
            CondKind::Test { .. } | CondKind::Expr(_) => &[],
        }
    }

    /// Direct parts, to change.
    pub fn children_mut(&mut self) -> &mut [Cond] {
        match &mut self.kind {
            CondKind::All(conds) | CondKind::Any(conds) | CondKind::CountOf { conds, .. } => conds,
            CondKind::Not(cond)
            | CondKind::Quantified { cond, .. }
            | CondKind::At { cond, .. }
            | CondKind::Named { cond, .. } => std::slice::from_mut(cond),
            CondKind::Test { .. } | CondKind::Expr(_) => &mut [],
        }
    }

    /// Whether a part of it asks for the baseline's answers.
    pub fn mentions_baseline(&self) -> bool {
        self.has(&|cond| match &cond.kind {
            CondKind::Test { subject, .. } => subject.base == Base::BaselineSame,
            CondKind::Quantified { over, .. } => *over == Collection::Baseline,
            CondKind::Expr(expr) => names(expr, &["baseline"]),
            _ => false,
        })
    }

    /// Whether a part of it asks for the host's profile.
    pub fn mentions_profile(&self) -> bool {
        self.has(&|cond| match &cond.kind {
            CondKind::Test { subject, .. } => {
                subject.base == Base::Host && subject.path.first().is_some_and(|first| &**first == "profile")
            }
            CondKind::Expr(expr) => names(expr, &["host", "profile"]),
            _ => false,
        })
    }

    fn has(&self, wanted: &dyn Fn(&Cond) -> bool) -> bool {
        wanted(self) || self.children().iter().any(|child| child.has(wanted))
    }
}

/// Whether an expression uses a name that begins so.
fn names(expr: &Expr, path: &[&str]) -> bool {
    expr.names().any(|name| {
        name.path.len() >= path.len() && name.path.iter().zip(path).all(|(part, wanted)| **part == **wanted)
    })
}
