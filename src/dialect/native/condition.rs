//! Conditions: from maps to trees.
//!
//! Takes a node and its place, gives a [`Cond`]. Definitions are expanded and checked where they are used. Invariant:
//! nesting and size of what comes out are bounded, whatever definitions say. Must never import compile or any later
//! folder.

use std::sync::Arc;

use crate::dialect::yaml::{Entry, Map, Node};
use crate::expr::{Expr, Type};
use crate::predicate::{Base, Subject};
use crate::rule::{Bound, Cond, CondKind, Quantifier};

use super::collection::{Inside, collection};
use super::context::{Cx, list, shown, suggestion};
use super::grammar;
use super::lint;
use super::names::{Bare, Define, Place, Thing};
use super::predicate::predicate;
use super::subject::subject_entry;
use super::subjects::Of;
use super::text::{check_block, flag, push_expr_error, scalar, whole};

/// The deepest nesting of conditions, definitions expanded.
const DEEPEST: usize = 96;

/// A condition.
pub(super) fn condition<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>) -> Option<Cond> {
    let map = cx.map(node, "a condition (a map)")?;
    if place.depth > DEEPEST {
        let error = cx.error("R0117", format!("conditions nest more than {DEEPEST} deep"), node.span, "here");
        cx.push(error.help("let definitions use fewer others"));
        return None;
    }
    let place = Place { classed: place.classed || map.get("class").is_some(), ..place.deeper() };
    let conds: Vec<Option<Cond>> = map.entries.iter().map(|entry| entry_condition(cx, entry, &place)).collect();
    let conds = conds.into_iter().collect::<Option<Vec<Cond>>>()?;
    Some(Cond::all(conds, cx.span(node.span)))
}

fn entry_condition<'a>(cx: &mut Cx<'a>, entry: &'a Entry, place: &Place<'_>) -> Option<Cond> {
    if !cx.count_condition(entry.key_span) {
        return None;
    }
    let value = &entry.value;
    let kind = match &*entry.key.text {
        "all" => CondKind::All(conditions(cx, value, place)?),
        "any" => CondKind::Any(some_conditions(cx, value, place)?),
        "not" => CondKind::Not(Box::new(negated(cx, value, place)?)),
        "some" => quantified(cx, value, place, Quantifier::Some)?,
        "every" => quantified(cx, value, place, Quantifier::Every)?,
        "none" => quantified(cx, value, place, Quantifier::None)?,
        "count" => count(cx, value, place)?,
        "expr" => CondKind::Expr(expression(cx, value, place)?),
        key => match key.strip_prefix('$') {
            Some(name) => return named(cx, name, entry, place),
            None => return subject_entry(cx, key, entry, place),
        },
    };
    Some(Cond { span: cx.span(entry.key_span.to(value.span)), kind })
}

fn conditions<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>) -> Option<Vec<Cond>> {
    let Some(items) = node.list() else {
        cx.wrong(node, "a list of conditions", "write `[ { … }, { … } ]`, or a line with a dash for each");
        return None;
    };
    let conds: Vec<Option<Cond>> = items.iter().map(|item| condition(cx, item, place)).collect();
    conds.into_iter().collect()
}

/// Conditions of which there is at least one: `any: []` would never hold.
fn some_conditions<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>) -> Option<Vec<Cond>> {
    let conds = conditions(cx, node, place)?;
    if conds.is_empty() {
        cx.push(cx.error("R0103", "the list of conditions is empty", node.span, "nothing here could hold"));
        return None;
    }
    Some(conds)
}

fn negated<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>) -> Option<Cond> {
    let map = cx.map(node, "a condition (a map)")?;
    if map.entries.len() != 1 {
        let title = format!("`not` has {} entries", map.entries.len());
        let error = cx.error("R0115", title, node.span, "exactly one is wanted");
        cx.push(
            error
                .help("say whether each or all together must not hold: `not: { any: [ … ] }` or `not: { all: [ … ] }`"),
        );
        return None;
    }
    condition(cx, node, place)
}

fn quantified<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>, quantifier: Quantifier) -> Option<CondKind> {
    let map = cx.map(node, "a collection and a condition")?;
    let [entry] = map.entries.as_slice() else {
        let error =
            cx.error("R0116", "one collection and its condition are wanted here", node.span, "several, or none");
        cx.push(error.help("write a quantifier for each: `all: [ { some: { … } }, { some: { … } } ]`"));
        return None;
    };
    over(cx, entry, place, quantifier)
}

