//! The native dialect: the format in which people write checks (`docs/writing-rules.md`).
//!
//! Takes the files of packs (rules, `shared.yaml`, list files), gives rules and everything that is wrong with them, all
//! errors at once. Owns the grammar as data, from which the schema is generated. Invariant: a rule that comes out is
//! complete and type-checked; one that this build cannot run says why. Must never import compile or any later folder.

mod brought;
mod case;
mod collection;
mod condition;
mod context;
mod expectation;
mod fixture;
mod fixture_key;
mod found;
pub mod grammar;
mod ground;
mod handshake;
mod headers;
mod items;
mod judgement;
mod ladder;
mod lint;
mod load;
mod meta;
mod name;
mod names;
mod operand;
mod predicate;
mod refusal;
mod reply;
mod request;
mod rule;
mod schema;
mod shared;
mod source;
mod source_keys;
mod subject;
mod subjects;
mod text;
mod tokens;
mod verify;
mod wire;

pub use load::{Loaded, load};
pub use schema::{rule_schema, shared_schema};
