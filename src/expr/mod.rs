//! The expression language of rules: `{{…}}` in templates, and `expr:` in conditions.
//!
//! Owns its grammar ([`Expr::parse`]), its static check ([`Expr::check`]), its evaluator with fuel ([`Expr::eval`]) and its
//! functions ([`functions`]). Takes text and, to evaluate, names with values; gives values and texts.
//!
//! ```text
//! literals    'it''s' (raw, as in YAML)  "tab \t, byte \xff, \u{e9}"  12  1.5  true  false  ['a', 'b']
//! names       nonce  url.origin  request.headers.x-api-key  headers['odd name']
//! access      list[0]  list[-1]  map['field']  f(x).field
//! calls       lower(x)  replace(x, 'a', 'b')  x | lower | replace('a', 'b')
//! operators   !  -x  * / %  + -  == != < <= > >= in contains matches starts_with ends_with  &&  ||
//! ```
//! Loosest last. A pipe binds tighter than every operator; where that could be misread (`a + b | base64`), parentheses
//! are mandatory. A hyphen between letters belongs to the name, so a subtraction of names needs spaces. What a regex
//! is (`matches`, `regex_find`, `regex_replace`) is said by [`Pattern`]; it is always written out, never computed.
//!
//! Invariant: evaluation is pure and bounded (nesting, steps, bytes of a text), and what it yields is never read as an
//! expression again. Must never import a folder above `base`, and never do IO.

mod ast;
mod chain;
mod check;
mod constant;
mod dates;
mod error;
mod eval;
pub mod fuel;
pub mod functions;
mod lexer;
pub mod literals;
mod names;
mod operators;
mod parser;
mod pattern;
mod print;
mod template;
mod types;
mod weight;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::base::{Limits, Value};

pub use check::Known;
pub use error::{EvalError, ExprError};
pub use eval::{Env, Lookup, Names};
pub use names::Name;
pub use pattern::{Pattern, PatternError};
pub use template::Template;
pub use types::Type;

/// A parsed expression. Cloning is cheap; equality ignores positions and white space.
#[derive(Clone)]
pub struct Expr(Arc<Parsed>);

struct Parsed {
    root: ast::Node,
    names: Vec<Name>,
}

impl Expr {
    /// Parses a whole text as one expression. Functions, the number of their arguments, their types as far as the text
    /// alone tells, and regexes are checked at once; names are checked by [`Expr::check`].
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, ExprError> {
        let (expr, _) = parser::parse(text, 0, parser::Until::End, limits)?;
        Ok(expr)
    }

    fn new(root: ast::Node, names: Vec<Name>) -> Self {
        Self(Arc::new(Parsed { root, names }))
    }

    /// The names it reads, in the order of the text.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.0.names.iter()
    }

    /// Checks names and types against what is known, and gives the type of the result.
    pub fn check(&self, known: &dyn Known) -> Result<Type, ExprError> {
        Ok(check::infer(&self.0.root, known)?)
    }

    /// Evaluates it where it reads no name: what fails then would fail in every scan.
    ///
    /// # Errors
    /// Why it has no value.
    pub fn check_constant(&self, limits: &Limits) -> Result<(), ExprError> {
        match self.0.names.is_empty().then(|| self.eval(&constant::env(limits))) {
            Some(Err(EvalError::Failed(why))) => Err(constant::refused(&self.0.root, why)),
            _ => Ok(()),
        }
    }

    /// Evaluates it. The same environment always gives the same value.
    pub fn eval(&self, env: &Env) -> Result<Value, EvalError> {
        eval::Evaluation::new(env).eval(&self.0.root)
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.0.root == other.0.root
    }
}

impl std::fmt::Debug for Expr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Expr({self})")
    }
}

impl std::fmt::Display for Expr {
    /// The expression as text again; parsing it gives an equal expression.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        print::node(&self.0.root, f)
    }
}
