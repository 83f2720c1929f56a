//! Inline tests: a rule judged against its own fixtures, without a socket.
//!
//! Owns the fixture server, the comparison with what is expected, and mutation: conditions dropped or negated one by one
//! to find those that no test notices. Invariant: tests drive the same state machine as a scan. Must never import a folder
//! above `plan`.

mod expect;
mod fixture;
mod mutate;
mod runner;

pub use mutate::{Mutant, surviving_mutants};
pub use runner::{Judged, TestOutcome, TestReport, judge_test, run_tests};
