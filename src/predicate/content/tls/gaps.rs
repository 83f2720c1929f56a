//! What a survey could not tell, by name, so that no rule takes silence for a no.
//!
//! Must never import a folder above `expr`.

use super::texts;
use crate::base::Value;
use crate::observation::{Told, Unheard};

/// What could not be told, by name.
#[derive(Default)]
pub(super) struct Gaps {
    pub(super) unknown: Vec<&'static str>,
    pub(super) unasked: Vec<&'static str>,
    pub(super) open: Vec<&'static str>,
}

impl Gaps {
    /// A fact that may not be known, after what was said to it.
    pub(super) fn flag(&mut self, name: &'static str, known: Option<bool>, why: Told) -> Option<(&'static str, Value)> {
        if known.is_none() {
            match why {
                Told::Unknown(Unheard::NotAsked) => self.unasked.push(name),
                _ => self.unknown.push(name),
            }
        }
        known.map(|known| (last(name), Value::Bool(known)))
    }

    /// The names, by what keeps them from being told.
    pub(super) fn fields(self) -> impl Iterator<Item = (&'static str, Value)> {
        let all = [("unknown", self.unknown), ("unasked", self.unasked), ("open", self.open)];
        all.into_iter().filter_map(|(name, names)| texts(name, names))
    }
}

/// The last part of a dotted name.
pub(super) fn last(dotted: &'static str) -> &'static str {
    dotted.rsplit('.').next().unwrap_or(dotted)
}
