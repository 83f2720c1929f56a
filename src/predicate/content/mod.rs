//! Content: what a body is and how it is read.
//!
//! Owns classes, charsets, and the bounded readers of JSON and HTML. Takes bytes; gives documents. Invariant: no body,
//! however made, costs more than its bound. Must never import a folder above `expr`.

pub(super) mod charset;
pub(super) mod class;
mod feeder;
pub(super) mod html;
pub(super) mod json;
pub(super) mod prose;
pub(super) mod tls;
