//! Where compiled packs are kept, and how they get there.
//!
//! Takes bytes under a key, gives them back. Invariant: a file is whole or not there, whoever else writes at the same
//! time, and no more files are kept than are allowed. Nothing that fails here fails a command. Must never import a folder
//! above `report`.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::base::capped::{Capped, read_expected};
use crate::pack::digest::Hash;

/// The most bytes of a file.
const MAX_BYTES: usize = 256 << 20;
/// The most packs that are kept, and as many tables of stamps.
const MAX_KEPT: usize = 8;
/// The most files of the folder that are looked at.
const MAX_SEEN: usize = 1000;
/// After that time an unfinished file is left over from a run that ended.
const ABANDONED: Duration = Duration::from_secs(3600);
const KEPT: &str = "pack";
const STAMPS: &str = "stamps";
const UNFINISHED: &str = "new";

/// The folder of compiled packs.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store in this folder, which need not be there yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The bytes kept under a key.
    pub(super) fn read(&self, key: &Hash) -> Option<Vec<u8>> {
        self.read_as(KEPT, key)
    }

    /// The table of stamps kept under a key.
    pub(in crate::pack) fn read_stamps(&self, key: &Hash) -> Option<Vec<u8>> {
        self.read_as(STAMPS, key)
    }

    fn read_as(&self, kind: &str, key: &Hash) -> Option<Vec<u8>> {
        let file = File::open(self.path(kind, key)).ok()?;
        let metadata = file.metadata().ok().filter(fs::Metadata::is_file)?;
        match read_expected(file, metadata.len(), MAX_BYTES).ok()? {
            Capped::Whole(bytes) => Some(bytes),
            Capped::TooLong => None,
        }
    }

    /// Keeps bytes under a key, in place of what is there. False where that cannot be done.
    pub(super) fn write(&self, key: &Hash, bytes: &[u8]) -> bool {
        self.write_as(KEPT, key, bytes)
    }

    /// Keeps a table of stamps under a key, in place of what is there. False where that cannot be done.
    pub(in crate::pack) fn write_stamps(&self, key: &Hash, bytes: &[u8]) -> bool {
        self.write_as(STAMPS, key, bytes)
    }

    fn write_as(&self, kind: &str, key: &Hash, bytes: &[u8]) -> bool {
        if bytes.len() > MAX_BYTES || create_private(&self.folder).is_err() {
            return false;
        }
        let mut random = [0; 8];
        if getrandom::fill(&mut random).is_err() {
            return false;
        }
        let name = data_encoding::HEXLOWER.encode(&random);
        let unfinished = self.folder.join(name).with_extension(UNFINISHED);
        let written = write_new(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, self.path(kind, key)));
        if written.is_err() {
            // What cannot be removed either is removed as abandoned later.
            let _ = fs::remove_file(&unfinished);
        }
        self.tidy();
        written.is_ok()
    }

    fn path(&self, kind: &str, key: &Hash) -> PathBuf {
        self.folder.join(data_encoding::HEXLOWER.encode(key)).with_extension(kind)
    }

    /// Removes what is too much: the packs that were written longest ago, and unfinished files of runs that ended.
    fn tidy(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let files = entries.flatten().take(MAX_SEEN).filter_map(|entry| {
            let written = entry.metadata().ok().filter(fs::Metadata::is_file)?.modified().ok()?;
            Some((written, entry.path()))
        });
        let has = |path: &Path, extension: &str| path.extension().is_some_and(|one| one == extension);
        let (mut packs, other): (Vec<_>, Vec<_>) = files.partition(|(_, path)| has(path, KEPT));
        let (mut stamps, other): (Vec<_>, Vec<_>) = other.into_iter().partition(|(_, path)| has(path, STAMPS));
        for kept in [&mut packs, &mut stamps] {
            kept.sort_by_key(|(written, _)| std::cmp::Reverse(*written));
        }
        let old = packs.into_iter().skip(MAX_KEPT).chain(stamps.into_iter().skip(MAX_KEPT));
        let is_old = |written: SystemTime| written.elapsed().is_ok_and(|age| age > ABANDONED);
        let abandoned = other.into_iter().filter(|(written, path)| has(path, UNFINISHED) && is_old(*written));
        for (_, path) in old.chain(abandoned) {
            // Another run may have removed it.
            let _ = fs::remove_file(path);
        }
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)
}

/// Creates a folder that nobody else may write to.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
