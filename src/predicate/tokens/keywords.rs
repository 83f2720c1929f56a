//! One automaton over the keywords of many sources.
//!
//! Takes sources; finds, in one pass over a text, where each keyword stands. A keyword is looked for by its longest
//! stretch of letters, digits, `_`, `-` and `.`, which no encoding changes, so that what was escaped is found as well.
//! Invariant: a pass is linear, and keeps no more hits than a part of the text's length. Must never import a folder above
//! `expr`.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::FxHashMap;

use super::source::TokenSource;

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
    /// Keyword and place, sorted.
    places: Vec<(u32, u32)>,
    /// Stretches around them, in order and apart.
    pub regions: Vec<Range<usize>>,
    /// Whether some were not kept.
    pub more: bool,
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
        let most = (text.len() / 16).max(1 << 16);
        let mut hits = Hits::default();
        let Some(automaton) = &self.automaton else { return hits };
        for found in automaton.find_overlapping_iter(text) {
            let Some(pattern) = self.patterns.get(found.pattern().as_usize()) else { continue };
            let next = blind.partition_point(|range| range.end <= found.start());
            if blind.get(next).is_some_and(|range| range.contains(&found.start())) {
                continue;
            }
            if hits.places.len() >= most {
                hits.more = true;
                break;
            }
            let region = found.start().saturating_sub(pattern.before)..(found.end() + pattern.after).min(text.len());
            hits.note_region(region);
            for id in &pattern.keywords {
                if let (Some(at), Ok(place)) = (self.whole(*id, text, found.start()), u32::try_from(found.start())) {
                    hits.places.push((*id, u32::try_from(at).unwrap_or(place)));
                }
            }
        }
        hits.places.sort_unstable();
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
        let mut places: Vec<usize> = ids.iter().flat_map(|id| self.of(*id)).map(|(_, at)| *at as usize).collect();
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

    fn of(&self, id: u32) -> &[(u32, u32)] {
        let from = self.places.partition_point(|(keyword, _)| *keyword < id);
        let to = self.places.partition_point(|(keyword, _)| *keyword <= id);
        self.places.get(from..to).unwrap_or(&[])
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
