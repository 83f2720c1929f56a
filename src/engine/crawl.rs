//! The crawl of one host under way: the requests it wants, and answers given to it in its own order.
//!
//! Takes replies as they land, and keeps those that are not due yet; gives probes to send and answers to judge. Invariant:
//! the crawl sees replies in the order of asking, so that timing never shows in what it reads, and what the user gave for
//! the host goes to no other origin. Must never import anything above `discover`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::contained::contained;
use super::orders::Orders;
use super::survey::get;
use crate::base::Origin;
use crate::discover::crawl::{Crawl, CrawlAccount, Taken, Wanted};
use crate::finding::SiteReading;
use crate::observation::HttpProbe;
use crate::predicate::{HostFacts, ReplyState, registrable};
use crate::target::Scope;

/// Where robots.txt is (RFC 9309 §2.3).
pub(super) const ROBOTS: &str = "/robots.txt";

/// The crawl of one host; nothing where none is wanted.
#[derive(Default)]
pub(super) struct Crawling {
    crawl: Option<Crawl>,
    has_begun: bool,
    robots: Option<ReplyState>,
    /// Replies that are not due yet.
    back: BTreeMap<usize, ReplyState>,
    /// The words of a panic that ended it.
    lost: Option<String>,
    failures: u32,
}

/// Requests in a row that may fail before the crawl is given up.
const FAILURES: u32 = 8;

/// The scope of a host's crawl: the host's own with all of its site.
pub(super) fn reach(orders: &Orders, origin: &Origin, scope: &Scope) -> Scope {
    let site = registrable(origin.host()).filter(|_| orders.settings.crawl.is_some());
    site.map_or_else(|| scope.clone(), |site| scope.with_site(site))
}

impl Crawling {
    /// The crawl that the orders want of a host, as far as its [`reach`].
    pub fn new(orders: &Orders, origin: &Origin, scope: &Scope, reach: &Scope) -> Self {
        let Some(bounds) = orders.settings.crawl.clone() else { return Self::default() };
        let (own, scope, reach) = (origin.clone(), scope.clone(), reach.clone());
        let allows = move |other: &Origin| {
            let same_site = other.scheme == own.scheme && reach.allows_host(other.host()).is_allowed();
            same_site || scope.allows_host(other.host()).is_allowed()
        };
        Self { crawl: Some(Crawl::new(origin.clone(), bounds, Box::new(allows))), ..Self::default() }
    }

    /// Whether robots.txt is to be asked for.
    pub fn is_wanted(&self) -> bool {
        self.crawl.is_some()
    }

    /// Takes the reply to robots.txt.
    pub fn take_robots(&mut self, reply: ReplyState) {
        self.robots = Some(reply);
    }

    /// Takes the reply to a request, which may not be due yet.
    pub fn take(&mut self, nth: usize, reply: ReplyState) {
        self.back.insert(nth, reply);
    }

    /// Begins, once what it begins with is in: `pages` and answers to random paths.
    pub async fn begin(&mut self, random: impl FnOnce() -> Vec<ReplyState>, pages: impl FnOnce() -> Vec<ReplyState>) {
        if self.has_begun || self.robots.is_none() {
            return;
        }
        self.has_begun = true;
        let (Some(robots), Some(mut crawl)) = (self.robots.take(), self.crawl.take()) else { return };
        let (random, pages) = (random(), pages());
        if pages.iter().all(|page| !matches!(page, ReplyState::Answered(_)) || page.failure().is_some()) {
            // A host that does not answer has no site to read.
            return;
        }
        let begun = contained(true, move || {
            crawl.begin(&robots, &random, &pages);
            crawl
        });
        self.crawl = self.keep(begun.await);
    }

    /// Takes all replies that are due; gives those that are to be judged.
    pub async fn read(&mut self) -> Vec<ReplyState> {
        let mut judged = Vec::new();
        while let Some(reply) = self.crawl.as_ref().and_then(Crawl::due).and_then(|due| self.back.remove(&due)) {
            let Some(mut crawl) = self.crawl.take() else { break };
            let has_failed = reply.failure().is_some() || !matches!(reply, ReplyState::Answered(_));
            self.failures = if has_failed { self.failures + 1 } else { 0 };
            let taken = contained(true, move || {
                let taken = crawl.take(&reply);
                (crawl, taken, reply)
            });
            let Some((mut crawl, taken, reply)) = self.keep(taken.await) else { break };
            if self.failures >= FAILURES {
                crawl.stop();
            }
            self.crawl = Some(crawl);
            judged.extend((taken == Taken::Judge).then_some(reply));
        }
        judged
    }

    fn keep<T>(&mut self, done: Result<T, String>) -> Option<T> {
        done.map_err(|words| self.lost = Some(words)).ok()
    }

    /// The probes of what is to be asked for now, with their places.
    pub fn wanted(&mut self, orders: &Orders, facts: &HostFacts) -> Vec<(usize, Arc<HttpProbe>)> {
        let wanted = match &mut self.crawl {
            Some(crawl) if self.has_begun => crawl.wanted(),
            _ => Vec::new(),
        };
        let probes = wanted.into_iter().filter_map(|one| Some((one.nth, probe(&one, orders, facts)?)));
        probes.collect()
    }

    /// Nothing more is asked for.
    pub fn stop(&mut self) {
        self.back.clear();
        self.crawl.iter_mut().for_each(Crawl::stop);
    }

    /// Whether nothing is left to ask for or to read.
    pub fn is_over(&self) -> bool {
        self.crawl.as_ref().is_none_or(|crawl| self.has_begun && crawl.is_over())
    }

    /// What it came to, and sentences for the report.
    pub fn finish(&mut self) -> (Option<SiteReading>, Vec<Arc<str>>) {
        let account = self.crawl.take().filter(|_| self.has_begun).map(Crawl::finish);
        let lost = self.lost.take().map(|words| Arc::from(format!("crawl: it panicked: {words}")));
        let notes = account.iter().flat_map(CrawlAccount::notes).map(Arc::from).chain(lost).collect();
        (account.map(reading), notes)
    }
}

/// A plain GET, as a rule would send it to that origin. What is not the host's own is asked for by its URL, so that it is
/// rendered without the fields that the user gave for the host.
fn probe(wanted: &Wanted, orders: &Orders, facts: &HostFacts) -> Option<Arc<HttpProbe>> {
    let is_own = wanted.origin == facts.origin;
    let target = if is_own { wanted.target.clone() } else { format!("{}{}", wanted.origin, wanted.target) };
    let probe = get(orders, facts, &target).ok()?;
    Some(Arc::new(HttpProbe { most: Some(wanted.most), ..probe }))
}

fn reading(account: CrawlAccount) -> SiteReading {
    SiteReading {
        found: account.found,
        read: account.files(),
        requests: account.asked,
        bytes: account.bytes,
        missing: account.missing,
        left: account.passed.iter().map(|(why, (count, _))| (why.name(), *count)).collect(),
    }
}
