//! The texts of one answer in which tokens are searched: its body, and what parts of it say once they are decoded.
//!
//! Owns [`TokenScan`]. Only what stands around a keyword is decoded, and of that only what holds something to undo, so a
//! body is passed over once and little is copied. Takes a body and keywords; gives texts with the places of the keywords,
//! each with its way back to the body. Invariant: all decoded texts and their maps take at most one and a half times the body's
//! memory, and a little; what was too much to decode leaves those rules in doubt whose keywords stand in it, and no other.
//! Must never import a folder above `expr`.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::decode::{self, Decoder};
use super::keywords::{Hits, Keywords};
use super::map::{OffsetMap, Written};
use super::source::{TokenSource, TokenViews};
use super::source_map::Layout;

/// Decoded bytes that even a small body may have.
const ROOM: usize = 64 << 10;
/// Bytes before a place in which an escape may have begun that holds it.
const ESCAPE: usize = 12;

/// The texts of one answer.
#[derive(Debug)]
pub struct TokenScan {
    keywords: Arc<Keywords>,
    texts: Vec<Arc<TokenText>>,
    /// Stretches of texts that were not decoded, because it was too much.
    left_out: Vec<LeftOut>,
}

/// Stretches of a text, in order and apart, that were not decoded to a view.
#[derive(Debug)]
struct LeftOut {
    text: Arc<TokenText>,
    views: TokenViews,
    stretches: Vec<Range<usize>>,
}

/// One text.
#[derive(Debug)]
pub(in crate::predicate) struct TokenText {
    text: Bytes,
    /// The views that it takes to see it.
    views: TokenViews,
    /// The view that it came about by.
    view: &'static str,
    hits: Hits,
    /// The text that it was decoded from, and the way back.
    base: Option<(Arc<TokenText>, OffsetMap)>,
    /// Where the sources stand, where it is a source map.
    layout: Option<Layout>,
    /// Whether its base is a source map, of which it holds sources.
    of_sources: bool,
}

impl TokenScan {
    /// The texts of a body.
    pub fn of(body: &Bytes, keywords: &Arc<Keywords>) -> Self {
        let mut maker = Maker { keywords, left: body.len() / 2 * 3 + ROOM, texts: Vec::new(), left_out: Vec::new() };
        if !keywords.is_empty() {
            maker.all(body);
        }
        Self { keywords: Arc::clone(keywords), texts: maker.texts, left_out: maker.left_out }
    }

    /// Whether one of the source's keywords stands in a text that it searches. `ids` are the keywords' numbers.
    pub fn has_any(&self, ids: &[u32], views: TokenViews) -> bool {
        self.texts.iter().any(|text| views.has(text.views) && text.hits.has(ids)) || !self.is_whole(ids, views)
    }

    /// Whether whatever the source of these keywords could find in these views is known.
    pub(in crate::predicate) fn is_whole(&self, ids: &[u32], views: TokenViews) -> bool {
        let is_lacking = |out: &LeftOut| views.has(out.views) && out.text.hits.has_within(ids, &out.stretches);
        !self.left_out.iter().any(is_lacking)
    }

    /// Whether it was made with the keywords of a source, and the numbers of those.
    pub(in crate::predicate) fn ids(&self, source: &TokenSource) -> Option<Vec<u32>> {
        self.keywords.ids(source)
    }

    /// The texts that a source searches, what knows more of a token's origin first.
    pub(in crate::predicate) fn texts(&self, views: TokenViews) -> impl Iterator<Item = &TokenText> {
        self.texts.iter().filter(move |text| views.has(text.views)).map(|text| &**text)
    }
}

impl TokenText {
    pub(in crate::predicate) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(in crate::predicate) fn view(&self) -> &'static str {
        self.view
    }

    pub(in crate::predicate) fn hits(&self) -> &Hits {
        &self.hits
    }

    /// The bytes of the body that a range of it stands for.
    pub(in crate::predicate) fn served(&self, range: Range<usize>) -> Range<usize> {
        match &self.base {
            Some((base, map)) => base.served(map.back(range)),
            None => range,
        }
    }

    /// The original source that a range of it stands in, and the line there; `None` outside source maps.
    pub(in crate::predicate) fn origin(&self, range: &Range<usize>) -> Option<(String, usize)> {
        let (base, map) = self.base.as_ref()?;
        let back = map.back(range.clone());
        let Some(layout) = base.layout.as_ref().filter(|_| self.of_sources) else { return base.origin(&back) };
        let source = layout.source_at(back.start)?;
        let name = layout.name(&base.text, source).unwrap_or_default();
        Some((name, layout.line(&base.text, source, back.start)))
    }
}

/// Texts while they are made.
struct Maker<'k> {
    keywords: &'k Arc<Keywords>,
    /// Bytes of memory that decoded texts and their maps may still take.
    left: usize,
    texts: Vec<Arc<TokenText>>,
    left_out: Vec<LeftOut>,
}

/// A text in base64 once it is decoded: more of it may be.
const LEVELS: usize = 2;

