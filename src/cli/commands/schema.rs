//! `outsight schema`: the JSON Schemas of what Outsight reads and writes.
//!
//! Nothing may import this file but `cli`.

use std::io::Write as _;

use clap::{ArgMatches, Args, Command, ValueEnum};

use super::{Registered, read};
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::dialect::native::rule_schema;
use crate::report::output_schema;

pub(super) const COMMAND: Registered = Registered { name: "schema", define, run };

const EXAMPLES: &str = "Example:
  outsight schema rule > rule.schema.json";

#[derive(Args)]
struct Arguments {
    /// Which schema
    #[arg(value_enum)]
    of: Which,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    /// Rule files, for editors
    Rule,
    /// What `-f json` and `-f jsonl` write
    Output,
}

fn define(command: Command) -> Command {
    Arguments::augment_args(command).about("Print a JSON Schema (draft 2020-12)").after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let arguments: Arguments = read(matches)?;
    let schema = match arguments.of {
        Which::Rule => rule_schema(),
        Which::Output => output_schema(),
    };
    let mut out = context.console.out();
    writeln!(out, "{schema:#}")?;
    out.flush()?;
    Ok(Exit::Done)
}
