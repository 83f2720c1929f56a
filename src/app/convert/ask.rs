//! What is asked of an answer, in terms that native rules have.
//!
//! Invariant: every value here has a spelling in the native format; what has none is refused before it gets here.
//! Must never import `cli`.

use serde_json::{Map, Value, json};

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ask {
    /// Every one holds.
    All(Vec<Ask>),
    /// One holds.
    Any(Vec<Ask>),
    /// It does not hold.
    Not(Box<Ask>),
    /// The status code is one of these.
    Status(Vec<i64>),
    /// A text that must be somewhere.
    Text(Part, Test),
    /// The body's length compares with a number.
    Size(&'static str, i64),
}

/// Where a text is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// The body.
    Body,
    /// The value of a field line of that name.
    Field(String),
    /// Some field line's value.
    AnyField,
}

/// How a text is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test {
    /// The predicate.
    pub key: &'static str,
    /// Its operand.
    pub text: String,
    /// Whether case is ignored.
    pub ignores_case: bool,
}

impl Test {
    /// A predicate that regards case.
    pub fn new(key: &'static str, text: impl Into<String>) -> Self {
        Self { key, text: text.into(), ignores_case: false }
    }
}

impl Ask {
    /// All of these, as flat as it goes.
    pub fn all(asks: Vec<Self>) -> Self {
        let flat: Vec<Self> = asks
            .into_iter()
            .flat_map(|ask| match ask {
                Self::All(inner) => inner,
                other => vec![other],
            })
            .collect();
        match <[Self; 1]>::try_from(flat) {
            Ok([one]) => one,
            Err(flat) => Self::All(flat),
        }
    }

    /// One of these, as flat as it goes.
    pub fn any(asks: Vec<Self>) -> Self {
        let flat: Vec<Self> = asks
            .into_iter()
            .flat_map(|ask| match ask {
                Self::Any(inner) => inner,
                other => vec![other],
            })
            .collect();
        match <[Self; 1]>::try_from(flat) {
            Ok([one]) => one,
            Err(flat) => Self::Any(flat),
        }
    }

    /// The condition as the native format writes it.
    pub fn written(&self) -> Map<String, Value> {
        match self {
            Self::All(asks) => conjunction(asks),
            Self::Any(asks) => match one_list(asks) {
                Some(map) => map,
                None => single("any", asks.iter().map(|ask| Value::Object(ask.written())).collect()),
            },
            Self::Not(ask) => {
                let inner = ask.written();
                let inner = if inner.len() == 1 { inner } else { single("all", vec![Value::Object(inner)].into()) };
                single("not", Value::Object(inner))
            }
            Self::Status(codes) => match codes.as_slice() {
                [one] => single("status", json!(one)),
                _ => single("status", json!(codes)),
            },
            Self::Size(key, number) => single("size", json!({ *key: number })),
            Self::Text(part, test) => wrapped(part, predicate(test, operand(test, &test.text))),
        }
    }
}

fn single(key: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(key.to_string(), value)])
}

/// Operands are templates, but for regexes.
fn operand(test: &Test, text: &str) -> Value {
    Value::String(if test.key == "matches" { text.to_string() } else { escaped(text) })
}

/// A text whose braces are no expression.
pub(super) fn escaped(text: &str) -> String {
    text.replace("{{", "{{ '{{' }}")
}

fn predicate(test: &Test, operand: Value) -> Map<String, Value> {
    let mut map = single(test.key, operand);
    if test.ignores_case {
        map.insert("ignore_case".to_string(), json!(true));
    }
    map
}

fn wrapped(part: &Part, predicate: Map<String, Value>) -> Map<String, Value> {
    let predicate = Value::Object(predicate);
    match part {
        Part::Body => single("body", predicate),
        Part::Field(name) => single("headers", json!({ name: predicate })),
        Part::AnyField => single("some", json!({ "header_fields": { "value": predicate } })),
    }
}

/// Texts of one part and one predicate as one list: any of these.
fn one_list(asks: &[Ask]) -> Option<Map<String, Value>> {
    let mut operands = Vec::new();
    let Some(Ask::Text(part, first)) = asks.first() else { return None };
    for ask in asks {
        match ask {
            Ask::Text(other, test)
                if other == part && test.key == first.key && test.ignores_case == first.ignores_case =>
            {
                operands.push(operand(test, &test.text));
            }
            _ => return None,
        }
    }
    Some(wrapped(part, predicate(first, Value::Array(operands))))
}

/// All of these as one map where their keys differ; texts of the body that must all be there as one list.
fn conjunction(asks: &[Ask]) -> Map<String, Value> {
    let in_body =
        |ask: &&Ask| matches!(ask, Ask::Text(Part::Body, test) if test.key == "contains" && !test.ignores_case);
    let mut parts: Vec<Map<String, Value>> = Vec::new();
    let together: Vec<Value> = asks
        .iter()
        .filter(in_body)
        .filter_map(|ask| if let Ask::Text(_, test) = ask { Some(operand(test, &test.text)) } else { None })
        .collect();
    let mut said = together.len() < 2;
    for ask in asks {
        if together.len() > 1 && in_body(&ask) {
            if !said {
                said = true;
                parts.push(single("body", json!({ "contains_all": together })));
            }
            continue;
        }
        parts.push(ask.written());
    }
    let mut whole = Map::new();
    let mut rest = Vec::new();
    for part in parts {
        if part.keys().any(|key| whole.contains_key(key)) {
            rest.push(Value::Object(part));
        } else {
            whole.extend(part);
        }
    }
    if !rest.is_empty() {
        match whole.get_mut("all").and_then(Value::as_array_mut) {
            Some(all) => all.extend(rest),
            None => drop(whole.insert("all".to_string(), Value::Array(rest))),
        }
    }
    whole
}
