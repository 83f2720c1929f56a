//! One matcher of a block.
//!
//! Invariant: a matcher asks at least one thing, and only what its type knows. Must never import compile or any later
//! folder.

use std::sync::Arc;

use bytes::Bytes;
use data_encoding::HEXLOWER_PERMISSIVE;

use crate::base::Span;
use crate::dialect::yaml::{Map, Node};
use crate::rule::sequence::{Combine, Matcher, MatcherKind};

use super::context::{Cx, shown};
use super::fields;
use super::refusal;
use super::value::Placed;

/// How tests combine, by the words of templates.
pub(super) const CONDITIONS: [(&str, Combine); 2] = [("and", Combine::And), ("or", Combine::Or)];

/// What a matcher compares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Word,
    Regex,
    Binary,
    Status,
    Size,
    Dsl,
    Xpath,
    Llm,
}

const TYPES: [(&str, Type); 8] = [
    ("word", Type::Word),
    ("regex", Type::Regex),
    ("binary", Type::Binary),
    ("status", Type::Status),
    ("size", Type::Size),
    ("dsl", Type::Dsl),
    ("xpath", Type::Xpath),
    ("llm", Type::Llm),
];

/// The key that holds a type's values.
const fn key_of(kind: Type) -> &'static str {
    match kind {
        Type::Word => "words",
        Type::Regex => "regex",
        Type::Binary => "binary",
        Type::Status => "status",
        Type::Size => "size",
        Type::Dsl => "dsl",
        Type::Xpath => "xpath",
        Type::Llm => "prompt",
    }
}

/// Lowers a matcher.
pub(super) fn matcher(cx: &mut Cx<'_>, node: &Node) -> Option<Matcher> {
    let Some(map) = node.map() else {
        cx.wrong(node, "a matcher: a map with `type`");
        return None;
    };
    cx.check_fields(map, &fields::MATCHER);
    if map.get("type").is_none() {
        cx.error("R0102", "a matcher needs `type`", node.span, "in this map", "type is `word`, `status`, `regex` …");
        return None;
    }
    let kind = cx.choice_of(map, "type", &TYPES, true)?;
    if kind == Type::Llm {
        cx.refuse(refusal::LLM, node.span, "");
        return None;
    }
    check_values(cx, map, kind);
    let condition = cx.choice_of(map, "condition", &CONDITIONS, false).unwrap_or(Combine::Or);
    let ignores_case = cx.flag_of(map, "case-insensitive");
    let part = cx.name_of(map, "part");
    part.iter().for_each(|part| cx.notice(part));
    let asked = asked(cx, map, kind, ignores_case, node.span)?;
    Some(Matcher {
        name: cx.name_of(map, "name"),
        part,
        kind: asked,
        condition,
        negative: cx.flag_of(map, "negative"),
        internal: cx.flag_of(map, "internal"),
        ignores_case,
        match_all: cx.flag_of(map, "match-all"),
    })
}

/// Values of another type than the matcher's are a slip that the community's engine refuses too.
fn check_values(cx: &mut Cx<'_>, map: &Map, kind: Type) {
    let (name, own) = (TYPES.iter().find(|(_, other)| *other == kind).map_or("", |(name, _)| name), key_of(kind));
    let stray = TYPES.iter().map(|(_, other)| key_of(*other)).filter(|key| *key != own);
    for entry in stray.filter_map(|key| map.entry(key)) {
        let title = format!("a `{name}` matcher has no `{}`", entry.key.text);
        cx.error("R0123", title, entry.key_span, "of another type", &format!("its values stand under `{own}`"));
    }
}

fn asked(cx: &mut Cx<'_>, map: &Map, kind: Type, ignores_case: bool, span: Span) -> Option<MatcherKind> {
    let key = key_of(kind);
    if cx.list_of(map, key).is_empty() {
        let span = map.entry(key).map_or(span, |entry| entry.key_span);
        let help = format!("list what is looked for under `{key}`; without it the matcher never holds");
        cx.warning("R0211", "the matcher has nothing to look for", span, "no values", &help);
    }
    Some(match kind {
        Type::Word => words(cx, map, ignores_case),
        Type::Regex => {
            let texts = cx.texts_of(map, key);
            MatcherKind::Regex(texts.iter().filter_map(|text| cx.regex(text)).collect())
        }
        Type::Binary => {
            let texts = cx.texts_of(map, key);
            MatcherKind::Binary(texts.iter().filter_map(|text| binary(cx, text)).collect())
        }
        Type::Status => MatcherKind::Status(numbers(cx, map, key)),
        Type::Size => MatcherKind::Size(numbers(cx, map, key)),
        Type::Dsl => {
            let texts = cx.texts_of(map, key);
            MatcherKind::Dsl(texts.iter().filter_map(|text| cx.expr(text)).collect())
        }
        Type::Xpath => MatcherKind::Xpath(cx.texts_of(map, key).into_iter().map(|(text, _)| text).collect()),
        Type::Llm => return None,
    })
}

fn numbers(cx: &mut Cx<'_>, map: &Map, key: &str) -> Vec<i64> {
    cx.list_of(map, key).iter().filter_map(|item| cx.number(item)).collect()
}

/// Words; those written in hexadecimal digits are bytes.
fn words(cx: &mut Cx<'_>, map: &Map, ignores_case: bool) -> MatcherKind {
    let texts = cx.texts_of(map, "words");
    let hex = cx.choice_of(map, "encoding", &[("hex", true)], false).unwrap_or(false);
    if !hex {
        return MatcherKind::Word(cx.all_marked(&texts));
    }
    let bytes = texts.iter().map(|(text, _)| unhex(text).filter(|bytes| !bytes.is_empty()));
    let decoded: Vec<Option<Bytes>> = bytes.collect();
    let plain = |bytes: &Option<Bytes>| bytes.as_ref().is_some_and(|bytes| !bytes.windows(2).any(|two| two == b"{{"));
    if !ignores_case && decoded.iter().all(plain) {
        return MatcherKind::Binary(decoded.into_iter().flatten().collect());
    }
    let as_text = |(bytes, (text, span)): (Option<Bytes>, &Placed)| {
        let text = bytes.map_or_else(|| Arc::clone(text), |bytes| String::from_utf8_lossy(&bytes).into());
        (text, *span)
    };
    let texts: Vec<Placed> = decoded.into_iter().zip(&texts).map(as_text).collect();
    MatcherKind::Word(cx.all_marked(&texts))
}

/// Bytes written as hexadecimal digits.
fn binary(cx: &mut Cx<'_>, (text, span): &Placed) -> Option<Bytes> {
    let bytes = unhex(text);
    if bytes.is_none() {
        let title = format!("`{}` is no text of hexadecimal digits", shown(text));
        cx.error("R0113", title, *span, "two digits for each byte are wanted", "");
    }
    bytes
}

/// Bytes of hexadecimal digits.
pub(super) fn unhex(text: &str) -> Option<Bytes> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok().map(Bytes::from)
}
