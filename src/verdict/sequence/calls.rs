//! Which operators ask who called from outside.
//!
//! Invariant: read from the rule alone. Must never import a folder above `plan`.

use crate::dsl::Expr;
use crate::rule::sequence::{Block, Combine, Matcher, MatcherKind};

/// Whether operators ask who called from outside.
pub(super) fn wants_calls(block: &Block) -> bool {
    let operators = &block.operators;
    let reads = |matcher: &Matcher| match &matcher.kind {
        MatcherKind::Dsl(exprs) => exprs.iter().any(|expr| expr.source().contains("interactsh_")),
        _ => asks_for_calls(matcher),
    };
    operators.matchers.iter().any(reads)
        || operators.extractors.iter().any(|extractor| extractor.part.as_deref().is_some_and(is_of_call))
}

fn is_of_call(name: &str) -> bool {
    name.starts_with("interactsh_")
}

fn asks_for_calls(matcher: &Matcher) -> bool {
    let by_part = matcher.part.as_deref().is_some_and(is_of_call);
    let reads = |expr: &Expr| expr.source().contains("interactsh_");
    let needs = |exprs: &[Expr]| match matcher.condition {
        Combine::And => exprs.iter().any(reads),
        Combine::Or => exprs.iter().all(reads),
    };
    by_part || matches!(&matcher.kind, MatcherKind::Dsl(exprs) if needs(exprs))
}

/// Whether a block may report something although nobody can call.
pub(super) fn holds_without_calls(block: &Block) -> bool {
    let matchers = &block.operators.matchers;
    let internal = !matchers.is_empty() && matchers.iter().all(|matcher| matcher.internal);
    let possible = match block.operators.condition {
        Combine::And => !matchers.iter().any(asks_for_calls),
        Combine::Or => matchers.is_empty() || !matchers.iter().all(asks_for_calls),
    };
    possible && !internal
}
