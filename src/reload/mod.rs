//! Reloading: what changed on disk is read, compiled and tested again.
//!
//! Owns the watch over rule files. Takes paths, gives a word when something below them changed. Invariant: no change is
//! missed. Must never import a folder above `pack`.

mod watch;

pub use watch::Watch;
