//! One automaton over the keywords of many sources.
//!
//! Takes sources; finds, in one pass over a text, where each keyword stands. A keyword is looked for by its longest
//! stretch of letters, digits, `_`, `-` and `.`, which no encoding changes, so that what was escaped is found as well.
//! Invariant: a pass is linear and keeps a bounded number of places, of which each keyword has a share that no other can
//! take, so that a text full of one hides no other. Must never import a folder above `expr`.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::{FxHashMap, FxHashSet};

use super::source::TokenSource;

/// Places in a text that a rule looks at.
pub(in crate::predicate) const PLACES: usize = 20_000;
/// Places of a keyword that are kept whatever else a text holds.
const SHARE: usize = 1024;
/// Bytes of a text for each place beyond the shares, and how many there are in a small one.
const POOL: (usize, usize) = (64, 1 << 16);
/// States, roughly, up to which the automaton is a table: beyond it is compact and slower.
const TABLE: usize = 20_000;

/// A keyword.
#[derive(Debug)]
struct Keyword {
    /// In lower case.
    text: Box<[u8]>,
    /// Where in it the stretch stands by which it is looked for.
    core: Range<usize>,
}

/// The keywords of some sources.
#[derive(Debug)]
pub struct Keywords {
    automaton: Option<AhoCorasick>,
    keywords: Vec<Keyword>,
    ids: FxHashMap<Box<[u8]>, u32>,
    /// For each pattern of the automaton: the keywords whose stretch it is, and how far around it anything is looked at.
    patterns: Vec<Pattern>,
}

#[derive(Debug, Default)]
struct Pattern {
    keywords: Vec<u32>,
    before: usize,
    after: usize,
}

/// Where keywords stand in a text.
#[derive(Debug, Default)]
pub(in crate::predicate) struct Hits {
    /// By keyword, in order.
    places: Vec<Vec<u32>>,
    /// Stretches around them, in order and apart.
    pub regions: Vec<Range<usize>>,
    /// Keywords of which some places were not kept.
    more: FxHashSet<u32>,
}

impl Keywords {
    /// The keywords of these sources.
    pub fn of<'s>(sources: impl IntoIterator<Item = &'s TokenSource>) -> Self {
        let mut all = Self { automaton: None, keywords: Vec::new(), ids: FxHashMap::default(), patterns: Vec::new() };
        let mut cores: FxHashMap<Box<[u8]>, usize> = FxHashMap::default();
        let mut texts: Vec<Box<[u8]>> = Vec::new();
        for source in sources {
            let (before, after) = source.reach();
            for word in &source.keywords {
                let text: Box<[u8]> = word.as_bytes().to_ascii_lowercase().into();
                let core = core_of(&text);
                let shown: Box<[u8]> = text.get(core.clone()).unwrap_or(&text).into();
                let pattern = *cores.entry(shown.clone()).or_insert_with(|| {
                    texts.push(shown);
                    all.patterns.push(Pattern::default());
                    all.patterns.len() - 1
                });
                let id = all.id_of(text, core);
                if let Some(pattern) = all.patterns.get_mut(pattern) {
                    if !pattern.keywords.contains(&id) {
                        pattern.keywords.push(id);
                    }
                    pattern.before = pattern.before.max(before + word.len());
                    pattern.after = pattern.after.max(after + word.len());
                }
            }
        }
        all.automaton = build(&texts);
        all
    }

    fn id_of(&mut self, text: Box<[u8]>, core: Range<usize>) -> u32 {
        let next = u32::try_from(self.keywords.len()).unwrap_or(u32::MAX);
        let id = *self.ids.entry(text.clone()).or_insert(next);
        if id == next {
            self.keywords.push(Keyword { text, core });
        }
        id
    }

    /// The numbers of a source's keywords; `None` where it was not made with them.
    pub fn ids(&self, source: &TokenSource) -> Option<Vec<u32>> {
        source.keywords.iter().map(|word| self.ids.get(&*word.as_bytes().to_ascii_lowercase()).copied()).collect()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.automaton.is_none()
    }

    /// Where the keywords stand in a text, but for those in `blind`: stretches without tokens, in order.
    pub(super) fn scan(&self, text: &[u8], blind: &[Range<usize>]) -> Hits {
        let mut hits = Hits::default();
        let Some(automaton) = &self.automaton else { return hits };
        hits.places.resize_with(self.keywords.len(), Vec::new);
        let mut pool = (text.len() / POOL.0).max(POOL.1);
        for found in automaton.find_overlapping_iter(text) {
            let Some(pattern) = self.patterns.get(found.pattern().as_usize()) else { continue };
            let next = blind.partition_point(|range| range.end <= found.start());
            if blind.get(next).is_some_and(|range| range.contains(&found.start())) {
                continue;
            }
            let region = found.start().saturating_sub(pattern.before)..(found.end() + pattern.after).min(text.len());
            hits.note_region(region);
            for id in &pattern.keywords {
                let place = self.whole(*id, text, found.start()).and_then(|at| u32::try_from(at).ok());
                if let Some(place) = place {
                    hits.note(*id, place, &mut pool);
                }
            }
        }
        hits
    }

    /// Where the keyword begins whose stretch stands there, if it is there as a whole.
    fn whole(&self, id: u32, text: &[u8], core: usize) -> Option<usize> {
        let keyword = self.keywords.get(id as usize)?;
        let start = core.checked_sub(keyword.core.start)?;
        let there = text.get(start..start + keyword.text.len())?;
        there.eq_ignore_ascii_case(&keyword.text).then_some(start)
    }
}

