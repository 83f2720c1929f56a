//! Which files of a folder belong to a pack, and in what order.
//!
//! Takes a path, gives the files below it. Invariant: the order depends on names alone, each folder is entered once
//! however it is linked, and depth and number are bounded. Must never import a folder above `report`.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The most files that are collected in all.
pub(super) const MAX_FILES: usize = 100_000;
const MAX_DEPTH: usize = 32;

/// What is found below some paths.
#[derive(Default)]
pub(super) struct Walk {
    /// Files, in order.
    pub files: Vec<PathBuf>,
    /// Folders and files that could not be looked at.
    pub failures: Vec<(PathBuf, io::Error)>,
    /// Whether there were more files than are collected.
    pub overflow: bool,
    entered: HashSet<PathBuf>,
}

impl Walk {
    /// Adds a file, or all pack files below a folder. What is named outright is taken whatever it is; below a folder,
    /// pipes and devices are left alone, and a link that leads nowhere is kept, so that reading it says so.
    pub fn add(&mut self, path: &Path) {
        if path.is_dir() { self.enter(path, 0) } else { self.files.push(path.to_path_buf()) }
    }

    fn enter(&mut self, folder: &Path, depth: usize) {
        let first_time = match folder.canonicalize() {
            Ok(real) => self.entered.insert(real),
            Err(error) => return self.failures.push((folder.to_path_buf(), error)),
        };
        if !first_time || depth > MAX_DEPTH {
            return;
        }
        for path in self.list(folder) {
            if self.files.len() >= MAX_FILES {
                self.overflow = true;
                return;
            }
            if path.is_dir() {
                self.enter(&path, depth + 1);
            } else if belongs(&path) && (path.is_file() || !path.exists()) {
                self.files.push(path);
            }
        }
    }

    fn list(&mut self, folder: &Path) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        let entries = fs::read_dir(folder).map_err(|error| self.failures.push((folder.to_path_buf(), error)));
        for entry in entries.into_iter().flatten().take(MAX_FILES + 1) {
            match entry {
                Ok(entry) if is_hidden(&entry.path()) => {}
                Ok(entry) => paths.push(entry.path()),
                Err(error) => self.failures.push((folder.to_path_buf(), error)),
            }
        }
        paths.sort();
        paths
    }
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
