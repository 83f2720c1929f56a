//! A zip archive.
//!
//! Its table of contents is weighed before it is read, because it is held in memory whole, and metered while it is read,
//! because an archive may lie about its size and number, and has more than one place to say it. Invariant: a file of it is
//! decoded no further than the bounds allow. Must never import anything above `wire`.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipError;

use super::intake::{Go, Intake, inside};
use super::kind::broken;
use super::{Left, read_some};

/// The longest end of an archive: its last record and the longest comment.
const END: u64 = 22 + 65_535;

/// Reads all entries in the order of the table of contents.
///
/// # Errors
/// Where the table cannot be read, or is too large.
pub(super) fn read(mut file: File, length: u64, intake: &mut Intake<'_>) -> io::Result<()> {
    weigh(&mut file, length, intake.bounds.contents)?;
    let left = Rc::new(Cell::new(reach(intake.bounds.contents)));
    let metered = Metered { inner: BufReader::new(file), left: Rc::clone(&left) };
    let mut archive = ZipArchive::new(metered).map_err(|error| match left.get() {
        0 => too_large(),
        _ => broken(&error.to_string()),
    })?;
    left.set(u64::MAX);
    for at in 0..archive.len() {
        let entry = match archive.by_index(at) {
            Ok(entry) => entry,
            Err(error) => {
                let coded = matches!(error, ZipError::UnsupportedArchive(_) | ZipError::InvalidPassword);
                intake.leave(if coded { Left::Coded } else { Left::Unreadable }, &format!("entry {}", at + 1));
                continue;
            }
        };
        let name = entry.name_raw().to_vec();
        let shown = String::from_utf8_lossy(&name).into_owned();
        if intake.count(&shown) == Go::Stop {
            return Ok(());
        }
        let left = match inside(&name) {
            _ if entry.is_dir() => continue,
            _ if entry.is_symlink() => Left::Link,
            _ if entry.unix_mode().is_some_and(is_special) => Left::Special,
            None => Left::Name,
            Some(path) => {
                let (size, coded) = (entry.size(), Some(entry.compressed_size()));
                if intake.offer(path, size, coded, entry) == Go::Stop {
                    return Ok(());
                }
                continue;
            }
        };
        intake.leave(left, &shown);
    }
    Ok(())
}

/// Whether a mode is that of a pipe, a socket or a device.
fn is_special(mode: u32) -> bool {
    matches!(mode & 0o170_000, 0o010_000 | 0o020_000 | 0o060_000 | 0o140_000)
}

/// Finds the end record (APPNOTE §4.3.16) and refuses a table of contents that is too large to be held, and any archive with
/// a ZIP64 record (§4.3.14): that one has a number of entries of its own, for which room is made before one is read.
fn weigh(file: &mut File, length: u64, most: u32) -> io::Result<()> {
    let from = length.saturating_sub(reach(most));
    file.seek(SeekFrom::Start(from))?;
    let mut end = vec![0; usize::try_from(length - from).unwrap_or_default()];
    let read = read_some(file, &mut end)?;
    file.rewind()?;
    let end = end.get(..read).unwrap_or_default();
    let mut locators = memchr::memmem::find_iter(end, b"PK\x06\x07");
    if locators.any(|at| end.get(at + 20..at + 24) == Some(b"PK\x05\x06")) {
        return Err(broken("it is a ZIP64 archive, and those are not read"));
    }
    let at = memchr::memmem::rfind(end, b"PK\x05\x06").ok_or_else(|| broken("the archive has no end record"))?;
    let size = end.get(at + 12..at + 16).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    if size.is_none_or(|size| size > most) {
        return Err(too_large());
    }
    Ok(())
}

/// Bytes that may be read before the first entry: the table of contents, and the end, looked for and read.
fn reach(most: u32) -> u64 {
    u64::from(most) + 2 * END
}

fn too_large() -> io::Error {
    io::Error::other("the archive's table of contents is too large")
}

/// A reader that fails once so many bytes were read, wherever they lie.
struct Metered<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(read as u64));
        if self.left.get() == 0 { Err(too_large()) } else { Ok(read) }
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
