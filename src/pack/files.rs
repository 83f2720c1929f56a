//! Rule files from disk.
//!
//! Takes paths, gives their texts, read in parallel. Invariant: neither one file nor all together are read beyond their
//! limits, and the result does not depend on how fast which file was. Must never import a folder above `report`.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use rayon::prelude::*;

use super::cache::Store;
use super::community::{Community, Root, TemplateFile, is_template, marked, unmarked};
use super::digest::{Hash, hash};
use super::stamps::{Known, Stamp, Stamps};
use super::walk::{Found, MAX_FILES, Walk, belongs, is_manifest, is_rule_file, unreadable};
use super::{Collected, companions, manifest};
use crate::base::capped::read_into;
use crate::base::{Limits, SourceFile};
use crate::diagnostic::{Blame, Diagnostic};
use crate::dialect::yaml::decode;

/// The most bytes that all files together may have.
const MAX_BYTES: usize = 256 << 20;

/// Collects what these paths name; with a store and the time of now, what is remembered there is not read again.
pub(super) fn collect(paths: &[&str], memory: Option<(&Store, SystemTime)>, limits: &Limits) -> Collected {
    let mut walk = Walk::new(limits);
    paths.iter().for_each(|path| walk.add(Path::new(path)));
    let mut collected = Collected::default();
    report_paths(paths, &mut walk, &mut collected);
    let alone = add_shared(paths, &mut walk);
    let found = std::mem::take(&mut walk.files);
    let read = read_files(&found, paths, memory, limits);
    let mut lists = BTreeSet::new();
    for (found, file) in found.into_iter().zip(read) {
        match file {
            Ok(Content::Template(name, content)) => {
                place_template(&mut walk, found, (name, content), &mut collected.community);
            }
            Ok(Content::Text(source)) if is_manifest(&source.name) => {
                collected.diagnostics.items.extend(manifest::read(&source).err().map(|error| *error));
            }
            Ok(Content::Text(source)) => {
                if alone.contains(&found.path) {
                    lists.extend(companions::lists(&found.path, &source.text));
                }
                collected.files.push(source);
            }
            Err(error) => match found.community {
                Some((root, _)) => broken(&mut collected.community, &root, *error),
                None => collected.diagnostics.push(*error),
            },
        }
    }
    for (root, error) in std::mem::take(&mut walk.broken) {
        broken(&mut collected.community, &root, error);
    }
    collected.diagnostics.extend(std::mem::take(&mut walk.diagnostics));
    let known: HashSet<&str> = collected.files.iter().map(|file| &*file.name).collect();
    let lists: Vec<PathBuf> = lists.into_iter().filter(|list| !known.contains(&*list.to_string_lossy())).collect();
    for list in lists.par_iter().map(|path| read_text(path, limits)).collect::<Vec<_>>() {
        match list {
            Ok(source) => collected.files.push(source),
            Err(error) => collected.diagnostics.push(*error),
        }
    }
    collected
}

/// The contents of files; those that are remembered are not read.
fn read_files(
    found: &[Found],
    paths: &[&str],
    memory: Option<(&Store, SystemTime)>,
    limits: &Limits,
) -> Vec<Result<Content, Box<Diagnostic>>> {
    let total = AtomicUsize::new(0);
    let Some((store, begun)) = memory else {
        let read = |buffer: &mut Vec<u8>, found: &Found| read_file(found, limits, &total, buffer);
        return found.par_iter().map_init(Vec::new, read).collect();
    };
    let stamps = Stamps::read(store, paths, limits);
    let read = |buffer: &mut Vec<u8>, found: &Found| {
        let marked = found.community.is_some();
        let file = std::fs::metadata(&found.path).ok();
        if let Some(known) = file.as_ref().and_then(|file| stamps.get(&found.path, file, marked)) {
            total.fetch_add(known.content.1, Ordering::Relaxed);
            return (Ok(Content::Template(name_of(&found.path).as_ref().into(), known.content)), None);
        }
        let content = read_file(found, limits, &total, buffer);
        let new = match (&content, file.as_ref().and_then(Stamp::of)) {
            (Ok(Content::Template(_, content)), Some(stamp)) => Known::new(stamp, marked, *content, begun),
            _ => None,
        };
        (content, new.map(|new| (found.path.clone(), new)))
    };
    let read: Vec<_> = found.par_iter().map_init(Vec::new, read).collect();
    let (contents, new): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    stamps.keep(new.into_iter().flatten().collect(), store);
    contents
}

/// What is wrong with the paths themselves.
fn report_paths(paths: &[&str], walk: &mut Walk<'_>, collected: &mut Collected) {
    for path in paths.iter().filter(|path| Path::new(path).is_file() && !belongs(Path::new(path))) {
        let title = format!("`{path}` is no rule file: its name ends neither in .yaml nor in .yml");
        collected.diagnostics.push(Diagnostic::error("C0208", Blame::Configuration, title));
    }
    for (path, error) in std::mem::take(&mut walk.failures) {
        collected.diagnostics.push(unreadable(&path, &error));
    }
    if walk.overflow {
        let title = format!("there are more than {MAX_FILES} rule files; the rest is left out");
        collected.diagnostics.push(Diagnostic::error("C0203", Blame::Configuration, title));
    }
}

