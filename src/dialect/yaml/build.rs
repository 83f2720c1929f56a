//! From the parser's events to a tree, without recursion.
//!
//! Takes a checked text, gives the root node. Invariant: depth, values and aliases are counted before anything is
//! built, and a broken limit ends the reading at once. Must never import a dialect.

use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::alias::{self, Anchored, Anchors};
use super::check::BOM;
use super::input::{Chars, Meter};
use super::key::Keys;
use super::node::{Entry, Kind, Map, Node, Scalar, Style};
use super::offsets::Offsets;
use super::report::Report;
use super::scalar::{content_bounds, style_of};
use super::{ReadOptions, pitfall, syntax};
use crate::base::Span;

/// The deepest nesting whatever the limits say: nodes are dropped and copied by recursion.
const DEEPEST: usize = 256;

/// Reading cannot go on; the reason is reported.
struct Stop;

/// Reads a checked text; `None` where it holds nothing or reading had to stop.
pub(super) fn build(report: &mut Report<'_>, options: &ReadOptions<'_>) -> Option<Node> {
    let text = report.text();
    let skipped = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
    let meter = Meter::new(options.limits.rule_nodes.saturating_mul(4));
    let mut parser = Parser::new(Chars::new(text.get(skipped..).unwrap_or(""), &meter));
    let mut builder = Builder::new(report, *options, Offsets::new(text, skipped));
    while let Some(event) = parser.next_event() {
        if meter.is_exhausted() {
            builder.too_many();
            return None;
        }
        meter.reset();
        let step = match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => {
                let at = builder.offsets.byte(error.marker().index());
                let open = builder.stack.iter().rev().find(|frame| frame.flow).map(|frame| frame.start);
                syntax::explain(builder.report, error.info(), at, open, options.strict);
                Err(Stop)
            }
        };
        if step.is_err() {
            return None;
        }
    }
    builder.finish()
}

/// What becomes of the next node of a map.
enum Slot {
    /// It is a key.
    Key,
    /// It is the value of this key.
    Value(Scalar, Span),
    /// It is the value of a key that was refused.
    Dropped,
}

/// A list or map that is not finished.
struct Frame {
    start: usize,
    /// Whether it is written in brackets.
    flow: bool,
    anchor: usize,
    /// Whether what was meant as a text was read as this: it counts as missing, and the reason is reported.
    misread: bool,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map(Map, Keys, Slot),
}

struct Builder<'r, 'a> {
    report: &'r mut Report<'a>,
    options: ReadOptions<'r>,
    offsets: Offsets<'a>,
    stack: Vec<Frame>,
    root: Option<Node>,
    documents: usize,
    nodes: usize,
    aliases: usize,
    anchors: Anchors,
    /// The height of the stack above which refusals are only consequences of one already reported.
    muted: usize,
    /// Where the event before ended.
    last: usize,
}

impl<'r, 'a> Builder<'r, 'a> {
    fn new(report: &'r mut Report<'a>, options: ReadOptions<'r>, offsets: Offsets<'a>) -> Self {
        Self {
            report,
            options,
            offsets,
            stack: Vec::new(),
            root: None,
            documents: 0,
            nodes: 0,
            aliases: 0,
            anchors: Anchors::default(),
            muted: usize::MAX,
            last: 0,
        }
    }

    fn finish(self) -> Option<Node> {
        let root = self.root.filter(|root| !root.is_missing());
        if root.is_none() && self.report.is_empty() {
            let help = "a rule begins with `id: its-name`; the format is described in docs/writing-rules.md";
            self.report.error(
                "R0003",
                "the file holds nothing but white space or comments",
                (Span::default(), ""),
                help,
            );
        }
        root
    }

