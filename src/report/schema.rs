//! The schema of the machine formats, generated from the wire types.
//!
//! Gives JSON Schema, draft 2020-12, that holds for one line of JSON Lines and for the JSON document alike. Invariant: it
//! is a function of the types alone; a test keeps `schemas/output.schema.json` equal to it.
//! Must never import a folder above `score`.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

use super::line::{Document, Line};

/// Either of the two shapes in which events are written.
#[derive(JsonSchema)]
#[schemars(title = "Outsight output", untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum OutputSchema {
    /// One line of `-f jsonl`.
    Line(Box<Line>),
    /// The whole of `-f json`.
    Document(Box<Document>),
}

/// The schema of `-f jsonl` (line by line) and `-f json`.
pub fn output_schema() -> Value {
    let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    generator.into_root_schema_for::<OutputSchema>().to_value()
}
