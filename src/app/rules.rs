//! Rules for a command: collected, read, selected.
//!
//! Takes settings, gives rules and everything that is wrong with the files they came from. Invariant: a broken file costs
//! only its own rules. Must never import `cli`.

use crate::base::{Limits, SourceFile};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics, Level};
use crate::dialect::native;
use crate::pack;
use crate::rule::Rule;

use super::select::select;
use super::settings::Layer;

/// Rules as they were read.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// The rules, in order of their files.
    pub rules: Vec<Rule>,
    /// What is wrong with the files.
    pub diagnostics: Diagnostics,
    /// Every text that was read.
    pub files: Vec<SourceFile>,
}

/// Reads the rules that the settings name; nothing is selected yet.
pub fn read_rules(settings: &Layer, limits: &Limits) -> RuleSet {
    let wanted = settings.rules.as_ref().map_or(&[][..], |set| &set.value);
    let collected = pack::collect(wanted, limits);
    let loaded = native::load(&collected.files, limits);
    let mut diagnostics = collected.diagnostics;
    diagnostics.extend(loaded.diagnostics);
    if loaded.rules.is_empty() && !diagnostics.has_errors() {
        let help = "rules are YAML files; `outsight list` shows the built-in ones";
        diagnostics
            .push(Diagnostic::error("C0206", Blame::Configuration, "there is no rule in what was named").help(help));
    }
    RuleSet { rules: loaded.rules, diagnostics, files: collected.files }
}

/// The rules of a scan: read and selected. Broken files are errors, or warnings where the settings say to go on.
///
/// # Errors
/// Everything that is wrong with files and selection.
pub fn rules_to_scan(settings: &Layer, limits: &Limits) -> Result<(Vec<Rule>, Diagnostics), Diagnostics> {
    let read = read_rules(settings, limits);
    let skip_broken = settings.skip_broken.as_ref().is_some_and(|set| set.value);
    if read.diagnostics.has_errors() && (!skip_broken || read.rules.is_empty()) {
        return Err(read.diagnostics.into_errors());
    }
    let (rules, wrong) = select(read.rules, settings);
    if wrong.has_errors() {
        return Err(wrong);
    }
    // What a rule's author could do better is for `check` to say; here only what is missing from the scan counts.
    let broken = read.diagnostics.items.into_iter().filter(Diagnostic::is_error);
    let items = broken.map(|item| Diagnostic { level: Level::Warning, ..item }).chain(wrong.items).collect();
    Ok((rules, Diagnostics { items }))
}
