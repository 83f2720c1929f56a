//! Loading one template.
//!
//! Takes a text, gives a rule that can be run, a rule that is refused, or what is wrong. Invariant: the result depends on
//! the text, the payload files and the limits alone, so templates can be loaded in any order and side by side. Must never
//! import compile or any later folder.

use std::sync::Arc;

use crate::base::{Limits, SourceFile};
use crate::diagnostic::Diagnostics;
use crate::dialect::yaml::{ReadOptions, read_document};
use crate::rule::Rule;

use super::context::Cx;
use super::files::PayloadFiles;
use super::template::template;

/// What came of a template.
#[derive(Debug)]
pub struct Loaded {
    /// The rule, `refused` where it cannot be run; `None` where the template is invalid.
    pub rule: Option<Rule>,
    /// Errors and warnings in order of place.
    pub diagnostics: Diagnostics,
}

/// Whether a text looks like a template: it has a map `info` at the top.
pub fn is_template(text: &str) -> bool {
    let info = |line: &str| line.strip_prefix("info").is_some_and(|rest| rest.trim_start().starts_with(':'));
    text.lines().any(info)
}

/// Loads one template.
pub fn load(file: &SourceFile, files: &dyn PayloadFiles, limits: &Limits) -> Loaded {
    let document = read_document(file, &ReadOptions::lenient(limits));
    let mut diagnostics = document.diagnostics;
    let mut cx = Cx::new(file, files, limits);
    let lowered = document.root.as_ref().and_then(|root| template(&mut cx, root));
    let (refused, found) = cx.finish();
    diagnostics.extend(found);
    diagnostics.sort();
    let rule = lowered.filter(|_| !diagnostics.has_errors()).map(|lowered| {
        let mut rule = Rule::of_sequence(lowered.id, Arc::new(lowered.sequence), file.clone());
        rule.workflow = lowered.workflow.map(Arc::new);
        rule.refused = refused;
        rule
    });
    Loaded { rule, diagnostics }
}
