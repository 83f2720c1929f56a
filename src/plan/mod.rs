//! From requests to probes: the exact bytes that go on the wire.
//!
//! Owns rendering, redirects, cookies and the identity that every request carries. Takes a rule's request and a scope; gives a
//! [`crate::observation::HttpProbe`], which is its own interning key. Invariant: equal requests of different rules render
//! to equal probes. Must never import a folder above `target`, and never a socket.

mod client;
mod head;
mod identity;
mod jar;
mod other;
mod percent;
mod redirect;
mod render;
pub mod sequence;
mod set_cookie;

pub use client::Hop;
pub use identity::Identity;
pub use jar::Jar;
pub use other::render_other;
pub use redirect::{Follow, RedirectPolicy, location, next_hop};
pub use render::{RenderError, render};

#[cfg(test)]
mod tests;
