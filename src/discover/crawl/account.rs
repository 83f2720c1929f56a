//! What a crawl found, read and left out, and why.
//!
//! Invariant: every address that was found is read, missing or passed by with a reason. Must never import anything above
//! `wire`.

use std::collections::BTreeMap;

use url::Url;

use crate::discover::site::Kind;

/// Why an address was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passed {
    /// robots.txt asks crawlers to leave it alone.
    Robots,
    /// It is on another site, or out of scope.
    Scope,
    /// Too many links or files lie between it and the first page.
    Deep,
    /// Over the number of pages, or one more page of many that look alike.
    Pages,
    /// Over the number of source maps or configurations.
    Kinds,
    /// Its bytes were read under another address.
    Same,
    /// The server answered with something else: a page instead of a script, what it says to any path.
    Other,
    /// It redirects in a circle, too often, or nowhere.
    Redirect,
    /// The request failed or was not sent.
    Failed,
    /// Over the number of requests.
    Requests,
    /// Over the number of bytes.
    Bytes,
    /// The scan was stopped, or request after request failed.
    Stopped,
}

impl Passed {
    /// A short name, as machine formats count it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Robots => "robots",
            Self::Scope => "scope",
            Self::Deep => "depth",
            Self::Pages => "pages",
            Self::Kinds => "maps-and-configs",
            Self::Same => "duplicate",
            Self::Other => "fallback",
            Self::Redirect => "redirect",
            Self::Failed => "failed",
            Self::Requests => "requests",
            Self::Bytes => "bytes",
            Self::Stopped => "stopped",
        }
    }

    /// In words, as half a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Robots => "robots.txt asks crawlers to leave them alone",
            Self::Scope => "on other sites",
            Self::Deep => "too many links away",
            Self::Pages => "over the bound on pages, or pages that look alike",
            Self::Kinds => "over the bound on source maps and configurations",
            Self::Same => "the same bytes as another file",
            Self::Other => "the server answers with its page or with what it says to any path",
            Self::Redirect => "redirects that lead nowhere",
            Self::Failed => "the request failed",
            Self::Requests => "over the bound on requests",
            Self::Bytes => "over the bound on bytes",
            Self::Stopped => "given up: the scan was stopped, or the server answered nothing any more",
        }
    }
}

/// The account of one site's crawl.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrawlAccount {
    /// Addresses found, guesses apart.
    pub found: u64,
    /// Requests made.
    pub asked: u64,
    /// Files read, by kind.
    pub read: BTreeMap<Kind, u64>,
    /// Bytes of all answers.
    pub bytes: u64,
    /// Addresses that the server does not have.
    pub missing: u64,
    /// Files of which only the beginning was read.
    pub cut: u64,
    /// Addresses over the bound of one answer.
    pub over: u64,
    /// Whether robots.txt could not be had, so that nothing was asked for.
    pub no_robots: bool,
    /// Whether the scan was stopped meanwhile.
    pub is_stopped: bool,
    /// What was left out: why, how many, the first by address.
    pub passed: BTreeMap<Passed, (u64, String)>,
}

impl CrawlAccount {
    pub(super) fn read(&mut self, kind: Kind) {
        *self.read.entry(kind).or_default() += 1;
    }

    pub(super) fn pass(&mut self, why: Passed, url: &Url) {
        let (count, _) = self.passed.entry(why).or_insert_with(|| (0, url.to_string()));
        *count += 1;
    }

    /// Files read in all.
    pub fn files(&self) -> u64 {
        self.read.values().sum()
    }

    /// A sentence for each thing worth knowing.
    pub fn notes(&self) -> Vec<String> {
        if self.no_robots {
            return vec!["crawl: robots.txt could not be had, so nothing besides the first page was read".to_owned()];
        }
        let kinds: Vec<String> = self.read.iter().map(|(kind, count)| format!("{count} {}", kind.words())).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        let mib = self.bytes as f64 / 1_048_576.0;
        let mut notes = vec![format!(
            "crawl: {} found, {} read{kinds}, {mib:.1} MiB in {} requests",
            self.found,
            self.files(),
            self.asked
        )];
        if self.missing > 0 {
            notes.push(format!("crawl: {} are not there", self.missing));
        }
        if self.cut > 0 {
            notes.push(format!("crawl: of {} only the beginning was read", self.cut));
        }
        if self.over > 0 {
            notes.push(format!("crawl: {} addresses were over the bound of what one file may name", self.over));
        }
        let passed = |(why, (count, first)): (&Passed, &(u64, String))| {
            let more = if *count > 1 { " …" } else { "" };
            format!("crawl: {count} not read, {}: {first}{more}", why.words())
        };
        notes.extend(self.passed.iter().map(passed));
        notes
    }
}
