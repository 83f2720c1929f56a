//! Rules for a command: collected, read, selected.
//!
//! Takes settings, gives rules and everything that is wrong with the files they came from. Invariant: a broken file costs
//! only its own rules. Must never import `cli`.

use std::sync::Arc;

use rayon::prelude::*;

use crate::base::{Limits, SourceFile};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics, Level};
use crate::dialect::native;
use crate::dialect::nuclei::{self, PayloadFiles};
use crate::pack::{self, Facts, Root, TemplateFile};
use crate::rule::Rule;

use super::select::{Choice, select};
use super::settings::Layer;

/// Rules as they were read.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// The rules, in order of their files.
    pub rules: Vec<Rule>,
    /// What each is chosen by, in the same order.
    pub facts: Vec<Facts>,
    /// What is wrong with the files.
    pub diagnostics: Diagnostics,
    /// Every text that was read.
    pub files: Vec<SourceFile>,
}

impl RuleSet {
    /// The chosen rules, the rest dropped.
    pub fn take(self, chosen: &[usize]) -> Vec<Rule> {
        let mut wanted = chosen.iter().copied().peekable();
        let of_index = self.rules.into_iter().enumerate();
        of_index.filter_map(|(index, rule)| wanted.next_if_eq(&index).map(|_| rule)).collect()
    }
}

/// The payload files beside a template.
struct Payloads<'a> {
    root: &'a Root,
    template: &'a str,
}

impl PayloadFiles for Payloads<'_> {
    fn read(&self, path: &str) -> Result<Arc<str>, nuclei::PayloadError> {
        self.root.payload(self.template, path).map_err(|error| match error {
            pack::PayloadError::Missing => nuclei::PayloadError::Missing,
            pack::PayloadError::Outside => nuclei::PayloadError::Outside,
            pack::PayloadError::TooLarge => nuclei::PayloadError::Unreadable("it is larger than is read".into()),
            pack::PayloadError::NotText => nuclei::PayloadError::Unreadable("it is not UTF-8".into()),
            pack::PayloadError::Unreadable => nuclei::PayloadError::Unreadable("it cannot be read".into()),
        })
    }
}

/// Reads the rules that the settings name; nothing is selected yet.
pub fn read_rules(settings: &Layer, limits: &Limits) -> RuleSet {
    let wanted = settings.rules.as_ref().map_or(&[][..], |set| &set.value);
    let collected = pack::collect(wanted, limits);
    let mut loaded = native::load(&collected.files, limits);
    let mut diagnostics = collected.diagnostics;
    diagnostics.extend(loaded.diagnostics);
    let mut files = collected.files;
    for pack in collected.community {
        let load = |file: &TemplateFile| {
            nuclei::load(&file.source, &Payloads { root: &pack.root, template: &file.inside }, limits)
        };
        let templates: Vec<nuclei::Loaded> = pack.files.par_iter().map(load).collect();
        for template in templates {
            diagnostics.extend(template.diagnostics);
            loaded.rules.extend(template.rule);
        }
        files.extend(pack.files.into_iter().map(|file| file.source));
    }
    if loaded.rules.is_empty() && !diagnostics.has_errors() {
        let help = "rules are YAML files; `outsight list` shows the built-in ones";
        diagnostics
            .push(Diagnostic::error("C0206", Blame::Configuration, "there is no rule in what was named").help(help));
    }
    let facts = loaded.rules.iter().map(Facts::of).collect();
    RuleSet { rules: loaded.rules, facts, diagnostics, files }
}

/// The rules of a scan: read and selected. Broken files are errors, or warnings where the settings say to go on.
///
/// # Errors
/// Everything that is wrong with files and selection.
pub fn rules_to_scan(settings: &Layer, limits: &Limits) -> Result<(Vec<Rule>, Diagnostics), Diagnostics> {
    let mut read = read_rules(settings, limits);
    let skip_broken = settings.skip_broken.as_ref().is_some_and(|set| set.value);
    if read.diagnostics.has_errors() && (!skip_broken || read.rules.is_empty()) {
        return Err(read.diagnostics.into_errors());
    }
    let Choice { chosen, diagnostics: wrong, .. } = select(&read.facts, settings);
    if wrong.has_errors() {
        return Err(wrong);
    }
    // What a rule's author could do better is for `check` to say; here only what is missing from the scan counts.
    let broken = std::mem::take(&mut read.diagnostics).items.into_iter().filter(Diagnostic::is_error);
    let items = broken.map(|item| Diagnostic { level: Level::Warning, ..item }).chain(wrong.items).collect();
    Ok((read.take(&chosen), Diagnostics { items }))
}
