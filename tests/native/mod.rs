//! Native rules: what a file becomes, and what is said of a wrong one.

mod codes;
mod details;
mod examples;
mod golden;
mod hostile;
mod schema;

use std::path::{Path, PathBuf};

use outsight::base::SourceFile;

/// A folder of the repository.
fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// All files below a folder, named by their paths from it, in order.
fn files(root: &Path) -> Vec<SourceFile> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("a readable folder");
            open.extend(entries.map(|entry| entry.expect("a readable entry").path()));
            continue;
        }
        let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
        found.push(SourceFile::new(name, std::fs::read_to_string(&path).expect("a readable file")));
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}
