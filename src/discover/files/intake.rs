//! What is taken in, file by file, and the account of it.
//!
//! Takes names with readers from a folder or an archive; gives files to whoever asked. Invariant: every name that is
//! offered is read or counted as left out, and no reader is asked for more than the bounds allow. Must never import
//! anything above `wire`.

use std::io::{self, Read};

use bytes::Bytes;

use super::kind::{Kind, kind_of};
use super::{Account, FileBounds, FoundFile, Left};
use crate::base::capped::read_start;

/// Bytes from which on a file may be a bomb.
pub(super) const BOMB: u64 = 1 << 20;

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    On,
    /// Nothing more is wanted, or may be read.
    Stop,
}

/// The intake of one target.
pub(super) struct Intake<'a> {
    pub bounds: &'a FileBounds,
    give: &'a mut dyn FnMut(FoundFile) -> bool,
    account: Account,
    names: u64,
}

impl<'a> Intake<'a> {
    pub fn new(bounds: &'a FileBounds, give: &'a mut dyn FnMut(FoundFile) -> bool) -> Self {
        Self { bounds, give, account: Account::default(), names: 0 }
    }

    /// The account, once all is offered.
    pub fn finish(self) -> Account {
        self.account
    }

    /// Counts a name; whether another one may be looked at.
    pub fn count(&mut self, name: &str) -> Go {
        self.names += 1;
        if self.names > self.bounds.names {
            self.leave(Left::Over, name);
            return Go::Stop;
        }
        Go::On
    }

    /// Notes that something was left out.
    pub fn leave(&mut self, why: Left, name: &str) {
        self.account.leave(why, name);
    }

    /// Offers a file of so many bytes; `coded`: of so many in its coded form.
    pub fn offer(&mut self, path: String, length: u64, coded: Option<u64>, reader: impl Read) -> Go {
        let kind = kind_of(&path);
        let (media, is_map) = match kind {
            Kind::Media => return self.pass(Left::Media, &path),
            Kind::Packed => return self.pass(Left::Packed, &path),
            Kind::Text(media) => (media, path.to_ascii_lowercase().ends_with(".map")),
        };
        let room = self.bounds.total.saturating_sub(self.account.bytes);
        if self.account.files >= self.bounds.files || room == 0 {
            self.leave(Left::Over, &path);
            return Go::Stop;
        }
        let most = if is_map { self.bounds.map } else { self.bounds.file };
        let most = most.min(usize::try_from(room).unwrap_or(usize::MAX));
        match read_start(reader, length, most) {
            Ok((body, is_cut)) => self.take(FoundFile { path, body: Bytes::from(body), is_cut, media }, coded),
            Err(error) => self.pass(left_by(&error), &path),
        }
    }

    fn pass(&mut self, why: Left, name: &str) -> Go {
        self.leave(why, name);
        Go::On
    }

    fn take(&mut self, file: FoundFile, coded: Option<u64>) -> Go {
        let bytes = file.body.len() as u64;
        if bytes > BOMB && coded.is_some_and(|coded| bytes > coded.saturating_mul(self.bounds.ratio)) {
            return self.pass(Left::Bomb, &file.path);
        }
        self.account.files += 1;
        self.account.bytes += bytes;
        if file.is_cut {
            self.account.cut += 1;
            self.account.first_cut.get_or_insert_with(|| file.path.chars().take(super::NAME).collect());
        }
        if (self.give)(file) { Go::On } else { Go::Stop }
    }
}

/// What a failure to read a file means.
fn left_by(error: &io::Error) -> Left {
    match error.kind() {
        io::ErrorKind::QuotaExceeded => Left::Bomb,
        io::ErrorKind::Unsupported => Left::Coded,
        _ => Left::Unreadable,
    }
}

/// A name inside an archive as a path below it; `None` where it is empty, absolute or leads out.
pub(super) fn inside(name: &[u8]) -> Option<String> {
    let name = String::from_utf8_lossy(name).replace('\\', "/");
    let is_drive = name.get(1..2) == Some(":");
    if name.starts_with('/') || name.contains('\0') || is_drive {
        return None;
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    (!parts.is_empty() && !parts.contains(&"..")).then(|| parts.join("/"))
}
