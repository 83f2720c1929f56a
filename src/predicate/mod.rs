//! Subjects and predicates: what conditions ask of an answer, and what must hold of it.
//!
//! Owns their data, registries and evaluation, the extractors, and the parse-once view of an answer. Takes a finished
//! exchange; gives values and truth. Invariant: everything here is a pure function of a [`Scope`].
//! Must never import a folder above `expr`, and never a socket, file or runtime.

mod answer;
mod collections;
mod content;
mod domain;
mod extractors;
mod fields;
mod found;
mod head;
mod instant;
pub mod jq;
mod jsonpath;
mod kind;
mod lookup;
mod names;
pub mod observed;
mod page;
mod pattern;
mod pred;
mod preds;
mod profile;
mod reply;
mod scope;
mod source;
mod subject;
mod subjects;
mod technology;
#[cfg(test)]
mod tests;
mod texts;
mod tokens;
mod transcript;
pub mod views;
pub mod xpath;

pub use answer::{Answer, Received};
pub use collections::{COLLECTIONS, CollectionSpec, ItemKind, Items, collection};
pub use content::class::Class;
pub use domain::registrable;
pub use extractors::{SOURCES, SourceKey, SourceSpec, TOKEN_SAYS, source};
pub use found::{Extent, Found};
pub use instant::parse_time;
pub use kind::{ValueKind, field_at, paths};
pub use lookup::{LookupError, lookup, lookup_field, names};
pub use names::{builtin_names, builtin_type};
pub use pattern::{BytePattern, CssQuery, JsonQuery, PatternError, TimeBound, TimeOperand, VersionOp, VersionRange};
pub use pred::{CharacterBound, NumberBound, Operands, Pred, often};
pub use preds::{CHECKSUMS, ChecksumSpec, Literal, OperandKind, PREDICATES, PredSpec, checksum, predicate};
pub use profile::{Profile, Profiled};
pub use reply::{Bindings, Called, Hops, Reply, ReplyState};
pub use scope::{EndpointFacts, HostFacts, Scope};
pub use source::{Source, WrittenItem};
pub use subject::{Base, Collection, Subject};
pub use subjects::{Below, SUBJECTS, SubjectSpec, subject};
pub use technology::{Fingerprint, TECHNOLOGIES, Technology};
pub use texts::{Part, Texts};
pub use tokens::{Boundary, Keywords, MAX_NEAR, MAX_WINDOW, TokenScan, TokenSource, TokenViews, WINDOW};
pub use transcript::lower;
