//! The one YAML reader: a spanned, bounded tree of texts.
//!
//! Takes a source file and limits, gives [`Node`]s or diagnostics. It resolves no types: `no`, `1.10` and `010` stay the
//! text they are, and whoever knows what is wanted gives them meaning. Invariant: every span lies inside the source, and
//! memory and depth stay within the limits whatever the file holds. Must never import a dialect.

mod alias;
mod build;
mod check;
mod input;
mod key;
mod node;
mod offsets;
mod pitfall;
mod report;
mod scalar;
mod syntax;

#[cfg(test)]
mod tests;

pub use check::decode;
pub use node::{Entry, Kind, Map, Node, Scalar, Style};

use crate::base::{Limits, SourceFile};
use crate::diagnostic::Diagnostics;

/// What a dialect allows.
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions<'a> {
    /// Bounds on size, depth, values and aliases.
    pub limits: &'a Limits,
    /// Whether anchors, aliases and merge keys exist; they are expanded within the limits.
    pub aliases: bool,
    /// Whether YAML's silent losses are refused: glued comments, keys without a value, unquoted braces, escapes that
    /// write invisible characters, tags.
    pub strict: bool,
}

impl<'a> ReadOptions<'a> {
    /// What native rules allow: no aliases, no silent losses.
    pub fn native(limits: &'a Limits) -> Self {
        Self { limits, aliases: false, strict: true }
    }

    /// What files of other tools need: YAML as it is.
    pub fn lenient(limits: &'a Limits) -> Self {
        Self { limits, aliases: true, strict: false }
    }
}

/// What reading a file gave: the tree as far as there is one, and everything that is wrong with it.
#[derive(Debug)]
pub struct Document {
    /// The root. Present even where refusals were found, so that a dialect can add its own; values that were refused
    /// are [`Style::Missing`] and need no further word.
    pub root: Option<Node>,
    /// Errors, in order of place.
    pub diagnostics: Diagnostics,
}

/// Reads a file of one YAML document; fails with every error at once.
pub fn read(source: &SourceFile, options: &ReadOptions<'_>) -> Result<Node, Diagnostics> {
    let document = read_document(source, options);
    match document.root {
        Some(root) if !document.diagnostics.has_errors() => Ok(root),
        _ => Err(document.diagnostics),
    }
}

/// Reads a file of one YAML document as far as possible.
pub fn read_document(source: &SourceFile, options: &ReadOptions<'_>) -> Document {
    let mut report = report::Report::new(source);
    let root = if check::check(&mut report, options) { build::build(&mut report, options) } else { None };
    Document { root, diagnostics: report.finish() }
}