impl Maker<'_> {
    fn all(&mut self, body: &Bytes) {
        let raw = self.root(body, TokenViews::RAW, "raw", None, TokenViews::RAW);
        self.decoded(&raw, None);
        self.of_base64(&raw, LEVELS);
    }

    /// A text that others are decoded from: keeps it, and the sources in it where it is a source map.
    fn root(
        &mut self,
        text: &Bytes,
        views: TokenViews,
        view: &'static str,
        base: Option<(Arc<TokenText>, OffsetMap)>,
        below: TokenViews,
    ) -> Arc<TokenText> {
        let layout = Layout::of(text);
        let blind = layout.as_ref().map_or(&[][..], |layout| &layout.mappings);
        let hits = self.keywords.scan(text, blind);
        let root = Arc::new(TokenText { text: text.clone(), views, view, hits, base, layout, of_sources: false });
        if let Some(layout) = &root.layout {
            let inside = within(&root.hits.regions, &layout.texts);
            let below =
                if below == TokenViews::RAW { TokenViews::SOURCE_MAP } else { below.and(TokenViews::SOURCE_MAP) };
            if let Some(sources) = self.derive(&root, below, ("source-map", decode::escapes), inside, true) {
                self.decoded(&sources, Some(below));
            }
        }
        self.texts.push(Arc::clone(&root));
        root
    }

    /// What a text says once each of its codes is undone, and escapes within escapes.
    fn decoded(&mut self, base: &Arc<TokenText>, below: Option<TokenViews>) {
        if base.layout.is_some() {
            return;
        }
        let views = |view: TokenViews| below.map_or(view, |below| below.and(view));
        let unescaped = views(TokenViews::UNESCAPED);
        let regions = base.hits.regions.clone();
        if let Some(once) = self.derive(base, unescaped, ("unescaped", decode::escapes), regions.clone(), false) {
            let again = once.hits.regions.clone();
            self.derive(&once, unescaped, ("unescaped", decode::escapes), again, false);
        }
        for (view, code) in [
            (TokenViews::HTML, ("html", decode::references as Decoder)),
            (TokenViews::PERCENT, ("percent", decode::percent)),
        ] {
            if let Some(once) = self.derive(base, views(view), code, regions.clone(), false) {
                let again = once.hits.regions.clone();
                self.derive(
                    &once,
                    views(view).and(TokenViews::UNESCAPED),
                    ("unescaped", decode::escapes),
                    again,
                    false,
                );
            }
        }
    }

    /// Texts in base64, and what is encoded in them.
    fn of_base64(&mut self, base: &Arc<TokenText>, levels: usize) {
        let mut out = Written::default();
        if !decode::base64(&base.text, 0..base.text.len(), &mut out) {
            return;
        }
        self.left = self.left.saturating_sub(out.weight());
        let Written { text, map, .. } = out;
        let views = TokenViews::BASE64;
        let root = self.root(&Bytes::from(text), views, "base64", Some((Arc::clone(base), map)), views);
        self.decoded(&root, Some(views));
        if levels > 1 {
            self.of_base64(&root, levels - 1);
        }
    }

    /// What regions of a text say once a code is undone, where that is anything new and holds a keyword.
    fn derive(
        &mut self,
        base: &Arc<TokenText>,
        views: TokenViews,
        (view, decoder): (&'static str, Decoder),
        regions: Vec<Range<usize>>,
        of_sources: bool,
    ) -> Option<Arc<TokenText>> {
        let Written { text, map, .. } = self.write(base, views, decoder, regions);
        if text.is_empty() {
            return None;
        }
        let hits = self.keywords.scan(&text, &[]);
        if hits.regions.is_empty() {
            return None;
        }
        let base = Some((Arc::clone(base), map));
        let made = Arc::new(TokenText { text: text.into(), views, view, hits, base, layout: None, of_sources });
        self.texts.push(Arc::clone(&made));
        Some(made)
    }

    fn write(
        &mut self,
        base: &Arc<TokenText>,
        views: TokenViews,
        decoder: Decoder,
        regions: Vec<Range<usize>>,
    ) -> Written {
        let mut out = Written { most: Some(self.left), ..Written::default() };
        let mut stretches = Vec::new();
        for region in regions {
            let mark = out.mark();
            if region.len() + ESCAPE > self.left.saturating_sub(out.weight()) {
                stretches.push(region);
                continue;
            }
            let region = aligned(&base.text, region);
            out.cut(region.start);
            if !decoder(&base.text, region.clone(), &mut out) {
                out.forget(mark);
            } else if out.is_full() {
                out.forget(mark);
                stretches.push(region);
            }
        }
        if !stretches.is_empty() {
            self.left_out.push(LeftOut { text: Arc::clone(base), views, stretches });
        }
        self.left = self.left.saturating_sub(out.weight());
        out
    }
}

/// The region from where an escape begins that it would cut.
fn aligned(text: &[u8], region: Range<usize>) -> Range<usize> {
    let from = region.start.saturating_sub(ESCAPE);
    let before = text.get(from..region.start).unwrap_or_default();
    let start = before.iter().position(|byte| matches!(byte, b'\\' | b'&' | b'%')).map_or(region.start, |at| from + at);
    start..region.end
}

/// The parts of regions that lie within the stretches of another list; both are in order.
fn within(regions: &[Range<usize>], stretches: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for region in regions {
        let first = stretches.partition_point(|stretch| stretch.end <= region.start);
        for stretch in stretches.iter().skip(first).take_while(|stretch| stretch.start < region.end) {
            if !stretch.is_empty() {
                found.push(region.start.max(stretch.start)..region.end.min(stretch.end));
            }
        }
    }
    found
}
