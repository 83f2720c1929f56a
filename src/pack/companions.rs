//! What a rule file that is named by itself needs besides: the `shared.yaml` beside it, and the list files that are named in
//! either.
//!
//! Takes paths and texts, gives paths of files that are there. Invariant: only what a text names is looked at, in the
//! rule's folder and those above it. Must never import a folder above `report`.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// The most list files that one text is followed to.
const MAX_LISTS: usize = 64;
/// The most folders above a rule in which a list is looked for.
const MAX_ABOVE: usize = 32;

/// The `shared.yaml` beside a rule file.
pub(super) fn shared(rule: &Path) -> Option<PathBuf> {
    let names = ["shared.yaml", "shared.yml"];
    names.into_iter().map(|name| rule.with_file_name(name)).find(|path| path.is_file())
}

/// The list files that a text names, each in the nearest folder that has it.
pub(super) fn lists(named_in: &Path, text: &str) -> Vec<PathBuf> {
    let is_part = |c: char| c.is_alphanumeric() || "._-/".contains(c);
    let words: BTreeSet<&str> = text.split(|c| !is_part(c)).filter(|word| word.ends_with(".txt")).collect();
    let inside = |word: &&str| Path::new(word).components().all(|part| matches!(part, Component::Normal(_)));
    let nearest = |word: &str| {
        let folders = named_in.ancestors().skip(1).take(MAX_ABOVE);
        folders.map(|folder| folder.join(word)).find(|path| path.is_file())
    };
    words.into_iter().filter(inside).take(MAX_LISTS).filter_map(nearest).collect()
}
