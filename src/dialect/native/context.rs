//! What lowering one rule knows and has found wrong so far.
//!
//! Owns the position in the text (a rule's file, or `shared.yaml` while one of its parts is expanded), the names, and the
//! diagnostics. Invariant: an error never stops the lowering of what stands beside it, so all errors of a file come at
//! once. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::suggest::closest;
use crate::base::{Limits, SourceFile, Span, Untrusted};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::dialect::yaml::{Entry, Map, Node};
use crate::rule::Refusal;

use super::grammar::Object;
use super::names::{Local, Names, Thing};
use super::shared::Folder;

/// The most conditions that one rule's definitions may expand to.
const MOST_CONDITIONS: usize = 20_000;

/// Bytes, roughly, that all regexes of a rule may take once they are compiled.
const MOST_WEIGHT: usize = 64 << 20;

/// The state of lowering one rule.
pub(super) struct Cx<'a> {
    /// Bounds.
    pub limits: &'a Limits,
    /// The folder's shared names and list files.
    pub folder: &'a Folder<'a>,
    /// The file that nodes come from now.
    pub source: &'a SourceFile,
    /// Where in the rule's own file a part of another file is used.
    pub used_at: Option<(&'a SourceFile, Span)>,
    /// Names that the rule and its folder give.
    pub names: Names<'a>,
    /// Why the rule cannot run in this build.
    pub refused: Option<Refusal>,
    found: Diagnostics,
    conditions: usize,
    weight: usize,
}

impl<'a> Cx<'a> {
    pub(super) fn new(source: &'a SourceFile, folder: &'a Folder<'a>, limits: &'a Limits) -> Self {
        Self {
            limits,
            folder,
            source,
            used_at: None,
            names: Names::default(),
            refused: None,
            found: Diagnostics::new(),
            conditions: 0,
            weight: 0,
        }
    }

    /// Takes note of the weight of a regex; whether all of the rule together are light enough.
    pub(super) fn weighs(&mut self, weight: usize) -> bool {
        let before = self.weight;
        self.weight = before.saturating_add(weight);
        self.weight <= MOST_WEIGHT || before > MOST_WEIGHT
    }

    /// The span that the rule keeps for a node: its own, or where the rule uses the file that holds it.
    pub(super) fn span(&self, span: Span) -> Span {
        self.used_at.map_or(span, |(_, at)| at)
    }

    /// Lowers a part of another file as if it stood where it is used.
    pub(super) fn elsewhere<T>(&mut self, source: &'a SourceFile, used: Span, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = (self.source, self.used_at);
        self.used_at = before.1.or(Some((before.0, used)));
        self.source = source;
        let result = work(self);
        (self.source, self.used_at) = before;
        result
    }

    /// Begins an error at a place of the current file.
    pub(super) fn error(&self, code: &'static str, title: impl Into<String>, span: Span, label: &str) -> Diagnostic {
        self.placed(Diagnostic::error(code, Blame::RuleAuthor, title), span, label)
    }

    /// Begins a warning at a place of the current file.
    pub(super) fn warning(&self, code: &'static str, title: impl Into<String>, span: Span, label: &str) -> Diagnostic {
        self.placed(Diagnostic::warning(code, Blame::RuleAuthor, title), span, label)
    }

    fn placed(&self, diagnostic: Diagnostic, span: Span, label: &str) -> Diagnostic {
        let diagnostic = diagnostic.at(self.source, span, label);
        match self.used_at {
            Some((source, at)) => diagnostic.at(source, at, "used here"),
            None => diagnostic,
        }
    }

    /// Keeps a diagnostic.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Reports a node that is not what is wanted; silent where nothing is written, as the reader has said so already.
    pub(super) fn wrong(&mut self, node: &Node, wanted: &str, help: &str) {
        if !node.is_missing() {
            let title = format!("{wanted} is wanted here, this is {}", node.noun());
            let error = self.error("R0103", title, node.span, "here");
            self.push(if help.is_empty() { error } else { error.help(help) });
        }
    }

