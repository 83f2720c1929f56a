//! Addresses that wait to be asked for.
//!
//! Two queues: what pages load goes first, other pages when nothing else is left and nothing is under way, so that the
//! order never hangs on timing. Invariant: an address without its query is in here once, and once more where it redirects to
//! itself with another query. Must never import anything above `wire`.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{CrawlBounds, Passed};
use crate::base::Origin;
use crate::discover::site::Kind;

/// An address with its way here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub url: Url,
    pub kind: Kind,
    /// Whether nothing says that it is there.
    pub is_guess: bool,
    /// Links to pages since the first page.
    pub depth: u32,
    /// Files since a page.
    pub chain: u32,
    /// Redirects.
    pub hops: u32,
    /// Whether a redirect led from it to itself with another query.
    pub again: bool,
    /// Where it is the robots.txt of that origin. Nothing mentions it, so it is a guess, and its kind says nothing.
    pub robots_of: Option<Origin>,
}

impl Entry {
    /// The robots.txt of an origin, after so many redirects.
    pub fn robots(url: Url, origin: Origin, hops: u32) -> Self {
        let kind = Kind::Config;
        Self { url, kind, is_guess: true, depth: 0, chain: 0, hops, again: false, robots_of: Some(origin) }
    }
}

/// What is known of an address that is mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    New,
    /// It was mentioned before.
    Same,
    /// An address that differs in its query only was mentioned before, this one was not.
    Query,
    /// So many addresses are known that no new one is taken.
    Full,
}

/// What neighbours of scripts in a folder turned out to be.
#[derive(Debug, Default)]
struct Folder {
    /// A map was found beside a script: the others are asked for too.
    has_maps: bool,
    waiting: Vec<Entry>,
}

#[derive(Debug)]
pub(super) struct Frontier {
    files: VecDeque<Entry>,
    pages: VecDeque<Entry>,
    known: FxHashSet<String>,
    /// The same addresses with their queries.
    exact: FxHashSet<[u8; 32]>,
    folders: FxHashMap<String, Folder>,
    shapes: FxHashMap<String, usize>,
    left: Left,
    alike: usize,
    waiting: usize,
}

/// How many of a kind may still be asked for.
#[derive(Debug)]
struct Left {
    pages: usize,
    maps: usize,
    configs: usize,
}

impl Frontier {
    pub fn new(bounds: &CrawlBounds) -> Self {
        Self {
            files: VecDeque::new(),
            pages: VecDeque::new(),
            known: FxHashSet::default(),
            exact: FxHashSet::default(),
            folders: FxHashMap::default(),
            shapes: FxHashMap::default(),
            left: Left { pages: bounds.pages, maps: bounds.maps, configs: bounds.configs },
            alike: bounds.alike,
            waiting: bounds.waiting,
        }
    }

    /// Remembers an address.
    pub fn mark(&mut self, url: &Url) -> Mark {
        let exact = Sha256::digest(url.as_str()).into();
        if self.exact.contains(&exact) {
            return Mark::Same;
        }
        if self.exact.len() >= self.waiting.saturating_mul(2) {
            return Mark::Full;
        }
        self.exact.insert(exact);
        if self.known.insert(key(url)) { Mark::New } else { Mark::Query }
    }

    /// Takes the robots.txt of another origin, which is asked for in its turn.
    pub fn push_robots(&mut self, entry: Entry) {
        self.files.push_back(entry);
    }

    /// Takes an address, or gives it back with why it is not asked for.
    pub fn push(&mut self, entry: Entry) -> Option<(Passed, Entry)> {
        if self.files.len() + self.pages.len() >= self.waiting {
            return Some((Passed::Requests, entry));
        }
        match entry.kind {
            Kind::Page | Kind::Sitemap => {
                let alike = self.shapes.entry(shape(&entry.url)).or_default();
                if self.left.pages == 0 || *alike >= self.alike {
                    return Some((Passed::Pages, entry));
                }
                *alike += 1;
                self.left.pages -= 1;
                self.pages.push_back(entry);
                return None;
            }
            Kind::Map if entry.is_guess => return self.push_neighbour(entry),
            Kind::Map | Kind::Config => {
                let left = if entry.kind == Kind::Map { &mut self.left.maps } else { &mut self.left.configs };
                if *left == 0 {
                    return Some((Passed::Kinds, entry));
                }
                *left -= 1;
            }
            Kind::Script | Kind::Worker | Kind::Manifest => {}
        }
        self.files.push_back(entry);
        None
    }

    /// Of a folder, one script's neighbour is asked for; the others only where that was a map.
    fn push_neighbour(&mut self, entry: Entry) -> Option<(Passed, Entry)> {
        let folder = folder(&entry.url);
        let is_new = !self.folders.contains_key(&folder);
        let folder = self.folders.entry(folder).or_default();
        if (is_new || folder.has_maps) && self.left.maps > 0 {
            self.left.maps -= 1;
            self.files.push_back(entry);
        } else if folder.waiting.len() < self.left.maps {
            folder.waiting.push(entry);
        }
        None
    }

    /// A neighbour was a map: those that wait in its folder are asked for.
    pub fn open_neighbours(&mut self, url: &Url) {
        let Some(folder) = self.folders.get_mut(&folder(url)) else { return };
        folder.has_maps = true;
        for entry in std::mem::take(&mut folder.waiting) {
            if self.left.maps == 0 {
                return;
            }
            self.left.maps -= 1;
            self.files.push_back(entry);
        }
    }

    /// The next address; a page only where the caller says that it is time for pages.
    pub fn pop(&mut self, pages_too: bool) -> Option<Entry> {
        self.files.pop_front().or_else(|| if pages_too { self.pages.pop_front() } else { None })
    }

    pub fn has_no_file(&self) -> bool {
        self.files.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.pages.is_empty()
    }

    /// Everything that still waits, guesses apart.
    pub fn drain(&mut self) -> impl Iterator<Item = Entry> {
        self.files.drain(..).chain(self.pages.drain(..)).filter(|entry| !entry.is_guess)
    }
}

/// An address without its query.
pub(super) fn key(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

fn folder(url: &Url) -> String {
    url.join(".").map_or_else(|_| String::new(), String::from)
}

/// An address with every number as one sign: pages of a calendar or of a list look alike.
fn shape(url: &Url) -> String {
    let mut shape = String::new();
    let mut in_number = false;
    for character in key(url).chars() {
        if character.is_ascii_digit() {
            if !in_number {
                shape.push('#');
            }
            in_number = true;
        } else {
            in_number = false;
            shape.push(character);
        }
    }
    shape
}
