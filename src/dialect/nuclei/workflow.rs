//! `workflows`: which templates are run, and which after a match of another.
//!
//! Invariant: steps are bounded in depth and number, and none names the workflow itself. Must never import compile or any
//! later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Map, Node};
use crate::rule::sequence::Combine;
use crate::rule::workflow::{Chosen, Named, Step, Workflow};

use super::context::{Cx, shown};
use super::fields::Fields;
use super::files::PayloadError;
use super::matcher::CONDITIONS;
use super::refusal;
use super::value::present;

/// The deepest nesting of steps.
const DEEPEST: usize = 8;

/// The most steps of a workflow.
const MOST: usize = 1_000;

/// A step.
const STEP: Fields =
    Fields { noun: "a step", known: &["template", "tags", "matchers", "subtemplates", "args"], refused: &[] };

/// What follows from matches of certain names.
const NAMED: Fields =
    Fields { noun: "a matcher of a workflow", known: &["name", "condition", "subtemplates"], refused: &[] };

/// Lowers the workflow of a template.
pub(super) fn workflow(cx: &mut Cx<'_>, template: &Map) -> Option<Workflow> {
    present(template, "workflows")?;
    let mut left = MOST;
    Some(Workflow { steps: steps(cx, template, "workflows", 0, &mut left) })
}

fn steps(cx: &mut Cx<'_>, map: &Map, key: &str, depth: usize, left: &mut usize) -> Vec<Step> {
    let items = cx.list_of(map, key);
    if depth == DEEPEST || items.len() > *left {
        let span = map.entry(key).map_or(Span::default(), |entry| entry.key_span);
        cx.refuse(refusal::TOO_LARGE, span, "steps of a workflow");
        return Vec::new();
    }
    *left -= items.len();
    items.iter().filter_map(|item| step(cx, item, depth, left)).collect()
}

fn step(cx: &mut Cx<'_>, node: &Node, depth: usize, left: &mut usize) -> Option<Step> {
    let Some(map) = node.map() else {
        cx.wrong(node, "a step: a map with `template` or `tags`");
        return None;
    };
    cx.check_fields(map, &STEP);
    let tags: Vec<Arc<str>> = cx.words_of(map, "tags").iter().map(|tag| Arc::from(tag.trim().to_lowercase())).collect();
    let path = cx.text_of(map, "template").filter(|(text, _)| !text.is_empty());
    let rules = match (tags.is_empty(), path) {
        (false, _) => Chosen::Tags(tags),
        (true, Some((path, span))) => {
            check_path(cx, &path, span);
            Chosen::Path(path)
        }
        (true, None) => {
            cx.error("R0102", "a step needs `template` or `tags`", node.span, "in this map", "");
            return None;
        }
    };
    let then = steps(cx, map, "subtemplates", depth + 1, left);
    let named = cx.list_of(map, "matchers").iter().filter_map(|item| named(cx, item, depth, left)).collect();
    Some(Step { rules, found: Vec::new(), is_short: false, then, named })
}

fn named(cx: &mut Cx<'_>, node: &Node, depth: usize, left: &mut usize) -> Option<Named> {
    let Some(map) = node.map() else {
        cx.wrong(node, "a matcher: a map with `name`");
        return None;
    };
    cx.check_fields(map, &NAMED);
    Some(Named {
        names: cx.words_of(map, "name").iter().map(|name| Arc::from(name.trim().to_lowercase())).collect(),
        condition: cx.choice_of(map, "condition", &CONDITIONS, false).unwrap_or(Combine::Or),
        then: steps(cx, map, "subtemplates", depth + 1, left),
    })
}

/// Templates that a workflow names are others of its pack.
fn check_path(cx: &mut Cx<'_>, path: &str, span: Span) {
    if &*cx.source.name == path || cx.source.name.ends_with(&format!("/{path}")) {
        cx.error("R0117", "a workflow orders itself", span, "this file", "name the templates that it is made of");
        return;
    }
    let leaves = path.starts_with('/') || path.contains(['\\', '\0']) || path.split('/').any(|part| part == "..");
    if leaves {
        cx.refuse(refusal::PAYLOAD_PATH, span, &shown(path));
        return;
    }
    let is_file = path.ends_with(".yaml") || path.ends_with(".yml");
    if is_file && cx.files.read(path) == Err(PayloadError::Missing) {
        let help = "paths of a workflow begin at the root of its pack";
        cx.warning("R0108", format!("there is no template `{}`", shown(path)), span, "not in the pack", help);
    }
}
