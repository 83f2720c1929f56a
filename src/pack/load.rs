//! A community pack as rules: from the cache where it is there, else from its templates.
//!
//! Takes a pack's texts, gives rules and what each is chosen by. Invariant: the result depends on the pack's bytes and the
//! limits alone, whether it was kept or not, and a broken template costs only itself. Must never import a folder above
//! `report`.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::cache::{self, Kept, Store};
use super::community::{Community, Ignore, Invalid, Root, TemplateFile, kind_of, unusual_sort};
use super::digest::hash;
use super::facts::{Facts, Kind, LeftOut};
use super::files::read_text;
use crate::base::{Limits, SourceFile, Span};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::dialect::nuclei::{self, PayloadError, PayloadFiles};
use crate::rule::Rule;

/// What came of a pack.
#[derive(Debug, Default)]
pub struct LoadedPack {
    /// What each rule is chosen by; refused ones are among them.
    pub facts: Vec<Facts>,
    /// The rules, in the same order.
    pub rules: Rules,
    /// Files that hold no rule, because they are wrong.
    pub invalid: Vec<Invalid>,
    /// Everything that is wrong, with its place; empty where the pack was kept.
    pub diagnostics: Diagnostics,
}

/// Rules that are there, or that are made from their records when they are taken.
#[derive(Debug)]
pub enum Rules {
    /// They are there.
    Read(Vec<Rule>),
    /// They are kept.
    Kept(Kept),
}

impl Default for Rules {
    fn default() -> Self {
        Self::Read(Vec::new())
    }
}

