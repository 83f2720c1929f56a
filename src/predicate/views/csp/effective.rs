//! Which sources apply to which kind of fetch (CSP3 §6.8.3).
//!
//! Invariant: each directive's sources are parsed once, however many kinds fall back to it. Must never import a folder of
//! this crate but `base`.

use std::collections::HashMap;

use super::super::record::Record;
use super::EFFECTIVE;
use super::parse::{Directive, Policy};
use super::source::Source;
use crate::base::Value;

/// What is asked after a directive, in this order.
fn fallbacks(name: &str) -> &'static [&'static str] {
    match name {
        "script-src-elem" | "script-src-attr" => &["script-src", "default-src"],
        "style-src-elem" | "style-src-attr" => &["style-src", "default-src"],
        "worker-src" => &["child-src", "script-src", "default-src"],
        "frame-src" => &["child-src", "default-src"],
        "base-uri" | "form-action" | "frame-ancestors" => &[],
        _ => &["default-src"],
    }
}

/// The map from each kind of fetch to the sources that apply to it.
pub(super) fn effective(policy: &Policy<'_>) -> Value {
    let mut parsed: HashMap<&str, Value> = HashMap::new();
    let mut view = Record::default();
    for kind in EFFECTIVE {
        let mut names = std::iter::once(kind.name).chain(fallbacks(kind.name).iter().copied());
        if let Some(directive) = names.find_map(|name| policy.directive(name)) {
            view.set(kind.name, parsed.entry(&directive.name).or_insert_with(|| sources(directive)).clone());
        }
    }
    view.build()
}

/// The sources of a directive. `'none'` beside others is ignored, as browsers do (CSP3 §6.7.2.6).
fn sources(directive: &Directive<'_>) -> Value {
    let several = directive.values.len() > 1;
    let values = directive.values.iter().filter(|value| !(several && value.eq_ignore_ascii_case(b"'none'")));
    Value::list(values.map(|value| Source::parse(value).to_value()))
}
