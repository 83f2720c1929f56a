//! Tokens that a rule ranges over: where a match of theirs stands, and what must not be shown of them.
//!
//! Invariant: whatever a rule writes into its title, key and extracts, no output shows a token that it found. Must never
//! import a folder above `plan`.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::base::Value;
use crate::finding::{Question, Veil, masked};
use crate::plan::{Identity, render};
use crate::predicate::Scope;
use crate::rule::Rule;

/// Fields of a token that say nothing of it.
const HARMLESS: [&str; 9] = ["hash", "near", "offset", "length", "view", "context", "name", "source", "source_line"];
/// The shortest part of a token that is veiled by itself.
const PART: usize = 12;

/// A token that a rule found.
#[derive(Debug, Clone)]
pub(super) struct FoundToken {
    /// The name that the rule gave it.
    pub name: Arc<str>,
    /// The token.
    pub value: Bytes,
    /// What tells it from others.
    pub hash: String,
    /// Its bytes in the body as served.
    pub served: Range<usize>,
    /// The original source that it stands in, with its line.
    pub source: Option<String>,
    /// Parts of it that are veiled by themselves.
    parts: Vec<Bytes>,
}

/// The tokens that are bound where a rule's match is judged, in the rule's order.
pub(super) fn tokens_of(rule: &Rule, scope: Scope<'_>) -> Vec<FoundToken> {
    let names = rule.for_each.iter().filter(|binding| binding.source.is_tokens());
    names.filter_map(|binding| Some(found(&binding.name, scope.bound(&binding.name)?))).collect()
}

/// The token that a name is bound to, where it is one.
pub(super) fn token_named(name: &str, scope: Scope<'_>) -> Option<FoundToken> {
    let value = scope.bound(name)?;
    let is_token = ["value", "hash", "near", "offset", "context"].iter().all(|field| value.field(field).is_some());
    is_token.then(|| found(&name.into(), value))
}

fn found(name: &Arc<str>, item: &Value) -> FoundToken {
    let text = |field: &str| item.field(field).map(Value::to_text_lossy);
    let number = |field: &str| item.field(field).and_then(Value::as_number).map_or(0, |number| number as usize);
    let start = number("offset");
    let mut parts = Vec::new();
    if let Value::Map(fields) = item {
        fields.iter().filter(|(name, _)| !HARMLESS.contains(&&**name)).for_each(|(_, part)| texts(part, &mut parts));
    }
    FoundToken {
        name: Arc::clone(name),
        value: Bytes::from(item.as_text().into_owned()),
        hash: text("hash").unwrap_or_default(),
        served: start..start.saturating_add(number("length")),
        source: text("source").map(|source| match text("source_line") {
            Some(line) => format!("{source}:{line}"),
            None => source,
        }),
        parts,
    }
}

/// The texts of a value that could be secret by themselves: long, and not of letters and `_` alone, as roles and kinds are.
fn texts(value: &Value, into: &mut Vec<Bytes>) {
    match value {
        Value::Text(text) => {
            let is_word =
                |text: &[u8]| text.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'));
            if text.len() >= PART && !is_word(text) {
                into.push(text.clone());
            }
        }
        Value::List(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Map(fields) => fields.iter().for_each(|(_, field)| texts(field, into)),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Time(_) => {}
    }
}

impl FoundToken {
    /// What is shown of it.
    pub(super) fn shown(&self) -> String {
        format!("{} ({} bytes, {})", masked(&self.value), self.value.len(), self.hash)
    }
}

/// What hides these tokens.
pub(super) fn veil_over(tokens: &[FoundToken]) -> Veil {
    Veil::over(tokens.iter().flat_map(|token| std::iter::once(&token.value).chain(&token.parts)).map(|text| &text[..]))
}

/// How the provider is asked about a token, where the rule says how.
pub(super) fn question(rule: &Rule, scope: Scope<'_>) -> Option<Box<Question>> {
    let verify = rule.verify.as_deref()?;
    let probe = render(&verify.request, &scope, &Identity::anonymous(), None).ok()?;
    let (live, dead) = (verify.live.clone(), verify.dead.clone());
    Some(Box::new(Question { probe: Arc::new(probe), live, dead }))
}