impl Rules {
    /// The rules of these indices, which ascend; `None` where what was kept turns out to be none.
    pub fn take(self, chosen: &[usize]) -> Option<Vec<Rule>> {
        match self {
            Self::Kept(kept) => kept.take(chosen),
            Self::Read(rules) => {
                let mut chosen = chosen.iter().copied().peekable();
                let wanted = rules.into_iter().enumerate();
                Some(wanted.filter_map(|(index, rule)| chosen.next_if_eq(&index).map(|_| rule)).collect())
            }
        }
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Read(rules) => rules.len(),
            Self::Kept(kept) => kept.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Loads a pack; with a store, from there where it can be, and keeps it there where it was not.
pub fn load(pack: &Community, store: Option<&Store>, limits: &Limits) -> LoadedPack {
    if let Some(kept) = store.and_then(|store| cache::read(store, pack, limits)) {
        let cache::Found { facts, kept, invalid } = kept;
        return LoadedPack { facts, rules: Rules::Kept(kept), invalid, ..LoadedPack::default() };
    }
    let (loaded, is_same) = read_templates(pack, limits);
    if let (Some(store), Rules::Read(rules), true) = (store, &loaded.rules, is_same) {
        // Without a cache the next start takes longer, and nothing else.
        let _ = cache::write(store, pack, limits, (rules, &loaded.facts, &loaded.invalid));
    }
    loaded
}

/// What came of one template.
#[derive(Default)]
struct Lowered {
    rule: Option<(Rule, Facts)>,
    diagnostics: Diagnostics,
    /// Whether the text is another than the one that was collected.
    changed: bool,
}

/// The pack as its templates say, and whether they are those that were collected.
fn read_templates(pack: &Community, limits: &Limits) -> (LoadedPack, bool) {
    // The longest first, so that no thread is left alone with one at the end.
    let mut order: Vec<usize> = (0..pack.files.len()).collect();
    order.sort_by_key(|index| pack.files.get(*index).map(|file| std::cmp::Reverse(file.content.1)));
    let lower = |index: &usize| pack.files.get(*index).map(|file| (*index, lower(&pack.root, file, limits)));
    let mut lowered: Vec<(usize, Lowered)> = order.par_iter().with_max_len(16).filter_map(lower).collect();
    lowered.sort_by_key(|(index, _)| *index);
    let (mut loaded, mut rules) = (LoadedPack::default(), Vec::new());
    let mut known: HashMap<Arc<str>, SourceFile> = HashMap::new();
    let is_same = !lowered.iter().any(|(_, lowered)| lowered.changed);
    for (index, mut lowered) in lowered {
        let Some(file) = pack.files.get(index) else { continue };
        if let Some((rule, _)) = &lowered.rule {
            match known.get(&rule.id) {
                None => drop(known.insert(Arc::clone(&rule.id), rule.source.clone())),
                Some(first) => {
                    lowered.diagnostics.push(repeated(rule, first));
                    lowered.rule = None;
                }
            }
        }
        match (lowered.rule, lowered.diagnostics.items.iter().find(|item| item.is_error())) {
            (Some((rule, facts)), _) => {
                rules.push(rule);
                loaded.facts.push(facts);
            }
            (None, error) => loaded.invalid.push(Invalid {
                path: Arc::clone(&file.name),
                code: error.map_or("R0003", |error| error.code).into(),
                title: error.map_or("the file holds no template", |error| &error.title).into(),
            }),
        }
        loaded.diagnostics.extend(lowered.diagnostics);
    }
    loaded.rules = Rules::Read(rules);
    (loaded, is_same)
}

fn lower(root: &Root, file: &TemplateFile, limits: &Limits) -> Lowered {
    let source = match read_text(&file.path, limits) {
        Ok(source) => source,
        Err(error) => {
            return Lowered { diagnostics: Diagnostics { items: vec![*error] }, changed: true, ..Lowered::default() };
        }
    };
    let changed = hash(&[&source.text]) != file.content.0;
    let loaded = nuclei::load(&source, &Payloads { root, template: &file.inside }, limits);
    let rule = loaded.rule.map(|rule| {
        let mut facts = Facts::of(&rule);
        facts.inside = Arc::clone(&file.inside);
        facts.is_alone = file.is_alone;
        facts.kind = kind_of(&source.text).unwrap_or(facts.kind);
        let listens = rule.sequence.as_ref().is_some_and(|sequence| sequence.listens());
        let listens = listens.then(|| LeftOut::Sort("global-matchers".into()));
        facts.left_out = left_out(root.ignore(), &facts, &source.text).or(listens);
        (rule, facts)
    });
    Lowered { rule, diagnostics: loaded.diagnostics, changed }
}

/// Why a template is not run unless it is asked for.
fn left_out(ignore: &Ignore, facts: &Facts, text: &str) -> Option<LeftOut> {
    if let Some(entry) = ignore.file(&facts.inside) {
        return Some(LeftOut::File(Arc::clone(entry)));
    }
    let is_ignored = |tag: &&Arc<str>| ignore.tags().iter().any(|one| one.eq_ignore_ascii_case(tag));
    let tags: Vec<Arc<str>> = facts.tags.iter().filter(is_ignored).map(Arc::clone).collect();
    if !tags.is_empty() {
        return Some(LeftOut::Tags(tags));
    }
    let refused = facts.refused.as_ref().map(|(code, _)| &**code);
    let refused = refused.filter(|code| matches!(*code, "fuzzing" | "self-contained"));
    let workflow = (facts.kind == Kind::Workflow).then_some("workflow");
    unusual_sort(text).or(refused).or(workflow).map(|sort| LeftOut::Sort(sort.into()))
}

fn repeated(rule: &Rule, first: &SourceFile) -> Diagnostic {
    let title = format!("two templates are called `{}`", rule.id);
    let error = Diagnostic::error("R0128", Blame::RuleAuthor, title).at(&rule.source, Span::default(), "here");
    error.at(first, Span::default(), "and here").help("the first one is loaded; rename the other")
}

/// The payload files of a pack, as one template names them.
struct Payloads<'a> {
    root: &'a Root,
    template: &'a str,
}

impl PayloadFiles for Payloads<'_> {
    fn read(&self, path: &str) -> Result<Arc<str>, PayloadError> {
        self.root.payload(self.template, path)
    }
}
