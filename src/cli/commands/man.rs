//! `outsight man`: manual pages.
//!
//! Nothing may import this file but `cli`.

use std::io::Write as _;

use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Args, Command};
use clap_mangen::Man;

use super::{COMMANDS, Registered, read};
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};

pub(super) const COMMAND: Registered = Registered { name: "man", define, run };

const EXAMPLES: &str = "Examples:
  outsight man | man -l -
  outsight man scan > outsight-scan.1";

#[derive(Args)]
struct Arguments {
    /// The command whose page to print [default: the program's]
    #[arg(value_parser = PossibleValuesParser::new(COMMANDS.iter().map(|command| command.name)))]
    command: Option<String>,
}

fn define(command: Command) -> Command {
    Arguments::augment_args(command).about("Print a manual page (roff)").after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let arguments: Arguments = read(matches)?;
    let mut root = crate::cli::command();
    root.build();
    let page = arguments.command.and_then(|name| root.find_subcommand(&name).cloned()).unwrap_or(root);
    let mut out = context.console.out();
    Man::new(page).render(&mut out)?;
    out.flush()?;
    Ok(Exit::Done)
}
