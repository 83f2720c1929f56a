//! Templates that nobody touched since they were last read, told by the stamps of their files.
//!
//! Owns what is remembered of each file: device, number, length and times of change, and the digest of its text. Takes what the system
//! says of a file, gives the digest that its text had. Invariant: a digest is given only where all of the stamp is as it was, where
//! the last change lay well before the reading, so that no other can bear the same time, and where the system keeps times finer
//! than seconds; any other file is read. Whoever changes a file changes its stamp, since nobody can set the time of the last change.
//! Must never import a folder above `report`.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::cache::Store;
use super::digest::{Hash, hash};
use crate::base::Limits;

/// How long ago the last change must be for a stamp to tell one text from another.
const SETTLED: Duration = Duration::from_secs(2);
/// The version of the file format.
const FORMAT: &str = "1";

/// What the system says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    device: u64,
    number: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// The stamp of a file; `None` where the system has none that could be relied on.
    #[cfg(unix)]
    pub fn of(file: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let (modified, changed) = ((file.mtime(), file.mtime_nsec()), (file.ctime(), file.ctime_nsec()));
        let stamp = Self { device: file.dev(), number: file.ino(), length: file.size(), modified, changed };
        // Whole seconds are of a system that knows no finer ones, or of an image that was made to look always the same.
        Some(stamp).filter(|_| file.ctime_nsec() != 0)
    }

    /// As above.
    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Option<Self> {
        None
    }

    fn is_settled(&self, now: SystemTime) -> bool {
        let (Ok(seconds), Ok(nanos)) = (u64::try_from(self.changed.0), u32::try_from(self.changed.1)) else {
            return false;
        };
        let changed = SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanos));
        changed.is_some_and(|changed| now.duration_since(changed).is_ok_and(|age| age >= SETTLED))
    }
}

/// What is remembered of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    stamp: Stamp,
    /// Whether it stood in a folder that is marked as a pack.
    marked: bool,
    /// The digest and the bytes of its text.
    pub content: (Hash, usize),
}

impl Known {
    /// A template as it was read; `None` where its stamp tells nothing.
    pub fn new(stamp: Stamp, marked: bool, content: (Hash, usize), begun: SystemTime) -> Option<Self> {
        let is_whole = u64::try_from(content.1) == Ok(stamp.length);
        Some(Self { stamp, marked, content }).filter(|_| is_whole && stamp.is_settled(begun))
    }
}

/// The templates that are remembered.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    /// What they are kept under; `None` where the paths have no such key.
    key: Option<Hash>,
    known: HashMap<PathBuf, Known>,
}

impl Stamps {
    /// What is remembered of the files below these paths.
    pub fn read(store: &Store, paths: &[&str], limits: &Limits) -> Self {
        let key = key_of(paths, limits);
        let read = || {
            let bytes = store.read_stamps(key.as_ref()?)?;
            let (checksum, table) = bytes.split_first_chunk::<4>()?;
            let is_whole = crc32fast::hash(table) == u32::from_le_bytes(*checksum);
            postcard::from_bytes::<Vec<(PathBuf, Known)>>(Some(table).filter(|_| is_whole)?).ok()
        };
        let known = read().unwrap_or_default().into_iter().collect();
        Self { key, known }
    }

    /// The template at a path, if nobody touched it.
    pub fn get(&self, path: &Path, file: &Metadata, marked: bool) -> Option<&Known> {
        let known = self.known.get(path)?;
        (known.marked == marked && Stamp::of(file) == Some(known.stamp)).then_some(known)
    }

    /// Remembers what was read anew besides what is known, where that is anything.
    pub fn keep(self, read: Vec<(PathBuf, Known)>, store: &Store) {
        if read.is_empty() {
            return;
        }
        let mut known = self.known;
        known.extend(read);
        known.retain(|path, _| path.exists());
        let table: Vec<(PathBuf, Known)> = known.into_iter().collect();
        if let (Some(key), Ok(table)) = (self.key, postcard::to_stdvec(&table)) {
            let bytes = [&crc32fast::hash(&table).to_le_bytes()[..], &table].concat();
            // Without it the files are read again, and nothing else.
            let _ = store.write_stamps(&key, &bytes);
        }
    }
}

