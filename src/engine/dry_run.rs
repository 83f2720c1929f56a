//! What a scan of a host would send, without sending it.
//!
//! Takes a program and a target; gives the requests that are known before the first packet, byte for byte, each with the
//! rules that want it, and a bound on what answers may add. Invariant: the fixed part is what the engine would send,
//! because the same runs and the same survey make it. Must never import anything above `discover`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::crawl::ROBOTS;
use super::orders::{Enlisted, Orders, facts_of};
use super::scheme::upgraded;
use super::settings::Settings;
use super::survey::{Survey, Wanted, get, plain};
use crate::base::{Origin, Unknown};
use crate::compile::{Plot, Program};
use crate::discover::{ENDPOINTS, FOUND};
use crate::observation::{OtherProbe, Probe, SurveyWish};
use crate::predicate::{EndpointFacts, HostFacts, ReplyState, Source};
use crate::rule::{Binding, Redirects, Rule};
use crate::target::Target;
use crate::verdict::{self, Ask, Run, Step};
use crate::wire::QUESTIONS;
use crate::wire::tls::survey::{bound, usual};

/// A request that is known before the first packet.
#[derive(Debug, Clone)]
pub struct PlannedRequest {
    /// The bytes and where they would go.
    pub probe: Probe,
    /// The rules that want it, each once; empty where only the survey does.
    pub wanted_by: Vec<Arc<str>>,
    /// What the survey wants it for, where it does.
    pub surveys: Option<&'static str>,
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
    /// Whether it is skipped because the target is files and it asks for a server.
    pub needs_server: bool,
}

/// The plan of a host.
#[derive(Debug, Clone)]
pub struct HostPlan {
    /// The host, over HTTPS where no scheme was written.
    pub origin: Origin,
    /// Verdicts that a scan would give whatever is answered.
    pub verdicts: u64,
    /// The most verdicts that endpoints add which are found in answers.
    pub found_verdicts: u64,
    /// Distinct requests in the order of the survey and the rules.
    pub requests: Vec<PlannedRequest>,
    /// Each rule's part.
    pub rules: Vec<RulePlan>,
    /// Requests that are known and yet depend on answers, distinct and none of the fixed ones: what comes after a request
    /// that may end a rule, and what endpoints are asked.
    known_later: HashSet<Probe>,
    /// The most requests whose bytes answers decide.
    unknown: u64,
    /// Of these: the most for reading the site.
    pub crawled: u64,
}

/// The facts of a host that nothing is known of; nothing waits for a baseline here.
fn facts_to_plan(orders: &Orders, origin: Origin) -> Arc<HostFacts> {
    Arc::new(HostFacts { baseline: vec![plain(ReplyState::NotAsked)], ..facts_of(orders, origin) })
}

fn run_of(orders: &Orders, facts: &Arc<HostFacts>, enlisted: &Enlisted, path: Arc<str>) -> Run {
    let (at, identity) = (Arc::new(EndpointFacts::at(path)), Arc::clone(&orders.identity));
    Run::new(Arc::clone(&enlisted.compiled), Arc::clone(facts), at, identity)
}

impl HostPlan {
    /// Requests that would be sent whatever is answered.
    pub fn fixed(&self) -> u64 {
        self.requests.iter().map(|request| request.times).sum()
    }

    /// The most requests that answers may add.
    pub fn conditional(&self) -> u64 {
        (self.known_later.len() as u64).saturating_add(self.unknown)
    }
}

