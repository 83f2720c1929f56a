//! `outsight check`: are these rule files right?
//!
//! Nothing may import this file but `cli`.

use std::io::Write as _;

use clap::{ArgMatches, Args, Command};

use super::{Registered, read};
use crate::app::rules::read_rules;
use crate::base::Limits;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{PathOptions, TextOrLines};
use crate::cli::words::count;
use crate::diagnostic::{render_json, render_text};

pub(super) const COMMAND: Registered = Registered { name: "check", define, run };

const EXAMPLES: &str = "Examples:
  outsight check rules/
  outsight check -f jsonl rule.yaml

Exits with 2 when there is an error.";

#[derive(Args)]
struct Arguments {
    #[command(flatten)]
    paths: PathOptions,
    /// How to print what is wrong
    #[arg(short = 'f', long, value_enum, default_value_t)]
    format: TextOrLines,
}

fn define(command: Command) -> Command {
    let about = "Check rule files: all errors of all files, with their places";
    Arguments::augment_args(command).about(about).after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let arguments: Arguments = read(matches)?;
    let settings = context.settings(arguments.paths.layer())?;
    let mut checked = read_rules(&settings, &Limits::default());
    checked.diagnostics.sort();
    let mut out = context.console.out();
    for diagnostic in &checked.diagnostics.items {
        match arguments.format {
            TextOrLines::Text => writeln!(out, "{}", render_text(diagnostic, context.console.color))?,
            TextOrLines::Jsonl => writeln!(out, "{}", render_json(diagnostic))?,
        }
    }
    out.flush()?;
    let (errors, all) = (checked.diagnostics.errors(), checked.diagnostics.items.len());
    let (rules, errors_told) = (count(checked.rules.len(), "good rule"), count(errors, "error"));
    context.console.note(&format!("{rules}, {errors_told}, {}", count(all - errors, "warning")));
    Ok(if errors > 0 { Exit::Usage } else { Exit::Done })
}
