//! Compiled packs: what a community pack was lowered to, kept so that the next start reads no YAML.
//!
//! Takes a pack that was read, keeps it under a digest of all that it was made from, and gives it back rule by rule: what
//! rules are chosen by first, the rules themselves when they are. Invariant: what is kept is used only where it is whole
//! and was made by this very build from these very bytes; anything else is as if nothing were kept. Must never import a
//! folder above `report`.

mod key;
mod record;
mod steps;
mod store;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use store::Store;

use self::key::key_of;
use super::community::{Community, Invalid, Root};
use super::digest::{Hash, hash};
use super::facts::Facts;
use crate::base::{Limits, SourceFile};
use crate::rule::Rule;

/// What every file begins with.
const MAGIC: &[u8; 8] = b"OUTSIGHT";
/// The bytes before the table: magic, key, length and checksum of the table.
const HEADER: usize = 8 + 32 + 4 + 4;

/// What a file says of its records.
#[derive(Serialize, Deserialize)]
struct Table {
    /// The rules, in order of their files.
    slots: Vec<Slot>,
    /// Files that hold none, by index.
    invalid: Vec<(u32, String, String)>,
    /// Payload files that templates asked for, with the digest of their text or why there is none.
    payloads: Vec<(String, Result<Hash, String>)>,
}

/// Where a rule's bytes are: what it is chosen by, then itself.
#[derive(Serialize, Deserialize)]
struct Slot {
    /// The file of the pack, by index.
    file: u32,
    facts: u32,
    rule: u32,
    checksum: u32,
}

/// Rules that have not been read from their records yet.
#[derive(Debug)]
pub struct Kept {
    bytes: Vec<u8>,
    /// The bytes of each rule's record, and the name of its file.
    records: Vec<(std::ops::Range<usize>, Arc<str>)>,
}

impl Kept {
    /// The rules of these indices, which ascend; `None` where a record is none.
    pub(super) fn take(&self, chosen: &[usize]) -> Option<Vec<Rule>> {
        let read = |index: &usize| {
            let (range, name) = self.records.get(*index)?;
            record::read(self.bytes.get(range.clone())?, SourceFile::new(Arc::clone(name), ""))
        };
        // Collected by place, so that rules, which are large, are moved once.
        let rules: Vec<Option<Rule>> = chosen.par_iter().map(read).collect();
        rules.into_iter().collect()
    }

    /// How many rules there are.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }
}

/// A pack as it is kept.
#[derive(Debug)]
pub(super) struct Found {
    /// What each rule is chosen by.
    pub facts: Vec<Facts>,
    /// The rules.
    pub kept: Kept,
    /// Files that hold none.
    pub invalid: Vec<Invalid>,
}

/// The pack as it is kept; `None` where it is not.
pub(super) fn read(store: &Store, pack: &Community, limits: &Limits) -> Option<Found> {
    let key = key_of(pack, limits);
    let bytes = store.read(&key)?;
    let (magic, rest) = bytes.split_first_chunk::<8>()?;
    let (stored, rest) = rest.split_first_chunk::<32>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (checksum, rest) = rest.split_first_chunk::<4>()?;
    let table = rest.get(..u32::from_le_bytes(*length) as usize)?;
    if magic != MAGIC || *stored != key || crc32fast::hash(table) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let start = HEADER + table.len();
    let table: Table = postcard::from_bytes(table).ok()?;
    let ranges = locate(&table.slots, start, bytes.len())?;
    let read_all = || ranges.par_iter().map(|place| read_facts(&bytes, place, pack)).collect::<Vec<Option<Facts>>>();
    let is_same = || table.payloads.iter().all(|(name, known)| *known == digest(&pack.root, name));
    let (facts, is_same) = rayon::join(read_all, is_same);
    let facts = facts.into_iter().collect::<Option<Vec<Facts>>>().filter(|_| is_same)?;
    let records = ranges.into_iter().map(|place| Some((place.rule, name_of(pack, place.file)?)));
    let records = records.collect::<Option<Vec<_>>>()?;
    let invalid = table.invalid.into_iter().map(|(file, code, title)| {
        Some(Invalid { path: name_of(pack, file)?, code: code.into(), title: title.into() })
    });
    let invalid = invalid.collect::<Option<Vec<_>>>()?;
    Some(Found { facts, kept: Kept { bytes, records }, invalid })
}

