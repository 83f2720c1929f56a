//! Reloading: what changed on disk is read and tested again.
//!
//! Owns the watch over rule files and the rules that are in force. Takes paths; gives a word when something below them
//! changed, and what the change means. Invariant: no change is missed, and a broken save never takes a good rule away.
//! Must never import a folder above `pack`.

mod session;
#[cfg(test)]
mod tests;
mod watch;

pub use session::{Reloaded, Session};
pub use watch::Watch;
