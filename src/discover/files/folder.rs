//! A folder, walked by names.
//!
//! Invariant: links are not followed, pipes and devices are not opened, and each folder's names are taken in the order of
//! their bytes. Must never import anything above `wire`.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::Left;
use super::intake::{Go, Intake};

/// A folder that is still to be read.
struct Open {
    path: PathBuf,
    /// Its path below the target, with a `/` at the end unless it is the target.
    inside: String,
    depth: usize,
}

/// Reads a folder and all below it.
///
/// # Errors
/// Where the folder itself cannot be listed; what is below it is counted instead.
pub(super) fn read(root: &Path, intake: &mut Intake<'_>) -> io::Result<()> {
    let mut open = vec![Open { path: root.to_path_buf(), inside: String::new(), depth: 0 }];
    while let Some(folder) = open.pop() {
        let names = match list(&folder.path, intake) {
            Ok(names) => names,
            Err(error) if folder.inside.is_empty() => return Err(error),
            Err(_) => {
                intake.leave(Left::Unreadable, &folder.inside);
                continue;
            }
        };
        let mut below = Vec::new();
        for name in names {
            let (path, inside) = (folder.path.join(&name), folder.inside.clone() + &name.to_string_lossy());
            match step(&path, &inside, folder.depth, intake) {
                Step::Into => below.push(Open { path, inside: inside + "/", depth: folder.depth + 1 }),
                Step::Past => {}
                Step::Stop => return Ok(()),
            }
        }
        open.extend(below.into_iter().rev());
    }
    Ok(())
}

enum Step {
    Into,
    Past,
    Stop,
}

fn step(path: &Path, inside: &str, depth: usize, intake: &mut Intake<'_>) -> Step {
    if intake.count(inside) == Go::Stop {
        return Step::Stop;
    }
    let left = match fs::symlink_metadata(path).map(|found| found.file_type()) {
        Ok(kind) if kind.is_symlink() => Left::Link,
        Ok(kind) if kind.is_dir() && depth >= intake.bounds.depth => Left::Deep,
        Ok(kind) if kind.is_dir() => return Step::Into,
        Ok(kind) if kind.is_file() => match open(path) {
            Ok((file, length)) => {
                let go = intake.offer(inside.to_owned(), length, None, file);
                return if go == Go::Stop { Step::Stop } else { Step::Past };
            }
            Err(_) => Left::Unreadable,
        },
        Ok(_) => Left::Special,
        Err(_) => Left::Unreadable,
    };
    intake.leave(left, inside);
    Step::Past
}

/// Opens what is still a file.
fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = File::open(path)?;
    let found = file.metadata()?;
    if found.is_file() { Ok((file, found.len())) } else { Err(io::Error::other("it is no file any more")) }
}

/// The names in a folder in order, no more of them than may still be looked at.
fn list(path: &Path, intake: &mut Intake<'_>) -> io::Result<Vec<OsString>> {
    let most = usize::try_from(intake.bounds.names).unwrap_or(usize::MAX);
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        if names.len() > most {
            break;
        }
        names.push(entry?.file_name());
    }
    names.sort_unstable();
    Ok(names)
}
