//! `{ from: … }`: items found in an answer, or in a file of the pack.
//!
//! Takes the map of a source, gives the [`Source`]. Invariant: keys that make no sense of the kind of source are
//! errors, and so are tokens where no veil would know them. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Map, Node};
use crate::predicate::{Base, CssQuery, JsonQuery, Source, Subject};

use super::context::{Cx, said, shown, suggestion};
use super::grammar;
use super::items::{Lowered, Role};
use super::names::{Bare, Place, Thing};
use super::operand::regex;
use super::refusal;
use super::reply::at_request;
use super::source_keys::{answer, file, need, only};
use super::subject::check_bare;
use super::subjects::{self, Item};
use super::text::{flag, scalar, whole, within, word};
use super::tokens::tokens;

/// A source whose items are found.
pub(super) fn found<'a>(cx: &mut Cx<'a>, map: &'a Map, span: Span, role: Role, place: &Place<'_>) -> Option<Lowered> {
    cx.check_keys(map, &grammar::SOURCE, span);
    let node = map.get("from")?;
    let from = Arc::clone(&scalar(cx, node, "where items come from")?.text);
    let optional = map.get("optional").map_or(Some(false), |node| flag(cx, node))?;
    if let Some(entry) = map.entry("optional").filter(|_| role != Role::Extract) {
        let error = cx.error("R0125", "`optional` goes with `extract`", entry.key_span, "here");
        cx.push(error.help("without items, `for_each` and `collect` are clean"));
    }
    if let Some(name) = from.strip_prefix('$') {
        let lowered = of_request(cx, map, span, name, node, place)?;
        return guarded(cx, node, role, Lowered { optional, ..lowered });
    }
    let lowered = plain(cx, map, span, &from, node, place)?;
    guarded(cx, node, role, Lowered { optional, ..lowered })
}

/// Tokens are ranged over by a rule and by nothing else, so that every one is known and no output shows it.
fn guarded(cx: &mut Cx<'_>, from: &Node, role: Role, lowered: Lowered) -> Option<Lowered> {
    if role == Role::RuleEach || !lowered.source.is_tokens() {
        return Some(lowered);
    }
    let error = cx.error("R0125", "tokens go with the rule's `for_each`", from.span, "not here");
    cx.push(error.help("range over them, `for_each: { token: { from: tokens, … } }`, and ask of `$token`"));
    None
}

/// `from: $login.headers.location`.
fn of_request<'a>(
    cx: &mut Cx<'a>,
    map: &'a Map,
    span: Span,
    name: &str,
    node: &Node,
    place: &Place<'_>,
) -> Option<Lowered> {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let request = match cx.names.get(first).map(|named| named.thing.clone()) {
        Some(Thing::Request(request)) => request,
        Some(Thing::Broken) => return None,
        _ => {
            let requests = cx.names.iter().filter(|named| matches!(named.thing, Thing::Request(_)));
            let names: Vec<String> = requests.map(|named| format!("${}", named.name)).collect();
            let wanted = format!("${first}");
            let label = suggestion(&wanted, names.iter().map(String::as_str), "not a request before this one");
            let error = cx.error("R0108", format!("`{}` is no earlier request", shown(&wanted)), node.span, &label);
            cx.push(error.help("a source takes items from an answer: `{ from: $login.headers.location }`"));
            return None;
        }
    };
    let at = at_request(cx, first, rest, &request, node.span)?;
    let Some(rest) = at.rest else {
        let error = cx.error("R0118", format!("what of `${}`'s answer?", shown(name)), node.span, "here");
        cx.push(error.help(format!("name a subject: `{{ from: ${}.body }}`", shown(name))));
        return None;
    };
    let inner = plain(cx, map, span, &rest, node, &place.with(Bare::Answer))?;
    let source = Source::OfRequest { request: request.index, label: at.label, source: Box::new(inner.source) };
    Some(Lowered { source, ..inner })
}

