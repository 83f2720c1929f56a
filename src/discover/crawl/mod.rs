//! The crawl of one site: what is asked for next, what is taken of each answer, and the account of it.
//!
//! A state machine without a socket: the engine asks for what is wanted and gives the answers back in the order of asking.
//! First robots.txt, then what the pages that the survey asked for mention, then other pages and what they mention; of
//! another origin of the site, its robots.txt before its first file. Invariant: what is asked for and in which order depends on the answers alone, never on their timing; every address is
//! asked for once, read or counted as left out. Must never import anything above `wire`.

mod account;
mod bounds;
mod frontier;
mod manners;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use sha2::{Digest as _, Sha256};
use url::Url;

pub use account::{CrawlAccount, Passed};
pub use bounds::CrawlBounds;
use frontier::{Entry, Frontier, Mark, key};
use manners::{Manners, ROBOTS, ROBOTS_HOPS, Say, acts, path_and_query, robots_of};

use super::site::{Address, Kind, Robots, Text, is_of_kind, read, unpacked};
use crate::base::Origin;
use crate::observation::Response;
use crate::plan::location;
use crate::predicate::{Answer, Class, ReplyState};

/// Scripts of a page that later files are measured by.
const KNOWN: usize = 64;

/// Whether an origin may be talked to.
pub type Allows = Box<dyn Fn(&Origin) -> bool + Send + Sync>;

/// A request of the crawl.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// By its place in the order of asking.
    pub nth: usize,
    /// Where.
    pub origin: Origin,
    /// Path and query.
    pub target: String,
    /// The most bytes of the answer's body.
    pub most: u64,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is part of the site and is judged.
    Judge,
    /// It is not: missing, the same again, not what it was asked for as.
    Drop,
}

/// The crawl of one site.
pub struct Crawl {
    bounds: CrawlBounds,
    allows: Allows,
    own: Origin,
    /// The origins whose pages are read: the site's own, and where its first pages redirect to on the same host.
    homes: Vec<Origin>,
    manners: Manners,
    frontier: Frontier,
    /// Requests whose answers were not taken yet, in the order of asking.
    open: BTreeMap<usize, Entry>,
    next: usize,
    hashes: FxHashSet<[u8; 32]>,
    /// What answers to random paths look like.
    random: FxHashSet<[u8; 32]>,
    known: Vec<Url>,
    account: CrawlAccount,
}

impl std::fmt::Debug for Crawl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crawl").field("own", &self.own).field("account", &self.account).finish_non_exhaustive()
    }
}

impl Crawl {
    /// A crawl of the site of this origin.
    pub fn new(own: Origin, bounds: CrawlBounds, allows: Allows) -> Self {
        Self {
            frontier: Frontier::new(&bounds),
            bounds,
            allows,
            homes: vec![own.clone()],
            own,
            manners: Manners::default(),
            open: BTreeMap::new(),
            next: 0,
            hashes: FxHashSet::default(),
            random: FxHashSet::default(),
            known: Vec::new(),
            account: CrawlAccount::default(),
        }
    }

    /// Begins with robots.txt as it was answered, the answers to random paths, and the pages that were asked for anyway:
    /// those are read and not asked for again.
    pub fn begin(&mut self, robots: &ReplyState, random: &[ReplyState], pages: &[ReplyState]) {
        self.random.extend(random.iter().filter_map(last).filter_map(|answer| answer.response()).map(hash));
        self.take_robots(robots);
        for page in pages {
            let ReplyState::Answered(hops) = page else { continue };
            for answer in hops.all() {
                let Some(url) = url_of(answer) else { continue };
                let origin = &answer.exchange().probe.origin;
                if origin.host() == self.own.host() && !self.homes.contains(origin) {
                    self.homes.push(origin.clone());
                }
                self.frontier.mark(&url);
                if let Some(response) = answer.response().filter(|response| response.status < 300) {
                    self.hashes.insert(hash(response));
                    let kind = if answer.class() == Ok(Class::Html) { Kind::Page } else { Kind::Config };
                    self.follow(&url, kind, response, 0, 0);
                }
            }
        }
        if let Some(site) = Url::parse(&format!("{}/", self.own)).ok().filter(|_| self.bounds.depth > 0) {
            let named = self.manners.own.sitemaps.clone();
            for sitemap in named.iter().filter_map(|written| site.join(written).ok()) {
                self.offer(Address { url: sitemap, kind: Kind::Sitemap, is_guess: false }, 0, 0);
            }
            if let Ok(url) = site.join("/sitemap.xml") {
                self.offer(Address { url, kind: Kind::Sitemap, is_guess: true }, 0, 0);
            }
        }
    }

