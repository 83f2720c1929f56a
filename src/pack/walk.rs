//! Which files of a folder belong to a pack, and in what order.
//!
//! Takes a path, gives the files below it. Invariant: the order depends on names alone, each folder is entered once
//! however it is linked, and depth and number are bounded. Must never import a folder above `report`.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::community::{IGNORE, Root, marked};
use crate::base::Limits;
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};

/// The most files that are collected in all.
pub(super) const MAX_FILES: usize = 100_000;
const MAX_DEPTH: usize = 32;

/// What is found below some paths.
pub(super) struct Walk<'l> {
    /// Files, in order.
    pub files: Vec<Found>,
    /// Folders and files that could not be looked at.
    pub failures: Vec<(PathBuf, io::Error)>,
    /// Files of community packs that could not be looked at.
    pub broken: Vec<(Arc<Root>, Diagnostic)>,
    /// What is wrong with the roots of community packs.
    pub diagnostics: Diagnostics,
    /// Whether there were more files than are collected.
    pub overflow: bool,
    limits: &'l Limits,
    entered: HashSet<PathBuf>,
    roots: HashMap<PathBuf, Arc<Root>>,
}

/// A file that may hold a rule.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Its path, as the user would write it.
    pub path: PathBuf,
    /// The path that was named: itself, or a folder above it.
    pub named: PathBuf,
    /// The community pack that it belongs to, and where it stands in it.
    pub community: Option<(Arc<Root>, String)>,
}

/// A folder that is being walked.
struct Place<'a> {
    path: &'a Path,
    /// The path without links, where it is known.
    real: Option<PathBuf>,
    named: &'a Path,
    community: Option<(Arc<Root>, String)>,
    depth: usize,
}

/// What stands in a folder.
struct Listed {
    name: OsString,
    path: PathBuf,
    is_dir: bool,
    is_link: bool,
}

