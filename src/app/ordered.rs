//! The rules that workflows order, found in their packs.
//!
//! Takes workflows and the packs that they are of; gives the same workflows with their rules. Invariant: what a workflow
//! orders is chosen by the same filters as any rule, but gates, which are asked whatever the filters choose; what a pack
//! leaves out stays out, and nothing goes further than the allowed tier. Must never import `cli`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::Limits;
use crate::pack::{self, Community, Facts, Kind, Store};
use crate::rule::workflow::{Chosen, Step};
use crate::rule::{Rule, Tier};

use super::select::{is_wanted, left_out};
use super::settings::Layer;

/// What was left out of workflows.
#[derive(Debug, Default)]
pub struct Spared {
    /// Rules that are not asked, by the reason.
    reasons: BTreeMap<String, BTreeSet<Arc<str>>>,
}

impl Spared {
    /// Adds what another pack's workflows do without.
    pub fn extend(&mut self, other: Self) {
        for (why, ids) in other.reasons {
            self.reasons.entry(why).or_default().extend(ids);
        }
    }

    fn add(&mut self, why: String, facts: &Facts) {
        self.reasons.entry(why).or_default().insert(Arc::clone(&facts.id));
    }

    /// One line for people; `None` where nothing was left out.
    pub fn note(&self) -> Option<String> {
        let parts: Vec<String> = self.reasons.iter().map(|(why, ids)| format!("{} {why}", ids.len())).collect();
        (!parts.is_empty()).then(|| format!("rules that workflows order are left out: {}", parts.join(", ")))
    }
}

/// Gives each workflow of one pack the rules that it orders.
pub fn resolve(
    workflows: &mut [&mut Rule],
    source: &Community,
    settings: &Layer,
    store: Option<&Store>,
    limits: &Limits,
) -> Spared {
    let steps: Vec<Step> =
        workflows.iter().filter_map(|rule| rule.workflow.as_ref()).flat_map(|w| w.bare_steps()).collect();
    let (paths, whole) = wanted_paths(source, &steps);
    let mut found: Vec<(Facts, Arc<Rule>)> = Vec::new();
    for community in pack::collect(&paths, limits).community {
        let loaded = pack::load(&community, store.filter(|_| whole), limits);
        let is_ordered = |facts: &Facts| steps.iter().any(|step| is_of(&step.rules, facts));
        let ordered = loaded.facts.iter().enumerate().filter(|(_, facts)| is_ordered(facts));
        let (places, facts): (Vec<usize>, Vec<Facts>) = ordered.map(|(at, facts)| (at, facts.clone())).unzip();
        let rules = loaded.rules.take(&places).unwrap_or_default();
        found.extend(facts.into_iter().zip(rules.into_iter().map(Arc::new)));
    }
    found.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    let mut finder = Finder {
        found,
        allowed: settings.tier.as_ref().map_or(Tier::Passive, |set| set.value),
        filters: filters(settings),
        spared: Spared::default(),
    };
    for rule in workflows {
        let resolved = rule.workflow.as_ref().map(|workflow| workflow.with_rules(&mut |step| finder.find(step)));
        rule.workflow = resolved.map(Arc::new);
    }
    finder.spared
}

/// The filters for what workflows order: those of ids and kinds chose the workflows themselves, unless these are named.
fn filters(settings: &Layer) -> Layer {
    let mut filters = settings.clone();
    if settings.workflows.is_none() {
        (filters.id, filters.kind) = (None, None);
    }
    filters
}

/// What has to be read, and whether that is the whole pack: it is where tags choose.
fn wanted_paths(source: &Community, steps: &[Step]) -> (Vec<String>, bool) {
    let folder = source.root.folder();
    let mut paths = Vec::new();
    for step in steps {
        match &step.rules {
            Chosen::Tags(_) => return (vec![folder.to_string_lossy().into_owned()], true),
            Chosen::Path(path) => paths.push(folder.join(&**path).to_string_lossy().into_owned()),
        }
    }
    paths.sort();
    paths.dedup();
    paths.retain(|path| std::path::Path::new(path).exists());
    (paths, false)
}

fn is_of(chosen: &Chosen, facts: &Facts) -> bool {
    match chosen {
        Chosen::Path(path) => {
            let rest = facts.inside.strip_prefix(path.trim_start_matches("./").trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        Chosen::Tags(tags) => tags.iter().any(|tag| facts.tags.iter().any(|own| own.eq_ignore_ascii_case(tag))),
    }
}

/// Finds the rules of steps.
struct Finder {
    /// What any step orders, in order of the ids.
    found: Vec<(Facts, Arc<Rule>)>,
    allowed: Tier,
    filters: Layer,
    spared: Spared,
}

impl Finder {
    fn find(&mut self, step: &Step) -> Vec<Arc<Rule>> {
        let mut rules = Vec::new();
        for (facts, rule) in self.found.iter().filter(|(facts, _)| is_of(&step.rules, facts)) {
            if facts.kind == Kind::Workflow || !(step.is_gate() || is_wanted(facts, &self.filters)) {
                continue;
            }
            if let Some(why) = left_out(facts, &self.filters) {
                self.spared.add(why.sort(), facts);
            } else if facts.refused.is_some() {
                self.spared.add("refused".to_owned(), facts);
            } else if facts.tier > self.allowed {
                self.spared.add(format!("of the tier {}", facts.tier), facts);
            } else {
                rules.push(Arc::clone(rule));
            }
        }
        rules
    }
}
