//! Rule files from disk.
//!
//! Takes paths, gives their texts, read in parallel. Invariant: neither one file nor all together are read beyond their
//! limits, and the result does not depend on how fast which file was. Must never import a folder above `report`.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::walk::{MAX_FILES, Walk, belongs, is_manifest, is_rule_file};
use super::{Collected, companions, manifest};
use crate::base::capped::{Capped, read_all};
use crate::base::{Limits, SourceFile};
use crate::diagnostic::{Blame, Diagnostic};
use crate::dialect::yaml::decode;

/// The most bytes that all files together may have.
const MAX_BYTES: usize = 256 << 20;

pub(super) fn collect(paths: &[&str], limits: &Limits) -> Collected {
    let mut walk = Walk::default();
    paths.iter().for_each(|path| walk.add(Path::new(path)));
    let mut alone: Vec<PathBuf> =
        paths.iter().map(PathBuf::from).filter(|path| path.is_file() && is_rule_file(path)).collect();
    alone.extend(alone.iter().filter_map(|rule| companions::shared(rule)).collect::<BTreeSet<_>>());
    walk.files.extend(alone.iter().filter(|path| !walk.files.contains(path)).cloned().collect::<Vec<_>>());
    let mut collected = Collected::default();
    for path in paths.iter().filter(|path| Path::new(path).is_file() && !belongs(Path::new(path))) {
        let title = format!("`{path}` is no rule file: its name ends neither in .yaml nor in .yml");
        collected.diagnostics.push(Diagnostic::error("C0208", Blame::Configuration, title));
    }
    for (path, error) in walk.failures {
        collected.diagnostics.push(unreadable(&path, &error));
    }
    if walk.overflow {
        let title = format!("there are more than {MAX_FILES} rule files; the rest is left out");
        collected.diagnostics.push(Diagnostic::error("C0203", Blame::Configuration, title));
    }
    let total = AtomicUsize::new(0);
    let mut read = read_files(&walk.files, limits, &total);
    let texts = walk.files.iter().zip(&read).filter(|(path, _)| alone.contains(path));
    let lists = texts.filter_map(|(path, file)| Some(companions::lists(path, &file.as_ref().ok()?.text))).flatten();
    let lists: BTreeSet<PathBuf> = lists.filter(|list| !walk.files.contains(list)).collect();
    read.extend(read_files(&lists.into_iter().collect::<Vec<_>>(), limits, &total));
    for file in read {
        match file {
            Ok(source) if is_manifest(&source.name) => {
                collected.diagnostics.items.extend(manifest::read(&source).err().map(|error| *error));
            }
            Ok(source) => collected.files.push(source),
            Err(error) => collected.diagnostics.push(*error),
        }
    }
    collected
}

fn read_files(paths: &[PathBuf], limits: &Limits, total: &AtomicUsize) -> Vec<Result<SourceFile, Box<Diagnostic>>> {
    paths.par_iter().map(|path| read_file(path, limits, total)).collect()
}

fn read_file(path: &Path, limits: &Limits, total: &AtomicUsize) -> Result<SourceFile, Box<Diagnostic>> {
    let name = path.to_string_lossy();
    // Folders are told apart by `/` everywhere, so that a pack means the same on every system.
    let name = if cfg!(windows) { name.replace('\\', "/").into() } else { name };
    let file = File::open(path).map_err(|error| Box::new(unreadable(path, &error)))?;
    let bytes = match read_all(file, limits.rule_file).map_err(|error| Box::new(unreadable(path, &error)))? {
        Capped::Whole(bytes) => bytes,
        Capped::TooLong => vec![0; limits.rule_file + 1],
    };
    if total.fetch_add(bytes.len(), Ordering::Relaxed) + bytes.len() > MAX_BYTES {
        let title = format!("all rule files together have more than {MAX_BYTES} bytes; `{name}` is left out");
        return Err(Box::new(Diagnostic::error("C0203", Blame::Configuration, title)));
    }
    decode(&name, bytes, limits)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let title = format!("cannot read `{}`: {error}", path.display());
    Diagnostic::error("C0202", Blame::Configuration, title)
}
