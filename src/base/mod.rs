//! The ground: small values that every stage speaks of.
//!
//! Owns identifiers, severities, spans, limits, time, three-valued truth, values and the two wrappers that keep
//! secrets and untrusted text from leaking. Takes and gives plain data. Invariant: nothing here does IO.
//! Must never import another folder of this crate.

pub mod budget;
pub mod capped;
pub mod category;
pub mod clock;
pub mod limits;
pub mod lines;
pub mod origin;
pub mod secret;
pub mod severity;
pub mod span;
pub mod suggest;
pub mod truth;
pub mod untrusted;
pub mod value;

pub use budget::{ByteBudget, Reservation};
pub use category::Category;
pub use clock::{Clock, Timestamp};
pub use limits::Limits;
pub use lines::Lines;
pub use origin::{HostKind, Origin, Scheme};
pub use secret::Secret;
pub use severity::{Confidence, Severity};
pub use span::{SourceFile, Span};
pub use truth::{Truth, Unknown};
pub use untrusted::Untrusted;
pub use value::Value;
