//! How subjects, predicates and sources are asked: the signatures that judging is written against.
//!
//! Invariant: nothing is known yet, so everything is unknown. Must never import a folder above `expr`.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::{Answer, Collection, Found, Pred, Reply, Scope, Source, Subject};
use crate::base::{Timestamp, Truth, Unknown, Value};
use crate::expr::{Env, Lookup, Names};

/// The items of a collection.
#[derive(Debug)]
pub enum Items<'a> {
    /// Replies.
    Replies(Vec<Cow<'a, Reply>>),
    /// Values.
    Values(Vec<Value>),
}

/// A text that a predicate cannot hold without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// The text.
    pub bytes: Vec<u8>,
    /// Whether ASCII case is ignored.
    pub ignore_case: bool,
}

impl Subject {
    /// Its values in a scope.
    pub fn resolve(&self, _scope: &Scope<'_>) -> Found {
        Found::Unknown(Unknown::NotSent)
    }

    /// It in words.
    pub fn display(&self) -> String {
        format!("{:?}", self.base)
    }
}

impl Pred {
    /// Whether it holds.
    pub fn test(&self, _found: &Found, _scope: &Scope<'_>) -> Truth {
        Truth::Unknown(Unknown::NotSent)
    }

    /// It in words.
    pub fn display(&self) -> String {
        format!("{self:?}")
    }

    /// The bytes that decide.
    pub fn spots(&self, _value: &Value, _scope: &Scope<'_>) -> Vec<Range<usize>> {
        Vec::new()
    }

    /// Texts one of which must be there.
    pub fn literals(&self) -> Option<Vec<Literal>> {
        None
    }
}

impl Collection {
    /// Its items in a scope.
    ///
    /// # Errors
    /// Where they cannot be told.
    pub fn items<'a>(&self, _scope: &Scope<'a>) -> Result<Items<'a>, Unknown> {
        Err(Unknown::NotSent)
    }

    /// It in words.
    pub fn display(&self) -> String {
        format!("{self:?}")
    }
}

impl Source {
    /// Its items in a scope.
    ///
    /// # Errors
    /// Where they cannot be told.
    pub fn items(&self, _scope: &Scope<'_>) -> Result<Vec<Value>, Unknown> {
        Err(Unknown::NotSent)
    }
}

impl Answer {
    /// The cookies that it sets.
    pub fn cookies(&self, _now: Timestamp) -> &[Value] {
        &[]
    }
}

impl Names for Scope<'_> {
    fn lookup(&self, _path: &[Arc<str>]) -> Lookup {
        Lookup::Unknown(Unknown::NotSent)
    }
}

impl Scope<'_> {
    /// What expressions are evaluated in.
    pub fn env(&self) -> Env<'_> {
        Env { names: self, now: self.host.now, seed: &self.host.nonce, limits: &self.host.limits }
    }
}
