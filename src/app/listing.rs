//! The list of rules, those that cannot run and the files that hold none included.
//!
//! Invariant: a rule or a file with errors is never left out silently. Must never import `cli`.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;

use crate::base::Limits;
use crate::diagnostic::Diagnostics;
use crate::rule::Rule;

use super::rules::read_rules;
use super::select::select;
use super::settings::Layer;

/// One line of the list (design §9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The rule's id; none of a file that could not be read so far.
    pub rule: Option<Arc<str>>,
    /// The worst severity that it can have.
    pub severity: String,
    /// Its category.
    pub category: String,
    /// How far it goes.
    pub tier: String,
    /// `loaded`, `refused` or `invalid`.
    pub status: &'static str,
    /// Why it is not loaded, as a stable code.
    pub code: Option<String>,
    /// Why it is not loaded, in a sentence.
    pub reason: Option<String>,
    /// The file.
    pub path: Arc<str>,
}

impl Entry {
    /// The rule's id, or its file where there is none.
    pub fn name(&self) -> &str {
        self.rule.as_deref().unwrap_or(&self.path)
    }
}

/// Lists the rules that the settings choose, in order of their ids, then the files with errors. The diagnostics are those
/// of reading and choosing.
pub fn list_rules(settings: &Layer, limits: &Limits) -> (Vec<Entry>, Diagnostics) {
    let read = read_rules(settings, limits);
    let mut diagnostics = read.diagnostics.into_errors();
    let invalid = invalid_files(&diagnostics);
    let (rules, wrong) = select(read.rules, settings);
    diagnostics.extend(wrong);
    let mut entries: Vec<Entry> = rules.iter().map(describe).collect();
    entries.sort_by(|a, b| a.rule.cmp(&b.rule));
    entries.extend(invalid);
    (entries, diagnostics)
}

fn describe(rule: &Rule) -> Entry {
    let refused = rule.refused.as_ref();
    Entry {
        rule: Some(Arc::clone(&rule.id)),
        severity: rule.severities().last().map_or_else(String::new, ToString::to_string),
        category: rule.meta.category.to_string(),
        tier: rule.tier().to_string(),
        status: if refused.is_some() { "refused" } else { "loaded" },
        code: refused.map(|refusal| refusal.code.to_string()),
        reason: refused.map(|refusal| refusal.reason.clone()),
        path: Arc::clone(&rule.source.name),
    }
}

/// One entry for each file that has an error, with its first.
fn invalid_files(diagnostics: &Diagnostics) -> Vec<Entry> {
    let mut seen = HashSet::new();
    let errors = diagnostics.items.iter().filter(|item| item.is_error());
    let first_of_file = errors.filter_map(|item| {
        let path = &item.labels.first()?.source.name;
        seen.insert(Arc::clone(path)).then(|| Entry {
            rule: None,
            severity: String::new(),
            category: String::new(),
            tier: String::new(),
            status: "invalid",
            code: Some(item.code.to_string()),
            reason: Some(item.title.clone()),
            path: Arc::clone(path),
        })
    });
    first_of_file.collect()
}