/// Plans the scan of one target. Random labels are made up anew unless the settings fix them.
pub fn plan_host(program: &Arc<Program>, target: &Target, settings: &Settings) -> HostPlan {
    let orders = Orders::new(Arc::clone(program), settings.clone());
    let facts = facts_to_plan(&orders, target.spelled.first().clone());
    let wish = SurveyWish { starttls: upgraded(target), ..facts.survey };
    let facts = Arc::new(HostFacts { survey: wish, ..HostFacts::clone(&facts) });
    let mut planner = Planner {
        plan: HostPlan {
            origin: facts.origin.clone(),
            verdicts: 0,
            found_verdicts: 0,
            requests: Vec::new(),
            rules: Vec::new(),
            known_later: HashSet::new(),
            unknown: 0,
            crawled: 0,
        },
        places: HashMap::new(),
        facts,
        orders: &orders,
    };
    if planner.facts.origin.is_files() {
        return planner.of_files();
    }
    planner.add_survey(target);
    for enlisted in &orders.rules {
        planner.add_rule(enlisted, target);
    }
    let Planner { mut plan, places, .. } = planner;
    if settings.wire.tls_online {
        let is_survey =
            |probe: &Probe| matches!(probe, Probe::Other(probe) if matches!(**probe, OtherProbe::TlsSurvey(_)));
        let surveys = plan.requests.iter().filter(|request| is_survey(&request.probe)).count();
        plan.unknown = plan.unknown.saturating_add(QUESTIONS.saturating_mul(surveys as u64));
    }
    plan.known_later.retain(|probe| !places.contains_key(probe));
    plan
}

/// A plan under construction.
struct Planner<'a> {
    plan: HostPlan,
    places: HashMap<Probe, usize>,
    facts: Arc<HostFacts>,
    orders: &'a Orders,
}

impl Planner<'_> {
    /// Files are read, and nothing is sent.
    fn of_files(self) -> HostPlan {
        let part = |enlisted: &Enlisted| RulePlan {
            rule: Arc::clone(&enlisted.compiled.rule.id),
            fixed: 0,
            conditional: 0,
            refused: enlisted.refused,
            needs_server: !enlisted.passive && !enlisted.refused,
        };
        let rules: Vec<RulePlan> = self.orders.rules.iter().map(part).collect();
        HostPlan { verdicts: rules.len() as u64, rules, ..self.plan }
    }

    fn add_survey(&mut self, target: &Target) {
        if target.starttls.is_some() {
            return;
        }
        let paths = &target.paths;
        let redirects = self.orders.limits.redirects as u64;
        for Wanted { purpose, probe, .. } in Survey::default().plan(self.orders, &self.facts, paths) {
            if let Some(request) = self.plan.want(&mut self.places, Probe::Http(probe), None, None) {
                request.surveys.get_or_insert(purpose.words());
            }
            self.plan.unknown += if purpose.follow().follows() { redirects } else { 0 };
        }
        if let Some(bounds) = &self.orders.settings.crawl {
            if let Ok(robots) = get(self.orders, &self.facts, ROBOTS)
                && let Some(request) = self.plan.want(&mut self.places, Probe::Http(Arc::new(robots)), None, None)
            {
                request.surveys.get_or_insert("reading the site");
            }
            self.plan.crawled = bounds.requests;
            self.plan.unknown += bounds.requests + redirects;
        }
        self.plan.unknown += if self.orders.needs_endpoints() { FOUND as u64 } else { 0 };
    }

    fn add_rule(&mut self, enlisted: &Enlisted, target: &Target) {
        let paths = &target.paths[..];
        let silent = target.starttls.is_some() && enlisted.needs_http;
        let root = ["/".into()];
        let paths = if enlisted.endpoint && !silent { paths } else { &root };
        self.plan.verdicts += paths.len() as u64;
        let rule = Arc::clone(&enlisted.compiled.rule.id);
        let mut part = RulePlan { rule, fixed: 0, conditional: 0, refused: enlisted.refused, needs_server: false };
        if !enlisted.refused && !enlisted.passive && !silent {
            for path in paths {
                self.add_run(&mut part, enlisted, path, true);
            }
            for nth in (0..ENDPOINTS).filter(|_| enlisted.endpoint) {
                self.plan.found_verdicts += 1;
                self.add_run(&mut part, enlisted, &format!("/{}/{nth}", self.facts.nonce).into(), false);
            }
        }
        self.plan.rules.push(part);
    }

    /// Adds what a rule asks of a path: what is fixed, where the path is, and what may follow.
    fn add_run(&mut self, part: &mut RulePlan, enlisted: &Enlisted, path: &Arc<str>, is_named: bool) {
        let compiled = &enlisted.compiled;
        let mut run = run_of(self.orders, &self.facts, enlisted, Arc::clone(path));
        let limits = &self.orders.limits;
        let most = limits.requests_per_rule as u64;
        let of = |rule: &Rule| most_requests(rule, run.items() as u64, most, limits.redirects as u64);
        let ordered = compiled.plot.iter().flat_map(Plot::rules).map(|ordered| of(&ordered.rule));
        let bound = ordered.fold(of(&compiled.rule), u64::saturating_add);
        let (mut known, mut fixed) = (0_u64, is_named);
        // Where nothing is told, whatever does not hang on an answer is asked in the end.
        while let Step::Ask(asks) = run.step() {
            known += asks.len() as u64;
            part.fixed += if fixed { asks.len() as u64 } else { 0 };
            part.conditional += if fixed { 0 } else { asks.len() as u64 };
            for Ask { id, wanted, .. } in asks {
                run.reply(id, ReplyState::Unknown(Unknown::NotSent));
                let (probe, unshared) = match wanted {
                    verdict::Wanted::Http { probe, unshared, .. } => (Probe::Http(probe), unshared),
                    verdict::Wanted::Other { probe, unshared } => (Probe::Other(probe), unshared),
                    verdict::Wanted::Pause(_) | verdict::Wanted::Interactions { .. } => continue,
                };
                match unshared {
                    _ if fixed => drop(self.plan.want(&mut self.places, probe, Some(&compiled.rule.id), unshared)),
                    None => drop(self.plan.known_later.insert(probe)),
                    Some(_) => self.plan.unknown += 1,
                }
            }
            fixed = false;
        }
        let unknown = bound.saturating_sub(known);
        part.conditional = part.conditional.saturating_add(unknown);
        self.plan.unknown = self.plan.unknown.saturating_add(unknown);
    }
}

