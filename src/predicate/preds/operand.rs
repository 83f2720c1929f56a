//! Operands: templates rendered where they are compared.
//!
//! Invariant: an operand that cannot be rendered is unknown, never a text. Must never import a folder above `expr`.

use bytes::Bytes;

use super::Tested;
use crate::base::{Truth, Unknown};
use crate::expr::{EvalError, Template};
use crate::predicate::scope::Scope;

/// Asks a question of an operand's text.
pub(super) fn with_text(template: &Template, tested: Tested<'_>, ask: impl FnOnce(&[u8]) -> Truth) -> Truth {
    match render(template, tested.scope) {
        Ok(text) => ask(&text),
        Err(why) => Truth::Unknown(why),
    }
}

/// The operand's text; a literal's is shared, not copied.
pub(super) fn render(template: &Template, scope: &Scope<'_>) -> Result<Bytes, Unknown> {
    if let Some(literal) = template.as_literal() {
        return Ok(literal.clone());
    }
    template.render(&scope.env()).map_err(|error| match error {
        EvalError::Unknown(why) => why,
        EvalError::Missing(_) | EvalError::Failed(_) => Unknown::Expression,
    })
}
