//! HTTP blocks.
//!
//! Invariant: a block that is lowered sends at least one request, or listens to the answers to all others. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::Map;
use crate::rule::Redirects;
use crate::rule::sequence::{Block, Digest, HttpBlock, HttpStep, Protocol};

use super::context::Cx;
use super::fields;
use super::operators::operators;
use super::payload::payloads;
use super::raw::{raw, with_line_ends};
use super::refusal;
use super::value::Placed;

/// The methods that templates can name.
const METHODS: [(&str, &str); 11] = [
    ("GET", "GET"),
    ("HEAD", "HEAD"),
    ("POST", "POST"),
    ("PUT", "PUT"),
    ("DELETE", "DELETE"),
    ("CONNECT", "CONNECT"),
    ("OPTIONS", "OPTIONS"),
    ("TRACE", "TRACE"),
    ("PATCH", "PATCH"),
    ("PURGE", "PURGE"),
    ("DEBUG", "DEBUG"),
];

/// The parts of a block that payloads go into; a list that none of them names is not used.
const PARTS: [&str; 6] = ["headers", "matchers", "extractors", "body", "path", "raw"];

/// Lowers an HTTP block.
pub(super) fn http(cx: &mut Cx<'_>, map: &Map, span: Span) -> Block {
    cx.check_fields(map, &fields::HTTP);
    refuse_modes(cx, map, span);
    let steps = if cx.flag_of(map, "global-matchers") { Vec::new() } else { steps(cx, map, span) };
    let payloads = payloads(cx, map, steps.len(), Some(&PARTS));
    Block {
        id: cx.name_of(map, "id"),
        payloads,
        operators: operators(cx, map),
        stop_at_first_match: cx.flag_of(map, "stop-at-first-match"),
        iterate_all: cx.flag_of(map, "iterate-all"),
        sends_unresolved: cx.flag_of(map, "skip-variables-check"),
        protocol: Protocol::Http(request(cx, map, steps)),
    }
}

/// The requests of a block.
fn steps(cx: &mut Cx<'_>, map: &Map, span: Span) -> Vec<HttpStep> {
    let paths = cx.texts_of(map, "path");
    let raws = cx.texts_of(map, "raw");
    if paths.is_empty() && raws.is_empty() {
        cx.refuse(refusal::NO_REQUEST, span, "");
    }
    let paths: Vec<HttpStep> = paths.iter().map(|path| HttpStep::Path(cx.marked(path))).collect();
    let raws = raws.iter().map(|text| HttpStep::Raw(raw(cx, text)));
    paths.into_iter().chain(raws).collect()
}

/// What the requests of a block share.
fn request(cx: &mut Cx<'_>, map: &Map, steps: Vec<HttpStep>) -> HttpBlock {
    let headers = cx.named_texts_of(map, "headers");
    let body = cx.text_of(map, "body").filter(|(text, _)| !text.is_empty());
    let body = body.map(|(text, span)| -> Placed { (Arc::from(with_line_ends(&text)), span) });
    let redirects = match (cx.flag_of(map, "host-redirects"), cx.flag_of(map, "redirects")) {
        (true, _) => Redirects::SameHost,
        (false, true) => Redirects::All,
        (false, false) => Redirects::None,
    };
    HttpBlock {
        steps,
        method: cx.choice_of(map, "method", &METHODS, true).unwrap_or("GET").into(),
        headers: cx.named_marked(headers),
        body: body.map(|body| cx.marked(&body)),
        redirects,
        max_redirects: cx.count_of(map, "max-redirects").map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
        exact: cx.flag_of(map, "unsafe"),
        joins_paths: !cx.flag_of(map, "disable-path-automerge"),
        max_size: cx.count_of(map, "max-size"),
        reads_to_end: cx.flag_of(map, "read-all"),
        digest: digest(cx, map),
    }
}

fn digest(cx: &mut Cx<'_>, map: &Map) -> Option<Digest> {
    let username = cx.marked_of(map, "digest-username")?;
    let password = cx.text_of(map, "digest-password").unwrap_or_else(|| ("".into(), Span::default()));
    Some(Digest { username, password: cx.marked(&password) })
}

/// Ways to send that are not done.
fn refuse_modes(cx: &mut Cx<'_>, map: &Map, span: Span) {
    let flags = [("race", refusal::RACE), ("pipeline", refusal::PIPELINE), ("self-contained", refusal::SELF_CONTAINED)];
    for (key, why) in flags {
        if cx.flag_of(map, key) {
            cx.refuse(why, map.entry(key).map_or(span, |entry| entry.key_span), "");
        }
    }
    if let Some((_, span)) = cx.text_of(map, "signature") {
        cx.refuse(refusal::SIGNATURE, span, "");
    }
}
