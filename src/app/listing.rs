//! The list of rules, those that cannot run and the files that hold none included.
//!
//! Invariant: a rule or a file with errors is never left out silently. Must never import `cli`.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;

use crate::base::Limits;
use crate::diagnostic::Diagnostics;
use crate::pack::Facts;

use super::rules::read_rules;
use super::select::{Choice, select};
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
    /// What it sends.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `loaded`, `refused` or `invalid`.
    pub status: &'static str,
    /// Why it is not loaded, as a stable code.
    pub code: Option<String>,
    /// Why it is not loaded, in a sentence.
    pub reason: Option<String>,
    /// Why its pack leaves it out by default, where the settings do not ask for it.
    pub left_out: Option<String>,
    /// The file.
    pub path: Arc<str>,
}

impl Entry {
    /// The rule's id, or its file where there is none.
    pub fn name(&self) -> &str {
        self.rule.as_deref().unwrap_or(&self.path)
    }
}

/// Lists the rules that the settings choose, in order of their ids, those included that their pack leaves out by default;
/// then the files with errors. The diagnostics are those of reading and choosing.
pub fn list_rules(settings: &Layer, limits: &Limits) -> (Vec<Entry>, Diagnostics) {
    let read = read_rules(settings, limits);
    let mut diagnostics = read.diagnostics.into_errors();
    let invalid = invalid_files(&diagnostics);
    let Choice { chosen, left_out, diagnostics: wrong } = select(&read.facts, settings);
    diagnostics.extend(wrong);
    let fact = |index: &usize| read.facts.get(*index);
    let chosen = chosen.iter().filter_map(fact).map(|facts| describe(facts, false));
    let mut entries: Vec<Entry> = chosen.chain(left_out.iter().filter_map(fact).map(|f| describe(f, true))).collect();
    entries.sort_by(|a, b| a.rule.cmp(&b.rule));
    entries.extend(invalid);
    (entries, diagnostics)
}

fn describe(facts: &Facts, is_left_out: bool) -> Entry {
    let (code, reason) = facts.refused.clone().unzip();
    Entry {
        rule: Some(Arc::clone(&facts.id)),
        severity: facts.levels.last().map_or_else(String::new, |level| level.name().to_owned()),
        category: facts.category.to_string(),
        tier: facts.tier.to_string(),
        kind: facts.kind.name(),
        status: if code.is_some() { "refused" } else { "loaded" },
        code: code.map(|code| code.to_string()),
        reason: reason.map(|reason| reason.to_string()),
        left_out: facts.left_out.as_ref().filter(|_| is_left_out).map(ToString::to_string),
        path: Arc::clone(&facts.path),
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
            kind: "",
            status: "invalid",
            code: Some(item.code.to_string()),
            reason: Some(item.title.clone()),
            left_out: None,
            path: Arc::clone(path),
        })
    });
    first_of_file.collect()
}
