//! The truth of a condition in a scope.
//!
//! Invariant: every branch follows Kleene's tables; a known result never depends on what is unknown. Must never import a
//! folder above `plan`.

use std::sync::{Arc, LazyLock};

use crate::base::{Truth, Unknown, Value};
use crate::expr::EvalError;
use crate::predicate::{Items, Reply, ReplyState, Scope};
use crate::rule::{Bound, Cond, CondKind, Quantifier};

/// Whether a condition holds.
pub fn eval(cond: &Cond, scope: Scope<'_>) -> Truth {
    match &cond.kind {
        CondKind::All(conds) => conjunction(conds.iter().map(|part| eval(part, scope))),
        CondKind::Any(conds) => disjunction(conds.iter().map(|part| eval(part, scope))),
        CondKind::Not(inner) => eval(inner, scope).negate(),
        CondKind::Test { subject, pred } => pred.test(&subject.resolve(&scope), &scope),
        CondKind::Quantified { quantifier, over, cond } => match over.items(&scope) {
            Ok(items) => quantified(*quantifier, item_truths(&items, cond, scope)),
            Err(unknown) => Truth::Unknown(unknown),
        },
        CondKind::CountOf { conds, bound } => counted(*bound, conds.iter().map(|part| eval(part, scope))),
        CondKind::Expr(expr) => expression_truth(expr.eval(&scope.env())),
        CondKind::At { request, label, cond } => match find_reply(scope, *request, label.as_ref()) {
            Some(reply) => eval(cond, scope.at(reply)),
            None => Truth::Unknown(Unknown::NotSent),
        },
        CondKind::Named { expect, cond, .. } => {
            let truth = eval(cond, scope);
            if *expect { truth } else { truth.negate() }
        }
    }
}

/// The reply of a request, of its item with that label where one is named. An item is missing rather than unknown where
/// the request was not asked, or where its items are known and this is none of them.
pub(super) fn find_reply<'a>(scope: Scope<'a>, request: usize, label: Option<&Arc<str>>) -> Option<&'a Reply> {
    let replies = scope.requests.get(request)?;
    let Some(label) = label else { return replies.first() };
    let is_known = |reply: &Reply| !reply.label.is_empty() || matches!(reply.state, ReplyState::NotAsked);
    let left_out = || (!replies.is_empty() && replies.iter().all(is_known)).then(|| &*LEFT_OUT);
    replies.iter().find(|reply| reply.label == *label).or_else(left_out)
}

/// The reply of an item that there is not.
static LEFT_OUT: LazyLock<Reply> =
    LazyLock::new(|| Reply { label: "".into(), bindings: Vec::new(), state: ReplyState::NotAsked });

/// The truth of an expression that should yield a boolean.
pub(super) fn expression_truth(result: Result<Value, EvalError>) -> Truth {
    match result {
        Ok(Value::Bool(holds)) => holds.into(),
        Ok(_) => Truth::Unknown(Unknown::Expression),
        Err(EvalError::Missing(_)) => Truth::False,
        Err(EvalError::Unknown(unknown)) => Truth::Unknown(unknown),
        Err(EvalError::Failed(_)) => Truth::Unknown(Unknown::Expression),
    }
}

fn item_truths(items: &Items<'_>, cond: &Cond, scope: Scope<'_>) -> Vec<Truth> {
    match items {
        Items::Replies(replies) => replies.iter().map(|reply| eval(cond, scope.at(reply))).collect(),
        Items::Values(values) => values.iter().map(|value| eval(cond, scope.within(value))).collect(),
    }
}

fn conjunction(truths: impl Iterator<Item = Truth>) -> Truth {
    let mut sum = Truth::True;
    for truth in truths {
        sum = sum.and(truth);
        if sum.is_false() {
            break;
        }
    }
    sum
}

fn disjunction(truths: impl Iterator<Item = Truth>) -> Truth {
    conjunction(truths.map(Truth::negate)).negate()
}

/// The truth of a quantifier over the truths of its items.
pub(super) fn quantified(quantifier: Quantifier, truths: Vec<Truth>) -> Truth {
    match quantifier {
        Quantifier::Some => disjunction(truths.into_iter()),
        Quantifier::None => disjunction(truths.into_iter()).negate(),
        Quantifier::Every if truths.is_empty() => Truth::False,
        Quantifier::Every => conjunction(truths.into_iter()),
        Quantifier::Count(bound) => counted(bound, truths.into_iter()),
    }
}

/// Whether a count is within its bound, whatever the unknown ones turn out to be.
pub(super) fn counted(bound: Bound, truths: impl Iterator<Item = Truth>) -> Truth {
    let (mut sure, mut open, mut why) = (0_u64, 0_u64, Unknown::Expression);
    for truth in truths {
        match truth {
            Truth::True => sure += 1,
            Truth::False => {}
            Truth::Unknown(unknown) => {
                why = if open == 0 { unknown } else { why.min(unknown) };
                open += 1;
            }
        }
    }
    let holding = (sure..=sure + open).filter(|count| bound.holds(*count)).count() as u64;
    if holding == open + 1 {
        Truth::True
    } else if holding == 0 {
        Truth::False
    } else {
        Truth::Unknown(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn truth() -> impl Strategy<Value = Truth> {
        prop_oneof![Just(Truth::True), Just(Truth::False), Just(Truth::Unknown(Unknown::Failed))]
    }

    fn quantifier() -> impl Strategy<Value = Quantifier> {
        prop_oneof![
            Just(Quantifier::Some),
            Just(Quantifier::Every),
            Just(Quantifier::None),
            (0_u64..4).prop_map(|n| Quantifier::Count(Bound { at_least: Some(n), ..Bound::default() })),
            (0_u64..4).prop_map(|n| Quantifier::Count(Bound { equals: Some(n), ..Bound::default() })),
        ]
    }

    proptest! {
        #[test]
        fn arrival_never_changes_a_known_verdict(
            q in quantifier(), before in proptest::collection::vec(truth(), 0..6), fill in any::<u8>()
        ) {
            let known = quantified(q, before.clone());
            let filled: Vec<Truth> = before.iter().enumerate().map(|(at, truth)| match truth {
                Truth::Unknown(_) => (fill >> (at % 8) & 1 == 1).into(),
                known => *known,
            }).collect();
            let after = quantified(q, filled);
            prop_assert!(known == after || matches!(known, Truth::Unknown(_)));
        }

        #[test]
        fn order_never_matters(q in quantifier(), mut truths in proptest::collection::vec(truth(), 0..6)) {
            let forward = quantified(q, truths.clone());
            truths.reverse();
            prop_assert_eq!(forward, quantified(q, truths));
        }
    }
}
