//! What every host is scanned with: rules, settings, limits, identity.
//!
//! Owns the decision which rules run: those of a higher tier and those that this build cannot run are refused here, once,
//! for scans and plans alike. Invariant: nothing in it changes during a run. Must never import anything above `discover`.

use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::settings::Settings;
use super::yielding::Ranks;
use crate::base::{Category, Limits, Origin};
use crate::compile::{CompiledRule, Program};
use crate::observation::SurveyWish;
use crate::plan::Identity;
use crate::predicate::{Fingerprint, HostFacts, Profiled};
use crate::rule::{AppliesTo, Redirects, Rule, Wire};

/// What every host is scanned with.
pub(super) struct Orders {
    pub program: Arc<Program>,
    pub rules: Vec<Enlisted>,
    pub settings: Settings,
    pub limits: Arc<Limits>,
    pub identity: Arc<Identity>,
    /// Whether some rule orders others.
    pub has_workflows: bool,
    /// Whether answers are judged by passive rules; asked of every answer.
    pub has_passive: bool,
    /// Whose findings step back for whose.
    pub ranks: Ranks,
}

/// A rule and whether it is run.
pub(super) struct Enlisted {
    pub compiled: Arc<CompiledRule>,
    pub passive: bool,
    pub endpoint: bool,
    /// Its tier is above the one allowed, or this build cannot run it.
    pub refused: bool,
    /// Whether it asks for the baseline or the profile.
    needs_survey: bool,
    needs_profile: bool,
    /// Whether it has anything to do with HTTP, as all but handshakes, surveys of TLS, queries and conversations have.
    pub needs_http: bool,
    /// Whether it may ask for something after its first requests are out: what uses earlier answers, the next hop of a
    /// redirect, the next item where the first match ends the rule.
    pub asks_later: bool,
}

impl Orders {
    pub fn new(program: Arc<Program>, mut settings: Settings) -> Self {
        let rules: Vec<Enlisted> = program.rules().par_iter().map(|compiled| enlist(compiled, &settings)).collect();
        let reads_sites = rules.iter().any(|rule| !rule.refused && rule.compiled.rule.reads_sites());
        settings.crawl = settings.crawl.filter(|_| reads_sites);
        Self {
            has_passive: rules.iter().any(|rule| rule.passive && !rule.refused),
            rules,
            has_workflows: program.rules().iter().any(|compiled| compiled.plot.is_some()),
            ranks: Ranks::of(&program),
            program,
            limits: Arc::new(settings.limits.clone()),
            identity: Arc::new(settings.identity.clone()),
            settings,
        }
    }

    /// Rules that are no community templates.
    pub fn curated(&self) -> HashSet<Arc<str>> {
        let rules = self.rules.iter().map(|rule| &rule.compiled.rule);
        rules.filter(|rule| rule.meta.category != Category::Community).map(|rule| Arc::clone(&rule.id)).collect()
    }

    /// How many rules send something.
    pub fn sending(&self) -> u64 {
        self.rules.iter().filter(|rule| !rule.refused && !rule.passive).count() as u64
    }

    /// How many of these may ask for more after their first requests.
    pub fn asking_later(&self) -> usize {
        self.rules.iter().filter(|rule| !rule.refused && !rule.passive && rule.asks_later).count()
    }

    /// Whether some rule asks for the baseline or the profile.
    pub fn needs_survey(&self) -> bool {
        self.rules.iter().any(|rule| !rule.refused && (rule.passive || rule.needs_survey))
    }

    /// Whether some rule needs HTTP; without one, no request is sent.
    pub fn needs_http(&self) -> bool {
        self.needs_front_page() || self.rules.iter().any(|rule| !rule.refused && rule.needs_http)
    }

    /// Whether some rule waits for the front page.
    pub fn needs_front_page(&self) -> bool {
        let asked = |rule: &Enlisted| !rule.refused && Fingerprint::is_asked_by(&rule.compiled.rule.meta.tags);
        self.settings.gate && self.rules.iter().any(asked)
    }

    /// Whether some rule asks for the profile, and nobody said it.
    pub fn needs_profile(&self) -> bool {
        self.settings.profile.is_none() && self.rules.iter().any(|rule| !rule.refused && rule.needs_profile)
    }

    /// Whether some rule is asked of endpoints.
    pub fn needs_endpoints(&self) -> bool {
        self.rules.iter().any(|rule| rule.endpoint && !rule.refused)
    }

    /// A random label for a host: 16 lower-case letters and digits, the first a letter.
    pub fn nonce(&self, origin: &Origin) -> Arc<str> {
        let mut random = [0_u8; 16];
        match self.settings.seed {
            Some(seed) => {
                let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(origin.to_string()).finalize();
                random.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
            }
            None => {
                if getrandom::fill(&mut random).is_err() {
                    random.copy_from_slice(&std::process::id().to_be_bytes().repeat(4));
                }
            }
        }
        const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let label: String = random
            .iter()
            .enumerate()
            .map(|(at, byte)| {
                let choice = usize::from(*byte) % if at == 0 { 26 } else { 32 };
                LETTERS.get(choice).map_or('x', |letter| char::from(*letter))
            })
            .collect();
        label.into()
    }
}

/// What is known of an origin before anything is sent.
pub(super) fn facts_of(orders: &Orders, origin: Origin) -> HostFacts {
    let nonce = orders.nonce(&origin);
    HostFacts {
        limits: Arc::clone(&orders.limits),
        profile: orders.settings.profile.map(Profiled::set),
        callbacks: orders.settings.mailbox.as_ref().map(|mailbox| Arc::clone(mailbox.names())),
        survey: SurveyWish { depth: orders.settings.tls, starttls: None },
        ..HostFacts::new(origin, nonce, orders.settings.clock.now())
    }
}

fn enlist(compiled: &Arc<CompiledRule>, settings: &Settings) -> Enlisted {
    let rule = &compiled.rule;
    let follows = rule.requests.iter().any(|request| request.redirects != Redirects::None);
    let in_turn = rule.sequence.as_ref().is_some_and(|sequence| sequence.asks_later());
    let fixed = !follows && !in_turn && (0..rule.requests.len()).all(|index| compiled.flow.is_fixed(index));
    Enlisted {
        compiled: Arc::clone(compiled),
        passive: rule.applies_to == AppliesTo::Response,
        endpoint: rule.applies_to == AppliesTo::Endpoint,
        refused: rule.refused.is_some() || rule.tier() > settings.tier,
        needs_http: needs_http(rule),
        needs_survey: rule.needs_survey(),
        needs_profile: rule.needs_profile(),
        asks_later: !fixed || rule.stop_at_first_match || compiled.plot.is_some(),
    }
}

fn needs_http(rule: &Rule) -> bool {
    let sends = || rule.requests.iter().any(|request| matches!(request.wire, Wire::Http(_)));
    let surveys = rule.needs_survey() || rule.needs_profile();
    rule.applies_to != AppliesTo::Host || rule.sequence.is_some() || surveys || sends()
}
