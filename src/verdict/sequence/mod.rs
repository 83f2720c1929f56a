//! Running sequences: requests one after the other, each answer judged as it comes, values flowing on.
//!
//! Owns the state machine behind [`Run`](super::Run) for rules that are sequences: the order of blocks and requests,
//! payloads, what is carried, operators and what they report. Takes replies; gives asks and findings. Invariant: as of all
//! verdicts: pure, and independent of the order in which replies arrive. Must never import a folder above `plan`.

mod begin;
mod block;
mod calls;
mod carry;
mod event;
mod explain;
mod extractors;
mod fingerprint;
mod flow;
mod hits;
mod judged;
mod listener;
mod matchers;
mod payloads;
mod run;
mod scope;
mod send;
mod told;
mod values;
mod vars;
mod written;

pub(super) use listener::{Hearing, Listener};
pub(super) use run::SequenceRun;
pub(super) use told::Handed;

#[cfg(test)]
mod tests;
