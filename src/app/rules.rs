//! Rules for a command: collected, read, selected.
//!
//! Takes settings, gives rules and everything that is wrong with the files they came from. Invariant: a broken file costs
//! only its own rules, and what a pack leaves out is said. Must never import `cli`.

use std::collections::HashSet;
use std::sync::Arc;

use crate::base::{Category, Limits, SourceFile};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics, Level};
use crate::dialect::native;
use crate::pack::{self, Community, Facts, Invalid, Kind, LoadedPack, Rules, Store};
use crate::rule::Rule;

use super::ordered::{Spared, resolve};
use super::select::{Choice, select, summarize_left_out};
use super::settings::Layer;

/// The most names that one message lists.
const MOST_NAMES: usize = 5;

/// Rules as they were read.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// The rules, in order of their files.
    pub rules: Vec<Rule>,
    /// What each is chosen by, in the same order.
    pub facts: Vec<Facts>,
    /// What is wrong with the files.
    pub diagnostics: Diagnostics,
    /// Every text of a native pack that was read.
    pub files: Vec<SourceFile>,
    /// Templates of community packs that hold no rule, because they are wrong.
    pub invalid: Vec<Invalid>,
    /// The community packs, each with the place behind its last rule.
    packs: Vec<(usize, Community)>,
}

impl RuleSet {
    /// Takes a rule out by its id, a workflow with the rules that it orders.
    pub fn take(&mut self, id: &str, settings: &Layer, limits: &Limits) -> Option<Rule> {
        let at = self.rules.iter().position(|rule| *rule.id == *id)?;
        let mut rule = self.rules.swap_remove(at);
        let pack = self.packs.iter().find(|(end, _)| at < *end);
        if let Some((_, source)) = pack.filter(|_| is_workflow(&rule)) {
            resolve(&mut [&mut rule], source, settings, None, limits);
        }
        Some(rule)
    }
}

/// The rules of a scan.
#[derive(Debug, Default)]
pub struct Selected {
    /// The rules.
    pub rules: Vec<Rule>,
    /// What is not quite right.
    pub warnings: Diagnostics,
    /// What is worth knowing: what packs leave out.
    pub notes: Vec<String>,
}

/// Reads the rules that the settings name, community packs from their files; nothing is selected yet.
pub fn read_rules(settings: &Layer, limits: &Limits) -> RuleSet {
    let mut loaded = load(settings, None, None, limits);
    let mut set = RuleSet { diagnostics: loaded.diagnostics, files: loaded.files, ..RuleSet::default() };
    for (pack, source) in loaded.packs.iter_mut().zip(&mut loaded.sources) {
        set.diagnostics.items.append(&mut pack.diagnostics.items);
        set.diagnostics.items.extend(source.iter_mut().flat_map(|source| std::mem::take(&mut source.broken)));
        set.invalid.append(&mut pack.invalid);
        set.facts.append(&mut pack.facts);
        let all: Vec<usize> = (0..pack.rules.len()).collect();
        set.rules.extend(std::mem::take(&mut pack.rules).take(&all).unwrap_or_default());
        set.packs.extend(source.take().map(|source| (set.rules.len(), source)));
    }
    set
}

/// The rules of a scan: read, from the cache where it has them, and selected. Broken files are errors, or warnings where
/// the settings say to go on; those of community packs are warnings always.
///
/// # Errors
/// Everything that is wrong with files and selection.
pub fn rules_to_scan(settings: &Layer, limits: &Limits) -> Result<Selected, Diagnostics> {
    let is = |set: &Option<super::settings::Set<bool>>| set.as_ref().is_some_and(|set| set.value);
    let folder = settings.cache_folder.as_ref().filter(|_| !is(&settings.no_cache));
    let store = folder.map(|set| Store::new(set.value.clone()));
    let mut loaded = load(settings, store.as_ref(), only(settings), limits);
    let facts: Vec<Facts> = loaded.packs.iter_mut().flat_map(|pack| std::mem::take(&mut pack.facts)).collect();
    if loaded.diagnostics.has_errors() && (!is(&settings.skip_broken) || facts.is_empty()) {
        return Err(loaded.diagnostics.into_errors());
    }
    let Choice { chosen, left_out, diagnostics: wrong } = select(&facts, settings);
    if wrong.has_errors() {
        return Err(wrong);
    }
    // What a rule's author could do better is for `check` to say; here only what is missing from the scan counts.
    let broken = std::mem::take(&mut loaded.diagnostics).items.into_iter().filter(Diagnostic::is_error);
    let mut items: Vec<_> = broken.map(|item| Diagnostic { level: Level::Warning, ..item }).collect();
    items.extend(wrong.items);
    let packs = loaded.packs.iter().zip(&loaded.sources);
    items.extend(packs.filter_map(|(pack, source)| missing(source.as_ref()?, pack)));
    let notes = summarize_left_out(&facts, &left_out)
        .map(|reasons| format!("{} rules of community packs are left out by default: {reasons}", left_out.len()));
    let (rules, spared) = take(loaded.packs, &loaded.sources, &chosen, (settings, store.as_ref(), limits));
    let notes = notes.into_iter().chain(spared.note()).collect();
    Ok(Selected { rules, warnings: Diagnostics { items }, notes })
}

