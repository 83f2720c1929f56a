//! DNS blocks.
//!
//! Invariant: record types and classes are known ones. Must never import compile or any later folder.

use crate::base::Span;
use crate::dialect::yaml::Map;
use crate::rule::sequence::{Block, DnsBlock, Protocol};

use super::context::Cx;
use super::fields;
use super::operators::operators;
use super::payload::payloads;
use super::refusal;

/// How often a question is asked again where the template does not say.
const RETRIES: u64 = 3;

/// The most often that a template can have a question asked again.
const MOST_RETRIES: u64 = 10;

/// Record types.
const TYPES: [(&str, &str); 13] = [
    ("A", "A"),
    ("NS", "NS"),
    ("DS", "DS"),
    ("CNAME", "CNAME"),
    ("SOA", "SOA"),
    ("PTR", "PTR"),
    ("MX", "MX"),
    ("TXT", "TXT"),
    ("AAAA", "AAAA"),
    ("CAA", "CAA"),
    ("TLSA", "TLSA"),
    ("ANY", "ANY"),
    ("SRV", "SRV"),
];

/// Classes.
const CLASSES: [(&str, &str); 6] =
    [("inet", "inet"), ("csnet", "csnet"), ("chaos", "chaos"), ("hesiod", "hesiod"), ("none", "none"), ("any", "any")];

/// Lowers a DNS block.
pub(super) fn dns(cx: &mut Cx<'_>, map: &Map, span: Span) -> Block {
    cx.check_fields(map, &fields::DNS);
    if cx.flag_of(map, "trace") {
        cx.refuse(refusal::DNS_TRACE, map.entry("trace").map_or(span, |entry| entry.key_span), "");
    }
    let Some(name) = cx.marked_of(map, "name") else {
        cx.refuse(refusal::NO_REQUEST, span, "the block has no `name`");
        return block(cx, map, crate::dsl::Text::literal(""));
    };
    block(cx, map, name)
}

fn block(cx: &mut Cx<'_>, map: &Map, name: crate::dsl::Text) -> Block {
    let retries = cx.count_of(map, "retries").unwrap_or(RETRIES).min(MOST_RETRIES);
    let resolvers = cx.texts_of(map, "resolvers");
    let query = DnsBlock {
        name,
        kind: cx.choice_of(map, "type", &TYPES, true).unwrap_or("A").into(),
        class: cx.choice_of(map, "class", &CLASSES, true).unwrap_or("inet").into(),
        recursion: cx.switch_of(map, "recursion").unwrap_or(true),
        retries: u32::try_from(retries).unwrap_or(u32::MAX),
        resolvers: cx.all_marked(&resolvers),
    };
    Block {
        id: cx.name_of(map, "id"),
        protocol: Protocol::Dns(query),
        payloads: payloads(cx, map, 1, None),
        operators: operators(cx, map),
        stop_at_first_match: false,
        iterate_all: false,
        sends_unresolved: false,
    }
}
