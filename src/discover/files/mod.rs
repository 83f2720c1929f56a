//! Files as a scan's target: a folder, one file, or an archive of built assets.
//!
//! Owns what is read of them, in which order and within which bounds. Takes a path; gives each file as its bytes with its
//! path below the target, and at the end an account of what was read and what was not, and why. Nothing is written and
//! no link is followed, so names in an archive can lead nowhere. Invariant: the order depends on names alone (of an
//! archive, on its own order), one file is in memory at a time, and whatever is left out is counted. Must never import
//! anything above `wire`.

mod folder;
mod intake;
mod kind;
mod tarred;
#[cfg(test)]
mod tests;
mod zipped;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::Path;

use bytes::Bytes;

use intake::Intake;

/// The longest name that is kept.
const NAME: usize = 400;

/// Bounds on what is read of a target of files.
#[derive(Debug, Clone)]
pub struct FileBounds {
    /// Bytes of a file; what is beyond is not judged.
    pub file: usize,
    /// Bytes of a source map.
    pub map: usize,
    /// Bytes of all files together.
    pub total: u64,
    /// Files that are read.
    pub files: u64,
    /// Names that are looked at, folders and files alike.
    pub names: u64,
    /// Folders inside each other.
    pub depth: usize,
    /// Bytes of an archive as it lies on the disk.
    pub archive: u64,
    /// Bytes of a zip archive's table of contents.
    pub contents: u32,
    /// How many times larger than its coded form a file may be, from a mebibyte on.
    pub ratio: u64,
}

impl Default for FileBounds {
    fn default() -> Self {
        Self {
            file: 10 << 20,
            map: 20 << 20,
            total: 1 << 30,
            files: 50_000,
            names: 200_000,
            depth: 32,
            archive: 1 << 30,
            contents: 32 << 20,
            ratio: 100,
        }
    }
}

/// A file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Its path below the target, with `/` between the parts; of a target that is one file, its name.
    pub path: String,
    /// Its bytes, or as many as the bounds allow.
    pub body: Bytes,
    /// Whether it is longer.
    pub is_cut: bool,
    /// The media type that servers give such a name; `None` where only its look can tell.
    pub media: Option<&'static str>,
}

/// Why a file was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Left {
    /// A picture, a font, a film: no text that rules read.
    Media,
    /// An archive or a compressed copy inside the target.
    Packed,
    /// A link; none is followed.
    Link,
    /// Neither a file nor a folder: a pipe, a socket, a device.
    Special,
    /// A name in an archive that leads out of it.
    Name,
    /// It could not be opened or read, or is damaged.
    Unreadable,
    /// What follows in an archive that is damaged.
    Damaged,
    /// It is encrypted, or coded in a way that is not undone.
    Coded,
    /// It grows far beyond its coded size.
    Bomb,
    /// Too many folders inside each other.
    Deep,
    /// Over the number of files or the bytes of all files.
    Over,
    /// Over what all that is in memory may weigh together.
    Budget,
}

impl Left {
    /// A short name, as machine formats count it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::Packed => "packed",
            Self::Link => "link",
            Self::Special => "special",
            Self::Name => "name",
            Self::Unreadable => "unreadable",
            Self::Damaged => "damaged",
            Self::Coded => "coded",
            Self::Bomb => "bomb",
            Self::Deep => "depth",
            Self::Over => "bounds",
            Self::Budget => "budget",
        }
    }

    /// In words, as half a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Media => "pictures, fonts and the like",
            Self::Packed => "archives and compressed copies inside",
            Self::Link => "links, which are not followed",
            Self::Special => "neither files nor folders",
            Self::Name => "names that lead out of the archive",
            Self::Unreadable => "cannot be read",
            Self::Damaged => "the archive is broken off or damaged there (pack it again, or name the folder itself)",
            Self::Coded => "encrypted or of an unknown coding",
            Self::Bomb => "grow far beyond their coded size",
            Self::Deep => "too deep",
            Self::Over => "over the bounds on number and bytes",
            Self::Budget => "over the byte budget of the scan",
        }
    }

    /// Whether something that should have been judged was not.
    pub fn is_gap(self) -> bool {
        matches!(
            self,
            Self::Unreadable | Self::Damaged | Self::Coded | Self::Bomb | Self::Deep | Self::Over | Self::Budget
        )
    }
}

/// What was read and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Files read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files of which the end was not read.
    pub cut: u64,
    /// The first of them by name.
    pub first_cut: Option<String>,
    /// What was left out: why, how many, and the first of them by name.
    pub left: BTreeMap<Left, (u64, String)>,
}

impl Account {
    /// Whether something that should have been judged was not.
    pub fn has_gaps(&self) -> bool {
        self.cut > 0 || self.left.keys().any(|why| why.is_gap())
    }

    /// Notes that something was left out.
    pub fn leave(&mut self, why: Left, name: &str) {
        let (count, _) = self.left.entry(why).or_insert_with(|| (0, name.chars().take(NAME).collect()));
        *count += 1;
    }

    /// Takes back a file that was read and could not be judged.
    pub fn take_back(&mut self, why: Left, name: &str, bytes: u64) {
        self.files = self.files.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.leave(why, name);
    }

    /// A sentence for each thing worth knowing.
    pub fn notes(&self) -> Vec<String> {
        let files = if self.files == 1 { "file" } else { "files" };
        let mut notes = vec![format!("files: {} {files} read, {}", self.files, size(self.bytes))];
        if self.cut > 0 {
            let first = self.first_cut.as_deref().unwrap_or_default();
            let more = if self.cut > 1 { " …" } else { "" };
            notes.push(format!("files: of {} only the beginning was read: {first}{more}", self.cut));
        }
        let left = |(why, (count, first)): (&Left, &(u64, String))| {
            format!("files: {count} not read, {}: {first}", why.words()) + if *count > 1 { " …" } else { "" }
        };
        notes.extend(self.left.iter().map(left));
        notes
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

/// Reads what a path names, and gives one file after the other until `give` says no more.
///
/// # Errors
/// Where there is nothing that can be read at all: no such file, an archive that is none.
pub fn read_files(
    path: &Path,
    bounds: &FileBounds,
    give: &mut dyn FnMut(FoundFile) -> bool,
) -> Result<Account, io::Error> {
    let mut intake = Intake::new(bounds, give);
    let named = fs::metadata(path)?;
    if named.is_dir() {
        folder::read(path, &mut intake)?;
        return Ok(intake.finish());
    }
    if !named.is_file() {
        return Err(io::Error::other("it is neither a file nor a folder"));
    }
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut start = [0_u8; 512];
    let seen = read_some(&mut file, &mut start)?;
    file.rewind()?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Some(packing) = kind::packing(&name, start.get(..seen).unwrap_or_default())? else {
        intake.offer(name, length, None, file);
        return Ok(intake.finish());
    };
    if length > bounds.archive {
        return Err(io::Error::other(format!("it has more than {} MiB", bounds.archive >> 20)));
    }
    match packing {
        kind::Packing::Zip => zipped::read(file, length, &mut intake)?,
        kind::Packing::Tar => tarred::read(file, false, &mut intake)?,
        kind::Packing::TarGz => tarred::read(file, true, &mut intake)?,
    }
    Ok(intake.finish())
}

/// Fills as much of the buffer as there is to read.
fn read_some(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            more => filled += more,
        }
    }
    Ok(filled)
}
