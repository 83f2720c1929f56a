//! What a community pack leaves out unless it is asked for: its file `.nuclei-ignore`.
//!
//! Takes the file's text, gives tags and paths. Invariant: a file that is wrong leaves nothing out and says so.
//! Must never import a folder above `report`.

use std::sync::Arc;

use crate::base::{Limits, SourceFile, Span};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::dialect::yaml::{Map, Node, ReadOptions, read};

/// The name of the file.
pub(in crate::pack) const NAME: &str = ".nuclei-ignore";

/// Tags and files that are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignore {
    /// In lower case.
    tags: Vec<Arc<str>>,
    /// Paths below the pack's root.
    files: Vec<Arc<str>>,
}

impl Ignore {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it is not YAML or not two lists of texts.
    pub(super) fn read(source: &SourceFile, limits: &Limits) -> Result<Self, Diagnostics> {
        let root = match read(source, &ReadOptions::lenient(limits)) {
            Ok(root) => root,
            Err(wrong) if source.text.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#')) => {
                drop(wrong);
                return Ok(Self::default());
            }
            Err(wrong) => return Err(wrong),
        };
        let Some(map) = root.map() else { return Err(wrong(source, root.span)) };
        let known = |key: &str| matches!(key, "tags" | "files");
        if let Some(entry) = map.entries.iter().find(|entry| !known(&entry.key.text)) {
            return Err(wrong(source, entry.key_span));
        }
        let tags = texts(map, "tags").map_err(|span| wrong(source, span))?;
        let files = texts(map, "files").map_err(|span| wrong(source, span))?;
        let trim = |text: &str| Arc::from(text.trim_start_matches("./").trim_matches('/'));
        Ok(Self {
            tags: tags.into_iter().map(|tag| Arc::from(tag.to_lowercase())).collect(),
            files: files.into_iter().map(trim).filter(|path: &Arc<str>| !path.is_empty()).collect(),
        })
    }

    /// The tags that are left out, in lower case.
    pub fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    /// The entry that leaves a file out: the file itself or a folder that it is in.
    pub fn file(&self, inside: &str) -> Option<&Arc<str>> {
        self.files.iter().find(|entry| is_below(inside, entry))
    }
}

/// Whether a path is another or lies below it; both are written with `/` from the pack's root.
pub(in crate::pack) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn texts<'m>(map: &'m Map, key: &str) -> Result<Vec<&'m str>, Span> {
    let Some(value) = map.get(key).filter(|value| !value.is_missing()) else { return Ok(Vec::new()) };
    let text = |node: &'m Node| node.scalar().map(|scalar| &*scalar.text).ok_or(node.span);
    match value.list() {
        Some(items) => items.iter().map(text).collect(),
        None => text(value).map(|text| vec![text]),
    }
}

fn wrong(source: &SourceFile, span: Span) -> Diagnostics {
    let error = Diagnostic::error("C0209", Blame::Configuration, format!("`{}` is wrong", source.name));
    let error = error.at(source, span, "here").help("it holds two lists of texts: `tags` and `files`");
    Diagnostics { items: vec![error] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignore(text: &str) -> Result<Ignore, Diagnostics> {
        Ignore::read(&SourceFile::new(".nuclei-ignore", text), &Limits::default())
    }

    #[test]
    fn tags_and_files_are_read_as_they_are_meant() {
        let read = ignore("# why\ntags:\n  - \"DoS\"\nfiles:\n  - ./http/a.yaml\n  - dns/\n").expect("fine");
        assert_eq!(read.tags(), ["dos".into()]);
        for (path, expected) in [("http/a.yaml", true), ("dns/x.yaml", true), ("dnsx/x.yaml", false), ("a.yaml", false)]
        {
            assert_eq!(read.file(path).is_some(), expected, "{path}");
        }
        assert_eq!(ignore("# nothing\n").expect("fine"), Ignore::default());
        assert_eq!(ignore("tags:\n").expect("fine"), Ignore::default());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for wrong in ["- a\n", "tgas: [a]\n", "files: [{a: b}]\n", "tags: [a\n"] {
            assert!(ignore(wrong).is_err(), "{wrong}");
        }
    }
}
