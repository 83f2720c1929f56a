//! What a change on disk means for the rules.
//!
//! Takes the files as they are now, compares them with what is held, reads again what a change affects: the file itself,
//! and with a `shared.yaml` or a list, the rules that use it. Invariant: a rule that was good stays, as it was, until a
//! good version replaces it or its file is gone. Must never import a folder above `pack`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::{Limits, SourceFile};
use crate::diagnostic::Diagnostics;
use crate::dialect::native;
use crate::pack;
use crate::rule::Rule;

/// The rules of some packs, kept up to date.
#[derive(Debug)]
pub struct Session {
    wanted: Vec<String>,
    limits: Limits,
    files: BTreeMap<Arc<str>, SourceFile>,
    good: BTreeMap<Arc<str>, Vec<Rule>>,
    /// What could not even be collected when it was last looked at, so that it is told once.
    unread: Vec<String>,
}

/// What a change came to.
#[derive(Debug, Default)]
pub struct Reloaded {
    /// Files that are new or different.
    pub changed: Vec<Arc<str>>,
    /// Files that are gone.
    pub removed: Vec<Arc<str>>,
    /// Rules that were read again without an error, to be tested.
    pub rules: Vec<Rule>,
    /// What is wrong with what was read again.
    pub diagnostics: Diagnostics,
    /// Broken files whose last good version stays in force.
    pub kept: Vec<Arc<str>>,
}

impl Session {
    /// A session that holds nothing yet; the first [`Session::refresh`] reads everything.
    pub fn new(wanted: Vec<String>, limits: Limits) -> Self {
        Self { wanted, limits, files: BTreeMap::new(), good: BTreeMap::new(), unread: Vec::new() }
    }

    /// How many rules are in force.
    pub fn rules(&self) -> usize {
        self.good.values().map(Vec::len).sum()
    }

    /// Looks at the disk again; `None` where nothing is different.
    pub fn refresh(&mut self) -> Option<Reloaded> {
        let collected = pack::collect(&self.wanted, &self.limits);
        let now: BTreeMap<_, _> = collected.files.into_iter().map(|file| (Arc::clone(&file.name), file)).collect();
        let differs = |name: &Arc<str>, file: &SourceFile| self.files.get(name).is_none_or(|old| old.text != file.text);
        let changed: Vec<_> =
            now.iter().filter(|(name, file)| differs(name, file)).map(|(name, _)| Arc::clone(name)).collect();
        let removed: Vec<_> = self.files.keys().filter(|name| !now.contains_key(*name)).map(Arc::clone).collect();
        let unread: Vec<String> = collected.diagnostics.items.iter().map(|item| item.title.clone()).collect();
        if changed.is_empty() && removed.is_empty() && unread == self.unread {
            return None;
        }
        self.files = now;
        self.unread = unread;
        self.good.retain(|name, _| self.files.contains_key(name));
        let affected = self.affected(&changed, &removed);
        let mut reloaded = self.read(&affected);
        reloaded.diagnostics.extend(collected.diagnostics);
        Some(Reloaded { changed, removed, ..reloaded })
    }

    /// The rule files to read again.
    fn affected(&self, changed: &[Arc<str>], removed: &[Arc<str>]) -> BTreeSet<Arc<str>> {
        let mut affected: BTreeSet<Arc<str>> = changed.iter().filter(|name| is_rule(name)).map(Arc::clone).collect();
        for helper in changed.iter().chain(removed).filter(|name| !is_rule(name)) {
            let (folder, base) = split(helper);
            let uses = |name: &str, file: &SourceFile| match is_shared(helper) {
                true => split(name).0 == folder,
                false => file.text.contains(base),
            };
            let users = self.files.iter().filter(|(name, file)| is_rule(name) && uses(name, file));
            affected.extend(users.map(|(name, _)| Arc::clone(name)));
        }
        affected
    }

    fn read(&mut self, affected: &BTreeSet<Arc<str>>) -> Reloaded {
        let folders: BTreeSet<&str> = affected.iter().map(|name| split(name).0).collect();
        let wanted = |name: &Arc<str>| match is_rule(name) {
            true => affected.contains(name),
            false => !is_shared(name) || folders.contains(split(name).0),
        };
        let files: Vec<SourceFile> =
            self.files.iter().filter(|(name, _)| wanted(name)).map(|(_, file)| file.clone()).collect();
        let loaded = native::load(&files, &self.limits);
        let mut reloaded = Reloaded { diagnostics: loaded.diagnostics, ..Reloaded::default() };
        let mut fresh: BTreeMap<Arc<str>, Vec<Rule>> = BTreeMap::new();
        for rule in loaded.rules {
            fresh.entry(Arc::clone(&rule.source.name)).or_default().push(rule);
        }
        for name in affected {
            match fresh.remove(name) {
                Some(rules) => {
                    reloaded.rules.extend(rules.iter().cloned());
                    self.good.insert(Arc::clone(name), rules);
                }
                None if self.good.contains_key(name) => reloaded.kept.push(Arc::clone(name)),
                None => {}
            }
        }
        reloaded
    }
}

fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('/').unwrap_or(("", name))
}

fn is_shared(name: &str) -> bool {
    matches!(split(name).1, "shared.yaml" | "shared.yml")
}

fn is_rule(name: &str) -> bool {
    !is_shared(name) && !name.ends_with(".txt")
}
