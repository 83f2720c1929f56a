//! The commands, one file each.
//!
//! A command is a struct of arguments, from which help, completions and manual pages come, and a function that runs it.
//! Nothing may import this folder but `cli`.

mod check;
mod completions;
mod convert;
mod demo;
mod docs;
mod doctor;
mod explain;
mod list;
mod man;
mod oob;
mod scan;
mod schema;
mod show;
mod test;

use clap::{ArgMatches, Command};

use super::context::Context;
use super::exit::{Exit, Failure};
use crate::diagnostic::{Blame, Diagnostic};

/// One command.
pub(super) struct Registered {
    /// Its name.
    pub name: &'static str,
    /// Adds its arguments and texts.
    pub define: fn(Command) -> Command,
    /// Runs it.
    pub run: fn(&ArgMatches, &Context) -> Result<Exit, Failure>,
}

/// Every command, in the order of the help.
pub(super) const COMMANDS: &[Registered] = &[
    scan::COMMAND,
    demo::COMMAND,
    check::COMMAND,
    test::COMMAND,
    explain::COMMAND,
    list::COMMAND,
    show::COMMAND,
    convert::COMMAND,
    docs::COMMAND,
    schema::COMMAND,
    oob::COMMAND,
    doctor::COMMAND,
    completions::COMMAND,
    man::COMMAND,
];

/// The arguments of a command, as its struct. `clap` has checked them against that very struct.
fn read<T: clap::FromArgMatches>(matches: &ArgMatches) -> Result<T, Failure> {
    T::from_arg_matches(matches).map_err(|error| Diagnostic::error("I0101", Blame::Outsight, error.to_string()).into())
}