/// Rules, what each is chosen by, and files that hold none.
type Parts<'a> = (&'a [Rule], &'a [Facts], &'a [Invalid]);

/// Keeps a pack that was read. False where that cannot be done.
pub(super) fn write(store: &Store, pack: &Community, limits: &Limits, parts: Parts<'_>) -> bool {
    let key = key_of(pack, limits);
    file_of(pack, &key, parts).is_some_and(|bytes| store.write(&key, &bytes))
}

fn file_of(pack: &Community, key: &Hash, (rules, facts, invalid): Parts<'_>) -> Option<Vec<u8>> {
    let index = pack.files.iter().zip(0_u32..).map(|(file, index)| (&*file.name, index));
    let index: std::collections::HashMap<&str, u32> = index.collect();
    let encode = |(rule, facts): (&Rule, &Facts)| {
        let facts = Facts { path: "".into(), inside: "".into(), is_alone: false, ..facts.clone() };
        let (mut bytes, rule_bytes) = (postcard::to_stdvec(&facts).ok()?, record::write(rule)?);
        let (facts, rule_length) = (u32::try_from(bytes.len()).ok()?, u32::try_from(rule_bytes.len()).ok()?);
        bytes.extend(rule_bytes);
        let (file, checksum) = (*index.get(&*rule.source.name)?, crc32fast::hash(&bytes));
        Some((Slot { file, facts, rule: rule_length, checksum }, bytes))
    };
    let encoded: Option<Vec<_>> = rules.par_iter().zip(facts).map(encode).collect();
    let (slots, records): (Vec<Slot>, Vec<Vec<u8>>) = encoded?.into_iter().unzip();
    let invalid =
        invalid.iter().map(|one| Some((*index.get(&*one.path)?, one.code.to_string(), one.title.to_string())));
    let invalid = invalid.collect::<Option<Vec<_>>>()?;
    let payloads = pack.root.asked().into_iter().map(|name| (digest(&pack.root, &name), name));
    let payloads = payloads.map(|(digest, name)| (name, digest)).collect();
    let table = postcard::to_stdvec(&Table { slots, invalid, payloads }).ok()?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend(key);
    bytes.extend(u32::try_from(table.len()).ok()?.to_le_bytes());
    bytes.extend(crc32fast::hash(&table).to_le_bytes());
    bytes.extend(table);
    records.iter().for_each(|record| bytes.extend(record));
    Some(bytes)
}

/// The place of a record.
struct Place {
    file: u32,
    facts: std::ops::Range<usize>,
    rule: std::ops::Range<usize>,
    checksum: u32,
}

/// Where the records are; `None` where they do not fill the file exactly.
fn locate(slots: &[Slot], start: usize, end: usize) -> Option<Vec<Place>> {
    let mut at = start;
    let mut places = Vec::with_capacity(slots.len());
    for slot in slots {
        let middle = at.checked_add(slot.facts as usize)?;
        let next = middle.checked_add(slot.rule as usize).filter(|next| *next <= end)?;
        places.push(Place { file: slot.file, facts: at..middle, rule: middle..next, checksum: slot.checksum });
        at = next;
    }
    (at == end).then_some(places)
}

fn read_facts(bytes: &[u8], place: &Place, pack: &Community) -> Option<Facts> {
    if crc32fast::hash(bytes.get(place.facts.start..place.rule.end)?) != place.checksum {
        return None;
    }
    let facts: Facts = postcard::from_bytes(bytes.get(place.facts.clone())?).ok()?;
    let file = pack.files.get(place.file as usize)?;
    let (path, inside) = (Arc::clone(&file.name), Arc::clone(&file.inside));
    Some(Facts { path, inside, is_alone: file.is_alone, ..facts })
}

fn name_of(pack: &Community, file: u32) -> Option<Arc<str>> {
    Some(Arc::clone(&pack.files.get(file as usize)?.name))
}

/// The digest of a payload file's text, or why there is none.
fn digest(root: &Root, name: &str) -> Result<Hash, String> {
    root.content(name).map(|text| hash(&[&text])).map_err(|error| format!("{error:?}"))
}
