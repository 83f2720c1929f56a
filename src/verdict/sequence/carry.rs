//! What is carried from answers into requests and blocks that follow, and what a flow sets.
//!
//! Invariant: of one name the last value counts. Must never import a folder above `plan`.

use std::sync::Arc;

use super::block::BlockRun;
use super::judged::Judged;
use super::run::SequenceRun;
use super::values::{listed, merge, one_or_list, part_of};
use super::written::shares;
use crate::base::Value;
use crate::rule::Sequence;
use crate::rule::sequence::{Flow, Given};

impl SequenceRun {
    /// Carries what was extracted into the requests and blocks that follow.
    pub(super) fn carry(&mut self, sequence: &Sequence, run: &mut BlockRun, judged: &Judged) {
        // What an answer gives that is reported with what was extracted from it goes into no other request, as the
        // client that templates are written for has it.
        let is_told = judged.matched && !judged.shown.is_empty();
        if !run.is_parallel() && !is_told {
            merge(&judged.carried, &mut run.carried);
        }
        if !shares(sequence) {
            return;
        }
        let by_number = sequence.flow == Flow::All;
        for (name, values) in &judged.carried {
            if !by_number {
                self.set(Arc::clone(name), one_or_list(values));
                continue;
            }
            for (nth, value) in values.iter().enumerate() {
                let numbered = if nth == 0 { Arc::clone(name) } else { format!("{name}{nth}").into() };
                self.set(numbered, Value::Text(value.clone()));
            }
        }
    }

    /// What blocks carry on under that name.
    pub(super) fn value_of(&self, name: &str) -> Option<&Value> {
        self.carried.iter().find(|(known, _)| &**known == name).map(|(_, value)| value)
    }

    fn set(&mut self, name: Arc<str>, value: Value) {
        self.carried.retain(|(known, _)| *known != name);
        self.carried.push((name, value));
    }

    /// Gives a name what a flow says; a value that is not there takes away what the name had.
    pub(super) fn assign(&mut self, name: Arc<str>, given: Given, item: Option<Value>) {
        let value = match given {
            Given::Text(text) => Some(Value::from(&*text)),
            Given::Value(of) => self.value_of(&of).cloned(),
            Given::OneOf(of, at) => listed(self.value_of(&of)).into_iter().nth(at),
            Given::PartOf(of, at) => part_of(self.value_of(&of), at),
            Given::Item => item,
        };
        self.carried.retain(|(known, _)| *known != name);
        self.carried.extend(value.map(|value| (name, value)));
    }
}
