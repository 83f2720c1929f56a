//! Views: what browsers make of a header field, as values.
//!
//! One parser a file, each after the standard that browsers follow, and one entry a view in [`VIEWS`], from which schemas
//! and docs are generated. Takes field values as received (bytes, one a line), gives maps. A field of a view that says
//! nothing about the header is absent, never a guess.
//!
//! Invariant: no input makes a parser panic, every parser is linear in its input, and every map has the shape that its
//! [`ViewSpec`] says. Must never import a folder of this crate but `base`.

pub mod cache;
pub mod cache_status;
pub mod challenges;
pub mod clear_site_data;
pub mod content_type;
pub mod cookie;
mod cookie_date;
pub mod csp;
pub(in crate::predicate) mod digest;
pub mod embedder_policy;
pub mod hsts;
mod lines;
pub mod nosniff;
pub mod opener_policy;
pub mod permissions;
mod record;
pub mod referrer_policy;
pub mod resource_policy;
mod session;
mod spec;
pub mod structured;
#[cfg(test)]
mod tests;
mod token_policy;
pub mod x_frame_options;

pub use spec::{Brought, Field, Shape, ViewSpec};

/// Every view, in the order of the docs.
pub static VIEWS: [&ViewSpec; 15] = [
    &cookie::SPEC,
    &hsts::SPEC,
    &csp::SPEC,
    &x_frame_options::SPEC,
    &content_type::SPEC,
    &nosniff::SPEC,
    &referrer_policy::SPEC,
    &permissions::SPEC,
    &opener_policy::SPEC,
    &embedder_policy::SPEC,
    &resource_policy::SPEC,
    &cache::SPEC,
    &cache_status::SPEC,
    &clear_site_data::SPEC,
    &challenges::SPEC,
];
