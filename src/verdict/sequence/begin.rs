//! How a run begins and what becomes of it outside: what it is handed, what it leaves behind, who watches it.
//!
//! Invariant: watching a run changes nothing. Must never import a folder above `plan`.

use std::cell::RefCell;
use std::sync::Arc;

use super::super::trace::Trace;
use super::run::SequenceRun;
use super::told::{Handed, Told};

impl SequenceRun {
    /// Keeps a truth tree of each answer.
    pub fn keep_traces(&mut self) {
        self.traces = Some(RefCell::default());
    }

    /// The truth trees that came since they were last taken.
    pub fn take_traces(&mut self) -> Vec<Trace> {
        self.traces.as_mut().map(|traces| std::mem::take(traces.get_mut())).unwrap_or_default()
    }

    /// Whether somebody wants to see why.
    pub(super) fn is_explained(&self) -> bool {
        self.traces.is_some()
    }

    /// A run that goes on where others ended; where it is a gate, others go on where it ends.
    pub fn after(handed: &Handed, is_gate: bool) -> Self {
        let (jar, carried) = (handed.jar.clone(), handed.values.clone());
        let mut run = Self::new();
        (run.jar_before, run.jar, run.carried, run.told) = (jar.clone(), jar, carried, is_gate.then(Told::default));
        run
    }

    /// What it leaves behind, and the names of matchers and extractors that held, answer by answer.
    pub fn leave(&mut self) -> (Handed, Vec<Vec<Arc<str>>>) {
        let told = self.told.take().unwrap_or_default();
        (Handed { jar: std::mem::take(&mut self.jar), values: told.values() }, told.names)
    }
}