    fn take(&mut self, event: Event<'_>, span: saphyr_parser::Span) -> Result<(), Stop> {
        let (start, end) = (self.offsets.byte(span.start.index()), self.offsets.byte(span.end.index()));
        let step = match event {
            Event::DocumentStart(explicit) => self.begin_document(start, end, explicit),
            Event::Scalar(text, style, anchor, tag) => {
                self.check_properties(start, anchor, tag.as_deref());
                self.scalar(&text, style, anchor, (start, end))
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_properties(start, anchor, tag.as_deref());
                self.open(start, anchor, Content::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.check_properties(start, anchor, tag.as_deref());
                self.open(start, anchor, Content::Map(Map::default(), Keys::default(), Slot::Key))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(start),
            Event::Alias(id) => self.alias(id, Span::new(start, end)),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        };
        self.last = self.last.max(end);
        step
    }

    fn begin_document(&mut self, start: usize, end: usize, explicit: bool) -> Result<(), Stop> {
        self.documents += 1;
        if self.documents > 1 {
            let place = (Span::new(start, end), "a second document begins here");
            self.report.error(
                "R0007",
                "the file holds several YAML documents",
                place,
                "one rule is one file: split it",
            );
            return Err(Stop);
        }
        if explicit && self.options.strict {
            pitfall::check_directives(self.report, start);
        }
        Ok(())
    }

    /// Anchors where there are none, and tags.
    fn check_properties(&mut self, start: usize, anchor: usize, tag: Option<&saphyr_parser::Tag>) {
        if anchor > 0 && !self.options.aliases {
            pitfall::refuse_anchor(self.report, self.last, start);
        }
        if let Some(tag) = tag
            && (self.options.strict || !tag.is_yaml_core_schema())
        {
            pitfall::refuse_tag(self.report, self.last, start);
        }
    }

    fn count(&mut self, more: usize) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > self.options.limits.rule_nodes {
            self.too_many();
            return Err(Stop);
        }
        Ok(())
    }

    fn too_many(&mut self) {
        let title = format!("the file has more than {} values", self.options.limits.rule_nodes);
        let help = "long lists belong into a list file: `{ from: file, path: lists/names.txt }`";
        self.report.error("R0006", title, (Span::new(self.last, self.last), "reading stopped about here"), help);
    }

    fn check_depth(&mut self, start: usize, more: usize) -> Result<(), Stop> {
        let limit = self.options.limits.rule_depth.min(DEEPEST);
        if self.stack.len() + more > limit {
            let title = format!("the file is nested more than {limit} levels deep");
            let place = (Span::new(start, start + 1), "reading stopped here");
            self.report.error("R0005", title, place, "no rule needs so many levels; look for a bracket too many");
            return Err(Stop);
        }
        Ok(())
    }

    fn open(&mut self, start: usize, anchor: usize, content: Content) -> Result<(), Stop> {
        self.count(1)?;
        self.check_depth(start, 1)?;
        let loud = self.is_loud();
        if let Some(Frame { content: Content::Map(_, _, Slot::Key), misread, .. }) = self.stack.last_mut()
            && loud
        {
            *misread = pitfall::refuse_collection_key(self.report, start);
            self.muted = self.stack.len();
        }
        let flow = matches!(self.report.text().as_bytes().get(start), Some(b'[' | b'{'));
        self.stack.push(Frame { start, flow, anchor, misread: false, content });
        Ok(())
    }

    /// Whether refusals here are news.
    fn is_loud(&self) -> bool {
        self.stack.len() <= self.muted
    }

    fn close(&mut self, at: usize) -> Result<(), Stop> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        if frame.misread {
            return self.attach(Node::missing(frame.start), frame.anchor);
        }
        let bracket = frame.flow && matches!(self.report.text().as_bytes().get(at), Some(b']' | b'}'));
        let (kind, inner) = match frame.content {
            Content::List(items) => {
                let end = items.last().map(|item| item.span);
                (Kind::List(items), end)
            }
            Content::Map(mut map, _, _) => {
                let end = map.entries.last().map(|entry| entry.key_span.to(entry.value.span));
                if self.options.aliases && alias::merges(&map) && !alias::merge(&mut map) {
                    pitfall::refuse_merge(self.report, Span::new(frame.start, at.max(frame.start + 1)), true);
                }
                (Kind::Map(map), end)
            }
        };
        let end = if bracket { at + 1 } else { inner.map_or(frame.start, |span| span.end as usize) };
        self.attach(Node { span: Span::new(frame.start, end), kind }, frame.anchor)
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), Stop> {
        if !self.options.aliases {
            pitfall::refuse_alias(self.report, span);
            return self.attach(Node::missing(span.start as usize), 0);
        }
        self.aliases += 1;
        let Some((nodes, depth)) = self.anchors.get(id).map(|found| (found.nodes, found.depth)) else {
            self.report.error("R0014", "an alias contains itself", (span, "here"), "write the value out");
            return Err(Stop);
        };
        if self.aliases > self.options.limits.rule_aliases {
            let title = format!("the file uses more than {} aliases", self.options.limits.rule_aliases);
            self.report.error("R0014", title, (span, "reading stopped here"), "write the values out");
            return Err(Stop);
        }
        self.check_depth(span.start as usize, depth)?;
        self.count(nodes)?;
        let Some(copy) = self.anchors.get(id).map(Anchored::copy) else { return Ok(()) };
        self.attach(copy, 0)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, at: (usize, usize)) -> Result<(), Stop> {
        self.count(1)?;
        let source = self.report.text();
        let (start, end) = content_bounds(source, text, style, at);
        let written = source.get(start..end).unwrap_or("");
        if style == ScalarStyle::Plain && (text.is_empty() || (text == "~" && written != "~")) {
            return self.missing(at.0);
        }
        let style = style_of(style);
        if self.options.strict && self.is_loud() {
            match style {
                Style::Plain => {
                    pitfall::check_start(self.report, text, start);
                    pitfall::check_comment(self.report, end);
                }
                Style::Double => pitfall::check_escapes(self.report, start, end),
                _ => {}
            }
        }
        let scalar = Scalar { text: Arc::from(text), style, verbatim: written == text };
        self.attach(Node { span: Span::new(start, end), kind: Kind::Scalar(scalar) }, anchor)
    }

