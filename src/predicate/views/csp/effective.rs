//! Which sources apply to which kind of fetch (CSP3 §6.8.3).
//!
//! Invariant: each directive's sources become a view once, however many kinds fall back to it. Must never import a folder of
//! this crate but `base`.

use std::collections::HashMap;

use super::super::record::Record;
use super::EFFECTIVE;
use super::directives::has_sources;
use super::parse::{Directive, Policy};
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

/// The sources of each directive, by its name.
pub(super) struct Sources<'a>(Vec<(&'a str, Value)>);

impl<'a> Sources<'a> {
    /// Makes views of them.
    pub fn of(policy: &'a Policy<'_>) -> Self {
        let with_sources = policy.directives.iter().filter(|directive| has_sources(&directive.name));
        Self(with_sources.map(|directive| (directive.name.as_str(), sources(directive))).collect())
    }

    /// All of them in one list.
    pub fn all(&self) -> Value {
        let lists = self.0.iter().map(|(_, list)| match list {
            Value::List(items) => &**items,
            _ => &[],
        });
        Value::list(lists.flatten().cloned())
    }

    /// The map from each kind of fetch to the sources that apply to it.
    pub fn effective(&self) -> Value {
        let by_name: HashMap<&str, &Value> = self.0.iter().map(|(name, list)| (*name, list)).collect();
        let mut view = Record::default();
        for kind in EFFECTIVE {
            let mut names = std::iter::once(kind.name).chain(fallbacks(kind.name).iter().copied());
            view.set_some(kind.name, names.find_map(|name| by_name.get(name)).map(|list| (*list).clone()));
        }
        view.build()
    }
}

/// The sources of a directive. `'none'` beside others is ignored, as browsers do (CSP3 §6.7.2.6).
fn sources(directive: &Directive<'_>) -> Value {
    let several = directive.sources.len() > 1;
    let kept = directive.sources.iter().filter(|source| !(several && source.keyword == Some("none")));
    Value::list(kept.map(|source| source.to_value(&directive.name)))
}
