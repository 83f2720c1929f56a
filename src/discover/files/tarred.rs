//! A tar archive, plain or inside gzip, read as a stream.
//!
//! Long names (GNU `L`, POSIX `path=`) are read here within a bound, because the crate would read them whole. Invariant:
//! the decoded stream is counted while it is made, so that no bomb is decoded to its end. Must never import anything above
//! `wire`.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;
use tar::EntryType;

use super::Left;
use super::intake::{BOMB, Go, Intake, inside};
use crate::base::capped::read_start;

/// The most bytes of a record that holds a long name.
const RECORD: usize = 64 << 10;
/// Bytes of heads and padding that a stream may have besides the files.
const FRAMING: u64 = 64 << 20;

/// Reads all entries in their order.
///
/// # Errors
/// Where nothing of it can be read; later faults are counted.
pub(super) fn read(file: File, is_coded: bool, intake: &mut Intake<'_>) -> io::Result<()> {
    let coded = Cell::new(0);
    let plain = Cell::new(0);
    let (ratio, most) = (intake.bounds.ratio, intake.bounds.total.saturating_add(FRAMING));
    let counted = Counted { inner: BufReader::new(file), count: &coded };
    let within = || {
        let bomb = is_coded && plain.get() > BOMB * 16 && plain.get() > coded.get().saturating_mul(ratio);
        !bomb && plain.get() <= most
    };
    if is_coded {
        entries(Bounded { inner: MultiGzDecoder::new(counted), count: &plain, within: &within }, intake)
    } else {
        entries(Bounded { inner: counted, count: &plain, within: &within }, intake)
    }
}

fn entries(stream: impl Read, intake: &mut Intake<'_>) -> io::Result<()> {
    let mut archive = tar::Archive::new(stream);
    let (mut long, mut seen) = (None, 0_u64);
    for entry in archive.entries()?.raw(true) {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) if seen == 0 => return Err(super::kind::broken(&error.to_string())),
            Err(error) => {
                let why = if error.kind() == io::ErrorKind::QuotaExceeded { Left::Bomb } else { Left::Damaged };
                intake.leave(why, "the rest of the archive");
                return Ok(());
            }
        };
        seen += 1;
        let kind = entry.header().entry_type();
        if let Some(name) = long_name(kind, &mut entry)? {
            long = name;
            continue;
        }
        let name = long.take().unwrap_or_else(|| entry.path_bytes().into_owned());
        let shown = String::from_utf8_lossy(&name).into_owned();
        if intake.count(&shown) == Go::Stop {
            return Ok(());
        }
        let left = match (kind, inside(&name)) {
            (EntryType::Directory, _) => continue,
            (EntryType::Link | EntryType::Symlink, _) => Left::Link,
            (EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse, None) => Left::Name,
            (EntryType::Regular | EntryType::Continuous, Some(path)) => {
                let length = entry.size();
                if intake.offer(path, length, None, entry) == Go::Stop {
                    return Ok(());
                }
                continue;
            }
            (EntryType::GNUSparse, _) => Left::Coded,
            _ => Left::Special,
        };
        intake.leave(left, &shown);
    }
    Ok(())
}

/// What a record says of the next entry's name: `None` where it is an entry, a name or nothing otherwise.
#[expect(clippy::option_option, reason = "a record without a name is still a record")]
fn long_name(kind: EntryType, entry: &mut impl Read) -> io::Result<Option<Option<Vec<u8>>>> {
    match kind {
        EntryType::GNULongName => {
            let (name, _) = read_start(entry, 0, RECORD)?;
            let end = memchr::memchr(0, &name).unwrap_or(name.len());
            Ok(Some(name.get(..end).map(<[u8]>::to_vec)))
        }
        EntryType::XHeader => {
            let (records, _) = read_start(entry, 0, RECORD)?;
            Ok(Some(path_record(&records)))
        }
        EntryType::XGlobalHeader | EntryType::GNULongLink => Ok(Some(None)),
        _ => Ok(None),
    }
}

/// The value of `path` in the records of an extended header (POSIX pax: `LENGTH KEY=VALUE\n`).
fn path_record(mut records: &[u8]) -> Option<Vec<u8>> {
    while let Some(space) = memchr::memchr(b' ', records) {
        let length: usize = std::str::from_utf8(records.get(..space)?).ok()?.parse().ok()?;
        let record = records.get(space + 1..length)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            return Some(path.strip_suffix(b"\n").unwrap_or(path).to_vec());
        }
        records = records.get(length..)?;
    }
    None
}

/// A reader that counts.
struct Counted<'a, R> {
    inner: R,
    count: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get().saturating_add(read as u64));
        Ok(read)
    }
}

/// A reader that counts and ends in an error beyond its bounds.
struct Bounded<'a, R> {
    inner: R,
    count: &'a Cell<u64>,
    within: &'a dyn Fn() -> bool,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !(self.within)() {
            return Err(io::Error::from(io::ErrorKind::QuotaExceeded));
        }
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get().saturating_add(read as u64));
        Ok(read)
    }
}