impl Hits {
    /// Where the keywords of these numbers stand, in order.
    pub(in crate::predicate) fn places(&self, ids: &[u32]) -> Vec<usize> {
        let mut places: Vec<usize> = ids.iter().flat_map(|id| self.of(*id)).map(|at| *at as usize).collect();
        if ids.len() > 1 {
            places.sort_unstable();
            places.dedup();
        }
        places
    }

    /// Whether one of these keywords stands anywhere.
    pub(super) fn has(&self, ids: &[u32]) -> bool {
        ids.iter().any(|id| !self.of(*id).is_empty())
    }

    /// Whether all places of these keywords were kept.
    pub(in crate::predicate) fn is_whole(&self, ids: &[u32]) -> bool {
        self.more.is_empty() || !ids.iter().any(|id| self.more.contains(id))
    }

    /// Whether one of these keywords stands in one of these stretches, which are in order and apart.
    pub(super) fn has_within(&self, ids: &[u32], stretches: &[Range<usize>]) -> bool {
        let inside = |at: usize| {
            let next = stretches.partition_point(|stretch| stretch.end <= at);
            stretches.get(next).is_some_and(|stretch| stretch.start <= at)
        };
        !stretches.is_empty() && ids.iter().any(|id| self.of(*id).iter().any(|at| inside(*at as usize)))
    }

    fn of(&self, id: u32) -> &[u32] {
        self.places.get(id as usize).map_or(&[], Vec::as_slice)
    }

    /// Keeps a place: of the keyword's own share, or of the pool of all.
    fn note(&mut self, id: u32, place: u32, pool: &mut usize) {
        let Some(places) = self.places.get_mut(id as usize) else { return };
        match places.len() {
            0..SHARE => places.push(place),
            SHARE..PLACES if *pool > 0 => {
                *pool -= 1;
                places.push(place);
            }
            _ => {
                self.more.insert(id);
            }
        }
    }

    /// Keeps regions in order and apart; hits come in the order of their ends, so a region may reach back over several.
    fn note_region(&mut self, mut region: Range<usize>) {
        while let Some(last) = self.regions.last().filter(|last| region.start <= last.end) {
            region = region.start.min(last.start)..region.end.max(last.end);
            self.regions.pop();
        }
        self.regions.push(region);
    }
}

/// The longest stretch that no encoding changes; all of it where that is too short to look for.
fn core_of(text: &[u8]) -> Range<usize> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let mut best = 0..0;
    let mut start = 0;
    for end in 0..=text.len() {
        if end == text.len() || !text.get(end).is_some_and(|byte| plain(*byte)) {
            if end - start > best.len() {
                best = start..end;
            }
            start = end + 1;
        }
    }
    if best.len() < 3 { 0..text.len() } else { best }
}

fn build(texts: &[Box<[u8]>]) -> Option<AhoCorasick> {
    if texts.is_empty() {
        return None;
    }
    let states: usize = texts.iter().map(|text| text.len()).sum();
    let kind = if states <= TABLE { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(kind))
        .build(texts)
        .ok()
}