    fn take_robots(&mut self, robots: &ReplyState) {
        let read = robots_of(robots);
        self.account.no_robots = read.is_none();
        self.manners.own = read.unwrap_or_else(Robots::closed);
    }

    /// Takes the robots.txt of another origin, and lets those addresses through that it allows.
    fn take_robots_abroad(&mut self, origin: &Origin, entry: &Entry, reply: &ReplyState) {
        let answer = last(reply).filter(|answer| answer.response().is_some());
        self.account.bytes +=
            answer.and_then(|answer| answer.response()).map_or(0, |response| response.body.len() as u64);
        let next = answer.filter(|_| entry.hops < ROBOTS_HOPS).and_then(|answer| location(answer.exchange()));
        let next = next.filter(|(to, _)| (self.allows)(to));
        if let Some(url) = next.and_then(|(to, target)| Url::parse(&format!("{to}{target}")).ok()) {
            return self.frontier.push_robots(Entry::robots(url, origin.clone(), entry.hops + 1));
        }
        let robots = robots_of(reply).unwrap_or_else(Robots::closed);
        for entry in self.manners.take(origin, robots) {
            self.admit_abroad(origin, entry);
        }
    }

    /// What is to be asked for now, in order: no more at once than the bounds say.
    pub fn wanted(&mut self) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        let pages_too = self.open.is_empty() && self.frontier.has_no_file();
        while self.open.len() < self.bounds.at_once {
            if self.is_spent() {
                break;
            }
            let Some(entry) = self.frontier.pop(pages_too) else { break };
            let Some(origin) = Origin::of_url(&entry.url) else { continue };
            self.account.asked += 1;
            let most = match entry.kind {
                _ if entry.robots_of.is_some() => ROBOTS,
                Kind::Map => self.bounds.map,
                _ => self.bounds.file,
            };
            wanted.push(Wanted { nth: self.next, origin, target: path_and_query(&entry.url), most });
            self.open.insert(self.next, entry);
            self.next += 1;
        }
        wanted
    }

    /// The place of the answer that is to be taken next.
    pub fn due(&self) -> Option<usize> {
        self.open.first_key_value().map(|(nth, _)| *nth)
    }

    /// Takes the reply that is due.
    pub fn take(&mut self, reply: &ReplyState) -> Taken {
        let Some((_, entry)) = self.open.pop_first() else { return Taken::Drop };
        if let Some(origin) = &entry.robots_of {
            self.take_robots_abroad(origin, &entry, reply);
            return Taken::Drop;
        }
        let response = last(reply).and_then(|answer| answer.response().map(|response| (answer, response)));
        let Some((answer, response)) = response else { return self.pass(Passed::Failed, &entry) };
        self.account.bytes = self.account.bytes.saturating_add(response.body.len() as u64);
        if self.account.bytes > self.bounds.bytes {
            return self.pass(Passed::Bytes, &entry);
        }
        match response.status {
            200..=299 => self.take_file(&entry, answer, response),
            300..=399 => self.take_redirect(&entry, answer),
            404 | 410 => {
                self.account.missing += u64::from(!entry.is_guess);
                Taken::Drop
            }
            status => {
                if !entry.is_guess {
                    self.account.refuse(status, &entry.url);
                }
                // What a page says when it fails is what rules look for.
                if status >= 500 && entry.kind == Kind::Page { Taken::Judge } else { Taken::Drop }
            }
        }
    }

    fn take_file(&mut self, entry: &Entry, answer: &Answer, response: &Response) -> Taken {
        let hash = hash(response);
        let is_fallback = !is_of_kind(entry.kind, &response.body)
            || self.random.contains(&hash)
            || (entry.kind == Kind::Page && answer.class().is_ok_and(|class| class != Class::Html));
        if is_fallback {
            return self.pass(Passed::Other, entry);
        }
        if !self.hashes.insert(hash) {
            return self.pass(Passed::Same, entry);
        }
        self.account.found += u64::from(entry.is_guess);
        self.account.read(entry.kind);
        self.account.cut += u64::from(response.truncated.is_some());
        if entry.kind == Kind::Map && entry.is_guess {
            self.frontier.open_neighbours(&entry.url);
        }
        self.follow(&entry.url, entry.kind, response, entry.depth, entry.chain);
        Taken::Judge
    }

    /// A redirect is an address like any other: scope and robots are asked again, and it is asked for once.
    fn take_redirect(&mut self, entry: &Entry, answer: &Answer) -> Taken {
        let target =
            location(answer.exchange()).and_then(|(origin, target)| Url::parse(&format!("{origin}{target}")).ok());
        let Some(url) = target.filter(|_| entry.hops < self.bounds.redirects) else {
            return self.pass(Passed::Redirect, entry);
        };
        let is_itself = key(&url) == key(&entry.url);
        let passed = match self.frontier.mark(&url) {
            Mark::Full => Passed::Requests,
            Mark::Same if is_itself => Passed::Redirect,
            Mark::Same => Passed::Same,
            Mark::Query if !is_itself || entry.again => Passed::Query,
            Mark::Query | Mark::New => {
                let again = entry.again || is_itself;
                self.admit(Entry { url, hops: entry.hops + 1, again, ..entry.clone() });
                return Taken::Drop;
            }
        };
        self.pass(passed, entry)
    }

    /// Takes what an answer mentions into the frontier.
    fn follow(&mut self, url: &Url, kind: Kind, response: &Response, depth: u32, chain: u32) {
        let links: Vec<&[u8]> = response.header("link").map(|value| &value[..]).collect();
        let map = response.header("sourcemap").chain(response.header("x-sourcemap")).next();
        let body = if kind == Kind::Sitemap { unpacked(&response.body) } else { response.body.as_ref().into() };
        let source_map = map.map(|value| &value[..]);
        let text = Text { url, kind, body: &body, links: &links, source_map, known: &self.known };
        let found = read(&text);
        self.account.over += found.over;
        self.account.skimmed += u64::from(found.is_skimmed);
        let scripts = found.addresses.iter().filter(|address| address.kind == Kind::Script && !address.is_guess);
        let scripts: Vec<Url> = scripts.map(|address| address.url.clone()).collect();
        let room = KNOWN.saturating_sub(self.known.len());
        self.known.extend(scripts.into_iter().take(room));
        for address in found.addresses {
            let is_page = matches!(address.kind, Kind::Page | Kind::Sitemap);
            let depth = if is_page && kind != Kind::Sitemap { depth + 1 } else { depth.max(u32::from(is_page)) };
            self.offer(address, depth, chain + 1);
        }
    }

    /// Takes an address that is mentioned, where it is new.
    fn offer(&mut self, address: Address, depth: u32, chain: u32) {
        let Address { url, kind, is_guess } = address;
        let entry = Entry { url, kind, is_guess, depth, chain, hops: 0, again: false, robots_of: None };
        let mark = self.frontier.mark(&entry.url);
        match mark {
            Mark::Same => return,
            Mark::Full => self.account.over += u64::from(!is_guess),
            Mark::New | Mark::Query => self.account.found += u64::from(!is_guess),
        }
        match mark {
            Mark::New => self.admit(entry),
            Mark::Query => _ = self.pass(Passed::Query, &entry),
            Mark::Same | Mark::Full => {}
        }
    }

    /// Whether an address may be asked for is decided here for every one, whatever led to it.
    fn admit(&mut self, entry: Entry) {
        let Some(origin) = Origin::of_url(&entry.url) else {
            self.pass(Passed::Scope, &entry);
            return;
        };
        let is_page = matches!(entry.kind, Kind::Page | Kind::Sitemap);
        let is_home = self.homes.contains(&origin);
        let why = if (is_page && !is_home) || !(self.allows)(&origin) {
            Passed::Scope
        } else if acts(&entry.url) {
            Passed::Action
        } else if (is_page && entry.depth > self.bounds.depth) || entry.chain > self.bounds.chain {
            Passed::Deep
        } else if !is_home {
            return self.admit_abroad(&origin, entry);
        } else if self.manners.allows(&entry.url) {
            return self.queue(entry);
        } else {
            Passed::Robots
        };
        self.pass(why, &entry);
    }

    /// Of another origin, robots.txt is asked for first.
    fn admit_abroad(&mut self, origin: &Origin, entry: Entry) {
        match self.manners.decide(origin, entry, self.bounds.origins) {
            Say::Go(entry) => self.queue(entry),
            Say::No(entry) => _ = self.pass(Passed::Robots, &entry),
            Say::Many(entry) => _ = self.pass(Passed::Hosts, &entry),
            Say::Held => {}
            Say::Ask => {
                if let Ok(url) = Url::parse(&format!("{origin}/robots.txt")) {
                    self.frontier.push_robots(Entry::robots(url, origin.clone(), 0));
                }
            }
        }
    }

    fn queue(&mut self, entry: Entry) {
        if let Some((why, entry)) = self.frontier.push(entry) {
            self.pass(why, &entry);
        }
    }

    fn pass(&mut self, why: Passed, entry: &Entry) -> Taken {
        if !entry.is_guess {
            self.account.pass(why, &entry.url);
        }
        Taken::Drop
    }

    /// Whether nothing is left to ask for or to take.
    pub fn is_over(&self) -> bool {
        self.open.is_empty() && (self.is_spent() || self.frontier.is_empty())
    }

    fn is_spent(&self) -> bool {
        let over = self.account.asked >= self.bounds.requests || self.account.bytes >= self.bounds.bytes;
        over || self.account.is_stopped
    }

    /// The crawl is stopped: what was not read is said to be left out.
    pub fn stop(&mut self) {
        self.account.is_stopped = true;
        for (_, entry) in std::mem::take(&mut self.open) {
            self.pass(Passed::Stopped, &entry);
        }
    }

    /// The account, with what was never asked for.
    pub fn finish(mut self) -> CrawlAccount {
        let why = if self.account.is_stopped {
            Passed::Stopped
        } else if self.account.bytes >= self.bounds.bytes {
            Passed::Bytes
        } else {
            Passed::Requests
        };
        for entry in self.frontier.drain().chain(self.manners.drain()) {
            self.account.pass(why, &entry.url);
        }
        self.account
    }
}

fn last(reply: &ReplyState) -> Option<&Arc<Answer>> {
    match reply {
        ReplyState::Answered(hops) => Some(hops.last()),
        ReplyState::Observed(_) | ReplyState::Called(_) | ReplyState::NotAsked | ReplyState::Unknown(_) => None,
    }
}

fn url_of(answer: &Answer) -> Option<Url> {
    Url::parse(&answer.exchange().probe.url()).ok()
}

fn hash(response: &Response) -> [u8; 32] {
    Sha256::digest(&response.body).into()
}
