//! Facts as JSON, and their schema field by field.
//!
//! Takes the value that rules read and the registry that documents it. Invariant: the schema says of each field what the
//! registry says of the subject of that name. Must never import a folder above `score`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json, json};

use crate::base::Value;
use crate::predicate::views::{Field, Shape};
use crate::predicate::{Below, subject};

/// Facts of TLS that a host line tells by names of its own, and more exactly: HSTS counts there.
const ELSEWHERE: [&str; 2] = ["grade", "mozilla"];

/// The facts below `tls`, as they go on the wire.
pub(super) fn of_tls(facts: &Value) -> Map<String, Json> {
    let Value::Map(fields) = facts else { return Map::new() };
    let told = fields.iter().filter(|(name, _)| !ELSEWHERE.contains(&&**name));
    told.map(|(name, value)| (name.to_string(), wire(value))).collect()
}

fn wire(value: &Value) -> Json {
    match value {
        Value::Bool(holds) => Json::from(*holds),
        Value::Int(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::Text(_) => Json::from(value.to_text_lossy()),
        Value::Time(at) => Json::from(at.to_string()),
        Value::List(items) => items.iter().map(wire).collect(),
        Value::Map(fields) => fields.iter().map(|(name, value)| (name.to_string(), wire(value))).collect(),
    }
}

/// The schema of the facts below `tls`.
pub(super) fn tls_schema(_: &mut SchemaGenerator) -> Schema {
    let fields = subject("tls").map_or(&[][..], |spec| match spec.below {
        Below::Fields(fields) => fields,
        _ => &[],
    });
    let told: Vec<Field> = fields.iter().filter(|field| !ELSEWHERE.contains(&field.name)).copied().collect();
    let mut schema = object(&told);
    let example =
        json!({ "protocols": ["TLSv1.2", "TLSv1.3"], "groups": ["x25519", "secp256r1"], "jarm": "1dd40d40d00…" });
    schema.insert("examples".to_owned(), json!([example]));
    schema
}

fn object(fields: &[Field]) -> Schema {
    let properties: Map<String, Json> = fields.iter().map(|field| (field.name.to_owned(), property(field))).collect();
    json_schema!({ "type": "object", "properties": properties })
}

fn property(field: &Field) -> Json {
    let mut schema = of_shape(&field.shape);
    schema.insert("description".to_owned(), Json::from(field.description));
    schema.to_value()
}

fn of_shape(shape: &Shape) -> Schema {
    match shape {
        Shape::Bool => json_schema!({ "type": "boolean" }),
        Shape::Number => json_schema!({ "type": "integer" }),
        Shape::Text => json_schema!({ "type": "string" }),
        Shape::OneOf(texts) => json_schema!({ "enum": texts }),
        Shape::Time => json_schema!({ "type": "string", "format": "date-time" }),
        Shape::List(item) => json_schema!({ "type": "array", "items": of_shape(item) }),
        Shape::Map(fields) => object(fields),
        Shape::Names(item) => json_schema!({ "type": "object", "additionalProperties": of_shape(item) }),
    }
}
