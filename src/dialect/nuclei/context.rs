//! What lowering one template knows and has found so far.
//!
//! Invariant: an error never stops the lowering of what stands beside it, and the first refusal names the template's
//! code. Must never import compile or any later folder.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::{Limits, SourceFile, Span, Untrusted};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::dialect::yaml::Node;
use crate::rule::Refusal;

use super::files::PayloadFiles;
use super::refusal::{self, Why};

/// The most diagnostics that one template reports.
const MOST: usize = 100;

/// The state of lowering one template.
pub(super) struct Cx<'a> {
    /// Bounds.
    pub limits: &'a Limits,
    /// The template's text.
    pub source: &'a SourceFile,
    /// The pack's payload files.
    pub files: &'a dyn PayloadFiles,
    /// Names of random words that the template uses.
    pub tokens: BTreeSet<Arc<str>>,
    /// Whether something speaks of the interaction server.
    pub needs_oob: bool,
    requests: usize,
    refused: Option<Refusal>,
    found: Diagnostics,
}

impl<'a> Cx<'a> {
    pub(super) fn new(source: &'a SourceFile, files: &'a dyn PayloadFiles, limits: &'a Limits) -> Self {
        let (tokens, found) = (BTreeSet::new(), Diagnostics::new());
        Self { limits, source, files, tokens, needs_oob: false, requests: 0, refused: None, found }
    }

    /// Notes that the template cannot be run; the first reason stays.
    pub(super) fn refuse(&mut self, why: &'static Why, span: Span, detail: &str) {
        if self.refused.is_none() {
            let (line, _) = self.source.position(span.start);
            let reason = if detail.is_empty() {
                format!("{} (line {line})", why.reason)
            } else {
                format!("{}: {} (line {line})", why.reason, shown(detail))
            };
            self.refused = Some(Refusal { code: why.code, reason, tests_run: false });
        }
    }

    /// Takes note of requests that a block sends; whether the template stays within what a rule may send to a host.
    pub(super) fn count_requests(&mut self, more: usize, span: Span, detail: &str) -> bool {
        self.requests = self.requests.saturating_add(more);
        let within = self.requests <= self.limits.requests_per_rule;
        if !within {
            let most = self.limits.requests_per_rule;
            let lists = if detail.is_empty() { String::new() } else { format!(", {detail}") };
            self.refuse(refusal::PAYLOAD_PRODUCT, span, &format!("{} of at most {most}{lists}", self.requests));
        }
        within
    }

    /// Reports an error, which makes the template invalid.
    pub(super) fn error(&mut self, code: &'static str, title: impl Into<String>, span: Span, label: &str, help: &str) {
        self.push(Diagnostic::error(code, Blame::RuleAuthor, title), span, label, help);
    }

    /// Reports what the template's author could do better.
    pub(super) fn warning(
        &mut self,
        code: &'static str,
        title: impl Into<String>,
        span: Span,
        label: &str,
        help: &str,
    ) {
        self.push(Diagnostic::warning(code, Blame::RuleAuthor, title), span, label, help);
    }

    fn push(&mut self, diagnostic: Diagnostic, span: Span, label: &str, help: &str) {
        if self.found.items.len() < MOST {
            let diagnostic = diagnostic.at(self.source, span, label);
            self.found.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
        }
    }

    /// Reports a node that is not what is wanted.
    pub(super) fn wrong(&mut self, node: &Node, wanted: &str) {
        let title = format!("{wanted} is wanted here, this is {}", node.noun());
        self.error("R0103", title, node.span, "here", "");
    }

    /// Everything found, and why the template is refused.
    pub(super) fn finish(self) -> (Option<Refusal>, Diagnostics) {
        (self.refused, self.found)
    }
}

/// A text of the template as messages show it: short and on one line.
pub(super) fn shown(text: &str) -> String {
    const WIDTH: usize = 80;
    let line = text.lines().next().unwrap_or("").trim();
    let cut = line.char_indices().nth(WIDTH).map_or(line.len(), |(at, _)| at);
    let mut short = Untrusted(line.get(..cut).unwrap_or("")).terminal();
    if cut < line.len() || text.lines().nth(1).is_some() {
        short.push('…');
    }
    short
}
