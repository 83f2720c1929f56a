//! What a subject yields when it is asked of an answer.
//!
//! Owns the three ways in which a value can be there or not. Invariant: "missing" is knowledge (the answer is here and
//! has no such thing), "unknown" is ignorance; the two are never mixed up. Must never import a folder above `expr`.

use crate::base::{Unknown, Value};

/// The values of a subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// It could not be told.
    Unknown(Unknown),
    /// All values; none means missing.
    Values {
        /// In the order of the answer.
        values: Vec<Value>,
        /// The answer was cut off: what is not among the values may yet exist, and a text may go on.
        partial: bool,
    },
}

impl Found {
    /// Nothing of that kind in a whole answer.
    pub fn missing() -> Self {
        Self::Values { values: Vec::new(), partial: false }
    }

    /// One value.
    pub fn one(value: impl Into<Value>) -> Self {
        Self::Values { values: vec![value.into()], partial: false }
    }

    /// Several values, or none.
    pub fn many(values: Vec<Value>) -> Self {
        Self::Values { values, partial: false }
    }
}

impl From<Option<Value>> for Found {
    fn from(value: Option<Value>) -> Self {
        value.map_or_else(Self::missing, Self::one)
    }
}
