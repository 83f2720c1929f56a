//! `Strict-Transport-Security` (RFC 6797 §6.1).
//!
//! Only the first field line counts (§8.1), white space is legal around every separator, a directive may stand once,
//! and what breaks the grammar switches all of it off. Invariant: linear in its input. Must never import a folder of this
//! crate but `base`.

use super::lines::{digits, is_token, lower, split_once, split_outside_quotes, unquote};
use super::record::Record;
use super::spec::{Shape, ViewSpec, field};
use crate::base::Value;
use std::collections::HashSet;

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "hsts",
    summary: "What browsers make of `Strict-Transport-Security`: the first field line alone counts.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field("valid", Shape::Bool, "Whether browsers accept it; absent without the field."),
        field("max_age", Shape::Number, "Seconds for which browsers insist on HTTPS; absent unless valid."),
        field("include_subdomains", Shape::Bool, "Whether subdomains are included; absent unless valid."),
        field("preload", Shape::Bool, "Whether the site asks to be preloaded; absent unless valid."),
        field("repeated", Shape::Bool, "Whether there are more field lines, which browsers ignore."),
        field("raw", Shape::Text, "The first field line; absent without the field."),
    ],
};

struct Hsts {
    max_age: i64,
    include_subdomains: bool,
    preload: bool,
}

/// The view of these field lines.
pub fn hsts(lines: &[&[u8]]) -> Value {
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    if let Some(first) = lines.first() {
        let parsed = parse(first);
        view.set("valid", parsed.is_some());
        if let Some(hsts) = parsed {
            view.set("max_age", hsts.max_age);
            view.set("include_subdomains", hsts.include_subdomains);
            view.set("preload", hsts.preload);
        }
    }
    view.set("repeated", lines.len() > 1);
    view.set_some("raw", lines.first().map(Value::text));
    view.build()
}

fn parse(line: &[u8]) -> Option<Hsts> {
    let (mut max_age, mut include_subdomains, mut preload) = (None, false, false);
    let mut seen = HashSet::new();
    for directive in split_outside_quotes(line, b';').into_iter().filter(|directive| !directive.is_empty()) {
        let (name, value) = split_once(directive, b'=');
        let value = match value {
            Some(value) => Some(unquote(value)?),
            None => None,
        };
        let name = lower(name);
        if !is_token(name.as_bytes()) {
            return None;
        }
        match name.as_str() {
            "max-age" => max_age = Some(digits(&value?)?),
            "includesubdomains" if value.is_none() => include_subdomains = true,
            "includesubdomains" => return None,
            "preload" => preload = true,
            _ => {}
        }
        if !seen.insert(name) {
            return None;
        }
    }
    Some(Hsts { max_age: max_age?, include_subdomains, preload })
}
