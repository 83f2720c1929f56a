//! What the user can set about a scan, and what follows from it.
//!
//! Owns the defaults and the number of hosts that are under way at once. Invariant: whatever is set, the number of
//! hosts, connections and bytes stays within what the process may have. Must never import anything above `discover`.

use std::sync::Arc;
use std::time::Duration;

use super::mailbox::Mailbox;
use super::requests::room_for_answers;
use crate::base::{Clock, Limits};
use crate::discover::crawl::CrawlBounds;
use crate::observation::SurveyDepth;
use crate::plan::Identity;
use crate::predicate::Profile;
use crate::rule::Tier;
use crate::target::Scope;
use crate::wire;

/// Hosts under way at once, if nothing else bounds them.
const HOSTS: usize = 256;
/// What a host weighs while it is under way, roughly: tasks, connections, the answers of its survey and their views, the
/// rules that have begun.
const HOST_WEIGHT: u64 = 256 << 10;
/// What a rule weighs in a host's book (its name, its target, whether it is booked) and before it begins, roughly.
const RULE_WEIGHT: u64 = 96;
/// What all hosts under way may weigh together, the bodies of answers apart.
const STATE: u64 = 56 << 20;
/// File descriptors that are left to outputs, lists, the resolver and the runtime.
const SPARE_FILES: u64 = 64;

/// Settings of a scan.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Bounds on what a target, a rule or a list may cost.
    pub limits: Limits,
    /// Proxy, address overrides, certificates.
    pub wire: wire::Settings,
    /// Which hosts may be talked to besides each target itself.
    pub scope: Scope,
    /// Who we say we are.
    pub identity: Identity,
    /// How much surveys of TLS ask.
    pub tls: SurveyDepth,
    /// The highest tier that is run.
    pub tier: Tier,
    /// Hosts under way at once; `None`: as many as open files and memory allow, at most 256.
    pub concurrency: Option<usize>,
    /// Requests a second over all hosts; 0 lifts the pacing.
    pub rate: f64,
    /// Requests a second to one host; 0 lifts the pacing.
    pub per_host_rate: f64,
    /// Connections to one host.
    pub connections: usize,
    /// How often a request that only reads is sent again after a failure to connect, a time-out or a `Retry-After`.
    pub retries: u32,
    /// Time for the whole scan.
    pub deadline: Option<Duration>,
    /// Whether hosts are sites or APIs; `None`: each by its own answers.
    pub profile: Option<Profile>,
    /// Whether rules for a product wait for the front page, and are left out where it speaks against them.
    pub gate: bool,
    /// How far sites are read; `None`: not at all. Only where some rule wants it.
    pub crawl: Option<CrawlBounds>,
    /// Requests to one host, the most severe rules' first; `None`: as many as the rules want.
    pub requests_per_host: Option<u64>,
    /// Whether providers are asked about the tokens that are found.
    pub verify: bool,
    /// Whether the sink gets an event for every verdict.
    pub verdicts: bool,
    /// Fixes the random labels: tests, comparisons of two scans.
    pub seed: Option<u64>,
    /// Where the time of events comes from.
    pub clock: Clock,
    /// Where interactions out of band arrive; without it no rule can ask to be called back.
    pub mailbox: Option<Arc<Mailbox>>,
    /// Time without any progress after which the scan is given up; `None`: twice the longest that anything may take.
    pub stall: Option<Duration>,
    /// Faults that tests inject.
    #[cfg(test)]
    pub faults: super::tests::Faults,
}

impl Settings {
    /// The defaults, for hosts of this scope.
    pub fn new(scope: Scope) -> Self {
        Self {
            limits: Limits::default(),
            wire: wire::Settings::default(),
            scope,
            identity: Identity::anonymous(),
            tls: SurveyDepth::default(),
            tier: Tier::Passive,
            concurrency: None,
            rate: 0.0,
            per_host_rate: 10.0,
            connections: 4,
            retries: 1,
            deadline: None,
            profile: None,
            gate: false,
            crawl: None,
            requests_per_host: None,
            verify: false,
            verdicts: false,
            seed: None,
            clock: Clock::System,
            mailbox: None,
            stall: None,
            #[cfg(test)]
            faults: super::tests::Faults::default(),
        }
    }

    /// How many hosts are under way at once, if each is asked so many rules, of which so many may ask for more after their
    /// first requests. Raises the process's limit of open files as far as it may.
    pub fn hosts_in_flight(&self, rules: u64, later: usize) -> usize {
        let files = raise_files();
        let per_host = self.connections.max(1) as u64;
        let by_files = usize::try_from(files.saturating_sub(SPARE_FILES) / per_host).unwrap_or(HOSTS);
        let answers = room_for_answers(later) as u64;
        let by_memory = STATE / rules.saturating_mul(RULE_WEIGHT).saturating_add(HOST_WEIGHT).saturating_add(answers);
        let by_memory = usize::try_from(by_memory).unwrap_or(HOSTS).clamp(4, HOSTS);
        self.concurrency.unwrap_or(by_memory).min(by_files).max(1)
    }

    /// Time without progress after which something must be wrong.
    pub fn stall_after(&self) -> Duration {
        const LONGEST_EXCHANGE: Duration = Duration::from_secs(60);
        const LONGEST_PAUSE: Duration = Duration::from_secs(60);
        let gap =
            |rate: f64| if rate > 0.0 { Duration::from_secs_f64((1.0 / rate).min(3600.0)) } else { Duration::ZERO };
        let exchange = self.limits.exchange.max(LONGEST_EXCHANGE).max(self.limits.callback) + self.limits.connect * 3;
        let paced = (gap(self.rate) + gap(self.per_host_rate)) * 4;
        let survey = wire::longest_survey(self.tls) * 2;
        self.stall.unwrap_or(((exchange + LONGEST_PAUSE + paced) * 2).max(survey))
    }
}

/// The number of files that may be open; 1024 where it cannot be told.
fn raise_files() -> u64 {
    rlimit::increase_nofile_limit(1 << 20).unwrap_or(1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::ScopeBuilder;

    #[test]
    fn hosts_are_bounded_by_rules_files_and_the_flag() {
        let mut settings = Settings::new(ScopeBuilder::new().build());
        let few = settings.hosts_in_flight(50, 5);
        assert!((1..=256).contains(&few));
        assert!(settings.hosts_in_flight(10_000, 5_000) < few.min(32));
        settings.concurrency = Some(3);
        assert_eq!(settings.hosts_in_flight(50, 5), 3);
        settings.concurrency = Some(usize::MAX);
        assert!(settings.hosts_in_flight(50, 5) < usize::MAX);
    }
}
