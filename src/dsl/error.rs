//! Why an expression was refused, or has no value.
//!
//! Invariant: a refusal of a function carries the function's name as it was written. Must never import a folder above `base`.

use std::sync::Arc;

/// Why a text is no expression.
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
    /// The function exists in the language, and is not offered here: it needs the network, files or another service.
    #[error("the function `{0}` is not supported")]
    RefusedFunction(Arc<str>),
    /// The regex is none, or would be too large.
    #[error("{0}")]
    Regex(String),
    /// It is over a limit.
    #[error("{0}")]
    Limit(String),
}

impl DslError {
    pub(super) fn syntax(at: usize, message: impl Into<String>) -> Self {
        Self::Syntax { message: message.into(), at }
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// It reads a variable that does not exist.
    #[error("there is no variable `{0}`")]
    Missing(Arc<str>),
    /// Something else, as one sentence.
    #[error("{0}")]
    Failed(String),
}

impl EvalError {
    pub(super) fn failed<T>(message: impl Into<String>) -> Result<T, Self> {
        Err(Self::Failed(message.into()))
    }
}

impl From<String> for EvalError {
    fn from(message: String) -> Self {
        Self::Failed(message)
    }
}
