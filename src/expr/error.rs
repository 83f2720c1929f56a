//! What can be wrong with an expression: in its text, and while it is evaluated.
//!
//! Invariant: a code keeps its meaning once published. Must never import a folder above `base`.

use std::ops::Range;

use crate::base::Unknown;

/// An error in the text of an expression or template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExprError {
    /// One of the constants of this type: stable, `E01xx`.
    pub code: &'static str,
    /// One sentence without a full stop.
    pub message: String,
    /// Where: bytes in the parsed text.
    pub at: Range<usize>,
    /// How to mend it.
    pub help: Option<String>,
}

impl ExprError {
    /// Something stands where something else is expected.
    pub const SYNTAX: &'static str = "E0101";
    /// A text literal has no closing quote.
    pub const OPEN_TEXT: &'static str = "E0102";
    /// `{{` has no `}}`, or braces are ambiguous.
    pub const BRACES: &'static str = "E0103";
    /// The expression nests too deeply.
    pub const DEPTH: &'static str = "E0104";
    /// There is no function of that name.
    pub const FUNCTION: &'static str = "E0105";
    /// A function has too few or too many arguments.
    pub const ARGUMENTS: &'static str = "E0106";
    /// A value of the wrong type.
    pub const TYPE: &'static str = "E0107";
    /// There is no such name here.
    pub const NAME: &'static str = "E0108";
    /// A number that cannot be read or held.
    pub const NUMBER: &'static str = "E0109";
    /// An unknown escape in a text in double quotes.
    pub const ESCAPE: &'static str = "E0110";
    /// A regex that is computed, too long or wrong.
    pub const REGEX: &'static str = "E0111";
    /// A pipe that two people would read differently.
    pub const PIPE: &'static str = "E0112";
    /// An expression that reads no name and can never have a value.
    pub const CONSTANT: &'static str = "E0113";
}

/// An error on its way out of the parser: boxed, so that the stack frames of a recursive parser stay small.
#[derive(Debug)]
pub(super) struct Fault(pub Box<ExprError>);

impl Fault {
    pub fn new(code: &'static str, at: Range<usize>, message: impl Into<String>) -> Self {
        Self(Box::new(ExprError { code, message: message.into(), at, help: None }))
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }
}

impl From<Fault> for ExprError {
    fn from(fault: Fault) -> Self {
        *fault.0
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A name, list item or field that is not there; carries it as written.
    #[error("`{0}` has no value here")]
    Missing(String),
    /// A value that could not be told.
    #[error("the value could not be told ({})", .0.name())]
    Unknown(Unknown),
    /// A value that does not fit, or a bound that was reached; carries a sentence.
    #[error("{0}")]
    Failed(String),
}

impl From<String> for EvalError {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

impl EvalError {
    pub(super) fn failed<T>(why: impl Into<String>) -> Result<T, Self> {
        Err(Self::Failed(why.into()))
    }
}
