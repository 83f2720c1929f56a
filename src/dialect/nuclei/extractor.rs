//! One extractor of a block.
//!
//! Invariant: an extractor that is lowered can take at least one value, or is known to take none. Must never import
//! compile or any later folder.

use std::sync::Arc;

use crate::dialect::yaml::{Map, Node};
use crate::rule::sequence::{Extractor, ExtractorKind};

use super::context::Cx;
use super::fields;

#[derive(Clone, Copy)]
enum Type {
    Regex,
    Kval,
    Json,
    Xpath,
    Dsl,
}

const TYPES: [(&str, Type); 5] =
    [("regex", Type::Regex), ("kval", Type::Kval), ("json", Type::Json), ("xpath", Type::Xpath), ("dsl", Type::Dsl)];

/// Lowers an extractor; one whose list is empty takes nothing and is left out.
pub(super) fn extractor(cx: &mut Cx<'_>, node: &Node) -> Option<Extractor> {
    let Some(map) = node.map() else {
        cx.wrong(node, "an extractor: a map with `type`");
        return None;
    };
    cx.check_fields(map, &fields::EXTRACTOR);
    if map.get("type").is_none() {
        let help = "type is `regex`, `kval`, `json`, `xpath` or `dsl`";
        cx.error("R0102", "an extractor needs `type`", node.span, "in this map", help);
        return None;
    }
    let kind = cx.choice_of(map, "type", &TYPES, true)?;
    let part = cx.name_of(map, "part");
    part.iter().for_each(|part| cx.notice(part));
    let taken = taken(cx, map, kind);
    let Some(taken) = taken else {
        let help = "list what is taken, or delete the extractor";
        cx.warning("R0211", "the extractor has nothing to look for", node.span, "no values", help);
        return None;
    };
    Some(Extractor {
        name: cx.name_of(map, "name"),
        part,
        kind: taken,
        internal: cx.flag_of(map, "internal"),
        ignores_case: cx.flag_of(map, "case-insensitive"),
    })
}

fn taken(cx: &mut Cx<'_>, map: &Map, kind: Type) -> Option<ExtractorKind> {
    let plain = |cx: &mut Cx<'_>, key: &str| -> Option<Vec<Arc<str>>> {
        let texts = cx.texts_of(map, key);
        (!texts.is_empty()).then(|| texts.into_iter().map(|(text, _)| text).collect())
    };
    Some(match kind {
        Type::Regex => {
            let texts = cx.texts_of(map, "regex");
            if texts.is_empty() {
                return None;
            }
            let group = cx.count_of(map, "group").and_then(|group| usize::try_from(group).ok()).unwrap_or(0);
            ExtractorKind::Regex { patterns: texts.iter().filter_map(|text| cx.regex(text)).collect(), group }
        }
        Type::Kval => {
            let names = plain(cx, "kval")?;
            ExtractorKind::Kval(names.iter().map(|name| Arc::from(name.to_lowercase())).collect())
        }
        Type::Json => ExtractorKind::Json(plain(cx, "json")?),
        Type::Xpath => ExtractorKind::Xpath { queries: plain(cx, "xpath")?, attribute: cx.name_of(map, "attribute") },
        Type::Dsl => {
            let texts = cx.texts_of(map, "dsl");
            if texts.is_empty() {
                return None;
            }
            ExtractorKind::Dsl(texts.iter().filter_map(|text| cx.expr(text)).collect())
        }
    })
}
