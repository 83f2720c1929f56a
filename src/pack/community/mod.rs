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

use std::sync::Arc;

pub use ignore::Ignore;
pub use profile::Profile;
pub use root::Root;

pub(super) use ignore::NAME as IGNORE;
pub(super) use kind::{is_template, kind_of, unusual_sort};
pub(super) use root::{marked, unmarked};

use crate::base::SourceFile;
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

/// The file of a template.
#[derive(Debug)]
pub struct TemplateFile {
    /// Its text, named by the path as the user would write it.
    pub source: SourceFile,
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
