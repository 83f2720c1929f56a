//! Texts in which tokens (keys and credentials by their shape) are searched: a body, and what it says once it is decoded.
//!
//! Owns what a rule says of its tokens and what is shared by all rules: one automaton over the keywords of all rules passes once over the body and over what is decoded of it
//! ([`Keywords`], [`TokenScan`]); regexes look only around its hits. Takes a body and sources ([`TokenSource`]);
//! gives texts with a way back to the bytes as they were served; the search itself is an extractor. Invariant: the work is bounded whatever the body, and what a
//! source finds never depends on which other rules are loaded. Must never import a folder above `expr`.

mod decode;
mod holds;
mod keywords;
mod map;
mod scan;
mod source;
mod source_map;
#[cfg(test)]
mod tests;

pub use keywords::Keywords;
pub(super) use keywords::PLACES;
pub use scan::TokenScan;
pub(super) use scan::TokenText;
pub use source::{Boundary, MAX_NEAR, MAX_WINDOW, TokenSource, TokenViews, WINDOW};
pub(super) use source::{Shape, VIEWS};