/// One collection and the condition on its items.
fn over<'a>(cx: &mut Cx<'a>, entry: &'a Entry, place: &Place<'_>, quantifier: Quantifier) -> Option<CondKind> {
    let (over, inside) = collection(cx, entry, place)?;
    let cond = match &inside {
        Inside::Reply(locals) => {
            let place = Place { locals, ..place.with(Bare::Answer) };
            condition(cx, &entry.value, &place)?
        }
        Inside::Item(item) => condition(cx, &entry.value, &place.with(Bare::Item(item)))?,
    };
    Some(CondKind::Quantified { quantifier, over, cond: Box::new(cond) })
}

fn count<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>) -> Option<CondKind> {
    let map = cx.map(node, "what is counted, and a bound")?;
    let bound = bound(cx, map);
    let counted: Vec<&Entry> = map.entries.iter().filter(|e| !is_bound(&e.key.text)).collect();
    let [counted] = counted.as_slice() else {
        let error = cx.error("R0116", "one thing to count is wanted here", node.span, "several, or none");
        cx.push(
            error.help("write `of: [ … ]` or one collection, and a bound: `count: { cookies: { … }, at_least: 2 }`"),
        );
        return None;
    };
    if bound? == Bound::default() {
        let error = cx.error("R0116", "a count needs a bound", node.span, "how many?");
        cx.push(error.help(format!("add one of {}", list(["at_least", "at_most", "equals"]))));
        return None;
    }
    let bound = bound?;
    if &*counted.key.text == "of" {
        return Some(CondKind::CountOf { conds: some_conditions(cx, &counted.value, place)?, bound });
    }
    over(cx, counted, place, Quantifier::Count(bound))
}

fn is_bound(key: &str) -> bool {
    key != "of" && grammar::COUNT.key(key).is_some()
}

fn bound(cx: &mut Cx<'_>, map: &Map) -> Option<Bound> {
    let mut read = |key: &str| match map.get(key) {
        Some(node) => whole(cx, node, 0, u64::from(u32::MAX)).map(Some),
        None => Some(None),
    };
    let (at_least, at_most, equals) = (read("at_least"), read("at_most"), read("equals"));
    Some(Bound { at_least: at_least?, at_most: at_most?, equals: equals? })
}

/// An expression that yields yes or no.
fn expression(cx: &mut Cx<'_>, node: &Node, place: &Place<'_>) -> Option<Expr> {
    let found = scalar(cx, node, "an expression")?;
    check_block(cx, node, found);
    let parsed = Expr::parse(&found.text, cx.limits).and_then(|expr| {
        let ty = expr.check(&cx.names.known(place))?;
        expr.check_constant(cx.limits)?;
        Ok((expr, ty))
    });
    match parsed {
        Ok((expr, Type::Bool | Type::Any)) => Some(expr),
        Ok((_, ty)) => {
            let title = format!("the expression yields a {}, true or false is wanted", ty.name());
            let error = cx.error("E0107", title, node.span, "here");
            cx.push(error.help("compare it: `size > 10`"));
            None
        }
        Err(error) => {
            push_expr_error(cx, node, found, error);
            None
        }
    }
}

/// `$name: …`: a request's answer, a definition or a value.
fn named<'a>(cx: &mut Cx<'a>, name: &str, entry: &'a Entry, place: &Place<'_>) -> Option<Cond> {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    if let Some(local) = place.locals.iter().find(|local| &*local.name == first) {
        let item = local.item.clone();
        return value(cx, first, rest, &item, entry, place);
    }
    let Some(thing) = cx.names.get(first).map(|named| named.thing.clone()) else {
        unknown_name(cx, first, entry, place);
        return None;
    };
    match thing {
        Thing::Broken => None,
        Thing::Define(define) => expand(cx, first, rest, &define, entry, place),
        Thing::Request(request) => {
            let at = super::reply::at_request(cx, first, rest, &request, entry.key_span)?;
            let place = Place { locals: &request.locals, ..place.with(Bare::Answer) };
            let cond = match at.rest {
                Some(subject) => subject_entry(cx, &subject, entry, &place)?,
                None => condition(cx, &entry.value, &place)?,
            };
            let span = cx.span(entry.key_span.to(entry.value.span));
            Some(Cond { span, kind: CondKind::At { request: request.index, label: at.label, cond: Box::new(cond) } })
        }
        Thing::Value(found) if found.many => {
            let title = format!("`${first}` is a collection");
            let error = cx.error("R0116", title, entry.key_span, "which of its items?");
            cx.push(error.help(format!("write `some: {{ ${first}: … }}`, or `every`, `none`, `count`")));
            None
        }
        Thing::Value(found) => {
            if let (Some(before), Some(after)) = (place.before, found.after)
                && after >= before
            {
                let error = cx.error("R0108", format!("`${first}` is not known yet here"), entry.key_span, "too early");
                cx.push(error.help("only values of earlier requests are known before a request is sent"));
                return None;
            }
            value(cx, first, rest, &found.item, entry, place)
        }
    }
}

