//! `outsight docs`: the rules as pages of Markdown.
//!
//! Nothing may import this file but `cli`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{ArgMatches, Args, Command};

use super::{Registered, read};
use crate::app::manual::{Difference, compare, write};
use crate::app::rules::{Selected, rules_to_scan};
use crate::base::Limits;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::RulesOption;
use crate::manual::pages;

pub(super) const COMMAND: Registered = Registered { name: "docs", define, run };

const EXAMPLES: &str = "Examples:
  outsight docs --out docs/rules                  a page for every built-in rule, and an index
  outsight docs -r my-rules/ --out docs           the same for rules of your own
  outsight docs -r my-rules/ --out docs --check   for CI: exit with 1 where a page is stale, change nothing";

#[derive(Args)]
struct Arguments {
    /// The folder of the pages; in it, pages of other rules that were made so are removed, and other files stay as they are
    #[arg(short = 'o', long, value_name = "FOLDER")]
    out: PathBuf,
    /// Write nothing; exit with 1 where a page is missing, stale or of a rule that is gone
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    rules: RulesOption,
}

fn define(command: Command) -> Command {
    Arguments::augment_args(command).about("Write a page of Markdown for every rule, and an index").after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let Arguments { out: folder, check, rules } = read(matches)?;
    let settings = context.settings(rules.layer())?;
    let Selected { rules, warnings, .. } = rules_to_scan(&settings, &Limits::default())?;
    context.console.diagnostics(&warnings);
    let pages = pages(&rules);
    let difference = if check { compare(&pages, &folder)? } else { write(&pages, &folder)? };
    let mut out = context.console.out();
    let words = if check { ["is missing", "is stale", "is of no rule"] } else { ["added", "changed", "removed"] };
    let Difference { missing, stale, gone } = &difference;
    for (names, words) in [missing, stale, gone].into_iter().zip(words) {
        for name in names {
            writeln!(out, "{}: {words}", folder.join(name).display())?;
        }
    }
    out.flush()?;
    context.console.note(&format!("{} pages for {} rules in {}", pages.len(), rules.len(), folder.display()));
    if check && !difference.is_none() {
        context.console.note("run the same command without --check");
        return Ok(Exit::Findings);
    }
    Ok(Exit::Done)
}
