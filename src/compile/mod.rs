//! Compilation: all rules together become one immutable program.
//!
//! Owns the program, the order in which a rule's requests depend on each other, and the automaton over all required
//! literals. Takes finished rules; gives [`Program`], shared behind an `Arc` by every host. Invariant: a rule's verdict
//! never depends on which other rules are in the program. Must never import a folder above `dialect`.

mod flow;
mod gates;
mod literals;
mod program;
mod tokens;

pub use flow::Flow;
pub use gates::Gates;
pub use literals::{Hits, Literals, Need};
pub use program::{CompiledRule, Plot, PlotStep, Program};
pub use tokens::TokenNeed;
