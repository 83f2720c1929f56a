//! Files that templates take payloads from.
//!
//! Takes paths as templates write them, gives texts. Invariant: whoever implements this reads nothing outside the pack.
//! Must never import compile or any later folder.

use std::sync::Arc;

/// The payload files of a pack.
pub trait PayloadFiles: Sync {
    /// The text of a file that a template names: relative to the pack's root, or to the template's own folder.
    ///
    /// # Errors
    /// Why there is none.
    fn read(&self, path: &str) -> Result<Arc<str>, PayloadError>;
}

/// Why a payload file cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayloadError {
    /// There is no such file in the pack.
    Missing,
    /// The path leads out of the pack.
    Outside,
    /// The file is larger than is read, or is not text.
    Unreadable(String),
}

/// A pack without payload files.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl PayloadFiles for NoFiles {
    fn read(&self, _: &str) -> Result<Arc<str>, PayloadError> {
        Err(PayloadError::Missing)
    }
}
