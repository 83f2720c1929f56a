//! The hostile laboratory: servers that lie, flood and stall, rules that ask for the impossible, a broken environment.
//!
//! Each test runs the real binary. Invariant: every run ends by itself, with a documented exit code, with output that
//! its schema accepts, with counts that add up, in bounded memory, and with nothing asked that is out of scope.
//! Times are never asserted, only that an end comes before a generous guard.

mod answers;
mod lab;
mod redirects;
mod run;
mod rules;
mod server;
mod surroundings;
mod targets;
mod tls;

pub use server::secured;
