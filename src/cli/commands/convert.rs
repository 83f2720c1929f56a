//! `outsight convert`: a community template as a native rule.
//!
//! Nothing may import this file but `cli`.

use std::io::Write as _;

use clap::{ArgMatches, Args, Command};

use super::{Registered, read};
use crate::app::convert::convert;
use crate::app::rules::read_rules;
use crate::app::settings::{Layer, Set, Source};
use crate::base::Limits;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};

pub(super) const COMMAND: Registered = Registered { name: "convert", define, run };

const EXAMPLES: &str = "Examples:
  outsight convert http/exposed-panels/some-panel.yaml > some-panel.yaml
  outsight test some-panel.yaml

The rule has a test that matches and one that does not; both pass. Where the native format has no words for what
the template does, nothing is written, and what cannot be said is listed.
Exit codes: 0 written, 2 it cannot be said.";

#[derive(Args)]
struct Arguments {
    /// The template's file
    #[arg(value_name = "TEMPLATE")]
    template: String,
}

fn define(command: Command) -> Command {
    Arguments::augment_args(command)
        .about("Write a community template as a native rule, with tests")
        .after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let Arguments { template } = read(matches)?;
    let rules = Some(Set { value: vec![template.clone()], source: Source::Flag });
    let read = read_rules(&Layer { rules, ..Layer::default() }, &Limits::default());
    let Some(rule) = read.rules.first() else { return Err(read.diagnostics.into_errors().into()) };
    let text = convert(rule)
        .map_err(|wrong| Diagnostics { items: wrong.iter().map(|what| unsaid(&template, what)).collect() })?;
    let mut out = context.console.out();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Exit::Done)
}

fn unsaid(template: &str, what: &str) -> Diagnostic {
    Diagnostic::error("R0951", Blame::RuleAuthor, format!("`{template}` cannot be written as a native rule: {what}"))
}
