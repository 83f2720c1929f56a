//! Matchers: whether one holds in a scope.
//!
//! Invariant: a matcher of a part that is not there does not hold, negative or not; nothing that an answer holds is read
//! as a pattern or an expression. Must never import a folder above `plan`.

use std::sync::Arc;

use bytes::Bytes;
use memchr::memmem;

use super::scope::Scope;
use crate::base::Value;
use crate::dsl::{Expr, Regex, Text};
use crate::predicate::xpath::{Document, Query};
use crate::rule::sequence::{Combine, Matcher, MatcherKind};

/// How much asking costs: 0 for a number, 3 for an expression.
pub(super) fn cost(matcher: &Matcher) -> u8 {
    match &matcher.kind {
        MatcherKind::Status(_) => 0,
        MatcherKind::Word(_) | MatcherKind::Binary(_) | MatcherKind::Size(_) => 1,
        MatcherKind::Regex(_) => 2,
        MatcherKind::Dsl(_) | MatcherKind::Xpath(_) => 3,
    }
}

/// Whether a matcher holds.
pub(super) fn matches(matcher: &Matcher, scope: &Scope<'_>) -> bool {
    let part = || scope.part(matcher.part.as_deref());
    let holds = match &matcher.kind {
        MatcherKind::Status(codes) => scope.event.status().map(|status| codes.contains(&status)),
        MatcherKind::Size(sizes) => {
            part().map(|text| sizes.iter().any(|size| usize::try_from(*size) == Ok(text.len())))
        }
        MatcherKind::Word(words) if matcher.ignores_case => {
            scope.lower(matcher.part.as_deref()).map(|text| has_words(matcher, words, &text, scope))
        }
        MatcherKind::Word(words) => part().map(|text| has_words(matcher, words, &text, scope)),
        MatcherKind::Binary(texts) => {
            part().map(|text| combined(matcher.condition, texts, |bytes| memmem::find(&text, bytes).is_some()))
        }
        MatcherKind::Regex(patterns) => {
            part().map(|text| combined(matcher.condition, patterns, |pattern| is_match(pattern, &text)))
        }
        MatcherKind::Dsl(exprs) => Some(all_true(matcher.condition, exprs, scope)),
        MatcherKind::Xpath(queries) => part().map(|text| selects(matcher.condition, queries, &text)),
    };
    holds.is_some_and(|holds| holds != matcher.negative)
}

/// Whether one of them holds, or all; of none none does.
fn combined<T>(condition: Combine, items: &[T], holds: impl FnMut(&T) -> bool) -> bool {
    match condition {
        Combine::Or => items.iter().any(holds),
        Combine::And => !items.is_empty() && items.iter().all(holds),
    }
}

fn has_words(matcher: &Matcher, words: &[Text], text: &Bytes, scope: &Scope<'_>) -> bool {
    combined(matcher.condition, words, |word| {
        if word.is_literal() && !matcher.ignores_case {
            return memmem::find(text, word.source().as_bytes()).is_some();
        }
        memmem::find(text, &rendered(word, matcher, scope)).is_some()
    })
}

/// A word as it is looked for.
pub(super) fn rendered(word: &Text, matcher: &Matcher, scope: &Scope<'_>) -> Bytes {
    let text = match word.is_literal() {
        true => Bytes::copy_from_slice(word.source().as_bytes()),
        false => word.render(&scope.env()).bytes,
    };
    if matcher.ignores_case { crate::predicate::lower(&text) } else { text }
}

fn is_match(pattern: &Regex, text: &[u8]) -> bool {
    pattern.get_for(text).is_some_and(|regex| regex.is_match(text))
}

/// Whether expressions hold. One that has no value does not hold; where all must, the rest is not asked then.
fn all_true(condition: Combine, exprs: &[Expr], scope: &Scope<'_>) -> bool {
    let mut last = false;
    for expr in exprs {
        last = match (condition, expr.eval(&scope.env())) {
            (Combine::And, Err(_) | Ok(Value::Bool(false))) => return false,
            (Combine::Or, Ok(Value::Bool(true))) => return true,
            (_, value) => value == Ok(Value::Bool(true)),
        };
    }
    last && condition == Combine::And
}

/// Whether queries select something. What is no query is passed over.
fn selects(condition: Combine, queries: &[Arc<str>], text: &[u8]) -> bool {
    let document = Document::read(&String::from_utf8_lossy(text));
    let mut some = false;
    for query in queries.iter().filter_map(|query| Query::parse(query)) {
        let found = !query.select(&document).is_empty();
        match condition {
            Combine::Or if found => return true,
            Combine::And if !found => return false,
            _ => some |= found,
        }
    }
    some
}