    /// A key, value or item that is not written.
    fn missing(&mut self, at: usize) -> Result<(), Stop> {
        let loud = self.options.strict && self.is_loud();
        let at = match self.stack.last() {
            Some(Frame { content: Content::Map(_, _, Slot::Value(key, span)), flow, .. }) => {
                if loud {
                    pitfall::refuse_missing_value(self.report, key, *span, *flow);
                }
                span.end as usize
            }
            Some(Frame { content: Content::List(_), .. }) if loud => {
                pitfall::refuse_missing_item(self.report, at);
                at
            }
            _ => at,
        };
        self.attach(Node::missing(at), 0)
    }

    /// Puts a finished node where it belongs.
    fn attach(&mut self, node: Node, anchor: usize) -> Result<(), Stop> {
        if self.stack.len() <= self.muted {
            self.muted = usize::MAX;
        }
        if anchor > 0 && self.options.aliases {
            let anchored = Anchored::new(&node);
            self.count(anchored.nodes)?;
            self.anchors.insert(anchor, anchored);
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        match &mut frame.content {
            Content::List(items) => items.push(node),
            Content::Map(map, keys, slot) => match std::mem::replace(slot, Slot::Key) {
                Slot::Key => *slot = take_key(self.report, self.options.aliases, node),
                Slot::Dropped => {}
                Slot::Value(key, key_span) => match keys.find(map, &key.text) {
                    Some(first) => pitfall::refuse_repeat(self.report, &key.text, key_span, first.key_span),
                    None => keys.push(map, Entry { key, key_span, value: node }),
                },
            },
        }
        Ok(())
    }
}

/// Makes a key of a node, or refuses it.
fn take_key(report: &mut Report<'_>, aliases: bool, node: Node) -> Slot {
    match node.kind {
        Kind::Scalar(key) if key.style == Style::Missing => {
            pitfall::refuse_missing_key(report, node.span);
            Slot::Dropped
        }
        Kind::Scalar(key) if !aliases && key.style == Style::Plain && &*key.text == "<<" => {
            pitfall::refuse_merge(report, node.span, false);
            Slot::Dropped
        }
        Kind::Scalar(key) => Slot::Value(key, node.span),
        Kind::List(_) | Kind::Map(_) => Slot::Dropped,
    }
}
