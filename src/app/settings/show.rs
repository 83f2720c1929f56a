//! The effective configuration, as `--show-config` prints it.
//!
//! Invariant: what is printed is itself a configuration file, except that credentials are masked.
//! Must never import a folder above `report`.

use std::fmt::Write as _;

use super::{Layer, Raw};
use crate::base::Untrusted;

/// One line a setting that is set, with its source as a comment.
pub fn show(layer: &Layer) -> String {
    let mut out = String::new();
    for (key, value, source) in layer.entries() {
        let line = match value {
            Raw::One(text) => format!("{key}: {}", scalar(&text)),
            Raw::Many(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| scalar(text)).collect();
                format!("{key}: [{}]", texts.join(", "))
            }
        };
        let source = Untrusted(source.to_string()).terminal();
        let _ = writeln!(out, "{line:<40} # {source}");
    }
    if out.is_empty() {
        out.push_str("# nothing is set; all settings have their defaults\n");
    }
    out
}

/// A YAML scalar: plain where that is safe, else as a JSON string, which YAML reads alike.
fn scalar(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./".contains(&b);
    let starts_plain = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    if starts_plain && text.bytes().all(plain) {
        return text.to_owned();
    }
    serde_json::Value::from(Untrusted(text).terminal()).to_string()
}
