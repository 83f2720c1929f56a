//! Verdicts: from replies to truth, and from truth to findings.
//!
//! Owns the evaluation of conditions, the run of a rule on a host as a pure state machine, passive judging, the merge of
//! matches into findings, truth trees, and the runner of inline tests. Takes replies; gives outcomes and findings.
//! Invariant: synchronous and pure: the same replies in any order give the same verdict. Must never import a folder above
//! `plan`, and never a socket, file or runtime.

mod ask;
mod eval;
mod evidence;
mod explain;
mod item;
mod judge;
mod key;
mod merge;
mod overheard;
mod passive;
mod product;
mod run;
mod sequence;
#[cfg(test)]
mod tests;
pub mod testing;
mod token;
mod trace;
mod workflow;

pub use ask::{Ask, AskId, RunResult, Step, Wanted};
pub use eval::eval;
pub use merge::join;
pub use passive::{PassiveTally, Seen};
pub use run::Run;
pub use trace::{Spot, Trace, Weight, trace};
