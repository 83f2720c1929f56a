//! The expression language of sequences: `{{…}}` in their texts, and expressions of their matchers and extractors.
//!
//! Owns the grammar ([`Expr::parse`]), texts with markers ([`Text`]), regexes in RE2's syntax ([`Regex`]) and the
//! [functions]. It is another language than [`expr`](crate::expr), which native rules are written in: nothing is
//! coerced, unknown names are errors, and what does not parse between braces is text.
//!
//! ```text
//! literals   'it' "it" (a backslash takes itself away)  12  0.5  0x1f  true  false
//! names      body_2  [a name]
//! calls      to_lower(x)  tolower(x)
//! operators  - ! ~ (before one operand)  **  * / %  + -  << >>  & | ^  == != < <= > >= =~ !~ in  &&  ||  ? : ??
//! ```
//! Tightest first. Invariant: evaluation is pure and bounded (nesting, steps, bytes of a text), and what it yields is never
//! read as an expression again. Must never import a folder above `expr`, and never do IO.

mod ast;
mod dates;
mod datum;
mod env;
mod error;
mod eval;
mod expr;
pub mod functions;
mod layout;
mod lexer;
mod markers;
mod numbers;
mod operators;
mod parser;
mod random;
mod regex;
mod source;
mod syntax;
mod text;
#[cfg(test)]
mod tests;

pub use env::{Env, Vars};
pub use error::{DslError, EvalError};
pub use expr::Expr;
pub use markers::leftovers;
pub use random::Random;
pub use regex::Regex;
pub use text::{Rendered, Text};

source::by_source!(Expr);
source::by_source!(Text);
source::by_source!(Regex);
