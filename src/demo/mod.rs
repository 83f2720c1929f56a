//! The demo: a small web shop with mistakes, served on loopback for `outsight demo` to scan.
//!
//! Owns the server ([`Demo`]) and the site that it serves ([`FLAWS`] lists what is wrong with it, and what is right).
//! Invariant: it binds to loopback only, every value in it is made up, and no client can make it hold more than a fixed
//! amount of memory. Must never import a folder above `reload`.

mod server;
mod site;

pub use server::Demo;
pub use site::{FLAWS, Flaw};