/// The rule files that are named by themselves, and what is shared beside them.
fn add_shared(paths: &[&str], walk: &mut Walk<'_>) -> HashSet<PathBuf> {
    let named = paths.iter().map(PathBuf::from).filter(|path| path.is_file() && is_rule_file(path));
    let mut alone: HashSet<PathBuf> = named.collect();
    let shared: BTreeSet<PathBuf> = alone.iter().filter_map(|rule| companions::shared(rule)).collect();
    let known: HashSet<&PathBuf> = walk.files.iter().map(|found| &found.path).collect();
    let new: Vec<PathBuf> = shared.iter().filter(|path| !known.contains(path)).cloned().collect();
    walk.files.extend(new.into_iter().map(|path| Found { named: path.clone(), path, community: None }));
    alone.extend(shared);
    alone
}

/// Puts a template into its pack.
fn place_template(
    walk: &mut Walk<'_>,
    found: Found,
    (name, content): (Arc<str>, (Hash, usize)),
    packs: &mut Vec<Community>,
) {
    let is_alone = found.path == found.named;
    let Some((root, inside)) = found.community.or_else(|| find_root(walk, &found.path, &found.named)) else { return };
    let file = TemplateFile { name, path: found.path, content, inside: inside.into(), is_alone };
    pack_of(packs, &root, |pack| pack.files.push(file));
}

fn broken(packs: &mut Vec<Community>, root: &Arc<Root>, error: Diagnostic) {
    pack_of(packs, root, |pack| pack.broken.push(error));
}

/// Changes the pack of a root, new where there was none.
fn pack_of(packs: &mut Vec<Community>, root: &Arc<Root>, change: impl FnOnce(&mut Community)) {
    if let Some(pack) = packs.iter_mut().find(|pack| Arc::ptr_eq(&pack.root, root)) {
        return change(pack);
    }
    let mut pack = Community { root: Arc::clone(root), files: Vec::new(), broken: Vec::new() };
    change(&mut pack);
    packs.push(pack);
}

/// The root of a template outside marked folders.
fn find_root(walk: &mut Walk<'_>, path: &Path, named: &Path) -> Option<(Arc<Root>, String)> {
    let real = path.canonicalize().ok()?;
    let named = named.canonicalize().ok().filter(|named| named.is_dir());
    let named = named.or_else(|| real.parent().map(Path::to_path_buf))?;
    let folder = marked(&real).unwrap_or_else(|| unmarked(&real, &named));
    let root = walk.root(&folder)?;
    let inside = root.inside(&real).unwrap_or_else(|| path.to_string_lossy().into_owned());
    Some((root, inside))
}

/// What a file holds.
enum Content {
    /// A template: its name, and the digest and the bytes of its text.
    Template(Arc<str>, (Hash, usize)),
    /// Anything else.
    Text(SourceFile),
}

/// Reads a file by way of a buffer; of a template only the digest is kept.
fn read_file(
    found: &Found,
    limits: &Limits,
    total: &AtomicUsize,
    buffer: &mut Vec<u8>,
) -> Result<Content, Box<Diagnostic>> {
    let name = name_of(&found.path);
    let file = File::open(&found.path).map_err(|error| Box::new(unreadable(&found.path, &error)))?;
    // Of a file that is too long, only that is known.
    read_into(file, limits.rule_file, buffer).map_err(|error| Box::new(unreadable(&found.path, &error)))?;
    if total.fetch_add(buffer.len(), Ordering::Relaxed) + buffer.len() > MAX_BYTES {
        let title = format!("all rule files together have more than {MAX_BYTES} bytes; `{name}` is left out");
        return Err(Box::new(Diagnostic::error("C0203", Blame::Configuration, title)));
    }
    match std::str::from_utf8(buffer) {
        Ok(text)
            if text.len() <= limits.rule_file
                && is_rule_file(&found.path)
                && !is_manifest(&name)
                && is_template(text, found.community.is_some()) =>
        {
            Ok(Content::Template(name.as_ref().into(), (hash(&[text]), text.len())))
        }
        _ => decode(&name, buffer.clone(), limits).map(Content::Text),
    }
}

/// The text of a file.
pub(super) fn read_text(path: &Path, limits: &Limits) -> Result<SourceFile, Box<Diagnostic>> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| read_into(file, limits.rule_file, &mut bytes));
    read.map_err(|error| Box::new(unreadable(path, &error)))?;
    decode(&name_of(path), bytes, limits)
}

/// A path as it is shown. Folders are told apart by `/` everywhere, so that a pack means the same on every system.
fn name_of(path: &Path) -> Cow<'_, str> {
    let name = path.to_string_lossy();
    if cfg!(windows) { name.replace('\\', "/").into() } else { name }
}
