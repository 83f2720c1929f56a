//! The expression language of sequences: `{{…}}` in their texts, and expressions of their matchers and extractors.
//!
//! Invariant: evaluation is pure and bounded, and what it yields is never read as an expression again. Must never import a
//! folder above `expr`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! written {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads it.
            ///
            /// # Errors
            /// Why it cannot be read.
            pub fn parse(source: &str, _: &crate::base::Limits) -> Result<Self, DslError> {
                Ok(Self(source.into()))
            }

            /// A text.
            pub fn literal(source: &str) -> Self {
                Self(source.into())
            }

            /// The text as written.
            pub fn source(&self) -> &str {
                &self.0
            }
        }
    };
}

written!(
    /// An expression.
    Expr
);
written!(
    /// A text with `{{expressions}}`.
    Text
);
written!(
    /// A regex in RE2's syntax.
    Regex
);

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DslError {
    /// It breaks the grammar at that byte.
    #[error("{message}")]
    Syntax {
        /// One sentence.
        message: String,
        /// Byte of the text.
        at: usize,
    },
    /// There is no function of that name.
    #[error("there is no function `{0}`")]
    UnknownFunction(Arc<str>),
    /// The function exists.
    #[error("the function `{0}` is not supported")]
    RefusedFunction(Arc<str>),
    /// The regex is none, or would be too large.
    #[error("{0}")]
    Regex(String),
    /// It is over a limit.
    #[error("{0}")]
    Limit(String),
}
