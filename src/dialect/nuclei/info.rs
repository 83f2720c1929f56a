//! What a template says of itself: `info`.
//!
//! Invariant: nothing here changes a verdict, so what is unknown is warned of and no more. Must never import compile or
//! any later folder.

use std::sync::Arc;

use serde_json::{Map as JsonMap, Number, Value};

use crate::dialect::yaml::{Kind, Map, Node, Style};
use crate::rule::sequence::{Classification, Info};

use super::context::Cx;
use super::fields;
use super::value::{is_null, present};

/// Severities, by the names of templates.
const SEVERITIES: [(&str, &str); 6] = [
    ("info", "info"),
    ("low", "low"),
    ("medium", "medium"),
    ("high", "high"),
    ("critical", "critical"),
    ("unknown", "unknown"),
];

/// The deepest nesting of notes that is kept.
const DEEPEST: usize = 16;

/// Lowers what a template says of itself; `None` where it lacks what every template has.
pub(super) fn info(cx: &mut Cx<'_>, template: &Map, root: &Node) -> Option<Info> {
    let Some(map) = template.get("info").and_then(Node::map) else {
        let help = "every template has `info:` with `name` and `author`";
        cx.error("R0102", "a template needs `info`", root.span, "", help);
        return None;
    };
    cx.check_notes(map, &fields::INFO);
    let name = cx.name_of(map, "name").filter(|name| !name.trim().is_empty());
    let author = lower(cx.words_of(map, "author"));
    for (key, missing) in [("name", name.is_none()), ("author", author.is_empty())] {
        if missing {
            let span = template.entry("info").map_or(root.span, |entry| entry.key_span);
            cx.error("R0102", format!("`info` needs `{key}`"), span, "in this map", "");
        }
    }
    Some(Info {
        name: name?,
        author,
        tags: lower(cx.words_of(map, "tags")),
        description: cx.name_of(map, "description"),
        impact: cx.name_of(map, "impact"),
        remediation: cx.name_of(map, "remediation"),
        reference: cx.words_of(map, "reference"),
        severity: cx.choice_of(map, "severity", &SEVERITIES, true).unwrap_or("unknown").into(),
        classification: classification(cx, map),
        metadata: metadata(map),
    })
}

/// Words without the space around them, in lower case; empty ones left out.
fn lower(words: Vec<Arc<str>>) -> Vec<Arc<str>> {
    let words = words.iter().map(|word| word.trim().to_lowercase());
    words.filter(|word| !word.is_empty()).map(Arc::from).collect()
}

fn classification(cx: &mut Cx<'_>, info: &Map) -> Option<Classification> {
    let node = present(info, "classification")?;
    let Some(map) = node.map() else {
        cx.wrong(node, "a map of numbers in public registers");
        return None;
    };
    let number = |cx: &mut Cx<'_>, key: &str| -> Option<f64> {
        let (text, span) = cx.text_of(map, key)?;
        let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            cx.warning("R0105", format!("`{key}` is a number"), span, "this is none", "");
        }
        number
    };
    Some(Classification {
        cvss_score: number(cx, "cvss-score"),
        epss_score: number(cx, "epss-score"),
        epss_percentile: number(cx, "epss-percentile"),
        cve_id: lower(cx.words_of(map, "cve-id")),
        cwe_id: lower(cx.words_of(map, "cwe-id")),
        cvss_metrics: cx.name_of(map, "cvss-metrics"),
        cpe: cx.name_of(map, "cpe"),
    })
}

/// Whatever else the author notes, as the text of a JSON object with sorted keys.
fn metadata(info: &Map) -> Arc<str> {
    match present(info, "metadata").map(|node| json(node, 0)) {
        Some(Value::Object(object)) if !object.is_empty() => Value::Object(object).to_string().into(),
        _ => "".into(),
    }
}

fn json(node: &Node, depth: usize) -> Value {
    match &node.kind {
        _ if is_null(node) || depth > DEEPEST => Value::Null,
        Kind::Scalar(scalar) if scalar.style == Style::Plain => plain(&scalar.text),
        Kind::Scalar(scalar) => Value::String(scalar.text.to_string()),
        Kind::List(items) => Value::Array(items.iter().map(|item| json(item, depth + 1)).collect()),
        Kind::Map(map) => {
            let mut entries: Vec<_> = map.entries.iter().collect();
            entries.sort_by(|one, other| one.key.text.cmp(&other.key.text));
            let entry =
                |entry: &&crate::dialect::yaml::Entry| (entry.key.text.to_string(), json(&entry.value, depth + 1));
            Value::Object(entries.iter().map(entry).collect::<JsonMap<_, _>>())
        }
    }
}

/// A plain scalar by its YAML type.
fn plain(text: &str) -> Value {
    match text {
        "true" | "True" | "TRUE" | "yes" | "on" => Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "off" => Value::Bool(false),
        _ => {
            let whole = || text.parse::<i64>().ok().filter(|_| !text.starts_with('+')).map(Value::from);
            let digits = || text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
            let real = || text.parse::<f64>().ok().filter(|_| digits()).and_then(Number::from_f64).map(Value::Number);
            whole().or_else(real).unwrap_or_else(|| Value::String(text.to_owned()))
        }
    }
}
