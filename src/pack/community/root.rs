//! The root of a community pack: the folder that its payload files are named from and never lead out of.
//!
//! Takes paths, gives roots and the contents of payload files. Invariant: nothing outside the root is opened, however a
//! template or a link names it, and no more than a bounded number of bytes is read. Must never import a folder above
//! `report`.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::ignore::{self, Ignore};
use crate::base::capped::{Capped, read_all};
use crate::base::{Limits, SourceFile};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::dialect::nuclei::PayloadError;

/// The most folders above a template in which its pack's root is looked for.
const MAX_ABOVE: usize = 64;
/// The most bytes of one payload file.
const MAX_FILE: usize = 8 << 20;
/// The most bytes of all payload files of a pack.
const MAX_ALL: usize = 64 << 20;

/// A community pack's folder.
#[derive(Debug)]
pub struct Root {
    /// The folder, without links.
    folder: PathBuf,
    /// What the pack leaves out by default.
    ignore: Ignore,
    read: Mutex<Contents>,
}

#[derive(Debug, Default)]
struct Contents {
    files: HashMap<String, Result<Arc<str>, PayloadError>>,
    bytes: usize,
}

impl Root {
    /// The pack of a folder, with what its ignore file says.
    ///
    /// # Errors
    /// Where the folder cannot be found or its ignore file is wrong.
    pub(in crate::pack) fn open(folder: &Path, limits: &Limits) -> Result<Self, Diagnostics> {
        let unreadable = |path: &Path, error: &std::io::Error| {
            let title = format!("cannot read `{}`: {error}", path.display());
            Diagnostics { items: vec![Diagnostic::error("C0202", Blame::Configuration, title)] }
        };
        let folder = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
        let path = folder.join(ignore::NAME);
        let ignore = match File::open(&path).and_then(|file| read_all(file, limits.rule_file)) {
            Ok(Capped::Whole(bytes)) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                Ignore::read(&SourceFile::new(path.to_string_lossy(), text), limits)?
            }
            Ok(Capped::TooLong) => {
                return Err(unreadable(&path, &std::io::Error::other("it is larger than a rule file may be")));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ignore::default(),
            Err(error) => return Err(unreadable(&path, &error)),
        };
        Ok(Self { folder, ignore, read: Mutex::default() })
    }

    /// The folder, without links.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the pack leaves out by default.
    pub fn ignore(&self) -> &Ignore {
        &self.ignore
    }

    /// Where a path is, named from the root with `/`; `None` where that is outside.
    pub(in crate::pack) fn inside(&self, real: &Path) -> Option<String> {
        let parts = real.strip_prefix(&self.folder).ok()?.components();
        let names = parts.map(|part| part.as_os_str().to_string_lossy().into_owned());
        Some(names.collect::<Vec<_>>().join("/"))
    }

    /// The text of a payload file that a template names: beside the template, or from the root.
    ///
    /// # Errors
    /// Why there is none.
    pub fn payload(&self, template: &str, path: &str) -> Result<Arc<str>, PayloadError> {
        let beside = template.rsplit_once('/').map(|(folder, _)| format!("{folder}/{path}"));
        let found = beside.map(|name| self.content(&name)).filter(|found| *found != Err(PayloadError::Missing));
        found.unwrap_or_else(|| self.content(path))
    }

    /// The payload files that were asked for so far, in order of their names.
    pub(in crate::pack) fn asked(&self) -> Vec<String> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let mut asked: Vec<String> = read.files.keys().cloned().collect();
        asked.sort();
        asked
    }

    /// The text of a file below the root, read once.
    pub(in crate::pack) fn content(&self, name: &str) -> Result<Arc<str>, PayloadError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.files.get(name) {
            return known.clone();
        }
        let left = MAX_ALL.saturating_sub(read.bytes).min(MAX_FILE);
        let found = self.read_text(name, left);
        read.bytes += found.as_ref().map_or(0, |text| text.len());
        read.files.insert(name.to_owned(), found.clone());
        found
    }

    fn read_text(&self, name: &str, limit: usize) -> Result<Arc<str>, PayloadError> {
        let path = self.locate(name)?;
        let unreadable = |why: &str| PayloadError::Unreadable(why.to_owned());
        let kind = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => PayloadError::Missing,
            _ => PayloadError::Unreadable(error.to_string()),
        };
        let file = File::open(path).map_err(kind)?;
        match read_all(file, limit).map_err(kind)? {
            Capped::Whole(bytes) => String::from_utf8(bytes).map(Arc::from).map_err(|_| unreadable("it is not UTF-8")),
            Capped::TooLong => Err(unreadable("it has more bytes than are read")),
        }
    }

    /// The ordinary file of that name below the root, links followed.
    fn locate(&self, name: &str) -> Result<PathBuf, PayloadError> {
        let is_name = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if name.contains(['\0', '\\']) || !Path::new(name).components().all(is_name) {
            return Err(PayloadError::Outside);
        }
        let real = self.folder.join(name).canonicalize().map_err(|_| PayloadError::Missing)?;
        if !real.starts_with(&self.folder) {
            return Err(PayloadError::Outside);
        }
        // A pipe or a device would block or never end.
        if real.is_file() { Ok(real) } else { Err(PayloadError::Missing) }
    }
}

/// The root of what is at `real`, a path without links: the nearest folder, itself included, with an ignore file or a
/// manifest.
pub(in crate::pack) fn marked(real: &Path) -> Option<PathBuf> {
    let marks = [ignore::NAME, "pack.yaml", "pack.yml"];
    let is_marked = |folder: &&Path| marks.iter().any(|mark| folder.join(mark).is_file());
    real.ancestors().take(MAX_ABOVE).find(is_marked).map(Path::to_path_buf)
}

/// The root of a template that stands in no marked folder: the nearest folder above it that holds `helpers/`, else
/// `named`, the folder that the user named.
pub(in crate::pack) fn unmarked(real: &Path, named: &Path) -> PathBuf {
    let has_helpers = |folder: &&Path| folder.join("helpers").is_dir();
    let above = real.ancestors().skip(1).take(MAX_ABOVE).find(has_helpers);
    above.unwrap_or(named).to_path_buf()
}
