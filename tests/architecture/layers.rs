//! Imports go down the list of folders, never up; within a folder, sibling modules have no cycles.

use std::collections::{BTreeMap, BTreeSet};

use super::assert_none;
use super::documents::code_map;
use super::references::{reexports, references};
use super::source::sources;

#[test]
fn a_folder_imports_only_from_folders_before_it() {
    let order = code_map();
    let rank = |folder: &str| order.iter().position(|listed| listed == folder);
    let mut violations = Vec::new();
    for file in sources() {
        let Some(own) = file.folder() else { continue };
        let own_rank = rank(own);
        for path in references(file) {
            let [root, other, ..] = &path[..] else { continue };
            if root != "crate" || other == own || rank(other).is_none() {
                continue;
            }
            if rank(other) > own_rank {
                violations.push(format!("{} imports {} from above", file.path, path.join("::")));
            }
        }
    }
    assert_none("a folder imports only from folders before it in docs/ARCHITECTURE.md", violations);
}

#[test]
fn the_entry_point_knows_only_the_command_line() {
    let main = sources().iter().find(|file| file.path == "src/main.rs").expect("src/main.rs");
    let crates = references(main);
    let foreign = crates.iter().filter(|path| path[0] == "outsight" && path.get(1).is_none_or(|name| name != "cli"));
    assert_none("src/main.rs imports only outsight::cli", foreign.map(|path| path.join("::")).collect());
}

#[test]
fn sibling_modules_have_no_import_cycles() {
    let mut parents: BTreeSet<Vec<String>> = BTreeSet::new();
    for file in sources() {
        parents.extend((1..file.module.len()).map(|depth| file.module[..depth].to_vec()));
    }
    let violations = parents.iter().filter_map(|parent| {
        let cycle = find_cycle(&sibling_edges(parent))?;
        Some(format!("{}: {}", parent.join("::"), cycle.join(" -> ")))
    });
    assert_none("modules of one folder import each other in a circle", violations.collect());
}

/// Which child of a module imports which other child, by name or through the module's re-exports.
fn sibling_edges(parent: &[String]) -> BTreeMap<String, BTreeSet<String>> {
    let within = |module: &[String]| module.len() > parent.len() && module.starts_with(parent);
    let depth = parent.len();
    let children: BTreeSet<&str> =
        sources().iter().filter(|file| within(&file.module)).map(|file| file.module[depth].as_str()).collect();
    let exported: BTreeMap<String, String> =
        sources().iter().filter(|file| file.module == parent).flat_map(reexports).collect();
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in sources().iter().filter(|file| within(&file.module)) {
        let own = &file.module[depth];
        for path in references(file) {
            if path[0] != "crate" || path.len() < depth + 2 || path[1..=depth] != *parent {
                continue;
            }
            let name = path[depth + 1].as_str();
            let target = if children.contains(name) { Some(name) } else { exported.get(name).map(String::as_str) };
            if let Some(target) = target.filter(|target| *target != own && children.contains(target)) {
                edges.entry(own.clone()).or_default().insert(target.to_owned());
            }
        }
    }
    edges
}

fn find_cycle(edges: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    edges.keys().find_map(|start| walk(start, edges, &mut Vec::new(), &mut done))
}

fn walk(
    at: &str,
    edges: &BTreeMap<String, BTreeSet<String>>,
    trail: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(start) = trail.iter().position(|seen| seen == at) {
        return Some([&trail[start..], &[at.to_owned()]].concat());
    }
    if !done.insert(at.to_owned()) {
        return None;
    }
    trail.push(at.to_owned());
    let found = edges.get(at).into_iter().flatten().find_map(|next| walk(next, edges, trail, done));
    trail.pop();
    found
}
