//! Addresses that were found, each once, in the order of mention.
//!
//! Invariant: no more of a kind than its bound, and what is over it is counted. Must never import anything above `wire`.

use url::Url;

use super::Kind;

/// The most addresses of one kind that one answer yields.
const MOST: usize = 2000;
/// The longest address.
const LONGEST: usize = 2048;

/// One address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Where, without its fragment.
    pub url: Url,
    /// What it is likely to hold.
    pub kind: Kind,
    /// Whether nothing says that it is there: a neighbour, a name that such builds usually have.
    pub is_guess: bool,
}

/// The addresses of one answer.
#[derive(Debug, Default)]
pub struct Found {
    /// In the order of mention.
    pub addresses: Vec<Address>,
    seen: rustc_hash::FxHashSet<(Url, Kind)>,
    /// How many were over the bound.
    pub over: u64,
    /// Whether there are more places where names may stand than are looked at.
    pub is_skimmed: bool,
}

impl Found {
    /// Adds what is written, resolved against a base; what cannot be resolved to a web address is none.
    pub fn add(&mut self, kind: Kind, base: &Url, written: &str) -> Option<Url> {
        let written = written.trim();
        if written.is_empty() || written.len() > LONGEST || written.starts_with('#') {
            return None;
        }
        let url = base.join(written).ok()?;
        self.add_url(kind, url.clone(), false).then_some(url)
    }

    /// Adds an address that only may be there.
    pub fn guess(&mut self, kind: Kind, base: &Url, written: &str) {
        if let Ok(url) = base.join(written) {
            self.add_url(kind, url, true);
        }
    }

    /// Adds an address; whether it is one of the web.
    pub fn add_url(&mut self, kind: Kind, mut url: Url, is_guess: bool) -> bool {
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || url.as_str().len() > LONGEST {
            return false;
        }
        url.set_fragment(None);
        if self.seen.contains(&(url.clone(), kind)) {
            return true;
        }
        if self.addresses.len() >= MOST {
            self.over += 1;
            return true;
        }
        self.seen.insert((url.clone(), kind));
        self.addresses.push(Address { url, kind, is_guess });
        true
    }
}