    /// The map that a node must be.
    pub(super) fn map<'n>(&mut self, node: &'n Node, wanted: &str) -> Option<&'n Map> {
        if node.map().is_none() {
            let glued = node.scalar().and_then(|scalar| scalar.text.split_once(':'));
            let help = match glued.filter(|(key, value)| !key.contains(' ') && !value.is_empty()) {
                Some((key, value)) => {
                    format!("a space after the colon makes it a map: `{}: {}`", shown(key), shown(value))
                }
                None => String::new(),
            };
            self.wrong(node, wanted, &help);
        }
        node.map()
    }

    /// Reports keys that are not the object's, and required ones that are missing.
    pub(super) fn check_keys(&mut self, map: &Map, object: &Object, span: Span) {
        for entry in &map.entries {
            if object.key(&entry.key.text).is_none() {
                self.unknown_key(entry, object);
            }
        }
        self.check_required(map, object, span);
    }

    /// Reports required keys of the object that are missing.
    pub(super) fn check_required(&mut self, map: &Map, object: &Object, span: Span) {
        let missing = object.keys.iter().filter(|key| key.required && map.get(key.name).is_none());
        for key in missing {
            let title = format!("{} needs `{}`", object.title, key.name);
            let place = Span { start: span.start, end: span.start.saturating_add(1).min(span.end) };
            let error = self.error("R0102", title, place, "in this map");
            self.push(error.help(format!("{} Example: `{}: {}`", key.doc, key.name, key.example)));
        }
    }

    fn unknown_key(&mut self, entry: &Entry, object: &Object) {
        let name = shown(&entry.key.text);
        let label = object.closest(&entry.key.text).map(|near| format!("did you mean `{near}`?"));
        let help = match label {
            Some(_) => String::new(),
            None => format!("keys of {} are {}", object.title, list(object.keys.iter().map(|key| key.name))),
        };
        let title = format!("{} has no key `{name}`", object.title);
        let error = self.error("R0101", title, entry.key_span, label.as_deref().unwrap_or("unknown"));
        self.push(if help.is_empty() { error } else { error.help(help) });
    }

    /// Counts a condition; false where the definitions expand to too many.
    pub(super) fn count_condition(&mut self, span: Span) -> bool {
        self.conditions += 1;
        if self.conditions == MOST_CONDITIONS {
            let title = format!("the definitions expand to more than {MOST_CONDITIONS} conditions");
            let error = self.error("R0117", title, span, "expansion stopped here");
            self.push(error.help("let definitions use fewer others"));
        }
        self.conditions < MOST_CONDITIONS
    }

    /// The names that any request of the rule binds, for fixtures that answer any of them.
    pub(super) fn all_locals(&self) -> Arc<[Local]> {
        let requests = self.names.iter().filter_map(|named| match &named.thing {
            Thing::Request(request) => Some(request),
            _ => None,
        });
        requests.flat_map(|request| request.locals.iter().cloned()).collect()
    }

    /// Notes why the rule cannot run in this build; the first reason counts.
    pub(super) fn refuse(&mut self, code: &'static str, reason: &str) {
        self.refused.get_or_insert_with(|| Refusal { code, reason: reason.to_owned(), tests_run: true });
    }

    /// Everything found.
    pub(super) fn finish(self) -> Diagnostics {
        self.found
    }

    /// Whether an error was found.
    pub(super) fn has_errors(&self) -> bool {
        self.found.has_errors()
    }
}

/// A name or value of a file for a message.
pub(super) fn shown(text: &str) -> String {
    Untrusted(text).terminal_short(60)
}

/// A message of a library, at most one line.
pub(super) fn said(message: &str) -> String {
    let line = message.lines().rev().find_map(|line| line.trim().strip_prefix("= ")).unwrap_or(message);
    Untrusted(line).terminal_short(200)
}

/// Words in a sentence: `a`, `b`, `c`.
pub(super) fn list<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// `did you mean` for a label, or another word.
pub(super) fn suggestion<'w>(name: &str, known: impl IntoIterator<Item = &'w str>, otherwise: &str) -> String {
    closest(name, known).map_or_else(|| otherwise.to_owned(), |near| format!("did you mean `{near}`?"))
}
