//! A host as an actor: it owns its requests, runs, links and survey, and sends what its rules ask for, politely.
//!
//! Takes one target; says its plan, findings, verdicts and ending to the dispatcher. The order of things: find out the
//! scheme, promise every verdict, survey first, then let rules begin turn by turn and deliver each answer to all who wait
//! for it, until all runs are done. Invariant: each planned verdict is booked exactly once, on every path
//! that does not panic. Must never import anything above `discover`.

mod delivery;
mod ending;
mod flights;
mod gathered;
mod lineup;
mod outings;
mod plan;
mod reading;
mod restraint;
mod telling;
mod tls;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use tokio::task::{AbortHandle, Id, JoinSet};

use self::gathered::Gathered;
use self::lineup::Lineup;
use self::outings::Abroad;
pub(super) use self::outings::observed;
use self::restraint::Restraint;
use self::telling::Untold;
use self::tls::TlsSeen;
use super::crawl::{Crawling, reach};
use super::files::scan_files;
use super::ledger::HostId;
use super::link::Link;
use super::requests::{Requests, SlotId, Who};
use super::runs::Runs;
use super::scheme::{Opening, open};
use super::shared::{Cost, Shared};
use super::survey::{Survey, https_of};
use super::verify::Questions;
use super::yielding::Yielding;
use crate::base::Origin;
use crate::observation::ProbeError;
use crate::predicate::{Answer, EndpointFacts, HostFacts, ReplyState};
use crate::target::{Scope, Target};
use crate::wire::Contacts;

/// One host under way.
pub(super) struct Host {
    shared: Arc<Shared>,
    id: HostId,
    cost: Arc<Cost>,
    scope: Scope,
    /// The scope of connections: that of the rules, with the site where it is read.
    reach: Scope,
    facts: Arc<HostFacts>,
    root: Arc<EndpointFacts>,
    requests: Requests,
    links: HashMap<Origin, Link>,
    flights: JoinSet<Arc<Answer>>,
    aloft: HashMap<SlotId, (AbortHandle, Origin)>,
    slots_of_tasks: HashMap<Id, SlotId>,
    /// What is sent besides requests.
    abroad: Abroad,
    lineup: Lineup,
    runs: Runs,
    survey: Survey,
    crawling: Crawling,
    restraint: Restraint,
    untold: Untold,
    /// What providers were asked about tokens that were found here.
    questions: Questions,
    /// Verdicts promised so far.
    promised: usize,
    /// What rules of endpoints came to, path by path; told once all paths are judged.
    gathered: Gathered,
    /// Places of the passive rules in the book, in the program's order, and whether each is refused.
    passive: Vec<(usize, bool)>,
    deliveries: VecDeque<(Who, ReplyState, bool)>,
    stopped: bool,
    incomplete: bool,
    /// Whether no HTTP is spoken: the target is of another protocol.
    is_mute: bool,
    https: Option<bool>,
    tls: TlsSeen,
    trouble: Option<ProbeError>,
    /// Findings told so far, by fingerprint, where a workflow may find what a rule finds by itself.
    told: HashSet<String>,
    /// Findings that wait for those of rules that say more.
    yielding: Yielding,
}

/// Scans one target from its first packet to its ending.
pub(super) async fn scan_host(shared: Arc<Shared>, id: HostId, target: Target, cost: Arc<Cost>) {
    if target.spelled.first().is_files() {
        return scan_files(shared, id, target, cost).await;
    }
    let scope = shared.orders.settings.scope.for_host(target.spelled.first().host());
    if let Some(opening) = open(&shared, &target, &scope, &cost).await {
        let mut host = Host::new(shared, id, scope, opening, cost);
        host.is_mute = target.starttls.is_some();
        host.scan(&target).await;
    }
}

impl Host {
    fn new(shared: Arc<Shared>, id: HostId, scope: Scope, opening: Opening, cost: Arc<Cost>) -> Self {
        let mut requests = Requests::default();
        let mut https = opening.without_https.then_some(false);
        let mut tls = TlsSeen::default();
        if let Some((probe, answer)) = opening.first {
            https = https_of(&answer).or(https);
            tls.note_answer(&answer);
            requests.insert_answered(probe, answer);
        }
        let origin = opening.facts.origin.clone();
        let reach = reach(&shared.orders, &origin, &scope);
        let crawling = Crawling::new(&shared.orders, &origin, &scope, &reach);
        let contacts = Contacts::new(Arc::clone(&shared.wire), scope.clone());
        let abroad = Abroad::new(contacts, shared.orders.settings.connections);
        Self {
            restraint: Restraint::new(&shared.orders),
            questions: Questions::default(),
            yielding: Yielding::default(),
            shared,
            id,
            cost,
            scope,
            reach,
            facts: Arc::new(opening.facts),
            root: Arc::new(EndpointFacts::root()),
            requests,
            links: HashMap::from([(origin, opening.link)]),
            flights: JoinSet::new(),
            aloft: HashMap::new(),
            slots_of_tasks: HashMap::new(),
            abroad,
            lineup: Lineup::default(),
            runs: Runs::default(),
            untold: Untold::new(),
            survey: Survey::default(),
            crawling,
            promised: 0,
            gathered: Gathered::default(),
            passive: Vec::new(),
            deliveries: VecDeque::new(),
            stopped: false,
            incomplete: false,
            is_mute: false,
            https,
            tls,
            trouble: None,
            told: HashSet::new(),
        }
    }

    async fn scan(mut self, target: &Target) {
        self.plan(target).await;
        loop {
            self.settle().await;
            self.launch();
            self.launch_others();
            if self.is_over() {
                break;
            }
            let control = self.shared.control.clone();
            tokio::select! {
                Some(landed) = self.flights.join_next_with_id() => self.land(landed),
                Some(back) = self.abroad.flights.join_next_with_id() => self.come_back(back),
                _ = control.wait(), if !self.stopped => self.stop(),
            }
        }
        self.finish().await;
    }

    /// Whether some request may still be made that was not made so far, by rules that have asked or by the survey.
    fn may_ask_later(&self) -> bool {
        self.rules_ask_later() || self.survey.looks_for_endpoints() || self.restraint.holds()
    }

    fn rules_ask_later(&self) -> bool {
        self.runs.may_ask_later() || self.lineup.asking_later() > 0
    }

    /// Whether nothing is left to send, to wait for or to judge.
    fn is_over(&self) -> bool {
        let idle = self.flights.is_empty() && self.abroad.flights.is_empty();
        let done = self.is_idle() && self.survey.is_over() && self.crawling.is_over();
        (done && !self.restraint.holds()) || idle
    }

    /// Whether all rules that were let begin are done.
    fn is_idle(&self) -> bool {
        self.runs.open() == 0 && self.lineup.is_empty()
    }
}
