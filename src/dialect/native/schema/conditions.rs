//! Conditions and predicates in the schema, from the registries of subjects, collections and predicates.
//!
//! Owns one definition for each meaning of bare subjects: an answer, an item of each collection, and both at once for
//! definitions, which mean what they say where they are used. Invariant: inside a quantifier over a built-in collection
//! only the fields of its items are properties. Must never import compile or any later folder.

use serde_json::{Map, Value, json};

use super::{describe, object_schema, parsed, reference};
use crate::dialect::native::grammar::{COUNT, OPERATORS};
use crate::predicate::views::{Brought, Field, Shape};
use crate::predicate::{Below, COLLECTIONS, ItemKind, SUBJECTS, SubjectSpec, ValueKind, lookup};

const NAME: &str = r"^\$[a-z][a-z0-9_]*(\..+)?$";
const UNIT: &str = r"^-?[0-9]+(\.[0-9]+)?(ms|s|m|h|d|B|KB|KiB|MB|MiB|GB|GiB)?$";
const TEMPLATE: &str = r"\{\{";

/// Properties of a condition: by name, and by pattern.
#[derive(Default)]
struct Subjects {
    names: Map<String, Value>,
    patterns: Map<String, Value>,
    /// Collections and the definition of the condition on their items.
    collections: Vec<(String, String)>,
    /// Definitions of the conditions on nested items.
    nested: Vec<(String, &'static [Field])>,
}

impl Subjects {
    /// Adds properties of another definition by reference; those that are there already stay.
    fn refer(&mut self, definition: &str, names: &Map<String, Value>) {
        for name in names.keys() {
            let pointer = name.replace('~', "~0").replace('/', "~1");
            let property = json!({ "$ref": format!("#/$defs/{definition}/properties/{pointer}") });
            self.names.entry(name.clone()).or_insert(property);
        }
    }
}

/// A predicate: a scalar, a list of which one holds, or a map.
pub(super) fn predicate() -> Value {
    let scalar = reference("text");
    json!({
        "anyOf": [
            scalar,
            { "type": "array", "minItems": 1, "items": { "anyOf": [scalar, reference("predicate_map")] } },
            reference("predicate_map"),
        ],
    })
}

/// Adds the definitions of all conditions.
pub(super) fn define(definitions: &mut Map<String, Value>) {
    define_values(definitions);
    let mut answer = Subjects::default();
    SUBJECTS.iter().copied().flatten().for_each(|spec| add_subject(&mut answer, spec));
    let mut open = Subjects { patterns: answer.patterns.clone(), ..Subjects::default() };
    open.refer("condition", &answer.names);
    for spec in &COLLECTIONS {
        let item = match spec.items {
            ItemKind::Answers => "condition".to_owned(),
            ItemKind::Fields(fields) => {
                let name = item_name(spec.name);
                if !definitions.contains_key(&name) {
                    add_item(definitions, &mut open, &name, fields);
                }
                name
            }
        };
        answer.collections.push((spec.name.to_owned(), item.clone()));
        open.collections.push((spec.name.to_owned(), item));
    }
    for name in ["key", "value", "name", "hash", "near", "scheme", "host", "port", "origin", "path", "query"] {
        let property =
            property(reference("predicate"), "A field of an item that `for_each` or `collect` names.", json!("a"));
        open.names.entry(name.to_owned()).or_insert(property);
    }
    definitions.insert("condition".into(), condition("condition", &answer));
    definitions.insert("open_condition".into(), condition("open_condition", &open));
}

/// The name of the definition for a collection's items; policies of both kinds are alike.
fn item_name(collection: &str) -> String {
    match collection.split_once('.') {
        Some(("csp", _)) => "item_of_csp".to_owned(),
        _ => format!("item_of_{}", collection.replace('.', "_")),
    }
}

/// Adds the definition of the condition on one collection's items, and of those on lists within them.
fn add_item(definitions: &mut Map<String, Value>, open: &mut Subjects, name: &str, fields: &'static [Field]) {
    let mut subjects = Subjects::default();
    add_fields(&mut subjects, name, "", fields);
    for (nested, fields) in std::mem::take(&mut subjects.nested) {
        if !definitions.contains_key(&nested) {
            add_item(definitions, open, &nested, fields);
        }
    }
    definitions.insert(name.into(), condition(name, &subjects));
    open.refer(name, &subjects.names);
    open.patterns.extend(subjects.patterns);
    open.collections.extend(subjects.collections);
}

fn add_subject(subjects: &mut Subjects, spec: &'static SubjectSpec) {
    let example = example_of(spec);
    let family = |inner: Value, names: Value| json!({ "type": "object", "propertyNames": names, "additionalProperties": inner, "minProperties": 1 });
    let own = match spec.below {
        Below::Nothing => value_schema(spec.kind, spec.words),
        Below::Names(shape) => {
            let pattern = format!(r"^{}\..+$", spec.name);
            let doc = format!("{}, one of them by its name.", spec.summary);
            subjects.patterns.insert(pattern, property(shape_schema(shape), &doc, json!({ "exists": true })));
            family(shape_schema(shape), json!({ "minLength": 1 }))
        }
        Below::JsonPaths => family(reference("predicate"), json!({ "pattern": r"^\$" })),
        Below::Selectors => family(reference("predicate"), json!({ "minLength": 1 })),
        Below::Fields(fields) => {
            add_fields(subjects, "", &format!("{}.", spec.name), fields);
            namespace(spec, fields)
        }
    };
    subjects.names.insert(spec.name.to_owned(), property(own, &sentence(spec.summary), example));
}

/// A subject that has fields: what it is by itself, or a map of its fields, which are the dotted names.
fn namespace(spec: &SubjectSpec, fields: &'static [Field]) -> Value {
    let mut dotted = Subjects::default();
    add_fields(&mut dotted, "", "", fields);
    let mut below = Subjects { patterns: dotted.patterns, ..Subjects::default() };
    for name in dotted.names.keys() {
        let property = json!({ "$ref": format!("#/$defs/condition/properties/{}.{name}", spec.name) });
        below.names.insert(name.clone(), property);
    }
    let map = json!({
        "type": "object",
        "properties": below.names,
        "patternProperties": below.patterns,
        "additionalProperties": false,
        "minProperties": 1,
    });
    json!({ "anyOf": [value_schema(spec.kind, spec.words), map] })
}

/// Fields as properties with dotted names.
fn add_fields(subjects: &mut Subjects, owner: &str, prefix: &str, fields: &'static [Field]) {
    for field in fields {
        let name = format!("{prefix}{}", field.name);
        let doc = format!("{}{}", sentence(field.description), needs(&name));
        let own = property(shape_schema(&field.shape), &doc, example_value(&field.shape));
        match &field.shape {
            Shape::Map(inner) => add_fields(subjects, owner, &format!("{name}."), inner),
            Shape::Names(inner) => {
                let pattern = format!(r"^{}\..+$", name.replace('.', r"\."));
                subjects.patterns.insert(pattern, property(shape_schema(inner), &doc, example_value(inner)));
            }
            Shape::List(Shape::Map(inner)) if !owner.is_empty() => {
                let nested = format!("item_of_{}", nested_name(owner, field.name));
                subjects.collections.push((name.clone(), nested.clone()));
                subjects.nested.push((nested, inner));
            }
            _ => {}
        }
        subjects.names.insert(name, own);
    }
}

/// What is needed to know a subject, in a sentence after its own.
fn needs(name: &str) -> &'static str {
    match lookup(name).map(|subject| subject.brought()) {
        Ok(Brought::Survey) => " Only `tls: survey` tells it.",
        Ok(Brought::FullSurvey) => " Only `tls: survey` tells it, and all of it with `--tls full`.",
        Ok(Brought::Anyhow) | Err(_) => "",
    }
}