impl HostPlan {
    fn want(
        &mut self,
        places: &mut HashMap<Probe, usize>,
        probe: Probe,
        rule: Option<&Arc<str>>,
        unshared: Option<u32>,
    ) -> Option<&mut PlannedRequest> {
        let next = self.requests.len();
        let place = *places.entry(probe.clone()).or_insert(next);
        if let (true, Probe::Other(other)) = (place == next, &probe)
            && let OtherProbe::TlsSurvey(survey) = &**other
        {
            // How many hellos there are is decided by the server, within a bound.
            let more = bound(survey.depth).saturating_sub(usual(survey.depth));
            self.unknown = self.unknown.saturating_add(u64::from(more));
        }
        let least = match &probe {
            Probe::Other(other) => match &**other {
                OtherProbe::TlsSurvey(survey) => u64::from(usual(survey.depth)),
                _ => 1,
            },
            Probe::Http(_) => 1,
        };
        if place == next {
            self.requests.push(PlannedRequest { probe, wanted_by: Vec::new(), surveys: None, times: 0 });
        }
        let request = self.requests.get_mut(place)?;
        request.times = if unshared.is_some() { request.times + 1 } else { request.times.max(least) };
        if let Some(rule) = rule.filter(|rule| !request.wanted_by.contains(rule)) {
            request.wanted_by.push(Arc::clone(rule));
        }
        Some(request)
    }
}

/// The most requests that a rule can send, redirects included. Items that it finds in an answer repeat its verdict alone.
fn most_requests(rule: &Rule, items: u64, most: u64, redirects: u64) -> u64 {
    if let Some(sequence) = &rule.sequence {
        return sequence.most_requests(redirects).min(most);
    }
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