fn plain<'a>(cx: &mut Cx<'a>, map: &'a Map, span: Span, from: &str, node: &Node, place: &Place<'_>) -> Option<Lowered> {
    let lowered = match from {
        "file" => return file(cx, map, span),
        "json" => json(cx, map, span),
        "html" => html(cx, map, span),
        "tokens" => tokens(cx, map, span),
        _ => named(cx, map, from, node, place),
    }?;
    check_bare(cx, from, node.span, place).then_some(lowered)
}

fn most(cx: &mut Cx<'_>, map: &Map) -> Option<Option<usize>> {
    match map.get("max") {
        Some(node) => whole(cx, node, 1, 10_000).map(|max| usize::try_from(max).ok()),
        None => Some(None),
    }
}

fn json(cx: &mut Cx<'_>, map: &Map, span: Span) -> Option<Lowered> {
    only(cx, map, "json", &["path", "max"]);
    let max = most(cx, map)?;
    let node = need(cx, map, span, "json", "path")?;
    let found = scalar(cx, node, "a JSON path")?;
    match JsonQuery::new(&found.text) {
        Ok(path) => answer(Source::Json { path, max }, Item::Json, max.and_then(|max| u64::try_from(max).ok())),
        Err(error) => {
            let at = error.at.map_or(node.span, |at| within(node.span, found, at));
            let error = cx.error("R0113", format!("this is no JSON path: {}", said(&error.message)), at, "here");
            cx.push(error.help("JSON paths are those of RFC 9535: `$.items[*].id`"));
            None
        }
    }
}

fn html(cx: &mut Cx<'_>, map: &Map, span: Span) -> Option<Lowered> {
    only(cx, map, "html", &["select", "attr", "as", "max"]);
    let max = most(cx, map)?;
    let attr = match map.get("attr") {
        Some(node) => Some(scalar(cx, node, "an attribute")?.text.to_lowercase().into()),
        None => None,
    };
    let as_url = match map.get("as") {
        Some(node) => word(cx, node, &[("url", true)])?,
        None => false,
    };
    let node = need(cx, map, span, "html", "select")?;
    let found = scalar(cx, node, "a CSS selector")?;
    let item = if as_url { Item::url() } else { Item::text() };
    match CssQuery::new(&found.text) {
        Ok(select) => {
            answer(Source::Html { select, attr, as_url, max }, item, max.and_then(|max| u64::try_from(max).ok()))
        }
        Err(error) => {
            let title = format!("this is no CSS selector: {}", said(&error.message));
            cx.push(
                cx.error("R0113", title, node.span, "here").help("for example `script[src]` or `input[name=\"csrf\"]`"),
            );
            None
        }
    }
}

/// A collection or a subject, by name.
fn named(cx: &mut Cx<'_>, map: &Map, from: &str, node: &Node, place: &Place<'_>) -> Option<Lowered> {
    if let Some(found) = subjects::collection(from) {
        only(cx, map, from, &[]);
        return answer(Source::Collection(found.collection), found.item.unwrap_or(Item::Any), None);
    }
    only(cx, map, from, &["regex", "max"]);
    let Some(asked) = subjects::find(from) else {
        let names = subjects::names(place.has_answer());
        let collections = subjects::collections();
        let kinds = ["file", "json", "html", "tokens"];
        let known = names.iter().map(String::as_str).chain(collections.iter().copied()).chain(kinds);
        let label = suggestion(from, known, "unknown");
        let error = cx.error("R0118", format!("items cannot come from `{}`", shown(from)), node.span, &label);
        cx.push(
            error.help("from `file`, `json`, `html`, `tokens`, a subject such as `headers.server`, or a collection"),
        );
        return None;
    };
    let max = most(cx, map)?;
    let pattern = match map.get("regex") {
        Some(node) => Some(regex(cx, node, false)?),
        None => None,
    };
    if let Base::Headers(name) = &asked.subject.base {
        super::lint::header_name(cx, name, node.span, node);
    }
    refusal::note_subject(cx, &asked.subject);
    let item = if pattern.is_some() { Item::text() } else { Item::of(asked.known) };
    let subject: Subject = asked.subject;
    answer(Source::Subject { subject, regex: pattern, max }, item, max.and_then(|max| u64::try_from(max).ok()))
}
