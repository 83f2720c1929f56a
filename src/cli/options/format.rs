//! The formats of commands that print lists.
//!
//! Nothing may import this file but `cli`.

use clap::ValueEnum;

/// Text for people, or one JSON value a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TextOrLines {
    /// For people
    #[default]
    Text,
    /// One JSON value a line
    Jsonl,
}
