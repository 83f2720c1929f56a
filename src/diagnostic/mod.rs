//! Diagnostics: errors for people.
//!
//! Owns the model of an error (stable code, who can mend it, where, how) and its renderers: text with carets, and JSON.
//! Takes positions as spans into [`crate::base::SourceFile`]s. Invariant: rendering never fails and never lets foreign
//! text reach the terminal unescaped. Must never import a folder above `base`.

mod codes;
mod excerpt;
mod json;
mod model;
mod text;

pub use codes::{CODES, meaning};
pub use json::render_json;
pub use model::{Blame, Diagnostic, Diagnostics, Label, Level};
pub use text::render_text;
