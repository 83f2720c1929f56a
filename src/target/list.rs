//! The targets of a scan, as a stream.
//!
//! Takes arguments and lists (any `BufRead`; nothing is opened here); gives one [`Target`] or one diagnostic at a time.
//! Invariant: it holds one line, one target and eight bytes for each of the last-remembered names, never the list: a
//! network is counted through, not expanded. Must never import `wire` or anything above.
//!
//! A name that occurs twice is given once, as long as no more than [`REMEMBERED`] distinct names have been seen; later
//! ones are let through, and then at worst tested twice. Names that follow each other and mean the same host are one
//! target with several paths; arguments are brought together first, whatever their order.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::io::BufRead;
use std::sync::Arc;

use ipnet::IpAddrRange;

use super::lines::{Line, Lines};
use super::spelling::{Place, Spelled, Target, Written, of_address, read_word};
use crate::diagnostic::{Blame, Diagnostic};

/// How many names are remembered to recognise repetitions (eight bytes each).
pub const REMEMBERED: usize = 1 << 20;
/// How many paths of one host are one target.
const MAX_PATHS: usize = 1000;

/// A stream of targets.
pub struct Targets {
    sources: VecDeque<Source>,
    network: Option<(IpAddrRange, Option<u16>)>,
    held: Option<Target>,
    seen: HashSet<u64>,
    hash: RandomState,
}

enum Source {
    Words(std::vec::IntoIter<Result<Written, Box<Diagnostic>>>),
    List(Arc<str>, Lines),
}

impl Default for Targets {
    fn default() -> Self {
        Self::new()
    }
}

impl Targets {
    /// No target yet.
    pub fn new() -> Self {
        Self { sources: VecDeque::new(), network: None, held: None, seen: HashSet::new(), hash: RandomState::new() }
    }

    /// Adds targets given as arguments.
    #[must_use]
    pub fn words<S: AsRef<str>>(mut self, words: &[S]) -> Self {
        let read = words.iter().enumerate().map(|(index, word)| {
            let place = Place { name: "argument", line: index + 1 };
            read_word(word.as_ref().trim(), place)
        });
        self.sources.push_back(Source::Words(bring_together(read.collect()).into_iter()));
        self
    }

    /// Adds folders, files and archives that were named by these paths; whether they are there is for whoever reads them.
    #[must_use]
    pub fn files<S: AsRef<str>>(mut self, paths: &[S]) -> Self {
        let named: Vec<_> = paths.iter().map(|path| Ok(Written::One(Target::of_files(path.as_ref())))).collect();
        self.sources.push_back(Source::Words(named.into_iter()));
        self
    }

    /// Adds a list: one target a line, `#` starts a comment. `name` is what diagnostics call it.
    #[must_use]
    pub fn list(mut self, name: impl Into<Arc<str>>, reader: Box<dyn BufRead + Send>) -> Self {
        self.sources.push_back(Source::List(name.into(), Lines::new(reader)));
        self
    }

    /// The next target before repetitions are dropped and paths brought together.
    fn read(&mut self) -> Option<Result<Target, Box<Diagnostic>>> {
        loop {
            if let Some((addresses, port)) = &mut self.network {
                match addresses.next().map(|address| of_address(address, *port)) {
                    Some(Some(target)) => return Some(Ok(target)),
                    Some(None) => continue,
                    None => self.network = None,
                }
            }
            let written = match self.sources.front_mut()? {
                Source::Words(words) => words.next(),
                Source::List(name, lines) => next_line(name, lines),
            };
            match written {
                None => drop(self.sources.pop_front()),
                Some(Err(problem)) => {
                    if problem.code == UNREADABLE {
                        self.sources.pop_front();
                    }
                    return Some(Err(problem));
                }
                Some(Ok(Written::One(target))) => return Some(Ok(target)),
                Some(Ok(Written::Network(network, port))) => self.network = Some((all_addresses(network), port)),
            }
        }
    }

    fn is_new(&mut self, spelled: &Spelled, path: &str) -> bool {
        let hash = self.hash.hash_one((spelled, path));
        if self.seen.len() >= REMEMBERED {
            return !self.seen.contains(&hash);
        }
        self.seen.insert(hash)
    }
}

impl Iterator for Targets {
    type Item = Result<Target, Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut target = match self.read() {
                None => return self.held.take().map(Ok),
                Some(Err(problem)) => return Some(Err(*problem)),
                Some(Ok(target)) => target,
            };
            let spelled = target.spelled.clone();
            target.paths.retain(|path| self.is_new(&spelled, path));
            if target.paths.is_empty() {
                continue;
            }
            match &mut self.held {
                Some(held) if held.spelled == target.spelled && held.paths.len() < MAX_PATHS => {
                    held.paths.append(&mut target.paths);
                }
                held => {
                    if let Some(done) = held.replace(target) {
                        return Some(Ok(done));
                    }
                }
            }
        }
    }
}

const UNREADABLE: &str = "T0007";

fn next_line(name: &str, lines: &mut Lines) -> Option<Result<Written, Box<Diagnostic>>> {
    loop {
        let line = lines.next();
        let place = Place { name, line: lines.number() };
        return Some(match line {
            Ok(None) => return None,
            Ok(Some(Line::Text(text))) => match without_comment(&text) {
                "" => continue,
                word => read_word(word, place),
            },
            Ok(Some(Line::TooLong)) => {
                let help = "a target is at most 8 KiB; is this a list of targets?";
                Err(Box::new(place.complain("T0006", "a line of more than 8 KiB", "", "").help(help)))
            }
            Ok(Some(Line::NotUtf8(text))) => {
                let help = "a list is UTF-8 text with one target per line";
                Err(Box::new(place.complain("T0008", "a line that is not UTF-8", &text, "\u{fffd}").help(help)))
            }
            Err(error) => {
                let title = format!("`{name}` cannot be read beyond line {}: {error}", lines.number());
                Err(Box::new(Diagnostic::error(UNREADABLE, Blame::Configuration, title)))
            }
        });
    }
}

/// A comment starts at a `#` at the beginning or after white space, so that a URL's fragment is none.
fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if c == '#' && before.is_whitespace() {
            return line.get(..at).unwrap_or("").trim();
        }
        before = c;
    }
    line.trim()
}

/// Puts words that mean the same host behind each other, in the order of their first.
fn bring_together(words: Vec<Result<Written, Box<Diagnostic>>>) -> Vec<Result<Written, Box<Diagnostic>>> {
    let mut first = HashMap::new();
    let mut keyed: Vec<_> = words
        .into_iter()
        .enumerate()
        .map(|(index, word)| match &word {
            Ok(Written::One(target)) => (*first.entry(target.spelled.clone()).or_insert(index), word),
            _ => (index, word),
        })
        .collect();
    keyed.sort_by_key(|(place, _)| *place);
    keyed.into_iter().map(|(_, word)| word).collect()
}

/// Every address of a network, its first and last included: which of them are hosts is the network's own affair.
fn all_addresses(network: ipnet::IpNet) -> IpAddrRange {
    match network {
        ipnet::IpNet::V4(net) => IpAddrRange::V4(ipnet::Ipv4AddrRange::new(net.network(), net.broadcast())),
        ipnet::IpNet::V6(net) => IpAddrRange::V6(ipnet::Ipv6AddrRange::new(net.network(), net.broadcast())),
    }
}
