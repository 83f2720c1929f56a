//! Values that the requests of a block are tried with.
//!
//! Invariant: lists are finite and written out; their product is iterated and never stored. Must never import a folder
//! above `predicate`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dsl::Text;

/// How lists of payloads combine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attack {
    /// Every value of every list goes to all names at once.
    #[default]
    BatteringRam,
    /// The first of every list, then the second of every list, as far as the shortest.
    Pitchfork,
    /// Every combination, the last list turning slowest as the dialect says.
    ClusterBomb,
}

/// Lists of values by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payloads {
    /// How they combine.
    pub attack: Attack,
    /// The lists, in the order of the file.
    pub lists: Vec<(Arc<str>, Arc<[Text]>)>,
}

impl Payloads {
    /// How many sets of values there are.
    pub fn count(&self) -> u64 {
        let lengths = self.lists.iter().map(|(_, list)| list.len() as u64);
        match self.attack {
            Attack::BatteringRam => lengths.fold(0, u64::saturating_add),
            Attack::Pitchfork => lengths.min().unwrap_or(0),
            Attack::ClusterBomb => lengths.fold(1, u64::saturating_mul),
        }
    }
}
