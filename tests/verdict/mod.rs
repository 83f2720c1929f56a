//! Rules from their text to a verdict: what is sent, what is looked for, what is found.
//!
//! `OUTSIGHT_BLESS=1` rewrites the goldens; the difference is then for people to read.

mod golden;
mod mutants;
mod passive;
mod properties;
mod runs;
mod world;
