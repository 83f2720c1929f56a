//! Payloads: lists of values that the requests of a block are tried with.
//!
//! Takes lists written in the template or named files of the pack. Invariant: what a block would send is counted before
//! lists are built, and a path never leads out of the pack. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Entry, Kind, Map, Node};
use crate::dsl::Text;
use crate::rule::sequence::{Attack, Payloads};

use super::context::{Cx, shown};
use super::files::PayloadError;
use super::refusal;
use super::value::{Placed, is_null, present};

const ATTACKS: [(&str, Attack); 3] =
    [("batteringram", Attack::BatteringRam), ("pitchfork", Attack::Pitchfork), ("clusterbomb", Attack::ClusterBomb)];

/// The level of aggression that lists by level are read at: the mildest.
const LEVEL: &str = "low";

/// Lowers the payloads of a block that sends `requests` requests for each combination, and counts what it sends. Lists
/// that no part under `used_in` speaks of are dropped; `None` keeps all.
pub(super) fn payloads(cx: &mut Cx<'_>, map: &Map, requests: usize, used_in: Option<&[&str]>) -> Option<Payloads> {
    let attack = cx.choice_of(map, "attack", &ATTACKS, true).unwrap_or_default();
    let Some(node) = present(map, "payloads") else {
        cx.count_requests(requests, Span::default(), "");
        return None;
    };
    let Some(lists) = node.map() else {
        cx.wrong(node, "a map of names and lists");
        return None;
    };
    let used = |entry: &&Entry| used_in.is_none_or(|parts| speaks_of(map, parts, &entry.key.text));
    let lists: Vec<(&Entry, Vec<Placed>)> =
        lists.entries.iter().filter(used).filter_map(|entry| Some((entry, values(cx, entry)?))).collect();
    if lists.len() > 1 && attack == Attack::BatteringRam {
        let help = "say `attack: pitchfork` or `attack: clusterbomb`, or keep one list";
        cx.error("R0123", "several lists of payloads need an attack", node.span, "several lists", help);
    }
    let lengths = || lists.iter().map(|(_, values)| values.len());
    let combinations = match attack {
        Attack::BatteringRam => lengths().sum(),
        Attack::Pitchfork => lengths().min().unwrap_or(1),
        Attack::ClusterBomb => lengths().fold(1, usize::saturating_mul),
    };
    if lists.is_empty() {
        cx.count_requests(requests, node.span, "");
        return None;
    }
    let written: Vec<String> = lengths().map(|length| length.to_string()).collect();
    let detail = format!("lists of {} for {requests} requests", written.join(" × "));
    if !cx.count_requests(combinations.saturating_mul(requests), node.span, &detail) {
        return None;
    }
    let texts = |(entry, values): (&Entry, Vec<Placed>)| {
        let texts: Arc<[Text]> = values.iter().map(|value| cx.marked(value)).collect();
        (Arc::clone(&entry.key.text), texts)
    };
    Some(Payloads { attack, lists: lists.into_iter().map(texts).collect() })
}

/// Whether a name occurs in some parts of a block.
fn speaks_of(map: &Map, parts: &[&str], name: &str) -> bool {
    fn holds(node: &Node, name: &str) -> bool {
        match &node.kind {
            Kind::Scalar(scalar) => scalar.text.contains(name),
            Kind::List(items) => items.iter().any(|item| holds(item, name)),
            Kind::Map(map) => {
                map.entries.iter().any(|entry| entry.key.text.contains(name) || holds(&entry.value, name))
            }
        }
    }
    parts.iter().filter_map(|part| map.get(part)).any(|node| holds(node, name))
}

/// The values of one list.
fn values(cx: &mut Cx<'_>, entry: &Entry) -> Option<Vec<Placed>> {
    match &entry.value.kind {
        Kind::List(items) => {
            let value = |item: &Node| if is_null(item) { Some(("".into(), item.span)) } else { cx.text(item) };
            Some(items.iter().filter_map(value).collect())
        }
        Kind::Map(levels) => level(cx, levels),
        Kind::Scalar(scalar) if scalar.text.contains('\n') => {
            Some(scalar.text.split('\n').map(|line| (Arc::from(line), entry.value.span)).collect())
        }
        Kind::Scalar(scalar) => from_file(cx, &scalar.text, entry.value.span),
    }
}

/// The values of the mildest level.
fn level(cx: &mut Cx<'_>, levels: &Map) -> Option<Vec<Placed>> {
    for entry in &levels.entries {
        if !["low", "medium", "high"].contains(&&*entry.key.text) {
            let title = format!("there is no level `{}` of aggression", shown(&entry.key.text));
            cx.error("R0104", title, entry.key_span, "no level", "levels are `low`, `medium` and `high`");
        }
    }
    Some(cx.texts_of(levels, LEVEL))
}

/// The lines of a file, empty ones left out.
fn from_file(cx: &mut Cx<'_>, path: &str, span: Span) -> Option<Vec<Placed>> {
    let leaves = path.starts_with('/') || path.contains(['\\', '\0']) || path.split('/').any(|part| part == "..");
    let (why, detail) = match if leaves { Err(PayloadError::Outside) } else { cx.files.read(path) } {
        Ok(text) => {
            let lines = text.lines().filter(|line| !line.is_empty());
            return Some(lines.map(|line| (Arc::from(line), span)).collect());
        }
        Err(PayloadError::Outside) => (refusal::PAYLOAD_PATH, shown(path)),
        Err(PayloadError::Missing) => (refusal::PAYLOAD_FILE, shown(path)),
        Err(PayloadError::Unreadable(reason)) => (refusal::PAYLOAD_FILE, format!("{}: {reason}", shown(path))),
    };
    cx.refuse(why, span, &detail);
    None
}
