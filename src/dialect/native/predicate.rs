//! Predicates: what must hold of a subject's value, checked against the subject's kind.
//!
//! Takes a node and what is known of the subject, gives a [`Pred`]. Invariant: a predicate that makes no sense of the
//! subject's kind is an error, never a condition that cannot hold. Must never import compile or any later folder.

use crate::base::Span;
use crate::dialect::yaml::{Entry, Kind, Map, Node};
use crate::expr::Template;
use crate::predicate::{
    CharacterBound, NumberBound, Operands, PREDICATES, Pred, PredSpec, ValueKind, predicate as spec_of,
};

use super::context::{Cx, list, shown, suggestion};
use super::grammar;
use super::lint;
use super::names::Place;
use super::operand::{checksum, hex, instant, regex, version};
use super::subjects::Of;
use super::text::{Unit, flag, number, operand, parse_number, scalar, whole};

/// Where a predicate stands: its place, and whether case is ignored around it.
#[derive(Clone, Copy)]
pub(super) struct Around<'p> {
    /// The place of its condition.
    pub place: &'p Place<'p>,
    /// Whether `ignore_case` holds here.
    pub ignore_case: bool,
}

/// The units that a number of the subject may have.
fn unit(of: &Of<'_>) -> Unit {
    if of.known.kind == ValueKind::Status { Unit::None } else { Unit::Any }
}

/// A predicate.
pub(super) fn predicate(cx: &mut Cx<'_>, node: &Node, of: &Of<'_>, place: &Place<'_>) -> Option<Pred> {
    any_form(cx, node, of, Around { place, ignore_case: false })
}

fn any_form(cx: &mut Cx<'_>, node: &Node, of: &Of<'_>, around: Around<'_>) -> Option<Pred> {
    match &node.kind {
        Kind::Scalar(_) => equals(cx, node, of, around),
        Kind::List(items) if items.iter().all(|item| item.scalar().is_some()) => equals(cx, node, of, around),
        Kind::List(items) => {
            let preds: Vec<Option<Pred>> = items.iter().map(|item| any_form(cx, item, of, around)).collect();
            Some(Pred::AnyOf(preds.into_iter().collect::<Option<Vec<Pred>>>()?))
        }
        Kind::Map(map) => all_of(cx, map, node.span, of, around),
    }
}

/// The value is one of these, by the rules of its kind.
fn equals(cx: &mut Cx<'_>, node: &Node, of: &Of<'_>, around: Around<'_>) -> Option<Pred> {
    if matches!(of.known.kind, ValueKind::List | ValueKind::Map) {
        let title = format!("`{}` is a {}, which equals no text", shown(of.name), of.known.kind.name());
        let error = cx.error("R0111", title, node.span, "here");
        cx.push(error.help(match of.known.kind {
            ValueKind::List => {
                format!("range over it: `some: {{ {}: … }}`; or ask `{{ exists: true }}`", shown(of.name))
            }
            _ => "ask for one of its fields, or `{ exists: true }`".to_owned(),
        }));
        return None;
    }
    let items = super::text::texts(cx, node, "a value")?;
    let (mut any, mut classes, mut whole) = (Vec::new(), Vec::new(), true);
    for item in items {
        match operand_of(cx, item, of, around) {
            Some(Operand::Text(template)) => any.push(template),
            Some(Operand::Class(class)) => classes.push(Pred::StatusClass(class)),
            None => whole = false,
        }
    }
    if !whole {
        return None;
    }
    let equals = (!any.is_empty()).then_some(Pred::Equals(Operands { any, ignore_case: around.ignore_case }));
    let mut preds: Vec<Pred> = equals.into_iter().chain(classes).collect();
    if preds.len() == 1 { preds.pop() } else { Some(Pred::AnyOf(preds)) }
}

enum Operand {
    Text(Template),
    Class(u16),
}

fn operand_of(cx: &mut Cx<'_>, node: &Node, of: &Of<'_>, around: Around<'_>) -> Option<Operand> {
    let text = &*scalar(cx, node, "a value")?.text;
    let literal = |number: f64| Some(Operand::Text(Template::literal(number.to_string())));
    if text.contains("{{") {
        return operand(cx, node, around.place).map(Operand::Text);
    }
    match of.known.kind {
        ValueKind::Bool => {
            flag(cx, node).map(|yes| Operand::Text(Template::literal(if yes { "true" } else { "false" })))
        }
        ValueKind::Status => match (text.strip_suffix("xx"), text.parse::<u16>()) {
            (Some(class @ ("1" | "2" | "3" | "4" | "5")), _) => class.parse().ok().map(Operand::Class),
            (_, Ok(100..=999)) => Some(Operand::Text(Template::literal(text))),
            _ => {
                let error = cx.error("R0105", format!("`{}` is no status", shown(text)), node.span, "here");
                cx.push(error.help("a status is a number such as 404, or a class such as 4xx"));
                None
            }
        },
        ValueKind::Number => match parse_number(text, unit(of)) {
            Some(number) => literal(number),
            None => number(cx, node, unit(of)).and_then(literal),
        },
        ValueKind::Word if !of.known.words.is_empty() && !of.known.words.contains(&text) && !around.ignore_case => {
            let label = suggestion(text, of.known.words.iter().copied(), "unknown");
            let title = format!("`{}` is never `{}`", shown(of.name), shown(text));
            let error = cx.error("R0104", title, node.span, &label);
            cx.push(error.help(format!("it is one of {}", list(of.known.words.iter().copied()))));
            None
        }
        _ => operand(cx, node, around.place).map(Operand::Text),
    }
}

