//! `{ from: tokens, … }`: what a rule says of its tokens.
//!
//! Takes the map of a source, gives the [`Source`]. Invariant: every keyword is long enough to be looked for. Must never
//! import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Kind, Map, Node};
use crate::expr::Template;
use crate::predicate::{Boundary, MAX_NEAR, MAX_WINDOW, Source, TokenSource, TokenViews, WINDOW};

use super::context::{Cx, shown};
use super::items::{Lowered, listed};
use super::names::{Bare, Place};
use super::operand::regex;
use super::source_keys::{answer, file, need, only};
use super::subjects::Item;
use super::text::{flag, texts, whole, word};

/// The keys of the source besides `from`.
const KEYS: [&str; 8] = ["keywords", "regex", "boundary", "views", "near", "window", "stop", "placeholders"];
/// Bytes of a neighbourhood where a rule says nothing else.
const NEAR: usize = 40;

/// A search for tokens.
pub(super) fn tokens<'a>(cx: &mut Cx<'a>, map: &'a Map, span: Span) -> Option<Lowered> {
    only(cx, map, "tokens", &KEYS);
    let boundaries = [Boundary::Token, Boundary::Quoted, Boundary::None].map(|boundary| (boundary.name(), boundary));
    let boundary = map.get("boundary").map_or(Some(Boundary::None), |node| word(cx, node, &boundaries));
    let views = map.get("views").map_or(Some(TokenViews::ALL), |node| views(cx, node));
    let near = map.get("near").map_or(Some(NEAR), |node| bytes(cx, node, MAX_NEAR));
    let window = map.get("window").map_or(Some(WINDOW), |node| bytes(cx, node, MAX_WINDOW));
    let stop = map.get("stop").map_or(Some(Vec::new()), |node| stop(cx, node));
    let placeholders = map.get("placeholders").map_or(Some(false), |node| flag(cx, node));
    let keywords = need(cx, map, span, "tokens", "keywords").and_then(|node| keywords(cx, node));
    let regex = need(cx, map, span, "tokens", "regex").and_then(|node| regex(cx, node, false))?;
    let source = TokenSource {
        keywords: keywords?,
        regex,
        boundary: boundary?,
        views: views?,
        near: near?,
        window: window?,
        stop: stop?,
        placeholders: placeholders?,
        compiled: Default::default(),
    };
    let item = Item::token(&source.regex);
    answer(Source::Tokens(Box::new(source)), item, None)
}

fn bytes(cx: &mut Cx<'_>, node: &Node, most: usize) -> Option<usize> {
    whole(cx, node, 1, most as u64).and_then(|bytes| usize::try_from(bytes).ok())
}

fn keywords(cx: &mut Cx<'_>, node: &Node) -> Option<Vec<Arc<str>>> {
    let mut keywords = Vec::new();
    for item in texts(cx, node, "a keyword")? {
        let found = &item.scalar()?.text;
        if found.len() < 3 {
            let error = cx.error("R0105", format!("`{}` is too short a keyword", shown(found)), item.span, "here");
            cx.push(error.help("three bytes or more, so that few texts hold it by chance"));
            return None;
        }
        keywords.push(Arc::clone(found));
    }
    Some(keywords)
}

fn views(cx: &mut Cx<'_>, node: &Node) -> Option<TokenViews> {
    let mut views: Option<TokenViews> = None;
    for item in texts(cx, node, "a view")? {
        let view = word(cx, item, &TokenViews::NAMED)?;
        views = Some(views.map_or(view, |views| views.and(view)));
    }
    views
}

/// The texts of a list: written, of `shared.yaml`, or of a file of the pack.
fn stop<'a>(cx: &mut Cx<'a>, node: &'a Node) -> Option<Vec<Arc<str>>> {
    let place = Place::new(Bare::Nothing);
    let lowered = match &node.kind {
        Kind::List(items) => listed(cx, items, node.span, &place)?,
        Kind::Map(map) if map.get("from").and_then(Node::scalar).is_some_and(|from| &*from.text == "file") => {
            file(cx, map, node.span)?
        }
        Kind::Scalar(found) => match found.text.strip_prefix('$').and_then(|name| cx.folder.list(name)) {
            Some(list) => return cx.elsewhere(list.source, node.span, |cx| stop(cx, list.node)),
            None => return refuse_stop(cx, node),
        },
        Kind::Map(_) => return refuse_stop(cx, node),
    };
    let Source::Written(items) = &lowered.source else { return refuse_stop(cx, node) };
    let text = |fields: &[(Arc<str>, Template)]| match fields {
        [(_, text)] => Some(Arc::from(text.source())),
        _ => None,
    };
    let texts: Option<Vec<Arc<str>>> = items.iter().map(|item| text(&item.fields)).collect();
    texts.filter(|texts| texts.iter().all(|text| text.len() >= 3)).or_else(|| refuse_stop(cx, node))
}

fn refuse_stop<T>(cx: &mut Cx<'_>, node: &Node) -> Option<T> {
    let error = cx.error("R0105", "a stop list is a list of texts of three bytes or more", node.span, "here");
    cx.push(error.help("`[local, test]`, `$name` of a list in shared.yaml, or `{ from: file, path: … }`"));
    None
}