/// Everything that was read.
struct Loaded {
    /// The native rules, then each community pack.
    packs: Vec<LoadedPack>,
    /// What each was read from; `None` for native rules.
    sources: Vec<Option<Community>>,
    diagnostics: Diagnostics,
    files: Vec<SourceFile>,
}

/// The categories whose built-in rules are enough to choose from, where nothing but categories chooses: those rules say theirs in
/// a line of their own, so that the others need not be read.
fn only(settings: &Layer) -> Option<&[Category]> {
    let Layer { rules, tags, id, author, kind, include_tags, .. } = settings;
    let Layer { exclude_tags, exclude_id, exclude_author, exclude_kind, workflows, .. } = settings;
    let words = [tags, author, include_tags, exclude_tags, exclude_author].into_iter().any(Option::is_some);
    let patterns = id.is_some() || exclude_id.is_some() || kind.is_some() || exclude_kind.is_some();
    let is_plain = rules.is_none() && workflows.is_none() && !words && !patterns;
    settings.category.as_ref().filter(|_| is_plain).map(|set| &*set.value)
}

/// Whether a built-in file may hold a rule of these categories, or something that rules share.
fn may_be_of(file: &SourceFile, categories: &[Category]) -> bool {
    let said = file.text.lines().find_map(|line| line.strip_prefix("category:"));
    said.is_none_or(|said| categories.iter().any(|category| category.name() == said.trim()))
}

fn load(settings: &Layer, store: Option<&Store>, only: Option<&[Category]>, limits: &Limits) -> Loaded {
    let wanted = settings.rules.as_ref().map_or(&[][..], |set| &set.value);
    // Workflows stand for themselves: only beside them are the rules of other packs asked for.
    let only_workflows = settings.workflows.is_some() && wanted.is_empty();
    let mut collected =
        if only_workflows { pack::Collected::default() } else { pack::collect_with(wanted, store, limits) };
    collected.files.retain(|file| only.is_none_or(|categories| may_be_of(file, categories)));
    let native = native::load(&collected.files, limits);
    let mut diagnostics = collected.diagnostics;
    diagnostics.extend(native.diagnostics);
    if native.rules.is_empty() && collected.community.is_empty() && !only_workflows && !diagnostics.has_errors() {
        let help = "rules are YAML files; `outsight list` shows the built-in ones";
        diagnostics
            .push(Diagnostic::error("C0206", Blame::Configuration, "there is no rule in what was named").help(help));
    }
    let facts = native.rules.iter().map(Facts::of).collect();
    let mut packs = vec![LoadedPack { facts, rules: Rules::Read(native.rules), ..LoadedPack::default() }];
    let mut sources = vec![None];
    for community in collected.community {
        packs.push(pack::load(&community, store, limits));
        sources.push(Some(community));
    }
    refuse_repeated(&mut packs, &mut diagnostics);
    if let Some(set) = &settings.workflows {
        add_workflows(&set.value, (&mut packs, &mut sources), &mut diagnostics, limits);
    }
    Loaded { packs, sources, diagnostics, files: collected.files }
}

/// Adds the workflows that are named, and nothing else that stands beside them. Those that a pack has already are asked for
/// there.
fn add_workflows(
    paths: &[String],
    (packs, sources): (&mut Vec<LoadedPack>, &mut Vec<Option<Community>>),
    diagnostics: &mut Diagnostics,
    limits: &Limits,
) {
    let collected = pack::collect(paths, limits);
    diagnostics.extend(collected.diagnostics);
    let mut named = 0;
    for community in collected.community {
        let mut loaded = pack::load(&community, None, limits);
        loaded.facts.iter_mut().for_each(|facts| facts.is_alone = true);
        let mut kept = Vec::new();
        for (at, facts) in loaded.facts.iter().enumerate().filter(|(_, facts)| facts.kind == Kind::Workflow) {
            named += 1;
            if !ask_for(packs, &facts.id) {
                kept.push(at);
            }
        }
        let facts = kept.iter().filter_map(|at| loaded.facts.get(*at).cloned()).collect();
        let rules = Rules::Read(std::mem::take(&mut loaded.rules).take(&kept).unwrap_or_default());
        packs.push(LoadedPack { facts, rules, ..loaded });
        sources.push(Some(community));
    }
    if named == 0 && !diagnostics.has_errors() {
        let help = "a workflow is a file with a list `workflows`";
        let title = "there is no workflow in what was named";
        diagnostics.push(Diagnostic::error("C0206", Blame::Configuration, title).help(help));
    }
}