/// A map of predicates: all of them hold.
fn all_of(cx: &mut Cx<'_>, map: &Map, span: Span, of: &Of<'_>, around: Around<'_>) -> Option<Pred> {
    cx.check_keys(map, &grammar::PREDICATE, span);
    let mut read_flag = |key: &str| map.get(key).map(|node| flag(cx, node));
    let (case, missing) = (read_flag("ignore_case"), read_flag("or_missing"));
    let around = Around { ignore_case: around.ignore_case || case == Some(Some(true)), ..around };
    let times = map.get("times").map(|node| whole(cx, node, 1, 1_000_000));
    let mut parts = Parts { preds: Vec::new(), bound: NumberBound::default(), whole: times != Some(None) };
    let times = times.flatten().and_then(|times| u32::try_from(times).ok());
    for entry in map.entries.iter().filter(|entry| !is_modifier(&entry.key.text)) {
        let Some(spec) = spec_of(&entry.key.text) else {
            parts.whole &= grammar::PREDICATE.key(&entry.key.text).is_some();
            continue;
        };
        let fits = fits(cx, spec, entry, of);
        parts.whole &= part(cx, entry, of, around, times.unwrap_or(1), &mut parts).is_some() && fits;
    }
    check_modifiers(cx, map, times.is_some());
    lint::negation(cx, map, span, of);
    let whole = parts.whole && map.entries.iter().all(|entry| grammar::PREDICATE.key(&entry.key.text).is_some());
    let pred = parts.finish();
    if pred.is_none() && whole {
        let error = cx.error("R0103", "this predicate says nothing", span, "what must hold?");
        cx.push(error.help("write `{ exists: true }` where any value will do"));
    }
    let pred = pred.filter(|_| whole)?;
    Some(if missing == Some(Some(true)) { Pred::OrMissing(Box::new(pred)) } else { pred })
}

fn is_modifier(key: &str) -> bool {
    matches!(key, "times" | "ignore_case" | "or_missing")
}

/// The predicates of one map.
struct Parts {
    preds: Vec<Pred>,
    bound: NumberBound,
    whole: bool,
}

impl Parts {
    fn finish(mut self) -> Option<Pred> {
        if self.bound != NumberBound::default() {
            self.preds.push(Pred::Number(self.bound));
        }
        if self.preds.len() > 1 { Some(Pred::All(self.preds)) } else { self.preds.pop() }
    }
}

/// Reports a predicate that makes no sense of the subject's kind.
fn fits(cx: &mut Cx<'_>, spec: &PredSpec, entry: &Entry, of: &Of<'_>) -> bool {
    if spec.takes(of.known.kind) {
        return true;
    }
    let title = format!("`{}` makes no sense of `{}`, which is a {}", spec.name, shown(of.name), of.known.kind.name());
    let error = cx.error("R0111", title, entry.key_span, "here");
    let fitting =
        PREDICATES.iter().copied().flatten().filter(|other| other.takes(of.known.kind) && !is_modifier(other.name));
    cx.push(error.help(format!(
        "predicates of a {} are {}",
        of.known.kind.name(),
        list(fitting.map(|other| other.name))
    )));
    false
}

/// `times` and `ignore_case` without anything that they modify.
fn check_modifiers(cx: &mut Cx<'_>, map: &Map, times: bool) {
    let has = |keys: &[&str]| keys.iter().any(|key| map.get(key).is_some());
    if times && !has(&["contains", "matches"]) {
        lonely(cx, map, "times", "it counts what `contains` or `matches` finds");
    }
    let cased = ["equals", "contains", "contains_all", "starts_with", "ends_with", "matches", "not"];
    if map.get("ignore_case").is_some() && !has(&cased) {
        lonely(cx, map, "ignore_case", "it goes with predicates that compare texts");
    }
}