/// What the stamps of the files below some paths are kept under; what is a template may be another question for another build.
fn key_of(paths: &[&str], limits: &Limits) -> Option<Hash> {
    let real = |path: &&str| Some(Path::new(path).canonicalize().ok()?.to_string_lossy().into_owned());
    let mut parts = vec![FORMAT.to_owned(), env!("SOURCE_DIGEST").to_owned(), limits.rule_file.to_string()];
    for path in paths {
        // Files are known by their paths as the user writes them.
        parts.extend([(*path).to_owned(), real(path)?]);
    }
    Some(hash(&parts.iter().map(String::as_str).collect::<Vec<_>>()))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;

    use super::*;
    use crate::pack::files::collect;

    const ONE: &str = "id: one\ninfo: {name: One, author: me, severity: info}\nhttp:\n  - path: [\"{{BaseURL}}/1\"]\n";

    struct Fixture {
        folder: tempfile::TempDir,
        store: Store,
    }

    impl Fixture {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a temporary folder");
            fs::create_dir(folder.path().join("pack")).expect("writable");
            fs::write(folder.path().join("pack/.nuclei-ignore"), "").expect("writable");
            let store = Store::new(folder.path().join("cache"));
            let fixture = Self { folder, store };
            fixture.write("one.yaml", ONE);
            fixture.write("two.yaml", &ONE.replace("one", "two"));
            fixture
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join("pack").join(name)
        }

        fn write(&self, name: &str, text: &str) {
            fs::write(self.path(name), text).expect("writable");
        }

        /// What the files hold, as it is told an hour later than the last change.
        fn contents(&self) -> Vec<(Hash, usize)> {
            let (folder, now) = (self.path(""), SystemTime::now() + Duration::from_secs(3600));
            let memory = Some((&self.store, now));
            let collected = collect(&[folder.to_str().expect("UTF-8")], memory, &Limits::default());
            collected.community.iter().flat_map(|pack| &pack.files).map(|file| file.content).collect()
        }

        fn is_known(&self, name: &str) -> bool {
            let folder = self.path("");
            let stamps = Stamps::read(&self.store, &[folder.to_str().expect("UTF-8")], &Limits::default());
            let path = self.path(name);
            stamps.get(&path, &fs::metadata(&path).expect("there"), true).is_some()
        }
    }

    #[test]
    fn what_nobody_touched_is_known_and_what_somebody_touched_is_not() {
        let fixture = Fixture::new();
        assert!(!fixture.is_known("one.yaml"));
        let first = fixture.contents();
        assert!(fixture.is_known("one.yaml") && fixture.is_known("two.yaml"));
        assert_eq!(fixture.contents(), first);
        fixture.write("new", &ONE.replace("info:", "Info:"));
        fs::rename(fixture.path("new"), fixture.path("one.yaml")).expect("writable");
        fixture.write("two.yaml", &ONE.replace("one", "three"));
        assert!(!fixture.is_known("one.yaml") && !fixture.is_known("two.yaml"));
        let second = fixture.contents();
        assert!(first.iter().zip(&second).all(|(first, second)| first.0 != second.0));
        assert!(fixture.is_known("one.yaml") && fixture.is_known("two.yaml"));
    }

    #[test]
    fn what_was_changed_a_moment_ago_is_read_again() {
        let fixture = Fixture::new();
        let file = fs::metadata(fixture.path("one.yaml")).expect("there");
        let stamp = Stamp::of(&file).expect("a file system with fine times");
        let (seconds, nanos) = (u64::try_from(stamp.changed.0), u32::try_from(stamp.changed.1));
        let changed = SystemTime::UNIX_EPOCH + Duration::new(seconds.expect("now"), nanos.expect("nanoseconds"));
        let known = |after: u64, length| {
            Known::new(stamp, true, ([0; 32], length), changed + Duration::from_secs(after)).is_some()
        };
        assert!(!known(1, ONE.len()) && known(2, ONE.len()));
        assert!(!known(2, ONE.len() - 1), "it was not read to its end");
    }

    #[test]
    fn a_broken_table_is_as_good_as_none() {
        let fixture = Fixture::new();
        let first = fixture.contents();
        let kept =
            fs::read_dir(fixture.folder.path().join("cache")).expect("kept").next().expect("one").expect("there");
        for text in ["", "x", "longer than a checksum"] {
            fs::write(kept.path(), text).expect("writable");
            assert!(!fixture.is_known("one.yaml"));
            assert_eq!(fixture.contents(), first);
        }
        assert!(fixture.is_known("one.yaml"), "it is written anew");
    }
}
