//! The pages of rules in a folder: written, or compared with what lies there.
//!
//! Takes rules and a folder. Invariant: a file that `docs` did not make is neither changed nor taken away.
//! Must never import `cli`.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use crate::base::capped::{Capped, read_all};
use crate::diagnostic::{Blame, Diagnostic};
use crate::manual::{MARK, Page};

/// The most bytes of a page that is looked at, and the most files of a folder.
const MAX_BYTES: usize = 4 << 20;
const MAX_FILES: usize = 100_000;

/// What is different in the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Pages that are not there.
    pub missing: Vec<String>,
    /// Pages that say something else.
    pub stale: Vec<String>,
    /// Pages of rules that are gone.
    pub gone: Vec<String>,
}

impl Difference {
    /// Whether the folder holds exactly these pages, other files apart.
    pub fn is_none(&self) -> bool {
        self.missing.is_empty() && self.stale.is_empty() && self.gone.is_empty()
    }
}

/// Compares pages with what lies in a folder; a folder that is not there is empty.
///
/// # Errors
/// A file that stands in a page's place and is none, or what cannot be read.
pub fn compare(pages: &[Page], folder: &Path) -> Result<Difference, Diagnostic> {
    let mut difference = Difference::default();
    for page in pages {
        match read(&folder.join(&page.name))? {
            None => difference.missing.push(page.name.clone()),
            Some(text) if text == page.text => {}
            Some(text) if text.starts_with(MARK) => difference.stale.push(page.name.clone()),
            Some(_) => return Err(in_the_way(&folder.join(&page.name))),
        }
    }
    let names: BTreeSet<&str> = pages.iter().map(|page| &*page.name).collect();
    for name in listed(folder)?.iter().filter(|name| name.ends_with(".md") && !names.contains(name.as_str())) {
        if read(&folder.join(name))?.is_some_and(|text| text.starts_with(MARK)) {
            difference.gone.push(name.clone());
        }
    }
    Ok(difference)
}

/// Writes what is missing or stale, and takes away the pages of rules that are gone.
///
/// # Errors
/// As [`compare`], and what cannot be written.
pub fn write(pages: &[Page], folder: &Path) -> Result<Difference, Diagnostic> {
    let difference = compare(pages, folder)?;
    fs::create_dir_all(folder).map_err(|error| failed("make the folder", folder, &error))?;
    let changed: BTreeSet<&String> = difference.missing.iter().chain(&difference.stale).collect();
    for page in pages.iter().filter(|page| changed.contains(&page.name)) {
        let path = folder.join(&page.name);
        fs::write(&path, &page.text).map_err(|error| failed("write", &path, &error))?;
    }
    for name in &difference.gone {
        let path = folder.join(name);
        fs::remove_file(&path).map_err(|error| failed("remove", &path, &error))?;
    }
    Ok(difference)
}

fn read(path: &Path) -> Result<Option<String>, Diagnostic> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", path, &error)),
    };
    match read_all(file, MAX_BYTES).map_err(|error| failed("read", path, &error))? {
        Capped::Whole(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Capped::TooLong => Err(in_the_way(path)),
    }
}

fn listed(folder: &Path) -> Result<BTreeSet<String>, Diagnostic> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(failed("read the folder", folder, &error)),
    };
    Ok(entries.flatten().take(MAX_FILES).filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

fn in_the_way(path: &Path) -> Diagnostic {
    let title = format!("`{}` is no page of `outsight docs`", path.display());
    Diagnostic::error("C0405", Blame::Configuration, title).help("move it, or choose another folder with --out")
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error("C0405", Blame::Configuration, format!("cannot {what} `{}`: {error}", path.display()))
}
