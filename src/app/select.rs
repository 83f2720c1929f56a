//! Choosing rules by severity, tags, id, category, author and what they send.
//!
//! Takes the facts of rules, gives which are chosen. Invariant: a rule is chosen by what it says of itself and by what its
//! pack leaves out, so leaving one out never changes another. Must never import `cli`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::suggest;
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::pack::{Facts, Kind, LeftOut};

use super::settings::{Layer, Pattern, Set, Source};

/// What came of choosing.
#[derive(Debug, Default)]
pub struct Choice {
    /// The rules that are chosen, by index and in order.
    pub chosen: Vec<usize>,
    /// The rules that the filters would choose, and that their pack leaves out by default.
    pub left_out: Vec<usize>,
    /// What is wrong with the filters: a word that no rule knows is an error where it includes and a warning where it
    /// excludes.
    pub diagnostics: Diagnostics,
}

/// The rules that the settings choose.
pub fn select(rules: &[Facts], settings: &Layer) -> Choice {
    let mut choice = Choice::default();
    check_words(rules, settings, &mut choice.diagnostics);
    if choice.diagnostics.has_errors() {
        return choice;
    }
    for (index, rule) in rules.iter().enumerate().filter(|(_, rule)| is_wanted(rule, settings)) {
        if left_out(rule, settings).is_some() { choice.left_out.push(index) } else { choice.chosen.push(index) }
    }
    if choice.chosen.is_empty() {
        let title = format!("none of the {} rules is selected", rules.len());
        let help = match choice.left_out.is_empty() {
            true => {
                "loosen --severity, --tags, --id, --category, --author or --type; `outsight list` shows what there is"
            }
            false => "their pack leaves them out; --include-tags, --include-templates or --id asks for them",
        };
        choice.diagnostics.push(Diagnostic::error("C0302", Blame::Configuration, title).help(help));
    }
    choice
}

/// Whether the filters choose a rule, whatever its pack leaves out. A workflow that is named by itself is chosen whatever
/// filters include.
pub fn is_wanted(rule: &Facts, settings: &Layer) -> bool {
    let of = |known: &[Arc<str>], words: &Vec<String>| {
        known.iter().any(|one| words.iter().any(|word| one.eq_ignore_ascii_case(word)))
    };
    let has_tag = |tags: &Vec<String>| of(&rule.tags, tags);
    let has_author = |authors: &Vec<String>| of(&rule.authors, authors);
    let has_id = |patterns: &Vec<Pattern>| patterns.iter().any(|pattern| pattern.matches(&rule.id));
    let levels = &rule.levels;
    let wanted =
        includes(&settings.severity, |wanted| levels.is_empty() || wanted.iter().any(|one| levels.contains(one)))
            && includes(&settings.tags, has_tag)
            && includes(&settings.id, has_id)
            && includes(&settings.category, |wanted| wanted.contains(&rule.category))
            && includes(&settings.author, has_author)
            && includes(&settings.kind, |wanted| wanted.contains(&rule.kind));
    let no_level_left = |refused: &Vec<_>| !levels.is_empty() && levels.iter().all(|one| refused.contains(one));
    let included_tags = settings.include_tags.as_ref().map(|set| &set.value);
    let refuses_tag = |tags: &Vec<String>| {
        let included = |tag: &String| included_tags.is_some_and(|known| known.iter().any(|one| one == tag));
        has_tag(&tags.iter().filter(|tag| !included(tag)).cloned().collect())
    };
    let refused = excludes(&settings.exclude_severity, no_level_left)
        || excludes(&settings.exclude_tags, refuses_tag)
        || excludes(&settings.exclude_id, has_id)
        || excludes(&settings.exclude_category, |refused| refused.contains(&rule.category))
        || excludes(&settings.exclude_author, has_author)
        || excludes(&settings.exclude_kind, |refused| refused.contains(&rule.kind))
        || excludes(&settings.exclude_templates, |paths| is_at(rule, paths));
    let is_named = rule.kind == Kind::Workflow && rule.is_alone;
    (wanted || is_named || is_included(rule, settings)) && !refused
}

