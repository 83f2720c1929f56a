//! The JSON Schema (draft 2020-12) of rule files, generated from the grammar's tables and the registries.
//!
//! Takes nothing, gives the schema that editors complete and check rules with. Invariant: every property has a
//! description and an example, and only free names are open, so that the schema alone finds typos. Must never import
//! compile or any later folder.

mod conditions;

use serde_json::{Map, Value, json};

use super::grammar::{
    ANSWER, CASE, CHARACTERS, COUNT, Definition, ENTROPY, EXPECT, FIX, KEBAB, Key, NOT_ON, Object, PREDICATE,
    RECORDING, REQUEST, RULE, SHARED, SOURCE, SOURCE_WORDS, Shape, TEST, TLS, VERIFY,
};

/// Objects of the grammar that are definitions of the schema.
const OBJECTS: [&Object; 16] = [
    &REQUEST,
    &TLS,
    &SOURCE,
    &CASE,
    &FIX,
    &NOT_ON,
    &VERIFY,
    &PREDICATE,
    &ENTROPY,
    &CHARACTERS,
    &COUNT,
    &TEST,
    &ANSWER,
    &RECORDING,
    &EXPECT,
    &RULE,
];

/// Keys of which a request has exactly one.
const WIRES: [&str; 11] = ["get", "head", "options", "post", "put", "patch", "delete", "raw", "tls", "dns", "tcp"];

/// The schema of a rule file.
pub fn rule_schema() -> Value {
    document(&RULE, "Outsight rule", "rule.schema.json")
}

/// The schema of a `shared.yaml`.
pub fn shared_schema() -> Value {
    document(&SHARED, "Outsight shared definitions", "shared.schema.json")
}

fn document(root: &Object, title: &str, file: &str) -> Value {
    let mut definitions = Map::new();
    let referred = OBJECTS.into_iter().filter(|object| object.name != root.name && object.name != RULE.name);
    for object in referred.filter(|object| object.name != COUNT.name) {
        definitions.insert(object.name.into(), object_schema(object));
    }
    definitions.insert("text".into(), text());
    definitions.insert("predicate".into(), conditions::predicate());
    definitions.insert("source".into(), source());
    definitions.insert("severity".into(), ladder(&["info", "low", "medium", "high", "critical"]));
    definitions.insert("confidence".into(), ladder(&["tentative", "firm", "certain"]));
    definitions.insert("facts".into(), json!({ "type": "object", "description": "Facts by name, of any depth." }));
    conditions::define(&mut definitions);
    let mut schema = object_schema(root);
    if let Value::Object(map) = &mut schema {
        map.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        map.insert("$id".into(), json!(format!("https://outsight.dev/schemas/{file}")));
        map.insert("title".into(), json!(title));
        map.insert("$defs".into(), Value::Object(definitions));
    }
    schema
}

/// A reference to a definition.
fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A text as the schema sees it: typed loaders read some texts as numbers and the like.
fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn object_schema(object: &Object) -> Value {
    let mut schema = json!({
        "type": "object",
        "description": object.doc,
        "properties": object.keys.iter().map(|key| (key.name.to_owned(), key_schema(key))).collect::<Map<_, _>>(),
        "additionalProperties": false,
    });
    let required: Vec<&str> = object.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    if let Value::Object(map) = &mut schema {
        if !required.is_empty() {
            map.insert("required".into(), json!(required));
        }
        match object.name {
            "request" => {
                let one = WIRES.iter().map(|key| json!({ "required": [key] })).collect();
                map.insert("oneOf".into(), Value::Array(one));
            }
            "rule" => {
                map.insert("anyOf".into(), json!([{ "required": ["match"] }, { "required": ["cases"] }]));
                map.insert("not".into(), json!({ "required": ["request", "requests"] }));
            }
            "fix" => {
                map.insert("patternProperties".into(), json!({ KEBAB: text() }));
            }
            "predicate_map" | "entropy" | "tls_request" => {
                map.insert("minProperties".into(), json!(1));
            }
            _ => {}
        }
    }
    schema
}

fn key_schema(key: &Key) -> Value {
    let mut schema = shape_schema(&key.shape);
    describe(&mut schema, key.doc, parsed(key.example));
    if let (Value::Object(map), Some(default)) = (&mut schema, key.default) {
        map.insert("default".into(), parsed(default));
    }
    schema
}

/// Adds description and example.
fn describe(schema: &mut Value, doc: &str, example: Value) {
    if let Value::Object(map) = schema {
        map.insert("description".into(), json!(doc));
        map.insert("examples".into(), json!([example]));
    }
}

/// JSON of a table; a test parses all of it.
fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or(Value::Null)
}

fn shape_schema(shape: &Shape) -> Value {
    match shape {
        Shape::Text => reference("text"),
        Shape::Word(pattern) => json!({ "type": ["string", "number"], "pattern": pattern }),
        Shape::OneOf(words) => json!({ "enum": words }),
        Shape::Number => json!({ "type": "number" }),
        Shape::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Object(object) => reference(object.name),
        Shape::Named(pattern, inner) => free_names(pattern, shape_schema(inner)),
        Shape::List(inner) => json!({ "type": "array", "items": shape_schema(inner) }),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(shape_schema).collect::<Vec<_>>() }),
        Shape::Defined(definition) => reference(match definition {
            Definition::Condition => "condition",
            Definition::OpenCondition => "open_condition",
            Definition::Predicate => "predicate",
            Definition::Source => "source",
            Definition::Severity => "severity",
            Definition::Confidence => "confidence",
            Definition::Facts => "facts",
        }),
    }
}

/// A map of names that authors make up.
fn free_names(pattern: &str, inner: Value) -> Value {
    let mut patterns = Map::new();
    patterns.insert(pattern.to_owned(), inner);
    json!({ "type": "object", "patternProperties": patterns, "additionalProperties": false, "minProperties": 1 })
}

/// Where items come from: a list, named values, or a map with `from`.
fn source() -> Value {
    let record = free_names(super::grammar::ANY, text());
    let value = json!({ "anyOf": [text(), record] });
    json!({
        "anyOf": [
            { "type": "array", "items": value, "minItems": 1 },
            reference("source_from"),
            {
                "type": "object",
                "patternProperties": { "^[A-Za-z0-9_-]+$": value },
                "propertyNames": { "not": { "enum": SOURCE_WORDS } },
                "additionalProperties": false,
                "minProperties": 1,
            },
            { "type": "string", "pattern": r"^\$[a-z][a-z0-9_]*$" },
        ],
    })
}

/// A level, or a list of levels with conditions that ends with a bare one.
fn ladder(levels: &[&str]) -> Value {
    let rungs: Map<String, Value> = levels
        .iter()
        .map(|level| {
            let mut rung = reference("condition");
            describe(
                &mut rung,
                &format!("Where this condition holds, the level is {level}."),
                json!({ "status": 200 }),
            );
            ((*level).to_owned(), rung)
        })
        .collect();
    let rung = json!({
        "type": "object",
        "properties": rungs,
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    });
    json!({ "anyOf": [{ "enum": levels }, { "type": "array", "minItems": 1, "items": { "anyOf": [{ "enum": levels }, rung] } }] })
}
