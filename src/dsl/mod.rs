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
