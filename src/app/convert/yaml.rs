//! Values as YAML that people edit: block style, texts in single quotes where they need any.
//!
//! Invariant: what is written here, the reader of native rules reads back as the same values. Must never import `cli`.

use serde_json::{Map, Value};

/// A map as a document, with that indentation.
pub(super) fn write_map(out: &mut String, map: &Map<String, Value>, indent: usize) {
    for (key, value) in map {
        out.push_str(&" ".repeat(indent));
        out.push_str(&text(key));
        out.push(':');
        write_value(out, value, indent);
    }
}

/// A value behind its key or dash, up to the end of its last line.
fn write_value(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if map.is_empty() => out.push_str(" {}\n"),
        Value::Object(map) => {
            out.push('\n');
            write_map(out, map, indent + 2);
        }
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let items: Vec<String> = items.iter().map(scalar).collect();
            let flow = format!(" [{}]\n", items.join(", "));
            if flow.len() + indent <= 110 {
                return out.push_str(&flow);
            }
            out.push('\n');
            for item in items {
                out.push_str(&format!("{}- {item}\n", " ".repeat(indent + 2)));
            }
        }
        Value::Array(items) => {
            out.push('\n');
            for item in items {
                write_item(out, item, indent + 2);
            }
        }
        scalar_value => out.push_str(&format!(" {}\n", scalar(scalar_value))),
    }
}

/// One item of a list; a map begins on the line of its dash.
fn write_item(out: &mut String, item: &Value, indent: usize) {
    let Value::Object(map) = item else {
        return out.push_str(&format!("{}- {}\n", " ".repeat(indent), scalar(item)));
    };
    let mut inner = String::new();
    write_map(&mut inner, map, indent + 2);
    out.push_str(&" ".repeat(indent));
    out.push_str("- ");
    out.push_str(inner.trim_start());
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(value) => text(value),
        other => other.to_string(),
    }
}

/// A text as a scalar that every reader takes for a text.
fn text(value: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '$' | '.');
    let starts = value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '$');
    let special = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if starts && value.chars().all(is_word) && !special.contains(&value.to_ascii_lowercase().as_str()) {
        return value.to_string();
    }
    if value.chars().all(|c| !c.is_control() && !is_hidden(c)) {
        return format!("'{}'", value.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_hidden(c) => out.push_str(&escape(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn escape(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0xff => format!("\\x{code:02x}"),
        code @ 0x100..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

/// Whether the reader of rules refuses the character as it is.
fn is_hidden(c: char) -> bool {
    crate::base::untrusted::is_unprintable(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_come_out_as_people_write_them() {
        let value = json!({ "id": "a-b", "match": { "status": [200, 206], "body": { "contains": "it's: {{x}}\n" } }, "any": [{ "a": "1", "b": true }] });
        let mut out = String::new();
        write_map(&mut out, value.as_object().expect("a map"), 0);
        assert_eq!(
            out,
            "id: a-b\nmatch:\n  status: [200, 206]\n  body:\n    contains: \"it's: {{x}}\\n\"\nany:\n  - a: '1'\n    b: true\n"
        );
    }
}