impl<'l> Walk<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            files: Vec::new(),
            failures: Vec::new(),
            broken: Vec::new(),
            diagnostics: Diagnostics::new(),
            overflow: false,
            limits,
            entered: HashSet::new(),
            roots: HashMap::new(),
        }
    }

    /// Adds a file, or all pack files below a folder. What is named outright is taken whatever it is; below a folder,
    /// pipes and devices are left alone, and a link that leads nowhere is kept, so that reading it says so.
    pub(super) fn add(&mut self, path: &Path) {
        let community = self.community_of(path);
        if path.is_dir() {
            self.enter(Place { path, real: None, named: path, community, depth: 0 });
        } else {
            self.files.push(Found { path: path.to_path_buf(), named: path.to_path_buf(), community });
        }
    }

    /// The community pack of a path, where a folder above it is marked as one.
    fn community_of(&mut self, path: &Path) -> Option<(Arc<Root>, String)> {
        let real = path.canonicalize().ok()?;
        let folder = marked(&real).filter(|folder| folder.join(IGNORE).is_file())?;
        let root = self.root(&folder)?;
        let inside = root.inside(&real)?;
        Some((root, inside))
    }

    /// The pack whose root is this folder; opened once.
    pub(super) fn root(&mut self, folder: &Path) -> Option<Arc<Root>> {
        if let Some(known) = self.roots.get(folder) {
            return Some(Arc::clone(known));
        }
        match Root::open(folder, self.limits) {
            Ok(root) => {
                let root = Arc::new(root);
                self.roots.insert(root.folder().to_path_buf(), Arc::clone(&root));
                Some(root)
            }
            Err(wrong) => {
                self.diagnostics.extend(wrong);
                None
            }
        }
    }

    fn enter(&mut self, place: Place<'_>) {
        let real = match place.real.map_or_else(|| place.path.canonicalize(), Ok) {
            Ok(real) => real,
            Err(error) => return self.failures.push((place.path.to_path_buf(), error)),
        };
        if !self.entered.insert(real.clone()) || place.depth > MAX_DEPTH {
            return;
        }
        let (listed, is_root) = self.list(place.path);
        let community = match is_root {
            true => self.root(place.path).map(|root| (root, String::new())),
            false => place.community,
        };
        for item in listed {
            if self.files.len() >= MAX_FILES {
                self.overflow = true;
                return;
            }
            let below = match &community {
                Some((root, inside)) => match Self::inside(root, inside, &item) {
                    Ok(Some(inside)) => Some((Arc::clone(root), inside)),
                    Ok(None) => continue,
                    Err(error) => {
                        self.broken.push((Arc::clone(root), unreadable(&item.path, &error)));
                        continue;
                    }
                },
                None => None,
            };
            if item.is_dir {
                // Only a link makes the path below a folder another one.
                let real = (!item.is_link).then(|| real.join(&item.name));
                let (named, depth) = (place.named, place.depth + 1);
                self.enter(Place { path: &item.path, real, named, community: below, depth });
            } else if belongs(&item.path) && (!item.is_link || item.path.is_file() || !item.path.exists()) {
                self.files.push(Found { path: item.path, named: place.named.to_path_buf(), community: below });
            }
        }
    }

    /// Where something in a community pack stands; `None` where it is no template: payload files, and configuration
    /// such as profiles, whose names end in `.yml`.
    fn inside(root: &Root, folder: &str, item: &Listed) -> io::Result<Option<String>> {
        let name = item.name.to_string_lossy();
        let is_template = name.to_ascii_lowercase().ends_with(".yaml");
        if (item.is_dir && name.eq_ignore_ascii_case("helpers")) || (!item.is_dir && !is_template) {
            return Ok(None);
        }
        if item.is_link && item.path.canonicalize().is_ok_and(|real| !real.starts_with(root.folder())) {
            return Err(io::Error::other("the link leads out of the pack"));
        }
        Ok(Some(if folder.is_empty() { name.into_owned() } else { format!("{folder}/{name}") }))
    }

    /// What stands in a folder, in order, and whether it is the root of a community pack.
    fn list(&mut self, folder: &Path) -> (Vec<Listed>, bool) {
        let (mut listed, mut is_root) = (Vec::new(), false);
        let entries = fs::read_dir(folder).map_err(|error| self.failures.push((folder.to_path_buf(), error)));
        for entry in entries.into_iter().flatten().take(MAX_FILES + 1) {
            match entry {
                Ok(entry) if is_hidden(&entry.path()) => is_root |= entry.file_name() == IGNORE,
                Ok(entry) => listed.extend(look_at(&entry)),
                Err(error) => self.failures.push((folder.to_path_buf(), error)),
            }
        }
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        (listed, is_root)
    }
}

/// The error for a file or folder that cannot be read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    let title = format!("cannot read `{}`: {error}", path.display());
    Diagnostic::error("C0202", Blame::Configuration, title)
}

/// What an entry is, links followed; `None` for pipes, sockets and devices.
fn look_at(entry: &DirEntry) -> Option<Listed> {
    let (name, path) = (entry.file_name(), entry.path());
    let kind = entry.file_type().ok();
    let is_link = kind.is_none_or(|kind| kind.is_symlink());
    let is_dir = kind.is_some_and(|kind| kind.is_dir()) || (is_link && path.is_dir());
    let is_file = is_link || kind.is_some_and(|kind| kind.is_file());
    (is_dir || is_file).then_some(Listed { name, path, is_dir, is_link })
}

/// Whether a file of that name may hold a rule: YAML, but not Outsight's own configuration.
pub fn is_rule_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let is_config = path.file_stem().is_some_and(|stem| stem == "outsight");
    extension.is_some_and(|extension| matches!(extension, "yaml" | "yml")) && !is_config && !is_hidden(path)
}

/// Whether a file of that name is a pack's manifest.
pub(super) fn is_manifest(name: &str) -> bool {
    matches!(name.rsplit(['/', '\\']).next(), Some("pack.yaml" | "pack.yml"))
}

/// Whether a file of that name is part of a pack: a rule file or a list.
pub(super) fn belongs(path: &Path) -> bool {
    is_rule_file(path) || path.extension().is_some_and(|extension| extension == "txt")
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with('.'))
}
