//! Matches of sequences: what only some reports show of them.
//!
//! Invariant: what a match holds unredacted is a [`Secret`], bounded in size, and leaves through one report format that says
//! so. Must never import a folder above `rule`.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;

use crate::base::Secret;
use crate::rule::Sequence;

/// The most bytes of a request or an answer that a match keeps.
pub(super) const TEXT: usize = 64 << 10;
/// The most bytes of all values that a match keeps.
const VALUES: usize = 256 << 10;

/// A match of a sequence, with the names by which other tools know it.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// The sequence, for what it says to people and to other tools.
    pub sequence: Arc<Sequence>,
    /// The rule's file, as it was given.
    pub file: Arc<str>,
    /// The protocol, as [`crate::rule::sequence::Protocol::name`] has it.
    pub protocol: &'static str,
    /// The named matcher that holds.
    pub matcher: Option<Arc<str>>,
    /// The named extractor that found something.
    pub extractor: Option<Arc<str>>,
    /// The address that answered.
    pub address: Option<IpAddr>,
    /// What is shown by one format only.
    pub raw: Secret<Raw>,
}

/// Texts of a match as they went over the wire.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Raw {
    /// Where it matched: the URL as requested, or `host:port`.
    pub at: String,
    /// What was extracted, in the order in which it was found.
    pub extracted: Vec<String>,
    /// The values that were tried, by name.
    pub payloads: Vec<(Arc<str>, String)>,
    /// The request.
    pub request: Bytes,
    /// The answer.
    pub response: Bytes,
}

impl Raw {
    /// The texts, cut to what a match may keep, without payloads.
    pub fn new(at: String, extracted: Vec<String>, request: Bytes, response: Bytes) -> Self {
        let mut room = VALUES;
        let fits = |value: &String| {
            let left = room.checked_sub(value.len());
            room = left.unwrap_or(room);
            left.is_some()
        };
        let extracted = extracted.into_iter().filter(fits).collect();
        let cut = |text: Bytes| text.slice(..text.len().min(TEXT));
        Self { at, extracted, payloads: Vec::new(), request: cut(request), response: cut(response) }
    }
}

impl Matched {
    /// The same without the texts of request and answer.
    pub fn forget_texts(&mut self) {
        let Raw { at, extracted, payloads, .. } = self.raw.expose().clone();
        self.raw = Secret::new(Raw { at, extracted, payloads, ..Raw::default() });
    }
}
