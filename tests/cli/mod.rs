//! The real binary, run as a user runs it: arguments in; standard output, standard error and exit code out.
//!
//! Invariant: each run has an empty environment and a folder of its own, and talks to loopback servers of this process.

mod commands;
mod community;
mod crawl;
mod digest;
mod docs;
mod endings;
mod files;
mod oob;
mod outputs;
mod profiles;
mod readme;
mod rules;
mod scans;
mod settings;
mod tokens;
mod wires;
mod workflows;
pub mod world;
