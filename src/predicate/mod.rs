//! Subjects and predicates: what conditions ask of an answer, and what must hold of it.
//!
//! Owns their data, registries and evaluation, the extractors, and the parse-once view of an answer. Takes a finished
//! exchange; gives values and truth. Invariant: everything here is a pure function of a [`Scope`].
//! Must never import a folder above `expr`, and never a socket, file or runtime.

mod answer;
mod found;
mod pattern;
mod pred;
mod reply;
mod scope;
mod source;
mod subject;
mod evaluate;
pub mod views;
pub use evaluate::{Items, Literal};

pub use answer::Answer;
pub use found::Found;
pub use pattern::{BytePattern, CssQuery, JsonQuery, PatternError, TimeBound, TimeOperand, VersionOp, VersionRange};
pub use pred::{NumberBound, Operands, Pred};
pub use reply::{Bindings, Hops, Reply, ReplyState};
pub use scope::{EndpointFacts, HostFacts, Scope};
pub use source::{Source, TokenSource, WrittenItem};
pub use subject::{Base, Collection, Subject};
