//! The keys of a map that is being read: no key twice.
//!
//! Invariant: finding a key takes bounded time however many there are and whatever they are called, since the index of
//! large maps is keyed at random. Must never import a dialect.

use std::collections::HashMap;
use std::sync::Arc;

use super::node::{Entry, Map};

/// Up to so many entries are compared one by one.
const FEW: usize = 16;

/// Where the keys of a growing map are.
#[derive(Default)]
pub(super) struct Keys {
    index: HashMap<Arc<str>, usize>,
}

impl Keys {
    /// The entry that has this key already.
    pub(super) fn find<'m>(&self, map: &'m Map, key: &str) -> Option<&'m Entry> {
        if map.entries.len() <= FEW {
            return map.entry(key);
        }
        self.index.get(key).and_then(|at| map.entries.get(*at))
    }

    /// Adds an entry whose key is new.
    pub(super) fn push(&mut self, map: &mut Map, entry: Entry) {
        map.entries.push(entry);
        if map.entries.len() > FEW {
            let known = self.index.len();
            let new = map.entries.iter().enumerate().skip(known);
            self.index.extend(new.map(|(at, entry)| (Arc::clone(&entry.key.text), at)));
        }
    }
}
