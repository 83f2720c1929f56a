//! The manifest of a pack, `pack.yaml`.
//!
//! Invariant: a manifest that exists has a name. Must never import a folder above `report`.

use serde::Deserialize;

use crate::base::{SourceFile, Span};
use crate::diagnostic::{Blame, Diagnostic};

/// What a pack says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its name: the folder's.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is about, in one sentence.
    pub description: String,
    /// Its licence, as an SPDX expression.
    #[serde(default)]
    pub license: Option<String>,
}

/// Reads a manifest.
///
/// # Errors
/// Where it is not YAML, or a field is missing, unknown or of the wrong type.
pub(super) fn read(source: &SourceFile) -> Result<Manifest, Box<Diagnostic>> {
    serde_yaml::from_str(&source.text).map_err(|error| {
        let at = error.location().map_or(0, |location| location.index());
        let help = "a manifest has name, version, description and license";
        let diagnostic = Diagnostic::error("C0204", Blame::RuleAuthor, "the pack's manifest is wrong");
        Box::new(diagnostic.at(source, Span::new(at, at), error.to_string()).help(help))
    })
}
