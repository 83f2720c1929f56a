//! The rules that workflows order, found in their packs.
//!
//! Takes workflows and the packs that they are of; gives the same workflows with their rules. Invariant: what a workflow
//! orders is chosen by the same filters as any rule, but gates, which are asked whatever the filters choose; what a pack
//! leaves out stays out, nothing goes further than the allowed tier, and whatever a step names and does not get is counted.
//! Must never import `cli`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::Limits;
use crate::pack::{self, Community, Facts, Kind, Store};
use crate::rule::workflow::{Chosen, Step};
use crate::rule::{Refusal, Rule, Tier};

use super::select::{is_wanted, left_out};
use super::settings::Layer;

/// The most rules that one workflow orders, each as often as a step names it.
const ORDERED: usize = 10_000;

/// What is said of paths at which there is nothing.
const MISSING: &str = "missing from the pack";

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

    fn add(&mut self, why: String, what: &Arc<str>) {
        self.reasons.entry(why).or_default().insert(Arc::clone(what));
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
    let mut spared = Spared::default();
    let (paths, whole) = wanted_paths(source, &steps, &mut spared);
    let mut found: Vec<(Facts, Arc<Rule>)> = Vec::new();
    for community in pack::collect(&paths, limits).community {
        let read = |store| {
            let mut loaded = pack::load(&community, store, limits);
            // A step names a file; the user did not.
            loaded.facts.iter_mut().for_each(|facts| facts.is_alone = false);
            let is_ordered = |facts: &Facts| steps.iter().any(|step| is_of(&step.rules, facts));
            let ordered = loaded.facts.iter().enumerate().filter(|(_, facts)| is_ordered(facts));
            let (places, facts): (Vec<usize>, Vec<Facts>) = ordered.map(|(at, facts)| (at, facts.clone())).unzip();
            Some((facts, loaded.rules.take(&places)?, loaded.invalid))
        };
        // Where what was kept turns out to be broken, the files are read after all.
        let Some((facts, rules, invalid)) = read(store.filter(|_| whole)).or_else(|| read(None)) else { continue };
        found.extend(facts.into_iter().zip(rules.into_iter().map(Arc::new)));
        if !whole {
            invalid.iter().for_each(|file| spared.add("invalid".to_owned(), &file.path));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    let mut finder = Finder {
        found,
        allowed: settings.tier.as_ref().map_or(Tier::Passive, |set| set.value),
        filters: filters(settings),
        missing: spared.reasons.get(MISSING).cloned().unwrap_or_default(),
        spared,
        room: ORDERED,
    };
    for rule in workflows {
        finder.room = ORDERED;
        let resolved = rule.workflow.as_ref().map(|workflow| workflow.with_rules(&mut |step| finder.find(step)));
        rule.workflow = resolved.map(Arc::new);
        if finder.room == 0 {
            let reason = format!("its steps name more than {ORDERED} rules");
            rule.refused = Some(Refusal { code: "too-large", reason, tests_run: false });
            rule.workflow = None;
        }
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
fn wanted_paths(source: &Community, steps: &[Step], spared: &mut Spared) -> (Vec<String>, bool) {
    let folder = source.root.folder();
    let mut paths = Vec::new();
    let mut whole = false;
    for step in steps {
        let Chosen::Path(path) = &step.rules else {
            whole = true;
            continue;
        };
        let place = folder.join(&**path);
        if place.exists() {
            paths.push(place.to_string_lossy().into_owned());
        } else {
            spared.add(MISSING.to_owned(), path);
        }
    }
    if whole {
        return (vec![folder.to_string_lossy().into_owned()], true);
    }
    paths.sort();
    paths.dedup();
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
    /// Paths of steps at which the pack has nothing that can be read.
    missing: BTreeSet<Arc<str>>,
    /// How many more rules the workflow may order.
    room: usize,
}

impl Finder {
    /// The rules of a step, and whether it names others that are not asked.
    fn find(&mut self, step: &Step) -> (Vec<Arc<Rule>>, bool) {
        let mut rules = Vec::new();
        let mut is_short = matches!(&step.rules, Chosen::Path(path) if self.missing.contains(path));
        for (facts, rule) in self.found.iter().filter(|(facts, _)| is_of(&step.rules, facts)) {
            if facts.kind == Kind::Workflow || !(step.is_gate() || is_wanted(facts, &self.filters)) {
                continue;
            }
            if let Some(why) = left_out(facts, &self.filters) {
                self.spared.add(why.sort(), &facts.id);
            } else if facts.refused.is_some() {
                is_short = true;
                self.spared.add("refused".to_owned(), &facts.id);
            } else if facts.tier > self.allowed {
                is_short = true;
                self.spared.add(format!("of the tier {}", facts.tier), &facts.id);
            } else if self.room > 0 {
                self.room -= 1;
                rules.push(Arc::clone(rule));
            }
        }
        (rules, is_short)
    }
}
