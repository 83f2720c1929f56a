//! Subjects in conditions: `status: 200`, `url.scheme: https`, `headers: { location: … }`.
//!
//! Takes an entry of a condition, gives its test or tests. Invariant: a subject exists, has an answer to speak of, and
//! its predicate fits its type. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Entry, Map, Node};
use crate::predicate::{Base, CssQuery, JsonQuery, PatternError, Subject, ValueKind};
use crate::rule::{Cond, CondKind};

use super::context::{Cx, list, said, shown, suggestion};
use super::grammar;
use super::lint;
use super::names::{Bare, Place};
use super::predicate::predicate;
use super::subjects::{self, Asked, Known, Of};
use super::text::within;

/// The test or tests of an entry whose key is `key`, or the part of it after a request's name.
pub(super) fn subject_entry(cx: &mut Cx<'_>, key: &str, entry: &Entry, place: &Place<'_>) -> Option<Cond> {
    let span = entry.key_span;
    if let Bare::Item(item) = place.bare {
        if key == "json" && item.is_json() {
            return family(cx, key, entry, place, true);
        }
        if let Some((path, known)) = item.field(Some(key)) {
            let subject = Subject { base: Base::Item, path: path.into_iter().map(Arc::from).collect() };
            let of = Of { name: key, known };
            return test(cx, subject, &of, span, &entry.value, place);
        }
        unknown_field(cx, key, span, item);
        return None;
    }
    if matches!(key, "headers" | "cookies" | "json" | "html") {
        return family(cx, key, entry, place, false);
    }
    descend(cx, key, span, &entry.value, place)
}

/// A subject by its dotted name; a name that only leads to subjects takes a map of them, as in TOML.
fn descend(cx: &mut Cx<'_>, key: &str, span: Span, node: &Node, place: &Place<'_>) -> Option<Cond> {
    let found = subjects::find(key);
    let inner = node.map().filter(|map| !is_predicate(map));
    if let (Some(map), true) = (inner, subjects::is_namespace(key)) {
        let mut conds = Vec::new();
        let mut whole = true;
        for entry in &map.entries {
            let cond = descend(cx, &format!("{key}.{}", entry.key.text), entry.key_span, &entry.value, place);
            whole &= cond.is_some();
            conds.extend(cond);
        }
        return whole.then(|| Cond::all(conds, cx.span(span.to(node.span))));
    }
    let Some(Asked { subject, known, needs_answer }) = found else {
        unknown_subject(cx, key, span, place);
        return None;
    };
    if needs_answer && !check_bare(cx, key, span, place) {
        return None;
    }
    if let Base::Headers(name) = &subject.base {
        lint::header_name(cx, name, span, node);
    }
    super::refusal::note_subject(cx, &subject);
    test(cx, subject, &Of { name: key, known }, span, node, place)
}

/// Whether a map holds predicates rather than fields.
fn is_predicate(map: &Map) -> bool {
    map.entries.iter().all(|entry| grammar::PREDICATE.key(&entry.key.text).is_some())
}

fn test(cx: &mut Cx<'_>, subject: Subject, of: &Of<'_>, span: Span, node: &Node, place: &Place<'_>) -> Option<Cond> {
    let pred = predicate(cx, node, of, place)?;
    Some(Cond { span: cx.span(span.to(node.span)), kind: CondKind::Test { subject, pred } })
}

/// Reports a bare subject that has no answer, or several, to speak of; whether it has one.
pub(super) fn check_bare(cx: &mut Cx<'_>, key: &str, span: Span, place: &Place<'_>) -> bool {
    match place.bare {
        Bare::Answer | Bare::Item(_) => true,
        Bare::Nothing => {
            let title = format!("`{}` has no answer to speak of here", shown(key));
            let error = cx.error("R0109", title, span, "nothing is answered yet");
            cx.push(error.help("name an earlier request: `$login: { status: 200 }`"));
            false
        }
        Bare::Many => {
            let title = format!("`{}` could speak of any of several answers", shown(key));
            let error = cx.error("R0109", title, span, "of which answer?");
            let name = cx.names.first_request().unwrap_or("name");
            cx.push(error.help(format!(
                "name the request: `${name}: {{ {key}: … }}`; range over its answers: `some: {{ ${name}: {{ {key}: … }} }}`; \
                 or keep one `request`"
            )));
            false
        }
    }
}

