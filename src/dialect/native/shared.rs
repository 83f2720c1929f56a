//! What the rules of a folder share: `shared.yaml` and list files.
//!
//! Takes the parsed files of a pack, gives lookups for the lowering of one rule. Invariant: a list file is only found
//! inside the pack, never through `..` or an absolute path. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::{SourceFile, Span};
use crate::dialect::yaml::{Entry, Map, Node};

/// A part of `shared.yaml`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    /// The file.
    pub source: &'a SourceFile,
    /// What is written.
    pub node: &'a Node,
    /// Where its name stands.
    pub span: Span,
}

/// What the rules of one folder share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folder<'a> {
    /// `shared.yaml`, where the folder has one that can be read.
    pub shared: Option<(&'a SourceFile, &'a Map)>,
    /// All files of the pack that are no rules.
    pub files: &'a [&'a SourceFile],
}

impl<'a> Folder<'a> {
    fn section(&self, key: &str) -> &'a [Entry] {
        let map = self.shared.and_then(|(_, map)| map.get(key)).and_then(Node::map);
        map.map_or(&[], |map| &map.entries)
    }

    fn part(&self, section: &str, name: &str) -> Option<Part<'a>> {
        let (source, _) = self.shared?;
        let entry = self.section(section).iter().find(|entry| &*entry.key.text == name)?;
        Some(Part { source, node: &entry.value, span: entry.key_span })
    }

    /// The names and conditions that `define` gives.
    pub(super) fn defines(&self) -> impl Iterator<Item = (&'a Arc<str>, Part<'a>)> + use<'a> {
        let source = self.shared.map(|(source, _)| source);
        self.section("define").iter().filter_map(move |entry| {
            Some((&entry.key.text, Part { source: source?, node: &entry.value, span: entry.key_span }))
        })
    }

    /// A shared request.
    pub(super) fn request(&self, name: &str) -> Option<Part<'a>> {
        self.part("requests", name)
    }

    /// The names of shared requests.
    pub(super) fn requests(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.section("requests").iter().map(|entry| &*entry.key.text)
    }

    /// A shared list.
    pub(super) fn list(&self, name: &str) -> Option<Part<'a>> {
        self.part("lists", name)
    }

    /// The names of shared lists.
    pub(super) fn lists(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.section("lists").iter().map(|entry| &*entry.key.text)
    }

    /// The list file of a path: relative to the folder of the file that names it, or to one of the folders above.
    pub(super) fn file(&self, named_in: &SourceFile, path: &str) -> Option<&'a SourceFile> {
        let strange = path.is_empty() || path.starts_with('/') || path.contains(['\\', '\0', ':']);
        if strange || path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return None;
        }
        let mut folder = parent(&named_in.name);
        loop {
            let wanted = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
            if let Some(file) = self.files.iter().find(|file| *file.name == *wanted) {
                return Some(file);
            }
            if folder.is_empty() {
                return None;
            }
            folder = parent(folder);
        }
    }
}

/// The folder of a path; empty where it has none.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
