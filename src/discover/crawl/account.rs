//! What a crawl found, read and left out, and why.
//!
//! Invariant: every address that was found is read, missing or passed by with a reason. Must never import anything above
//! `wire`.

use std::collections::BTreeMap;

use url::Url;

use crate::discover::site::Kind;
use crate::finding::redact_url;

/// The longest address that is shown.
const SHOWN: usize = 300;

/// Why an address was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passed {
    /// robots.txt asks crawlers to leave it alone, or could not be had.
    Robots,
    /// It names what it does when it is called: logs out, deletes, buys.
    Action,
    /// It is on another site, or out of scope.
    Scope,
    /// Too many other hosts of the site were asked.
    Hosts,
    /// Too many links or files lie between it and the first page.
    Deep,
    /// Over the number of pages, or one more page of many that look alike.
    Pages,
    /// Over the number of source maps or configurations.
    Kinds,
    /// Its bytes were read under another address, or it redirects to one.
    Same,
    /// Another address differs from it in its query only.
    Query,
    /// The server answered with something else: a page instead of a script, what it says to any path.
    Other,
    /// It redirects in a circle, too often, or nowhere.
    Redirect,
    /// The server refuses it or fails: the status is neither success nor `not found`.
    Refused,
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
            Self::Action => "action",
            Self::Scope => "scope",
            Self::Hosts => "hosts",
            Self::Deep => "depth",
            Self::Pages => "pages",
            Self::Kinds => "maps-and-configs",
            Self::Same => "duplicate",
            Self::Query => "query",
            Self::Other => "fallback",
            Self::Redirect => "redirect",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Requests => "requests",
            Self::Bytes => "bytes",
            Self::Stopped => "stopped",
        }
    }

    /// In words, as half a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Robots => "robots.txt asks crawlers to leave them alone or could not be had",
            Self::Action => "named like actions",
            Self::Scope => "on other sites",
            Self::Hosts => "over the bound on other hosts of the site",
            Self::Deep => "too many links away",
            Self::Pages => "over the bound on pages, or pages that look alike",
            Self::Kinds => "over the bound on source maps and configurations",
            Self::Same => "the same as another file",
            Self::Query => "differ from another address in their query only",
            Self::Other => "the server answers with its page or with what it says to any path",
            Self::Redirect => "redirects that lead nowhere",
            Self::Refused => "the server refuses them or fails",
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
    /// Addresses that the server says it does not have (404, 410).
    pub missing: u64,
    /// Files of which only the beginning was read.
    pub cut: u64,
    /// Addresses over the bound of one answer, or of all that are remembered.
    pub over: u64,
    /// Files with more places where names may stand than are looked at.
    pub skimmed: u64,
    /// Whether the host's own robots.txt could not be had, so that nothing of it was asked for.
    pub no_robots: bool,
    /// Whether the scan was stopped meanwhile.
    pub is_stopped: bool,
    /// What was left out: why, how many, the first by address, secrets masked.
    pub passed: BTreeMap<Passed, (u64, String)>,
}

impl CrawlAccount {
    pub(super) fn read(&mut self, kind: Kind) {
        *self.read.entry(kind).or_default() += 1;
    }

    pub(super) fn pass(&mut self, why: Passed, url: &Url) {
        self.pass_with(why, || shown(url));
    }

    /// The server answered with that status.
    pub(super) fn refuse(&mut self, status: u16, url: &Url) {
        self.pass_with(Passed::Refused, || format!("{} (status {status})", shown(url)));
    }

    fn pass_with(&mut self, why: Passed, first: impl FnOnce() -> String) {
        let (count, _) = self.passed.entry(why).or_insert_with(|| (0, first()));
        *count += 1;
    }

    /// Files read in all.
    pub fn files(&self) -> u64 {
        self.read.values().sum()
    }

    /// A sentence for each thing worth knowing.
    pub fn notes(&self) -> Vec<String> {
        let kinds: Vec<String> = self.read.iter().map(|(kind, count)| format!("{count} {}", kind.words())).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        let mib = self.bytes as f64 / 1_048_576.0;
        let closed = "crawl: the host's robots.txt could not be had, so nothing of it was read besides its first pages";
        let mut notes: Vec<String> = self.no_robots.then(|| closed.to_owned()).into_iter().collect();
        notes.push(format!(
            "crawl: {} found, {} read{kinds}, {mib:.1} MiB in {} requests",
            self.found,
            self.files(),
            self.asked
        ));
        if self.missing > 0 {
            notes.push(format!("crawl: {} are not there", self.missing));
        }
        if self.cut > 0 {
            notes.push(format!("crawl: of {} only the beginning was read", self.cut));
        }
        if self.over > 0 {
            notes.push(format!("crawl: {} addresses were over the bound of what one file may name", self.over));
        }
        if self.skimmed > 0 {
            notes.push(format!("crawl: of {} not every place was looked at where names may stand", self.skimmed));
        }
        let passed = |(why, (count, first)): (&Passed, &(u64, String))| {
            let more = if *count > 1 { " …" } else { "" };
            format!("crawl: {count} not read, {}: {first}{more}", why.words())
        };
        notes.extend(self.passed.iter().map(passed));
        notes
    }
}

/// An address as reports show it: it may hold a password or a signature.
fn shown(url: &Url) -> String {
    let shown = redact_url(url.as_str().as_bytes());
    let shown = String::from_utf8_lossy(&shown);
    match shown.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", shown.get(..at).unwrap_or_default()),
        None => shown.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_their_secrets() {
        let url =
            Url::parse("https://deploy:S3cretPw@cdn.example.net/a.js?X-Amz-Signature=0123456789abcdef").expect("a URL");
        let mut account = CrawlAccount::default();
        account.pass(Passed::Scope, &url);
        let told = account.notes().join("\n");
        assert!(
            !told.contains("S3cretPw") && !told.contains("456789abcdef") && told.contains("cdn.example.net"),
            "{told}"
        );
        let long = Url::parse(&format!("https://cdn.example.net/{}", "a/".repeat(900))).expect("a URL");
        assert!(shown(&long).chars().count() == SHOWN + 1);
    }
}
