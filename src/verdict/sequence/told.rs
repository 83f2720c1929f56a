//! What a run leaves behind for the runs that follow from it.
//!
//! Invariant: what is left behind depends on the answers alone. Must never import a folder above `plan`.

use std::sync::Arc;

use super::judged::Judged;
use super::values::{Found, one_or_list};
use crate::base::Value;
use crate::plan::Jar;

/// The most answers whose names are kept.
const MOST: usize = 10_000;

/// What a run begins with.
#[derive(Debug, Clone)]
pub(in crate::verdict) struct Handed {
    /// Cookies.
    pub jar: Jar,
    /// Values by name.
    pub values: Vec<(Arc<str>, Value)>,
}

impl Default for Handed {
    fn default() -> Self {
        Self { jar: Jar::of_sequence(), values: Vec::new() }
    }
}

impl Handed {
    /// Adds what a later run leaves.
    pub fn join(&mut self, later: &Self) {
        self.jar.join(&later.jar);
        for (name, value) in &later.values {
            self.values.retain(|(known, _)| known != name);
            self.values.push((Arc::clone(name), value.clone()));
        }
    }
}

/// What a run leaves behind.
#[derive(Debug, Default)]
pub(in crate::verdict) struct Told {
    /// The names of matchers that held and of extractors that found something, answer by answer.
    pub names: Vec<Vec<Arc<str>>>,
    /// What named extractors found.
    pub found: Found,
}

impl Told {
    /// Takes what came of one answer.
    pub(super) fn note(&mut self, judged: &Judged) {
        if !judged.any {
            return;
        }
        let extracted = judged.named.iter().map(|(name, _)| Arc::clone(name));
        let names: Vec<Arc<str>> = judged.names.iter().cloned().chain(extracted).collect();
        if !names.is_empty() && self.names.len() < MOST {
            self.names.push(names);
        }
        for (name, values) in &judged.named {
            self.found.retain(|(known, _)| known != name);
            self.found.push((Arc::clone(name), values.clone()));
        }
    }

    /// The values for runs that follow: each under its name, and of several each under its name and number too.
    pub fn values(&self) -> Vec<(Arc<str>, Value)> {
        let mut values = Vec::new();
        for (name, list) in &self.found {
            if list.len() > 1 {
                let numbered = list.iter().enumerate();
                values.extend(numbered.map(|(nth, one)| (format!("{name}{nth}").into(), Value::Text(one.clone()))));
            }
            values.push((Arc::clone(name), one_or_list(list)));
        }
        values
    }
}
