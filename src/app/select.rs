//! Choosing rules by severity, tags, id and category.
//!
//! Invariant: a rule is chosen by what it says of itself alone, so leaving one out never changes another.
//! Must never import `cli`.

use std::collections::BTreeSet;

use crate::base::suggest;
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::rule::Rule;

use super::settings::{Layer, Pattern, Set};

/// The rules that the settings choose, and what is wrong with the choice: a word that no rule knows is an error where it
/// includes and a warning where it excludes.
pub fn select(rules: Vec<Rule>, settings: &Layer) -> (Vec<Rule>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    check_words(&rules, settings, &mut diagnostics);
    if diagnostics.has_errors() {
        return (Vec::new(), diagnostics);
    }
    let loaded = rules.len();
    let chosen: Vec<Rule> = rules.into_iter().filter(|rule| is_chosen(rule, settings)).collect();
    if chosen.is_empty() {
        let title = format!("none of the {loaded} rules is selected");
        let help = "loosen --severity, --tags, --id or --category; `outsight list` shows what there is";
        diagnostics.push(Diagnostic::error("C0302", Blame::Configuration, title).help(help));
    }
    (chosen, diagnostics)
}

fn is_chosen(rule: &Rule, settings: &Layer) -> bool {
    let severities = rule.severities();
    let has_tag = |tags: &Vec<String>| rule.meta.tags.iter().any(|tag| tags.iter().any(|wanted| **wanted == **tag));
    let has_id = |patterns: &Vec<Pattern>| patterns.iter().any(|pattern| pattern.matches(&rule.id));
    let wanted = includes(&settings.severity, |wanted| wanted.iter().any(|one| severities.contains(one)))
        && includes(&settings.tags, has_tag)
        && includes(&settings.id, has_id)
        && includes(&settings.category, |wanted| wanted.contains(&rule.meta.category));
    let refused = excludes(&settings.exclude_severity, |refused| severities.iter().all(|one| refused.contains(one)))
        || excludes(&settings.exclude_tags, has_tag)
        || excludes(&settings.exclude_id, has_id)
        || excludes(&settings.exclude_category, |refused| refused.contains(&rule.meta.category));
    wanted && !refused
}

fn includes<T>(set: &Option<Set<Vec<T>>>, holds: impl Fn(&Vec<T>) -> bool) -> bool {
    set.as_ref().is_none_or(|set| holds(&set.value))
}

fn excludes<T>(set: &Option<Set<Vec<T>>>, holds: impl Fn(&Vec<T>) -> bool) -> bool {
    set.as_ref().is_some_and(|set| holds(&set.value))
}

fn check_words(rules: &[Rule], settings: &Layer, diagnostics: &mut Diagnostics) {
    let ids: Vec<&str> = rules.iter().map(|rule| &*rule.id).collect();
    let tags: BTreeSet<&str> = rules.iter().flat_map(|rule| rule.meta.tags.iter().map(|tag| &**tag)).collect();
    for (patterns, required) in [(&settings.id, true), (&settings.exclude_id, false)] {
        for pattern in patterns.iter().flat_map(|set| &set.value) {
            if !pattern.is_open() && !ids.contains(&pattern.source()) {
                diagnostics.push(unknown("rule", pattern.source(), ids.iter().copied(), required));
            }
        }
    }
    for (wanted, required) in [(&settings.tags, true), (&settings.exclude_tags, false)] {
        for tag in wanted.iter().flat_map(|set| &set.value).filter(|tag| !tags.contains(tag.as_str())) {
            diagnostics.push(unknown("tag", tag, tags.iter().copied(), required));
        }
    }
}

/// The error or warning for a word that no rule knows.
pub fn unknown<'a>(kind: &str, word: &str, known: impl Iterator<Item = &'a str>, required: bool) -> Diagnostic {
    let title = format!("no {kind} is called `{word}`");
    let diagnostic = match required {
        true => Diagnostic::error("C0306", Blame::Configuration, title),
        false => Diagnostic::warning("C0306", Blame::Configuration, title),
    };
    match suggest::closest(word, known) {
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help("`outsight list` shows all rules"),
    }
}
