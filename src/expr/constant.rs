//! Expressions without names, judged when they are read.
//!
//! Gives the environment in which they are evaluated and the error that is told. Invariant: nothing of a scan is known
//! here, so only what fails everywhere is refused. Must never import a folder above `base`.

use std::sync::Arc;

use super::ast::Node;
use super::{Env, ExprError, Lookup, Names};
use crate::base::{Limits, Timestamp};

/// Some day, so that arithmetic with dates works as it does in scans.
const A_DAY: i64 = 1_780_000_000;

/// No names at all.
struct Nothing;

impl Names for Nothing {
    fn lookup(&self, _: &[Arc<str>]) -> Lookup {
        Lookup::Missing
    }
}

/// An environment of which nothing is known.
pub(super) fn env(limits: &Limits) -> Env<'_> {
    Env { names: &Nothing, now: Timestamp::from_second(A_DAY).unwrap_or_default(), seed: "constant", limits }
}

/// The error of an expression that can never have a value.
pub(super) fn refused(node: &Node, why: String) -> ExprError {
    let help = Some("it is the same in every scan, so it is refused now".to_owned());
    ExprError { code: ExprError::CONSTANT, message: why, at: node.at.clone(), help }
}
