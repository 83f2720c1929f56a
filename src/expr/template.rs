//! Templates: text with `{{expressions}}`.
//!
//! `{{` opens an expression, `}}` ends it; `}}` alone, single braces and `{{{` (a brace before an expression) are literal.
//! Rendering is one pass: what an expression yields is put into the text and never read again.
//!
//! Invariant: there is at least one part, no two literals are neighbours, and a text literal by itself
//! (`{{ '{{' }}`) is a literal part. Must never import a folder above `base`.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use super::ast::Kind;
use super::error::{EvalError, ExprError, Fault};
use super::eval::{Env, Evaluation};
use super::parser::{self, Until};
use super::{Expr, Known, Name};
use crate::base::Limits;

/// A parsed template. Cloning is cheap.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    parts: Arc<[Part]>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Literal(Bytes),
    Expr(Expr),
}

impl Template {
    /// Parses a text. Positions in errors and names are bytes of it.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, ExprError> {
        let mut parts = Vec::new();
        let mut literal = Vec::new();
        let mut pos = 0;
        while let Some(open) = next_braces(text, pos)? {
            literal.extend_from_slice(text.get(pos..open).unwrap_or("").as_bytes());
            let (expr, end) = parser::parse(text, open + 2, Until::Braces, limits)?;
            pos = end;
            match &expr.0.root.kind {
                Kind::Text(content) => literal.extend_from_slice(content),
                _ => {
                    push_literal(&mut parts, &mut literal);
                    parts.push(Part::Expr(expr));
                }
            }
        }
        literal.extend_from_slice(text.get(pos..).unwrap_or("").as_bytes());
        push_literal(&mut parts, &mut literal);
        Ok(if parts.is_empty() { Self::literal("") } else { Self { parts: parts.into() } })
    }

    /// A template of these bytes alone, braces included.
    pub fn literal(bytes: impl AsRef<[u8]>) -> Self {
        Self { parts: [Part::Literal(Bytes::copy_from_slice(bytes.as_ref()))].into() }
    }

    /// The text, where there is no expression in it.
    pub fn as_literal(&self) -> Option<&Bytes> {
        match &*self.parts {
            [Part::Literal(bytes)] => Some(bytes),
            _ => None,
        }
    }

    fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Expr(expr) => Some(expr),
        })
    }

    /// The names it reads, in the order of the text.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.exprs().flat_map(Expr::names)
    }

    /// Checks names and types of every expression.
    pub fn check(&self, known: &dyn Known) -> Result<(), ExprError> {
        self.exprs().try_for_each(|expr| expr.check(known).map(drop))
    }

    /// Evaluates it where it reads no name: what fails then would fail in every scan.
    ///
    /// # Errors
    /// Why it has no text.
    pub fn check_constant(&self, limits: &Limits) -> Result<(), ExprError> {
        self.exprs().try_for_each(|expr| expr.check_constant(limits))
    }

    /// The text with the value of every expression in its place. The bounds hold for all of it together.
    pub fn render(&self, env: &Env) -> Result<Bytes, EvalError> {
        if let Some(literal) = self.as_literal() {
            return Ok(literal.clone());
        }
        let mut evaluation = Evaluation::new(env);
        let mut text = Vec::new();
        for part in self.parts.iter() {
            match part {
                Part::Literal(bytes) => text.extend_from_slice(bytes),
                Part::Expr(expr) => {
                    let value = evaluation.eval(&expr.0.root)?;
                    evaluation.charge_value(&value)?;
                    text.extend_from_slice(&value.as_text());
                }
            }
            evaluation.fits(text.len())?;
        }
        Ok(text.into())
    }

    /// The text with the value of every expression in its place, and `otherwise` where one has none. It is for people to
    /// read, and is cut off where it is over the bounds.
    pub fn render_or(&self, env: &Env, otherwise: &str) -> Bytes {
        let mut evaluation = Evaluation::new(env);
        let mut text = Vec::new();
        for part in self.parts.iter() {
            let value = match part {
                Part::Literal(bytes) => Some(Cow::Borrowed(&**bytes)),
                Part::Expr(expr) => {
                    let value = evaluation.eval(&expr.0.root).ok();
                    value
                        .filter(|value| evaluation.charge_value(value).is_ok())
                        .map(|value| Cow::Owned(value.as_text().into_owned()))
                }
            };
            let before = text.len();
            text.extend_from_slice(value.as_deref().unwrap_or(otherwise.as_bytes()));
            if evaluation.fits(text.len()).is_err() {
                text.truncate(before);
                break;
            }
        }
        text.into()
    }

    /// The template as text again; parsing it gives an equal template.
    pub fn source(&self) -> String {
        self.to_string()
    }
}

impl std::fmt::Display for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Literal(bytes) => bytes.utf8_chunks().try_for_each(|chunk| {
                f.write_str(&chunk.valid().replace("{{", "{{ '{{' }}"))?;
                chunk.invalid().iter().try_for_each(|byte| write!(f, r#"{{{{ "\x{byte:02x}" }}}}"#))
            }),
            Part::Expr(expr) => write!(f, "{{{{{expr}}}}}"),
        })
    }
}

fn push_literal(parts: &mut Vec<Part>, literal: &mut Vec<u8>) {
    if !literal.is_empty() {
        parts.push(Part::Literal(std::mem::take(literal).into()));
    }
}

/// Where the next expression's `{{` stands; after a literal `{` where there are three.
fn next_braces(text: &str, from: usize) -> Result<Option<usize>, Fault> {
    let rest = text.get(from..).unwrap_or("");
    let Some(open) = rest.find("{{") else { return Ok(None) };
    let run = rest.get(open..).unwrap_or("").bytes().take_while(|b| *b == b'{').count();
    let at = from + open;
    match run {
        2 => Ok(Some(at)),
        3 => Ok(Some(at + 1)),
        _ => Err(Fault::new(ExprError::BRACES, at..at + run, "which of these braces open an expression?")
            .help("braces themselves are written `{{ '{{' }}`")),
    }
}
