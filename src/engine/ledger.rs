//! The books: what was planned, what became of it, host by host and in all.
//!
//! Owns the account of every host under way and the totals of the run. Takes what hosts say; gives host reports and the
//! summary. Planned verdicts are counted when a host's plan arrives, outcomes when they do, so the two agree only if
//! nothing was lost or said twice. Invariant: nothing is kept of a host that is done but counters.
//! Must never import anything above `discover`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::base::Origin;
use crate::finding::{
    CoverageRow, Finding, HostOutcome, HostReport, Outcome, RunSummary, SiteReading, SkipReason, Verdict,
};
use crate::observation::ProbeError;
use crate::predicate::Profiled;
use crate::tls::summary::Summary;

/// A host under way, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct HostId(pub u64);

/// Something that a host says.
#[derive(Debug)]
pub(super) struct Message {
    pub host: HostId,
    pub said: Said,
}

/// What a host can say.
#[derive(Debug)]
pub(super) enum Said {
    /// This is my plan; so many requests are known already.
    Planned(Box<HostBook>, u64),
    /// Endpoints were found: the plan promises these verdicts besides, rule and target of each.
    Extended(Vec<(Arc<str>, Arc<str>)>),
    /// So many more requests are over.
    Requested(u64),
    /// This was found.
    Found(Box<Finding>),
    /// The verdicts at these places of the plan.
    Booked(Vec<(usize, Outcome)>),
    /// I am done.
    Done(Box<Ending>),
}

/// How a host ended, besides its verdicts.
#[derive(Debug)]
pub(super) struct Ending {
    pub outcome: HostOutcome,
    pub error: Option<ProbeError>,
    pub requests: u64,
    pub bytes: u64,
    pub https: Option<bool>,
    /// What a survey of its TLS came to.
    pub tls: Option<Box<Summary>>,
    pub profile: Option<Profiled>,
    pub notes: Vec<Arc<str>>,
    pub reading: Option<SiteReading>,
}

/// The verdicts that a host's plan promises, in order.
#[derive(Debug)]
pub(super) struct HostBook {
    pub origin: Origin,
    pub named: String,
    /// Rule and target of each verdict.
    pub promised: Vec<(Arc<str>, Arc<str>)>,
}

#[derive(Debug)]
struct Account {
    book: HostBook,
    booked: Vec<bool>,
    coverage: CoverageRow,
    curated: CoverageRow,
    not_checked: BTreeMap<String, Vec<Arc<str>>>,
}

/// The books of a run.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Rules that are no community templates.
    curated: HashSet<Arc<str>>,
    accounts: HashMap<HostId, Account>,
    summary: RunSummary,
    twice: u64,
}

impl Ledger {
    /// Empty books; these rules are no community templates.
    pub fn new(curated: HashSet<Arc<str>>) -> Self {
        Self { curated, ..Self::default() }
    }

    /// Opens a host's account.
    pub fn open(&mut self, host: HostId, book: HostBook) {
        self.summary.planned += book.promised.len() as u64;
        let booked = vec![false; book.promised.len()];
        let (coverage, curated) = (CoverageRow::default(), CoverageRow::default());
        self.accounts.insert(host, Account { book, booked, coverage, curated, not_checked: BTreeMap::new() });
    }

    /// Adds to what a host's plan promises.
    pub fn extend(&mut self, host: HostId, promised: Vec<(Arc<str>, Arc<str>)>) {
        let Some(account) = self.accounts.get_mut(&host) else { return };
        self.summary.planned += promised.len() as u64;
        account.book.promised.extend(promised);
        account.booked.resize(account.book.promised.len(), false);
    }

    /// The host's origin, once it has a plan.
    pub fn origin(&self, host: HostId) -> Option<&Origin> {
        self.accounts.get(&host).map(|account| &account.book.origin)
    }

    /// Books a verdict; gives it in full.
    pub fn book(&mut self, host: HostId, place: usize, outcome: Outcome) -> Option<Verdict> {
        let account = self.accounts.get_mut(&host)?;
        let (rule, target) = account.book.promised.get(place)?;
        if std::mem::replace(account.booked.get_mut(place)?, true) {
            self.twice += 1;
        }
        let verdict = Verdict { rule: Arc::clone(rule), target: target.to_string(), outcome };
        account.coverage.count(outcome);
        if self.curated.contains(rule) {
            account.curated.count(outcome);
        }
        if let Some(reason) = outcome.reason() {
            let why = format!("{}({reason})", outcome.name());
            *self.summary.reasons.entry(why.clone()).or_default() += 1;
            if outcome.is_applicable() || outcome == Outcome::Skipped(SkipReason::Refused) {
                account.not_checked.entry(why).or_default().push(Arc::clone(rule));
            }
        }
        *count_of(&mut self.summary, outcome) += 1;
        Some(verdict)
    }

    /// The places of a host's plan that have no verdict yet.
    pub fn outstanding(&self, host: HostId) -> Vec<usize> {
        let booked = self.accounts.get(&host).map_or(&[][..], |account| &account.booked);
        booked.iter().enumerate().filter(|(_, booked)| !**booked).map(|(place, _)| place).collect()
    }

    /// Closes a host's account; gives its report. `None` where it has none.
    pub fn close(&mut self, host: HostId, ending: Ending) -> Option<HostReport> {
        self.summary.requests += ending.requests;
        self.summary.bytes += ending.bytes;
        let mut account = self.accounts.remove(&host)?;
        *self.summary.hosts.entry(ending.outcome.name()).or_default() += 1;
        for rules in account.not_checked.values_mut() {
            rules.sort_unstable();
            rules.dedup();
        }
        Some(HostReport {
            target: account.book.origin.clone(),
            named: account.book.named.clone(),
            outcome: ending.outcome,
            error: ending.error,
            requests: ending.requests,
            bytes: ending.bytes,
            coverage: account.coverage,
            curated: account.curated,
            not_checked: account.not_checked,
            https: ending.https,
            tls: ending.tls,
            profile: ending.profile,
            notes: ending.notes,
            reading: ending.reading,
        })
    }

    /// A target that could not be read.
    pub fn note_invalid_target(&mut self) {
        self.summary.invalid_targets += 1;
    }

    /// The totals, and how many verdicts came twice.
    pub fn finish(self) -> (RunSummary, u64) {
        (self.summary, self.twice)
    }
}

fn count_of(summary: &mut RunSummary, outcome: Outcome) -> &mut u64 {
    match outcome {
        Outcome::Match => &mut summary.matched,
        Outcome::Clean => &mut summary.clean,
        Outcome::Error(_) => &mut summary.error,
        Outcome::Skipped(_) => &mut summary.skipped,
        Outcome::Inconclusive(_) => &mut summary.inconclusive,
    }
}
