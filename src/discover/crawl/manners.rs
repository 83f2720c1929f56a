//! What the hosts of a site ask of crawlers: the robots.txt of the site's own origins, and of each other one.
//!
//! Takes addresses and what robots.txt said; gives what may be asked for. An origin other than the site's own is asked for
//! its robots.txt once, before its first file, and its addresses wait here until that is answered. Invariant: an address
//! is let through, refused or held, and whatever is held is given back. Must never import anything above `wire`.

use std::collections::BTreeMap;

use url::Url;

use super::frontier::Entry;
use super::last;
use crate::base::Origin;
use crate::discover::actions::names_action;
use crate::discover::site::{Robots, is_static, plain};
use crate::predicate::{Class, ReplyState};

/// The product token by which robots.txt may name us.
const NAME: &str = "outsight";
/// Bytes of a robots.txt (RFC 9309 §2.5).
pub(super) const ROBOTS: u64 = 512 << 10;
/// Redirects of a robots.txt (RFC 9309 §2.3.1.2).
pub(super) const ROBOTS_HOPS: u32 = 5;

/// What is to be done with an address of another origin.
#[derive(Debug)]
pub(super) enum Say {
    /// It may be asked for.
    Go(Entry),
    /// robots.txt asks crawlers to leave it alone.
    No(Entry),
    /// It waits for robots.txt, which is asked for already.
    Held,
    /// It waits for robots.txt, which is to be asked for now.
    Ask,
    /// Too many origins were asked.
    Many(Entry),
}

/// Another origin of the site.
#[derive(Debug)]
enum Abroad {
    /// Its robots.txt is asked for; what waits for it.
    Asked(Vec<Entry>),
    Known(Robots),
}

/// What is known of robots.txt.
#[derive(Debug, Default)]
pub(super) struct Manners {
    /// Of the site's own origins.
    pub own: Robots,
    abroad: BTreeMap<Origin, Abroad>,
}

impl Manners {
    /// Whether an address of the site's own may be asked for.
    pub fn allows(&self, url: &Url) -> bool {
        self.own.allows(&path_and_query(url))
    }

    /// What is to be done with an address of another origin, of which at most so many are asked.
    pub fn decide(&mut self, origin: &Origin, entry: Entry, most: usize) -> Say {
        let is_full = self.abroad.len() >= most;
        match self.abroad.get_mut(origin) {
            Some(Abroad::Known(robots)) if robots.allows(&path_and_query(&entry.url)) => Say::Go(entry),
            Some(Abroad::Known(_)) => Say::No(entry),
            Some(Abroad::Asked(waiting)) => {
                waiting.push(entry);
                Say::Held
            }
            None if is_full => Say::Many(entry),
            None => {
                self.abroad.insert(origin.clone(), Abroad::Asked(vec![entry]));
                Say::Ask
            }
        }
    }

    /// Takes the robots.txt of another origin; gives what waited for it.
    pub fn take(&mut self, origin: &Origin, robots: Robots) -> Vec<Entry> {
        match self.abroad.insert(origin.clone(), Abroad::Known(robots)) {
            Some(Abroad::Asked(waiting)) => waiting,
            Some(Abroad::Known(_)) | None => Vec::new(),
        }
    }

    /// Everything that still waits, guesses apart.
    pub fn drain(&mut self) -> impl Iterator<Item = Entry> {
        let waiting = std::mem::take(&mut self.abroad).into_values().flat_map(|abroad| match abroad {
            Abroad::Asked(waiting) => waiting,
            Abroad::Known(_) => Vec::new(),
        });
        waiting.filter(|entry| !entry.is_guess)
    }
}

/// What an answer for robots.txt says; `None` where the server fails, so that it is not known what it asks for (RFC 9309
/// §2.3.1).
pub(super) fn robots_of(reply: &ReplyState) -> Option<Robots> {
    let answer = last(reply)?;
    match answer.response()?.status {
        200..=299 if answer.class() != Ok(Class::Html) => Some(Robots::read(&answer.body(), NAME)),
        200..=499 => Some(Robots::default()),
        _ => None,
    }
}

/// Whether an address names what it does when it is called: in its path, unless that is a file's, or in its query.
pub(super) fn acts(url: &Url) -> bool {
    let lower = |text: &str| String::from_utf8_lossy(&plain(text.as_bytes())).to_ascii_lowercase();
    let in_path = || !is_static(url.path()) && names_action(&lower(url.path()));
    in_path() || url.query().is_some_and(|query| names_action(&lower(query)))
}

/// What robots.txt is asked about.
pub(super) fn path_and_query(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_act_are_known_by_path_and_query() {
        for (path, expected) in [
            ("/product/1?add-to-cart=5", true),
            ("/index.php?task=user.logout", true),
            ("/log%6Fut", true),
            ("/users/sign_out", true),
            ("/Account/LogOff", true),
            ("/app.js?then=%6cogout", true),
            ("/logout", true),
            ("/assets/ResetPassword-a1.js", false),
            ("/assets/verify.js?v=3", false),
            ("/product/1?color=red", false),
            ("/", false),
        ] {
            let url = Url::parse(&format!("https://shop.example{path}")).expect("a URL");
            assert_eq!(acts(&url), expected, "{path}");
        }
    }
}