/// `headers: { NAME: PRED }` and the like.
fn family(cx: &mut Cx<'_>, key: &str, entry: &Entry, place: &Place<'_>, of_item: bool) -> Option<Cond> {
    let wanted = match key {
        "headers" => "a map of field names",
        "cookies" => "a map of cookie names",
        "json" => "a map of JSON paths",
        _ => "a map of CSS selectors",
    };
    let map = cx.map(&entry.value, wanted)?;
    if map.entries.is_empty() {
        let error = cx.error("R0103", format!("{wanted} is wanted here, this one is empty"), entry.value.span, "here");
        cx.push(error);
        return None;
    }
    if !of_item && !check_bare(cx, key, entry.key_span, place) {
        return None;
    }
    let mut conds = Vec::new();
    let mut whole = true;
    for member in &map.entries {
        let cond = family_member(cx, key, member, place, of_item);
        whole &= cond.is_some();
        conds.extend(cond);
    }
    whole.then(|| Cond::all(conds, cx.span(entry.key_span.to(entry.value.span))))
}

fn family_member(cx: &mut Cx<'_>, key: &str, member: &Entry, place: &Place<'_>, of_item: bool) -> Option<Cond> {
    let name = &*member.key.text;
    let pattern = |cx: &mut Cx<'_>, error: PatternError, what: &str| {
        let at = error.at.map_or(member.key_span, |at| within(member.key_span, &member.key, at));
        let found = cx.error("R0113", format!("this is no {what}: {}", said(&error.message)), at, "here");
        let help = if what == "JSON path" {
            "paths are those of RFC 9535 and begin with `$`: `$.items[*].id`"
        } else {
            "for example `script[src]`"
        };
        cx.push(found.help(help));
    };
    let base = match key {
        "headers" => {
            lint::header_name(cx, &name.to_ascii_lowercase(), member.key_span, &member.value);
            Base::Headers(name.to_ascii_lowercase().into())
        }
        "cookies" => Base::Cookie(name.into()),
        "json" => match JsonQuery::new(name) {
            Ok(query) if of_item => Base::ItemJson(query),
            Ok(query) => Base::Json(query),
            Err(error) => {
                pattern(cx, error, "JSON path");
                return None;
            }
        },
        _ => match CssQuery::new(name) {
            Ok(query) => Base::Html(query),
            Err(error) => {
                pattern(cx, error, "CSS selector");
                return None;
            }
        },
    };
    if matches!(key, "json" | "html") && !of_item {
        lint::presence_without_class(cx, key, member, place);
    }
    let full = format!("{key}.{name}");
    let kind = if key == "json" { ValueKind::Any } else { ValueKind::Text };
    let of = Of { name: &full, known: Known { kind, words: &[], optional: true } };
    test(cx, Subject { base, path: Vec::new() }, &of, member.key_span, &member.value, place)
}

fn unknown_field(cx: &mut Cx<'_>, key: &str, span: Span, item: &subjects::Item) {
    let names = item.names();
    let label = suggestion(key, names.iter().map(String::as_str), "unknown");
    let error = cx.error("R0110", format!("the item has no field `{}`", shown(key)), span, &label);
    let head = if subjects::is_root(key.split('.').next().unwrap_or(key)) {
        "inside a quantifier over values, subjects are the item's fields"
    } else {
        "its fields"
    };
    cx.push(error.help(format!("{head}: {}", list(names.iter().map(String::as_str)))));
}

fn unknown_subject(cx: &mut Cx<'_>, key: &str, span: Span, place: &Place<'_>) {
    let subjects = subjects::names(true);
    let operators = grammar::OPERATORS.keys.iter().map(|key| key.name.to_owned());
    let names = cx.names.iter().map(|named| format!("${}", named.name));
    let locals = place.locals.iter().map(|local| format!("${}", local.name));
    let known: Vec<String> = subjects.into_iter().chain(operators).chain(names).chain(locals).collect();
    let named = known.iter().find(|name| name.strip_prefix('$') == Some(key.split('.').next().unwrap_or(key)));
    let label = match named {
        Some(_) => format!("did you mean `${}`?", shown(key)),
        None => suggestion(key, known.iter().map(String::as_str), "unknown"),
    };
    let error = cx.error("R0110", format!("`{}` is nothing that can be asked about", shown(key)), span, &label);
    let root = key.split('.').next().unwrap_or(key);
    cx.push(if grammar::PREDICATE.key(key).is_some() {
        error.help(format!("`{key}` says what must hold of a subject: `body: {{ {key}: … }}`"))
    } else if subjects::is_root(root) && root != key {
        error.help(format!("fields of `{root}` are {}", list(subjects::fields_of(root).iter().map(String::as_str))))
    } else {
        error.help("subjects, operators and predicates are listed in docs/writing-rules.md")
    });
}
