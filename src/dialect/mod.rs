//! Dialects: how rules are written.
//!
//! Owns the reader of YAML that every dialect shares and, in a folder each, what turns its nodes into rules. Takes
//! source texts, gives values of [`crate::rule`] or diagnostics with carets. Invariant: no input, however hostile, makes
//! a dialect panic, recurse without bound or allocate without bound. Must never import compile or any later folder.

pub mod native;
pub mod nuclei;
pub mod yaml;
