//! Evidence keys: what tells two findings of one rule and host apart.
//!
//! Invariant: a key never shows a secret, and keys of two secrets differ. Must never import a folder above `plan`.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::token::FoundToken;
use crate::finding::redact;
use crate::predicate::Scope;
use crate::rule::Rule;

/// The rule's evidence key; of a rule that ranges over tokens and says nothing of one, what tells these from others.
pub(super) fn evidence_key(rule: &Rule, scope: Scope<'_>, tokens: &[FoundToken]) -> String {
    match &rule.evidence_key {
        Some(key) => key.render(&scope.env()).map_or_else(|_| String::new(), key_of),
        None => tokens.iter().map(|token| &*token.hash).collect::<Vec<_>>().join("+"),
    }
}

/// An evidence key as outputs may show it. Where a secret is masked in it, a hash keeps two secrets apart.
fn key_of(text: Bytes) -> String {
    let shown = redact(&text);
    let readable = String::from_utf8_lossy(&shown);
    if *readable.as_bytes() == *text {
        return readable.into_owned();
    }
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(&text));
    format!("{readable}#{}", hash.get(..16).unwrap_or(&hash))
}
