//! `outsight completions`: completions for a shell.
//!
//! Nothing may import this file but `cli`.

use std::io::Write as _;

use clap::{ArgMatches, Args, Command};
use clap_complete::Shell;

use super::{Registered, read};
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};

pub(super) const COMMAND: Registered = Registered { name: "completions", define, run };

const EXAMPLES: &str = "Example:
  outsight completions bash > ~/.local/share/bash-completion/completions/outsight";

#[derive(Args)]
struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

fn define(command: Command) -> Command {
    Arguments::augment_args(command).about("Print completions for a shell").after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let arguments: Arguments = read(matches)?;
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::cli::command(), "outsight", &mut script);
    let mut out = context.console.out();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Exit::Done)
}
