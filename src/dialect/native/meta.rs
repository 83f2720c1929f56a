//! What a rule says to people: title, category, fix and the like.
//!
//! Takes a rule's map, gives its [`Meta`]. Invariant: nothing here changes a verdict. Must never import compile or any
//! later folder.

use std::sync::Arc;

use crate::base::{Category, Span};
use crate::dialect::yaml::{Kind, Map, Node};
use crate::expr::Template;
use crate::rule::{Fix, Meta};

use super::context::{Cx, shown};
use super::grammar;
use super::names::Place;
use super::text::{template, text, texts, whole, word};

/// The metadata; the title is checked against the place of the match.
pub(super) fn meta(cx: &mut Cx<'_>, map: &Map, place: &Place<'_>) -> Option<Meta> {
    let title = map.get("title").and_then(|node| title(cx, node, place));
    let known = Category::ALL.map(|category| (category.name(), category));
    let known: Vec<_> = known.into_iter().filter(|(_, category)| *category != Category::Community).collect();
    let category = map.get("category").and_then(|node| word(cx, node, &known));
    let cwe = map.get("cwe").map(|node| whole(cx, node, 1, 99_999));
    let tags = map.get("tags").map(|node| words(cx, node, "a tag"));
    let description = map.get("description").map(|node| text(cx, node, "a text"));
    let impact = map.get("impact").map(|node| text(cx, node, "a text"));
    let fix = map.get("fix").map(|node| fix(cx, node));
    let references = map.get("references").map(|node| references(cx, node));
    let yields_to = map.get("yields_to").map(|node| words(cx, node, "the id of a rule or a category"));
    Some(Meta {
        title: title?,
        category: category?,
        cwe: cwe.flatten().and_then(|number| u32::try_from(number).ok()),
        tags: tags.unwrap_or_default(),
        description: description.flatten(),
        impact: impact.flatten(),
        fix: fix.flatten(),
        references: references.unwrap_or_default(),
        yields_to: yields_to.unwrap_or_default(),
    })
}

/// A title: one line.
pub(super) fn title(cx: &mut Cx<'_>, node: &Node, place: &Place<'_>) -> Option<Template> {
    if let Some(found) = node.scalar().filter(|found| found.text.trim().contains('\n')) {
        let title = format!("the title has {} lines", found.text.trim().lines().count());
        let error = cx.error("R0103", title, node.span, "one line is wanted");
        cx.push(error.help("put the rest into `description`"));
        return None;
    }
    template(cx, node, place)
}

fn words(cx: &mut Cx<'_>, node: &Node, what: &str) -> Vec<Arc<str>> {
    let Some(items) = node.list() else {
        cx.wrong(node, "a list of words", "write `[a, b]`");
        return Vec::new();
    };
    items.iter().filter_map(|item| kebab(cx, item, what)).collect()
}

/// A word of lower-case letters, digits and hyphens.
pub(super) fn kebab(cx: &mut Cx<'_>, node: &Node, what: &str) -> Option<Arc<str>> {
    let found = text(cx, node, what)?;
    if is_kebab(&found) {
        return Some(found);
    }
    not_kebab(cx, &found, node.span, what);
    None
}

fn not_kebab(cx: &mut Cx<'_>, found: &str, span: Span, what: &str) {
    let suggestion = found.to_lowercase().replace(['_', ' ', '.', '/'], "-");
    let error = cx.error("R0106", format!("`{}` is not {what}", shown(found)), span, "here");
    let help = "lower-case letters and digits, words joined by hyphens";
    cx.push(error.help(if is_kebab(&suggestion) { format!("{help}: `{suggestion}`") } else { help.to_owned() }));
}

/// Whether a text is lower-case words joined by hyphens.
pub(super) fn is_kebab(text: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.len() <= 100 && text.split('-').all(word)
}

/// What to change: a text, or texts by server.
pub(super) fn fix(cx: &mut Cx<'_>, node: &Node) -> Option<Fix> {
    if let Kind::Scalar(_) = node.kind {
        return Some(Fix { default: Some(text(cx, node, "a text")?), by_server: Vec::new() });
    }
    let map = cx.map(node, "a text, or texts by server,")?;
    cx.check_required(map, &grammar::FIX, node.span);
    let mut fix = Fix { default: None, by_server: Vec::new() };
    for entry in &map.entries {
        let Some(found) = text(cx, &entry.value, "a text") else { continue };
        match &*entry.key.text {
            "default" => fix.default = Some(found),
            server if !is_kebab(server) => not_kebab(cx, server, entry.key_span, "the name of a server"),
            _ => fix.by_server.push((Arc::clone(&entry.key.text), found)),
        }
    }
    Some(fix)
}

fn references(cx: &mut Cx<'_>, node: &Node) -> Vec<Arc<str>> {
    let mut found = Vec::new();
    for item in texts(cx, node, "a URL").unwrap_or_default() {
        let Some(scalar) = item.scalar() else { continue };
        if url::Url::parse(&scalar.text).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            found.push(Arc::clone(&scalar.text));
        } else {
            let error = cx.error("R0103", format!("`{}` is no URL", shown(&scalar.text)), item.span, "here");
            cx.push(error.help("a reference is a URL that begins with https://"));
        }
    }
    found
}