fn lonely(cx: &mut Cx<'_>, map: &Map, key: &str, help: &str) {
    if let Some(entry) = map.entry(key) {
        let error = cx.error("R0125", format!("`{key}` has nothing to modify"), entry.key_span, "alone");
        cx.push(error.help(help));
    }
}

/// One predicate of a map.
fn part(cx: &mut Cx<'_>, entry: &Entry, of: &Of<'_>, around: Around<'_>, times: u32, parts: &mut Parts) -> Option<()> {
    let node = &entry.value;
    let texts = |cx: &mut Cx<'_>| operands(cx, node, around);
    let pred = match &*entry.key.text {
        "equals" => equals(cx, node, of, around)?,
        "contains" => Pred::Contains { operands: texts(cx)?, times },
        "contains_all" => Pred::ContainsAll(texts(cx)?),
        "starts_with" => Pred::StartsWith(texts(cx)?),
        "ends_with" => Pred::EndsWith(texts(cx)?),
        "has_token" => Pred::HasToken(texts(cx)?),
        "starts_with_hex" => Pred::StartsWithBytes(each(cx, node, hex)?),
        "matches" => Pred::Matches { patterns: each(cx, node, |cx, node| regex(cx, node, around.ignore_case))?, times },
        "before" => Pred::Time(crate::predicate::TimeBound::Before(instant(cx, node)?)),
        "after" => Pred::Time(crate::predicate::TimeBound::After(instant(cx, node)?)),
        "version" => Pred::Version(each(cx, node, version)?),
        "entropy" => Pred::Entropy(entropy(cx, node)?),
        "characters" => Pred::Characters(characters(cx, node)?),
        "checksum" => Pred::Checksum(checksum(cx, node)?),
        "exists" => Pred::Exists(flag(cx, node)?),
        "not" => Pred::Not(Box::new(any_form(cx, node, of, around)?)),
        "less_than" => return set(&mut parts.bound.less_than, number(cx, node, unit(of))),
        "at_most" => return set(&mut parts.bound.at_most, number(cx, node, unit(of))),
        "more_than" => return set(&mut parts.bound.more_than, number(cx, node, unit(of))),
        "at_least" => return set(&mut parts.bound.at_least, number(cx, node, unit(of))),
        _ => return None,
    };
    parts.preds.push(pred);
    Some(())
}

fn set(bound: &mut Option<f64>, number: Option<f64>) -> Option<()> {
    *bound = Some(number?);
    Some(())
}

fn operands(cx: &mut Cx<'_>, node: &Node, around: Around<'_>) -> Option<Operands> {
    let any = each(cx, node, |cx, node| operand(cx, node, around.place))?;
    Some(Operands { any, ignore_case: around.ignore_case })
}

/// One operand, or each of a list.
fn each<T>(cx: &mut Cx<'_>, node: &Node, mut read: impl FnMut(&mut Cx<'_>, &Node) -> Option<T>) -> Option<Vec<T>> {
    let items = super::text::texts(cx, node, "a text")?;
    let read: Vec<Option<T>> = items.into_iter().map(|item| read(cx, item)).collect();
    read.into_iter().collect()
}

fn characters(cx: &mut Cx<'_>, node: &Node) -> Option<CharacterBound> {
    let map = cx.map(node, "kinds and how many, such as `{ digits: 2, upper: 1 }`")?;
    cx.check_keys(map, &grammar::CHARACTERS, node.span);
    let mut bound = CharacterBound::default();
    let mut complete = !map.entries.is_empty();
    for entry in &map.entries {
        let slot = match &*entry.key.text {
            "digits" => &mut bound.digits,
            "upper" => &mut bound.upper,
            "lower" => &mut bound.lower,
            "other" => &mut bound.other,
            "distinct" => &mut bound.distinct,
            _ => continue,
        };
        let least = whole(cx, &entry.value, 1, 256).and_then(|least| u32::try_from(least).ok());
        complete &= least.is_some();
        *slot = least.unwrap_or_default();
    }
    complete.then_some(bound)
}

fn entropy(cx: &mut Cx<'_>, node: &Node) -> Option<NumberBound> {
    let map = cx.map(node, "bounds such as `{ at_least: 3.5 }`")?;
    cx.check_keys(map, &grammar::ENTROPY, node.span);
    let mut bound = NumberBound::default();
    let mut whole = !map.entries.is_empty();
    for entry in &map.entries {
        let slot = match &*entry.key.text {
            "less_than" => &mut bound.less_than,
            "at_most" => &mut bound.at_most,
            "more_than" => &mut bound.more_than,
            "at_least" => &mut bound.at_least,
            _ => continue,
        };
        whole &= set(slot, number(cx, &entry.value, Unit::None)).is_some();
    }
    whole.then_some(bound)
}
