//! A whole template.
//!
//! Invariant: every block of the file becomes a block of the sequence, in the order of the file, or the template is
//! refused. Must never import compile or any later folder.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Entry, Map, Node};
use crate::dsl::Text;
use crate::rule::sequence::{Block, Flow, Sequence};
use crate::rule::workflow::Workflow;

use super::context::{Cx, shown};
use super::dns::dns;
use super::fields;
use super::flow::flow;
use super::http::http;
use super::info::info;
use super::refusal::{self, Why};
use super::socket::{tcp, websocket};
use super::tls::tls;
use super::value::present;
use super::workflow::workflow;

/// The most blocks of one template.
const MOST_BLOCKS: usize = 256;

/// The most variables of one template.
const MOST_NAMES: usize = 1_000;

/// Lowers a block of one protocol.
type Lower = fn(&mut Cx<'_>, &Map, Span) -> Block;

/// Sections whose blocks can be run.
const RUN: [(&str, Lower); 7] = [
    ("http", http),
    ("requests", http),
    ("dns", dns),
    ("tcp", tcp),
    ("network", tcp),
    ("ssl", tls),
    ("websocket", websocket),
];

/// Sections whose blocks cannot.
const REFUSED: [(&str, &Why); 5] = [
    ("code", refusal::CODE),
    ("javascript", refusal::JAVASCRIPT),
    ("headless", refusal::HEADLESS),
    ("file", refusal::FILE),
    ("whois", refusal::WHOIS),
];

/// What a template becomes.
pub(super) struct Lowered {
    pub id: Arc<str>,
    pub sequence: Sequence,
    pub workflow: Option<Workflow>,
}

/// Lowers a template.
pub(super) fn template(cx: &mut Cx<'_>, root: &Node) -> Option<Lowered> {
    let Some(map) = root.map() else {
        cx.wrong(root, "a template: a map with `id` and `info`");
        return None;
    };
    cx.check_fields(map, &fields::TEMPLATE);
    let id = id(cx, map);
    let info = info(cx, map, root);
    refuse_whole(cx, map);
    let workflow = workflow(cx, map);
    let mut blocks = blocks(cx, map);
    if blocks.is_empty() && workflow.is_none() {
        cx.refuse(refusal::NO_REQUEST, root.span, "");
    }
    refuse_mixed(cx, map, &blocks);
    name_blocks(&mut blocks);
    let flow = match cx.text_of(map, "flow").filter(|(text, _)| !text.trim().is_empty()) {
        Some(written) if !blocks.is_empty() => flow(cx, &written, &blocks, &|name| gives(map, &blocks, name)),
        _ if cx.flag_of(map, "stop-at-first-match") => Flow::Or((0..blocks.len()).map(Flow::Block).collect()),
        _ => Flow::All,
    };
    let (variables, constants) = (names(cx, map, "variables"), names(cx, map, "constants"));
    let sequence = Sequence {
        info: info?,
        variables,
        constants,
        blocks,
        flow,
        tokens: std::mem::take(&mut cx.tokens).into_iter().collect(),
        needs_oob: cx.needs_oob,
    };
    Some(Lowered { id: id?, sequence, workflow })
}

/// The identifier: words of letters and digits, joined by hyphens and underscores.
fn id(cx: &mut Cx<'_>, map: &Map) -> Option<Arc<str>> {
    let Some((text, span)) = cx.text_of(map, "id") else {
        cx.error("R0102", "a template needs `id`", Span::new(0, 0), "", "write `id: its-name` on the first line");
        return None;
    };
    let good = !text.is_empty()
        && text.len() <= 256
        && text.split(['-', '_']).all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !good {
        let title = format!("`{}` cannot be an identifier", shown(&text));
        let help = "identifiers are letters and digits, single `-` or `_` between them";
        cx.error("R0106", title, span, "here", help);
        return None;
    }
    Some(text)
}

/// What keeps the template as a whole from being run.
fn refuse_whole(cx: &mut Cx<'_>, map: &Map) {
    for (section, why) in REFUSED {
        if let Some(entry) = map.entry(section).filter(|_| present(map, section).is_some()) {
            cx.refuse(why, entry.key_span, "");
        }
    }
    if cx.flag_of(map, "self-contained") {
        cx.refuse(refusal::SELF_CONTAINED, map.entry("self-contained").map_or(Span::default(), |e| e.key_span), "");
    }
    if let Some((_, span)) = cx.text_of(map, "signature") {
        cx.refuse(refusal::SIGNATURE, span, "");
    }
    for (one, other) in [("http", "requests"), ("tcp", "network")] {
        if let (Some(_), Some(entry)) = (present(map, one), map.entry(other)) {
            let title = format!("`{one}` and `{other}` are the same section");
            cx.error("R0123", title, entry.key_span, "the second", &format!("write all blocks under `{one}`"));
        }
    }
}

/// What listens to the answers to others asks for nothing itself.
fn refuse_mixed(cx: &mut Cx<'_>, map: &Map, blocks: &[Block]) {
    if blocks.iter().any(Block::listens) && !blocks.iter().all(Block::listens) {
        let place = ["http", "requests"].iter().find_map(|key| map.entry(key)).map(|entry| entry.key_span);
        cx.refuse(refusal::GLOBAL_MATCHERS, place.unwrap_or_default(), "");
    }
}

/// The blocks that can be run, in the order of the file.
fn blocks(cx: &mut Cx<'_>, map: &Map) -> Vec<Block> {
    let mut blocks = Vec::new();
    for entry in &map.entries {
        let Some((_, lower)) = RUN.iter().find(|(name, _)| *name == &*entry.key.text) else { continue };
        let Some(items) = section(cx, entry) else { continue };
        for item in items {
            if blocks.len() == MOST_BLOCKS {
                cx.refuse(refusal::TOO_LARGE, item.span, &format!("more than {MOST_BLOCKS} blocks"));
                return blocks;
            }
            match item.map() {
                Some(block) => {
                    let place = Span { start: item.span.start, end: item.span.start };
                    blocks.push(lower(cx, block, place));
                }
                None => cx.wrong(item, "a block: a map"),
            }
        }
    }
    blocks
}

fn section<'n>(cx: &mut Cx<'_>, entry: &'n Entry) -> Option<&'n [Node]> {
    let items = entry.value.list();
    if items.is_none() && !super::value::is_null(&entry.value) {
        cx.wrong(&entry.value, "a list of blocks");
    }
    items
}

/// Where a protocol has several blocks, those without a name are called after it: `http_2`.
fn name_blocks(blocks: &mut [Block]) {
    let mut seen: HashMap<&'static str, usize> = HashMap::new();
    let mut total: HashMap<&'static str, usize> = HashMap::new();
    blocks.iter().for_each(|block| *total.entry(block.protocol.name()).or_default() += 1);
    for block in blocks {
        let protocol = block.protocol.name();
        let number = seen.entry(protocol).or_default();
        *number += 1;
        if block.id.is_none() && total.get(protocol).is_some_and(|total| *total > 1) {
            block.id = Some(format!("{protocol}_{number}").into());
        }
    }
}

/// Whether a template may have a value of that name: one of its own names, or what it extracts.
fn gives(map: &Map, blocks: &[Block], name: &str) -> bool {
    let own = ["variables", "constants"].iter().filter_map(|key| map.get(key)?.map());
    let extractors = blocks.iter().flat_map(|block| &block.operators.extractors);
    own.into_iter().any(|names| names.get(name).is_some())
        || extractors.into_iter().any(|extractor| extractor.name.as_deref() == Some(name))
}

/// Texts by name.
fn names(cx: &mut Cx<'_>, map: &Map, key: &str) -> Vec<(Arc<str>, Text)> {
    let texts = cx.named_texts_of(map, key);
    if texts.len() > MOST_NAMES {
        let span = map.entry(key).map_or(Span::default(), |entry| entry.key_span);
        cx.refuse(refusal::TOO_LARGE, span, &format!("more than {MOST_NAMES} names"));
        return Vec::new();
    }
    cx.named_marked(texts)
}
