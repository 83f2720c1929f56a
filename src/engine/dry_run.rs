//! What a scan of a host would send, without sending it.
//!
//! Takes a program and a target; gives the requests that are known before the first packet, byte for byte, each with the
//! rules that want it, and a bound on what answers may add. Invariant: the fixed part is what the engine would send,
//! because the same runs and the same survey make it. Must never import anything above `discover`.

use std::collections::HashMap;
use std::sync::Arc;

use super::orders::{Enlisted, Orders};
use super::scheme::facts_of;
use super::settings::Settings;
use super::survey::{Survey, endpoint};
use crate::base::{Origin, Scheme};
use crate::compile::Program;
use crate::observation::HttpProbe;
use crate::predicate::{HostFacts, Source};
use crate::rule::{Binding, Redirects, Rule};
use crate::target::{Spelled, Target};
use crate::verdict::{Ask, Run, Step};

/// A request that is known before the first packet.
#[derive(Debug, Clone)]
pub struct PlannedRequest {
    /// The bytes and where they would go.
    pub probe: Arc<HttpProbe>,
    /// The rules that want it, each once; empty where only the survey does.
    pub wanted_by: Vec<Arc<str>>,
    /// How often it would be sent: once, unless a rule repeats it.
    pub times: u64,
}

/// What one rule would cost a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePlan {
    /// The rule.
    pub rule: Arc<str>,
    /// Requests that it wants before any answer, whether shared or not.
    pub fixed: u64,
    /// The most requests that answers may add, redirects included.
    pub conditional: u64,
    /// Whether it is not run, because of its tier or because this build cannot.
    pub refused: bool,
}

/// The plan of a host.
#[derive(Debug, Clone)]
pub struct HostPlan {
    /// The host, over HTTPS where no scheme was written.
    pub origin: Origin,
    /// Verdicts that a scan would give.
    pub verdicts: u64,
    /// Distinct requests in the order of the survey and the rules.
    pub requests: Vec<PlannedRequest>,
    /// Each rule's part.
    pub rules: Vec<RulePlan>,
}

/// The plan of a host that is like any other.
pub(super) fn plan_any(program: &Arc<Program>, settings: &Settings) -> Option<HostPlan> {
    let origin = Origin::new(Scheme::Https, "host.invalid", Scheme::Https.default_port())?;
    let target = Target { named: String::new(), spelled: Spelled::Exact(origin), paths: vec!["/".into()] };
    Some(plan_host(program, &target, settings))
}

impl HostPlan {
    /// Requests that rules want before any answer, shared ones counted for each.
    pub(super) fn wanted(&self) -> u64 {
        self.rules.iter().map(|rule| rule.fixed).sum()
    }

    /// Requests that would be sent whatever is answered.
    pub fn fixed(&self) -> u64 {
        self.requests.iter().map(|request| request.times).sum()
    }

    /// The most requests that answers may add.
    pub fn conditional(&self) -> u64 {
        self.rules.iter().fold(0, |sum, rule| sum.saturating_add(rule.conditional))
    }
}

/// Plans the scan of one target. Random labels are made up anew unless the settings fix them.
pub fn plan_host(program: &Arc<Program>, target: &Target, settings: &Settings) -> HostPlan {
    let orders = Orders::new(Arc::clone(program), settings.clone());
    let facts = Arc::new(facts_of(&orders, target.spelled.first().clone()));
    let mut plan = HostPlan { origin: facts.origin.clone(), verdicts: 0, requests: Vec::new(), rules: Vec::new() };
    let mut places = HashMap::new();
    for probe in Survey::default().plan(&orders, &facts, &target.paths) {
        plan.want(&mut places, probe, None, None);
    }
    for enlisted in &orders.rules {
        let paths = if enlisted.endpoint { target.paths.clone() } else { vec!["/".into()] };
        plan.verdicts += paths.len() as u64;
        let rule = &enlisted.compiled.rule;
        let mut part = RulePlan { rule: Arc::clone(&rule.id), fixed: 0, conditional: 0, refused: enlisted.refused };
        if !enlisted.refused && !enlisted.passive {
            for path in paths {
                plan.add_run(&mut places, &mut part, enlisted, (&orders, &facts, path));
            }
        }
        plan.rules.push(part);
    }
    plan
}

impl HostPlan {
    fn add_run(
        &mut self,
        places: &mut HashMap<Arc<HttpProbe>, usize>,
        part: &mut RulePlan,
        enlisted: &Enlisted,
        (orders, facts, path): (&Orders, &Arc<HostFacts>, Arc<str>),
    ) {
        let compiled = &enlisted.compiled;
        let at = Arc::new(endpoint(path));
        let mut run = Run::new(Arc::clone(compiled), Arc::clone(facts), at, Arc::clone(&orders.identity));
        let items = run.items() as u64;
        let Step::Ask(asks) = run.step() else { return };
        let most = orders.limits.requests_per_rule as u64;
        let bound = most_requests(&compiled.rule, items, most, orders.limits.redirects as u64);
        part.fixed += asks.len() as u64;
        part.conditional = part.conditional.saturating_add(bound.saturating_sub(asks.len() as u64));
        for Ask { probe, unshared, .. } in asks {
            self.want(places, probe, Some(&compiled.rule.id), unshared);
        }
    }

    fn want(
        &mut self,
        places: &mut HashMap<Arc<HttpProbe>, usize>,
        probe: Arc<HttpProbe>,
        rule: Option<&Arc<str>>,
        unshared: Option<u32>,
    ) {
        let next = self.requests.len();
        let place = *places.entry(Arc::clone(&probe)).or_insert(next);
        if place == next {
            self.requests.push(PlannedRequest { probe, wanted_by: Vec::new(), times: 0 });
        }
        let Some(request) = self.requests.get_mut(place) else { return };
        request.times = if unshared.is_some() { request.times + 1 } else { request.times.max(1) };
        if let Some(rule) = rule.filter(|rule| !request.wanted_by.contains(rule)) {
            request.wanted_by.push(Arc::clone(rule));
        }
    }
}

/// The most requests that a rule can send, redirects included.
fn most_requests(rule: &Rule, items: u64, most: u64, redirects: u64) -> u64 {
    let late = rule.for_each.iter().filter(|binding| !matches!(binding.source, Source::Written(_)));
    let items = late.fold(items, |sum, binding| sum.saturating_mul(most_items(binding, most)));
    let each = rule.requests.iter().fold(0_u64, |sum, request| {
        let repeated = request
            .for_each
            .iter()
            .fold(u64::from(request.repeat), |sum, binding| sum.saturating_mul(most_items(binding, most)));
        let hops = if request.redirects == Redirects::None { 0 } else { redirects };
        sum.saturating_add(repeated.min(most).saturating_mul(1 + hops))
    });
    items.min(most).saturating_mul(each)
}

fn most_items(binding: &Binding, most: u64) -> u64 {
    let mut source = &binding.source;
    while let Source::OfRequest { source: inner, .. } = source {
        source = inner;
    }
    match source {
        Source::Written(items) => items.len() as u64,
        Source::Subject { max, .. } | Source::Json { max, .. } | Source::Html { max, .. } => {
            max.map_or(most, |max| max as u64)
        }
        Source::Collection(_) | Source::Tokens(_) | Source::OfRequest { .. } => most,
    }
}
