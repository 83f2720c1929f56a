//! Packs in the community's template language: which files are theirs, where their root is, what they leave out.
//!
//! Invariant: a template is never taken for a native rule or the other way round, and a pack reaches no file outside its
//! root. Must never import a folder above `report`.

mod ignore;
mod kind;
mod profile;
mod root;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

pub use ignore::Ignore;
pub use profile::Profile;
pub use root::Root;

pub(super) use ignore::NAME as IGNORE;
pub(super) use kind::{is_template, kind_of, unusual_sort};
pub(super) use root::{marked, unmarked};

use super::digest::Hash;
use crate::diagnostic::Diagnostic;

/// The templates of one pack.
#[derive(Debug)]
pub struct Community {
    /// The pack's folder.
    pub root: Arc<Root>,
    /// Its templates, in order of their paths.
    pub files: Vec<TemplateFile>,
    /// Files of it that could not be read.
    pub broken: Vec<Diagnostic>,
}

/// The file of a template. Its text is looked at once, for its digest, and read again by whoever needs it: where the pack is
/// kept, nobody does.
#[derive(Debug)]
pub struct TemplateFile {
    /// Its path as the user would write it.
    pub name: Arc<str>,
    /// Where it is.
    pub path: PathBuf,
    /// The digest and the bytes of its text.
    pub(super) content: (Hash, usize),
    /// Its path from the pack's root, with `/`.
    pub inside: Arc<str>,
    /// Whether it is named by itself rather than by a folder above it: then it is asked for, whatever the pack leaves
    /// out.
    pub is_alone: bool,
}

/// A file that holds no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The file, as the user would write it.
    pub path: Arc<str>,
    /// The code of its first error.
    pub code: Arc<str>,
    /// What that error says.
    pub title: Arc<str>,
}