/// Asks for the rule of that id, where there is one.
fn ask_for(packs: &mut [LoadedPack], id: &Arc<str>) -> bool {
    let mut facts = packs.iter_mut().flat_map(|pack| &mut pack.facts);
    let known = facts.find(|facts| facts.id == *id && facts.kind == Kind::Workflow);
    known.map(|facts| facts.is_alone = true).is_some()
}

/// Identifiers are unique among all packs: the pack that was named first keeps its own.
fn refuse_repeated(packs: &mut [LoadedPack], diagnostics: &mut Diagnostics) {
    let mut known: HashSet<Arc<str>> = HashSet::new();
    for pack in packs {
        let repeated: Vec<usize> = (0..)
            .zip(&pack.facts)
            .filter(|(_, facts)| !known.insert(Arc::clone(&facts.id)))
            .map(|(at, _)| at)
            .collect();
        if repeated.is_empty() {
            continue;
        }
        let names = repeated.iter().filter_map(|at| pack.facts.get(*at)).map(|facts| format!("`{}`", facts.id));
        let title = format!("rules of several packs have the same name: {}", listed(names.collect()));
        let help = "the first one is loaded; name one pack only, or leave the other's out by --exclude-templates";
        diagnostics.push(Diagnostic::warning("R0128", Blame::Configuration, title).help(help));
        let kept: Vec<usize> = (0..pack.facts.len()).filter(|at| repeated.binary_search(at).is_err()).collect();
        let mut at = 0..;
        pack.facts.retain(|_| at.next().is_some_and(|at| kept.binary_search(&at).is_ok()));
        pack.rules = Rules::Read(std::mem::take(&mut pack.rules).take(&kept).unwrap_or_default());
    }
}

/// The chosen rules, workflows with the rules that they order. Where what was kept turns out to be broken, the pack is read
/// from its files after all.
fn take(
    packs: Vec<LoadedPack>,
    sources: &[Option<Community>],
    chosen: &[usize],
    (settings, store, limits): (&Layer, Option<&Store>, &Limits),
) -> (Vec<Rule>, Spared) {
    let (mut rules, mut spared) = (Vec::new(), Spared::default());
    let mut first = 0;
    for (pack, source) in packs.into_iter().zip(sources) {
        let (begin, end) = (first, first + pack.rules.len());
        let own: Vec<usize> = chosen.iter().filter(|at| (begin..end).contains(*at)).map(|at| at - begin).collect();
        let taken = pack.rules.take(&own).or_else(|| pack::load(source.as_ref()?, None, limits).rules.take(&own));
        let mut taken = taken.unwrap_or_default();
        let mut workflows: Vec<&mut Rule> = taken.iter_mut().filter(|rule| is_workflow(rule)).collect();
        if let Some(source) = source.as_ref().filter(|_| !workflows.is_empty()) {
            spared.extend(resolve(&mut workflows, source, settings, store, limits));
        }
        if rules.is_empty() {
            rules = taken;
        } else {
            rules.extend(taken);
        }
        first = end;
    }
    (rules, spared)
}

/// Whether a rule orders others and may be run: what is refused may name files outside its pack.
fn is_workflow(rule: &Rule) -> bool {
    rule.workflow.is_some() && rule.refused.is_none()
}

/// The warning for files of a community pack that hold no rule.
fn missing(source: &Community, pack: &LoadedPack) -> Option<Diagnostic> {
    let count = pack.invalid.len() + source.broken.len();
    let invalid = pack.invalid.iter().map(|one| format!("`{}` ({})", one.path, one.code));
    let names: Vec<String> = invalid.chain(source.broken.iter().map(|item| item.title.clone())).collect();
    (count > 0).then(|| {
        let title = format!("{count} files of a community pack are wrong and left out: {}", listed(names));
        let help = format!("`outsight check {}` tells what is wrong with them", source.root.folder().display());
        Diagnostic::warning("C0212", Blame::RuleAuthor, title).help(help)
    })
}

/// Some names, and how many more there are.
fn listed(mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(MOST_NAMES);
    names.truncate(MOST_NAMES);
    let names = names.join(", ");
    if more > 0 { format!("{names} and {more} more") } else { names }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::settings::{Set, Source};

    #[test]
    fn what_a_category_leaves_unread_is_of_other_categories() {
        let limits = Limits::default();
        let all = read_rules(&Layer::default(), &limits).rules;
        for category in Category::ALL {
            let set = Set { value: vec![category], source: Source::Flag };
            let settings = Layer { category: Some(set), ..Layer::default() };
            let of_category: Vec<&str> =
                all.iter().filter(|rule| rule.meta.category == category).map(|rule| &*rule.id).collect();
            let chosen = rules_to_scan(&settings, &limits).map(|selected| selected.rules).unwrap_or_default();
            assert_eq!(chosen.iter().map(|rule| &*rule.id).collect::<Vec<_>>(), of_category, "{category:?}");
            let read = load(&settings, None, only(&settings), &limits)
                .packs
                .iter()
                .map(|pack| pack.rules.len())
                .sum::<usize>();
            assert_eq!(read, of_category.len(), "no other rule is read for {category:?}");
        }
    }
}