/// Why a rule's pack leaves it out, where the settings do not ask for it.
pub fn left_out<'r>(rule: &'r Facts, settings: &Layer) -> Option<&'r LeftOut> {
    rule.left_out.as_ref().filter(|why| !is_asked_for(rule, why, settings))
}

/// Whether what a pack leaves out is asked for: by its file, by its whole id, or by the settings that include.
fn is_asked_for(rule: &Facts, why: &LeftOut, settings: &Layer) -> bool {
    let by_id = includes(&settings.id, |patterns| patterns.iter().any(|pattern| pattern.source() == &*rule.id))
        && settings.id.is_some();
    let by_tags = match why {
        LeftOut::Tags(tags) => {
            let is_included = |tag: &str| excludes(&settings.include_tags, |known| known.iter().any(|one| one == tag));
            tags.iter().all(|tag| is_included(tag))
        }
        LeftOut::File(_) | LeftOut::Sort(_) => false,
    };
    rule.is_alone || by_id || by_tags || is_included(rule, settings)
}

fn is_included(rule: &Facts, settings: &Layer) -> bool {
    excludes(&settings.include_templates, |paths| is_at(rule, paths))
}

fn is_at(rule: &Facts, paths: &[String]) -> bool {
    paths.iter().any(|path| {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        let is_below =
            |whole: &str| whole.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        is_below(&rule.inside) || is_below(rule.path.trim_start_matches("./"))
    })
}

fn includes<T>(set: &Option<Set<Vec<T>>>, holds: impl Fn(&Vec<T>) -> bool) -> bool {
    set.as_ref().is_none_or(|set| holds(&set.value))
}

fn excludes<T>(set: &Option<Set<Vec<T>>>, holds: impl Fn(&Vec<T>) -> bool) -> bool {
    set.as_ref().is_some_and(|set| holds(&set.value))
}

/// What packs leave out, counted by reason: for one line that says so.
pub fn summarize_left_out(rules: &[Facts], left_out: &[usize]) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for why in left_out.iter().filter_map(|index| rules.get(*index)?.left_out.as_ref()) {
        *counts.entry(why.sort()).or_default() += 1;
    }
    let parts: Vec<String> = counts.iter().map(|(sort, count)| format!("{count} {sort}")).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Words of a rule to choose by.
type Words = fn(&Facts) -> &Vec<Arc<str>>;

fn check_words(rules: &[Facts], settings: &Layer, diagnostics: &mut Diagnostics) {
    // What named workflows order is known only once they are read.
    if settings.workflows.is_some() {
        return;
    }
    // What no setting speaks of is not collected: a community pack has thousands of rules.
    for (patterns, required) in [(&settings.id, true), (&settings.exclude_id, false)] {
        if patterns.is_none() {
            continue;
        }
        let ids: BTreeSet<&str> = rules.iter().map(|rule| &*rule.id).collect();
        let required = required && !patterns.iter().any(|set| matches!(set.source, Source::Profile(_)));
        for pattern in patterns.iter().flat_map(|set| &set.value) {
            if !pattern.is_open() && !ids.contains(pattern.source()) {
                diagnostics.push(unknown("rule", pattern.source(), ids.iter().copied(), required));
            }
        }
    }
    let (tags, authors): (Words, Words) = (|rule| &rule.tags, |rule| &rule.authors);
    let words = [
        ("tag", &settings.tags, tags, true),
        ("tag", &settings.exclude_tags, tags, false),
        ("tag", &settings.include_tags, tags, false),
        ("author", &settings.author, authors, true),
        ("author", &settings.exclude_author, authors, false),
    ];
    for (kind, wanted, of, required) in words {
        if wanted.is_none() {
            continue;
        }
        let known: BTreeSet<&str> = rules.iter().flat_map(of).map(|word| &**word).collect();
        // A profile goes with many versions of its pack.
        let required = required && !wanted.iter().any(|set| matches!(set.source, Source::Profile(_)));
        let is_known = |word: &str| known.contains(word) || known.iter().any(|one| one.eq_ignore_ascii_case(word));
        for word in wanted.iter().flat_map(|set| &set.value).filter(|word| !is_known(word)) {
            diagnostics.push(unknown(kind, word, known.iter().copied(), required));
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
