//! Names as expressions write them: segments with dots between.
//!
//! Invariant: a [`Name`] has at least one segment. Must never import a folder above `base`.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::print;

/// A name that an expression reads, for example `url.origin`.
#[derive(Debug, Clone)]
pub struct Name {
    /// The segments; one that is no plain word was written as `['…']`.
    pub path: Vec<Arc<str>>,
    /// Bytes in the parsed text.
    pub at: Range<usize>,
}

impl fmt::Display for Name {
    /// The name as it is written in an expression.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::path(&self.path, f)
    }
}

/// The text of a path, as it is written in an expression.
pub(super) fn path_text(path: &[Arc<str>]) -> String {
    Name { path: path.to_vec(), at: 0..0 }.to_string()
}
