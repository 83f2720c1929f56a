//! Which hosts an interrupted run had finished.
//!
//! Takes the JSON Lines output of an earlier run, line by line; gives the set of hosts that it reports as complete.
//! Invariant: eight bytes a host, whatever the findings weigh; a torn last line, or any line that is not an event, is
//! passed over, because a host without its `host` event is simply scanned again. Must never import anything above
//! `discover`.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::BufRead;

use serde::Deserialize;

use crate::base::capped::{Capped, read_line};
use crate::finding::HostOutcome;
use crate::target::Target;

/// The longest line that is read as an event; `host` events are far shorter.
const LINE_LIMIT: usize = 4 << 20;

/// The hosts that need no further scan.
#[derive(Debug, Default)]
pub struct Completed {
    hosts: HashSet<u64>,
    hash: RandomState,
}

#[derive(Deserialize)]
struct HostEvent {
    event: String,
    target: String,
    outcome: String,
}

impl Completed {
    /// Reads an earlier output.
    ///
    /// # Errors
    /// Where the reader fails.
    pub fn read(mut reader: impl BufRead) -> std::io::Result<Self> {
        let mut completed = Self::default();
        while let Some(line) = read_line(&mut reader, LINE_LIMIT)? {
            if let Capped::Whole(line) = line {
                completed.take(&line);
            }
        }
        Ok(completed)
    }

    fn take(&mut self, line: &[u8]) {
        if memchr::memmem::find(line, b"\"host\"").is_none() {
            return;
        }
        let Ok(event) = serde_json::from_slice::<HostEvent>(line) else { return };
        if event.event == "host" && event.outcome == HostOutcome::Complete.name() {
            self.hosts.insert(self.hash.hash_one(&event.target));
        }
    }

    /// Whether the target's host is among them.
    pub fn covers(&self, target: &Target) -> bool {
        target.spelled.candidates().any(|origin| self.hosts.contains(&self.hash.hash_one(origin.to_string())))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.hosts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Targets;

    #[test]
    fn only_complete_hosts_count_and_a_torn_line_is_passed_over() {
        let output = concat!(
            "{\"event\":\"finding\",\"rule\":\"host\",\"target\":\"https://c.example\"}\n",
            "{\"event\":\"host\",\"target\":\"https://a.example\",\"outcome\":\"complete\",\"score\":90}\n",
            "{\"event\":\"host\",\"target\":\"http://b.example:8080\",\"outcome\":\"incomplete\"}\n",
            "not json \"host\"\n\n",
            "{\"event\":\"host\",\"target\":\"https://c.example\",\"outco",
        );
        let done = Completed::read(output.as_bytes()).expect("readable");
        assert_eq!(done.len(), 1);
        let words = ["a.example/x", "http://a.example", "b.example:8080", "https://c.example"];
        let covered: Vec<bool> = Targets::new().words(&words).flatten().map(|t| done.covers(&t)).collect();
        assert_eq!(covered, [true, false, false, false]);
    }
}
