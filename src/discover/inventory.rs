//! The endpoints of a host that rules of endpoints are asked of, besides the paths that its target names.
//!
//! At most two: one that gives data to strangers, and one that turns them away. The candidates are a few usual paths of
//! APIs and what the pages of the host mention; each is asked once, and what it answers decides. Takes pages and replies;
//! gives paths. Invariant: an answer that random paths get as well is no endpoint. Must never import anything above
//! `wire`.

use std::sync::Arc;

use super::mentions::{is_harmless_api, mentions};
use crate::base::Origin;
use crate::plan::location;
use crate::predicate::{Answer, Class, Reply, ReplyState};

/// Paths that APIs usually have; some of them rules ask for anyway.
pub const USUAL: [&str; 8] =
    ["/api", "/api/v1", "/api/me", "/api/users", "/api/health", "/api/config", "/health", "/openapi.json"];
/// The most paths that are asked because an answer mentions them.
pub const FOUND: usize = 4;
/// The most endpoints that it adds to those that the target names.
pub const ENDPOINTS: usize = 2;

/// What a candidate answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Nothing that makes it an endpoint.
    Other,
    /// Data.
    Data,
    /// That strangers are not let in: 401 or 403.
    Challenge(u16),
}

#[derive(Debug)]
struct Candidate {
    path: Arc<str>,
    told: Told,
    /// Where it redirected to on the same origin.
    moved: Option<String>,
}

/// The inventory of a host under construction.
#[derive(Debug)]
pub struct Inventory {
    origin: Origin,
    named: Vec<Arc<str>>,
    /// First those that are usual, then those that were found.
    candidates: Vec<Candidate>,
}

impl Inventory {
    /// An inventory of the usual paths. Those that the target names are endpoints already.
    pub fn new(origin: Origin, named: &[Arc<str>]) -> Self {
        let mut inventory = Self { origin, named: named.to_vec(), candidates: Vec::new() };
        for path in USUAL {
            inventory.add(path);
        }
        inventory
    }

    fn add(&mut self, path: &str) {
        let is_known = |known: &Arc<str>| **known == *path;
        if !self.named.iter().any(is_known) && !self.candidates.iter().any(|candidate| is_known(&candidate.path)) {
            self.candidates.push(Candidate { path: path.into(), told: Told::Other, moved: None });
        }
    }

    /// The candidates so far, in order.
    pub fn candidates(&self) -> impl Iterator<Item = &Arc<str>> {
        self.candidates.iter().map(|candidate| &candidate.path)
    }

    /// Takes the reply of a candidate.
    pub fn take(&mut self, nth: usize, reply: &ReplyState) {
        let ReplyState::Answered(hops) = reply else { return };
        let Some(candidate) = self.candidates.get_mut(nth) else { return };
        candidate.told = told(hops.last());
        candidate.moved = location(hops.last().exchange())
            .filter(|(origin, _)| *origin == self.origin)
            .map(|(_, target)| target)
            .filter(|target| is_harmless_api(target));
    }

    /// Adds what the pages mention, and where usual paths have moved to; the new candidates follow the old ones.
    pub fn grow<'a>(&mut self, pages: impl Iterator<Item = &'a ReplyState>) {
        let mut found: Vec<String> = Vec::new();
        for page in pages {
            let ReplyState::Answered(hops) = page else { continue };
            for answer in hops.all() {
                let is_data = told(answer) == Told::Data;
                let origin = &answer.exchange().probe.origin;
                let read = answer.response().filter(|_| *origin == self.origin);
                found.extend(read.into_iter().flat_map(|response| mentions(response, origin, is_data)));
            }
        }
        found.extend(self.candidates.iter().filter_map(|candidate| candidate.moved.clone()));
        let most = self.candidates.len() + FOUND;
        for path in found {
            if self.candidates.len() < most {
                self.add(&path);
            }
        }
    }

    /// The endpoints: the first candidate that gives data, and the first that asks who is there. What was found comes
    /// before what is usual, and 401 before 403.
    pub fn endpoints(&self, baseline: &[Reply]) -> Vec<Arc<str>> {
        let random: Option<Vec<Told>> = baseline.iter().map(told_at_random).collect();
        let Some(random) = random.filter(|random| !random.is_empty()) else { return Vec::new() };
        let usual = self.candidates.iter().position(|candidate| !USUAL.contains(&&*candidate.path));
        let (usual, found) = self.candidates.split_at(usual.unwrap_or(self.candidates.len()));
        let first = |wanted: Told| {
            let mut all = found.iter().chain(usual).filter(|_| !random.contains(&wanted));
            all.find(|candidate| candidate.told == wanted).map(|candidate| Arc::clone(&candidate.path))
        };
        let challenge = first(Told::Challenge(401)).or_else(|| first(Told::Challenge(403)));
        first(Told::Data).into_iter().chain(challenge).take(ENDPOINTS).collect()
    }
}

fn told(answer: &Answer) -> Told {
    let Some(response) = answer.response() else { return Told::Other };
    match response.status {
        200..=299 if answer.class() == Ok(Class::Json) => Told::Data,
        status @ (401 | 403) => Told::Challenge(status),
        _ => Told::Other,
    }
}

/// What a random path was told; `None` where that is not known.
fn told_at_random(reply: &Reply) -> Option<Told> {
    match &reply.state {
        ReplyState::Answered(hops) => hops.last().response().map(|_| told(hops.last())),
        ReplyState::Observed(_) | ReplyState::Called(_) | ReplyState::NotAsked | ReplyState::Unknown(_) => None,
    }
}
