//! TLS blocks.
//!
//! Invariant: versions are known ones. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::Map;
use crate::dsl::Text;
use crate::rule::sequence::{Block, Protocol, TlsBlock};

use super::context::Cx;
use super::fields;
use super::operators::operators;
use super::refusal;

/// Versions, by the names of templates.
const VERSIONS: [(&str, &str); 6] = [
    ("sslv3", "ssl30"),
    ("ssl30", "ssl30"),
    ("tls10", "tls10"),
    ("tls11", "tls11"),
    ("tls12", "tls12"),
    ("tls13", "tls13"),
];

/// Lowers a TLS block.
pub(super) fn tls(cx: &mut Cx<'_>, map: &Map, span: Span) -> Block {
    cx.check_fields(map, &fields::TLS);
    let address = cx.marked_of(map, "address");
    if address.is_none() {
        cx.refuse(refusal::NO_REQUEST, span, "the block has no `address`");
    }
    let version = |cx: &mut Cx<'_>, key: &str| cx.choice_of(map, key, &VERSIONS, true).map(Arc::from);
    for key in ["tls_cipher_enum", "tls_version_enum"] {
        if cx.flag_of(map, key) {
            cx.refuse(refusal::TLS_ENUM, map.entry(key).map_or(span, |entry| entry.key_span), key);
        }
    }
    let handshake = TlsBlock {
        address: address.unwrap_or_else(|| Text::literal("")),
        min_version: version(cx, "min_version"),
        max_version: version(cx, "max_version"),
        cipher_suites: cx.texts_of(map, "cipher_suites").into_iter().map(|(text, _)| text).collect(),
    };
    Block {
        id: cx.name_of(map, "id"),
        protocol: Protocol::Tls(handshake),
        payloads: None,
        operators: operators(cx, map),
        stop_at_first_match: false,
        iterate_all: false,
        sends_unresolved: false,
    }
}