/// A predicate on a value, or on a field of it.
fn value(
    cx: &mut Cx<'_>,
    name: &str,
    rest: Option<&str>,
    item: &super::subjects::Item,
    entry: &Entry,
    place: &Place<'_>,
) -> Option<Cond> {
    let Some((path, known)) = item.field(rest) else {
        let rest = rest.unwrap_or("");
        let names = item.names();
        let label = suggestion(rest, names.iter().map(String::as_str), "unknown");
        let error = cx.error("R0110", format!("`${name}` has no field `{}`", shown(rest)), entry.key_span, &label);
        cx.push(error.help(format!("its fields are {}", list(names.iter().map(String::as_str)))));
        return None;
    };
    let subject = Subject { base: Base::Var(name.into()), path: path.into_iter().map(Arc::from).collect() };
    let of = Of { name: &entry.key.text, known };
    let pred = predicate(cx, &entry.value, &of, place)?;
    Some(Cond { span: cx.span(entry.key_span.to(entry.value.span)), kind: CondKind::Test { subject, pred } })
}

/// `$name: true` or `$name: false`: the definition, as if it stood here.
fn expand<'a>(
    cx: &mut Cx<'a>,
    name: &str,
    rest: Option<&str>,
    define: &Define<'a>,
    entry: &Entry,
    place: &Place<'_>,
) -> Option<Cond> {
    let expect = match (rest, entry.value.scalar()) {
        (None, Some(_)) => flag(cx, &entry.value)?,
        _ => {
            let title = format!("`${name}` is a definition");
            let error = cx.error("R0103", title, entry.key_span, "`true` or `false` is wanted");
            cx.push(
                error.help(format!("write `${name}: true` where it must hold, `${name}: false` where it must not")),
            );
            return None;
        }
    };
    if define.open {
        let error = cx.error("R0117", format!("`${name}` uses itself"), entry.key_span, "here");
        cx.push(error.help("let a definition use only others"));
        return None;
    }
    let mark = |cx: &mut Cx<'a>, open: bool| {
        if let Some(Thing::Define(define)) = cx.names.get_mut(name).map(|named| &mut named.thing) {
            define.used = true;
            define.open = open;
        }
    };
    mark(cx, true);
    let node = define.node;
    let cond = if define.shared {
        cx.elsewhere(define.source, entry.key_span, |cx| condition(cx, node, place))
    } else {
        condition(cx, node, place)
    };
    mark(cx, false);
    let kind = CondKind::Named { name: name.into(), expect, cond: Box::new(cond?) };
    Some(Cond { span: cx.span(entry.key_span.to(entry.value.span)), kind })
}

fn unknown_name(cx: &mut Cx<'_>, name: &str, entry: &Entry, place: &Place<'_>) {
    let locals = place.locals.iter().map(|local| &*local.name);
    let names: Vec<String> =
        cx.names.iter().map(|named| &*named.name).chain(locals).map(|name| format!("${name}")).collect();
    let wanted = format!("${name}");
    let label = suggestion(&wanted, names.iter().map(String::as_str), "unknown");
    let error = cx.error("R0108", format!("nothing is named `{}`", shown(&wanted)), entry.key_span, &label);
    let help = match (lint::is_built_in(cx, name), names.is_empty()) {
        (true, _) => format!("what is built in has no `$`: `{}`", shown(name)),
        (false, true) => "`define`, `requests`, `for_each`, `vars`, `extract` and `collect` give names".to_owned(),
        (false, false) => format!("names here are {}", list(names.iter().map(String::as_str))),
    };
    cx.push(error.help(help));
}