/// Lists of one kind of item share a definition: all of `effective.*` are sources.
fn nested_name(owner: &str, field: &str) -> String {
    let owner = owner.strip_prefix("item_of_").unwrap_or(owner);
    let is_source = owner.starts_with("csp") && (field == "sources" || field.contains('-'));
    if is_source { "csp_source".into() } else { format!("{owner}_{field}") }
}

/// The condition whose bare subjects are these.
fn condition(name: &str, subjects: &Subjects) -> Value {
    let mut properties = subjects.names.clone();
    let own = reference(name);
    let list = json!({ "type": "array", "items": own });
    for key in OPERATORS.keys {
        let schema = match key.name {
            "all" => list.clone(),
            "any" => json!({ "type": "array", "items": own, "minItems": 1 }),
            "not" => json!({ "allOf": [own], "minProperties": 1, "maxProperties": 1 }),
            "some" | "every" | "none" => over(subjects),
            "count" => count(&own, subjects),
            _ => reference("text"),
        };
        properties.insert(key.name.to_owned(), property(schema, key.doc, parsed(key.example)));
    }
    let mut patterns = subjects.patterns.clone();
    patterns.insert(NAME.to_owned(), json!({ "anyOf": [reference("condition"), reference("predicate")] }));
    json!({
        "type": "object",
        "description": "A condition: all entries must hold.",
        "properties": properties,
        "patternProperties": patterns,
        "additionalProperties": false,
    })
}

