//! Loading the files of packs: which is a rule, what belongs to it, and what several files say together.
//!
//! Takes source files by path, gives rules in the order of the files. Invariant: the result does not depend on the
//! number of threads. Must never import compile or any later folder.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::{Limits, SourceFile, Span};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::dialect::yaml::{Document, Node, ReadOptions, read_document};
use crate::rule::Rule;

use super::context::Cx;
use super::grammar;
use super::rule::rule;
use super::shared::{Folder, parent};

/// What came of the files.
#[derive(Debug)]
pub struct Loaded {
    /// Rules without errors, in the order of the files; those that this build cannot run are `refused`.
    pub rules: Vec<Rule>,
    /// Errors and warnings, by file and place.
    pub diagnostics: Diagnostics,
}

/// What a file of a pack is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Rule,
    Shared,
    Other,
}

fn part_of(name: &str) -> Part {
    let file = name.rsplit('/').next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some(("pack", "yaml" | "yml")) => Part::Other,
        Some(("shared", "yaml" | "yml")) => Part::Shared,
        Some((_, "yaml" | "yml")) => Part::Rule,
        _ => Part::Other,
    }
}

/// Loads rules. `files` holds rule files and beside them `shared.yaml` of their folders and list files, all named by
/// their paths with `/`; folders are told apart by the path before the last `/`.
pub fn load(files: &[SourceFile], limits: &Limits) -> Loaded {
    let options = ReadOptions::native(limits);
    let documents: Vec<(&SourceFile, Part, Option<Document>)> = files
        .par_iter()
        .map(|file| match part_of(&file.name) {
            Part::Other => (file, Part::Other, None),
            part => (file, part, Some(read_document(file, &options))),
        })
        .collect();
    let lists: Vec<&SourceFile> = files.iter().filter(|file| part_of(&file.name) == Part::Other).collect();
    let shared: HashMap<&str, (&SourceFile, &Node)> = documents
        .iter()
        .filter(|(_, part, _)| *part == Part::Shared)
        .filter_map(|(file, _, document)| Some((parent(&file.name), (*file, document.as_ref()?.root.as_ref()?))))
        .collect();
    let folder_of = |file: &SourceFile| {
        let shared = shared.get(parent(&file.name)).and_then(|(file, root)| Some((*file, root.map()?)));
        Folder { shared, files: &lists }
    };
    let lowered: Vec<(Option<Rule>, Diagnostics)> = documents
        .par_iter()
        .map(|(file, part, document)| {
            let Some(document) = document else { return (None, Diagnostics::new()) };
            let mut found = document.diagnostics.clone();
            let folder = folder_of(file);
            let rule = match (part, &document.root) {
                (Part::Rule, Some(root)) => {
                    let (rule, more) = rule(root, file, &folder, limits);
                    found.extend(more);
                    rule
                }
                (Part::Shared, Some(root)) => {
                    found.extend(check_shared(root, file, &folder, limits));
                    None
                }
                _ => None,
            };
            (rule.filter(|_| !found.has_errors()), found)
        })
        .collect();
    let mut loaded = Loaded { rules: Vec::new(), diagnostics: Diagnostics::new() };
    for (rule, found) in lowered {
        loaded.diagnostics.extend(found);
        loaded.rules.extend(rule);
    }
    refuse_repeated_ids(&mut loaded);
    loaded.diagnostics.sort();
    drop_repeats(&mut loaded.diagnostics);
    loaded
}

/// What can be said of a shared file by itself: its keys and names. Conditions are checked where they are used.
fn check_shared(root: &Node, file: &SourceFile, folder: &Folder<'_>, limits: &Limits) -> Diagnostics {
    let mut cx = Cx::new(file, folder, limits);
    if let Some(map) = cx.map(root, "a map of `define`, `requests` and `lists`") {
        cx.check_keys(map, &grammar::SHARED, root.span);
        let mut names: HashMap<&str, Span> = HashMap::new();
        for section in ["define", "requests"].iter().filter_map(|key| map.get(key)) {
            let Some(section) = cx.map(section, "a map by name") else { continue };
            for entry in &section.entries {
                super::name::check_name(&mut cx, entry);
                if let Some(first) = names.insert(&entry.key.text, entry.key_span) {
                    let title = format!("`{}` has a meaning already", entry.key.text);
                    let error = cx.error("R0107", title, entry.key_span, "again here");
                    cx.push(error.at(file, first, "first here").help("choose another name: nothing is shadowed"));
                }
            }
        }
        for entry in map.get("lists").and_then(Node::map).map(|lists| lists.entries.as_slice()).unwrap_or_default() {
            super::name::check_name(&mut cx, entry);
        }
    }
    cx.finish()
}

/// Identifiers are unique among all rules that are loaded together; the first keeps its own.
fn refuse_repeated_ids(loaded: &mut Loaded) {
    let mut first: HashMap<Arc<str>, SourceFile> = HashMap::new();
    let mut repeated = Diagnostics::new();
    loaded.rules.retain(|rule| {
        let Some(other) = first.insert(Arc::clone(&rule.id), rule.source.clone()) else { return true };
        let error = Diagnostic::error("R0128", Blame::RuleAuthor, format!("two rules are called `{}`", rule.id));
        let error = error.at(&rule.source, id_span(&rule.source, &rule.id), "here");
        let error = error.at(&other, id_span(&other, &rule.id), "and here");
        repeated.push(error.help("rename one of them: findings, suppressions and tests address rules by their id"));
        first.insert(Arc::clone(&rule.id), other);
        false
    });
    loaded.diagnostics.extend(repeated);
}

fn id_span(source: &SourceFile, id: &str) -> Span {
    let at = source.text.find("id:").and_then(|key| Some(key + source.text.get(key..)?.find(id)?));
    at.map_or(Span::default(), |at| Span::new(at, at + id.len()))
}

/// A definition that is used in several places says what is wrong with it once.
fn drop_repeats(diagnostics: &mut Diagnostics) {
    diagnostics.items.dedup_by(|later, earlier| {
        let place = |item: &Diagnostic| item.labels.first().map(|label| (Arc::clone(&label.source.name), label.span));
        later.code == earlier.code && later.title == earlier.title && place(later) == place(earlier)
    });
}