fn collections(subjects: &Subjects) -> Map<String, Value> {
    let of = |(name, item): &(String, String)| {
        let spec = COLLECTIONS.iter().find(|spec| spec.name == *name);
        let doc = spec.map_or("A list of the item.".to_owned(), |spec| sentence(spec.summary));
        (name.clone(), property(reference(item), &doc, json!({})))
    };
    subjects.collections.iter().map(of).collect()
}

/// One collection and the condition on its items.
fn over(subjects: &Subjects) -> Value {
    json!({
        "type": "object",
        "properties": collections(subjects),
        "patternProperties": { NAME: reference("open_condition") },
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    })
}

fn count(own: &Value, subjects: &Subjects) -> Value {
    let mut schema = object_schema(&COUNT);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        if let Some(Value::Object(of)) = properties.get_mut("of") {
            of.insert("items".into(), own.clone());
        }
        properties.extend(collections(subjects));
    }
    if let Value::Object(map) = &mut schema {
        map.insert("patternProperties".into(), json!({ NAME: reference("open_condition") }));
        map.insert("minProperties".into(), json!(2));
    }
    schema
}

fn property(mut schema: Value, doc: &str, example: Value) -> Value {
    describe(&mut schema, doc, example);
    schema
}

fn sentence(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

fn shape_schema(shape: &Shape) -> Value {
    match shape {
        Shape::OneOf(words) => value_schema(ValueKind::Word, words),
        Shape::List(inner) if !matches!(inner, Shape::Map(_)) => shape_schema(inner),
        shape => value_schema(ValueKind::of(shape), &[]),
    }
}

/// What may be said of a value of this kind.
fn value_schema(kind: ValueKind, words: &[&str]) -> Value {
    match kind {
        ValueKind::Bool => reference("bool_value"),
        ValueKind::Number => reference("number_value"),
        ValueKind::Status => reference("status_value"),
        ValueKind::Word if !words.is_empty() => scalar_or_list(&json!({ "enum": words })),
        ValueKind::Map | ValueKind::List => reference("predicate_map"),
        _ => reference("predicate"),
    }
}

/// A scalar, an expression, a predicate, or a list of such.
fn scalar_or_list(scalar: &Value) -> Value {
    let item = json!({ "anyOf": [scalar, reference("expression"), reference("predicate_map")] });
    json!({
        "anyOf": [
            scalar, reference("expression"), reference("predicate_map"),
            { "type": "array", "minItems": 1, "items": item },
        ],
    })
}

/// Adds the definitions of values of the common kinds.
fn define_values(definitions: &mut Map<String, Value>) {
    let number = json!({ "anyOf": [{ "type": "number" }, { "type": "string", "pattern": UNIT }] });
    let status = json!({ "anyOf": [
        { "type": "integer", "minimum": 100, "maximum": 999 },
        { "type": "string", "pattern": "^([1-5]xx|[1-9][0-9][0-9])$" },
    ] });
    definitions.insert("expression".into(), json!({ "type": "string", "pattern": TEMPLATE }));
    definitions.insert("bool_value".into(), scalar_or_list(&json!({ "type": "boolean" })));
    definitions.insert("number_value".into(), scalar_or_list(&number));
    definitions.insert("status_value".into(), scalar_or_list(&status));
}

fn example_value(shape: &Shape) -> Value {
    match shape {
        Shape::Bool => json!(true),
        Shape::Number => json!({ "at_least": 1 }),
        Shape::OneOf(words) => json!(words.first()),
        Shape::Time => json!({ "before": "now" }),
        Shape::List(inner) if !matches!(inner, Shape::Map(_)) => example_value(inner),
        Shape::Text | Shape::List(_) | Shape::Map(_) | Shape::Names(_) => json!({ "exists": true }),
    }
}

/// The value in a subject's example, which is a condition in YAML.
fn example_of(spec: &SubjectSpec) -> Value {
    let parsed: Option<Value> = serde_yaml::from_str(spec.example).ok();
    let own = parsed.as_ref().and_then(|example| example.get(spec.name)).cloned();
    own.unwrap_or_else(|| json!({ "exists": true }))
}
