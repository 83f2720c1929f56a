//! `outsight list`: which rules there are.
//!
//! Nothing may import this file but `cli`.

use std::io::{self, Write};

use clap::{ArgMatches, Args, Command};

use super::{Registered, read};
use crate::app::listing::{Entry, list_rules};
use crate::base::{Limits, Untrusted};
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{RuleOptions, TextOrLines};

pub(super) const COMMAND: Registered = Registered { name: "list", define, run };

const EXAMPLES: &str = "Examples:
  outsight list --severity high,critical
  outsight list -r rules/ -f jsonl | jq -r .rule";

#[derive(Args)]
struct Arguments {
    #[command(flatten)]
    rules: RuleOptions,
    /// How to print the list
    #[arg(short = 'f', long, value_enum, default_value_t)]
    format: TextOrLines,
}

fn define(command: Command) -> Command {
    let about = "List rules: what they are about, how far they go, whether they can run";
    Arguments::augment_args(command).about(about).after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let arguments: Arguments = read(matches)?;
    let settings = context.settings(arguments.rules.layer())?;
    let (entries, diagnostics) = list_rules(&settings, &Limits::default());
    let mut out = context.console.out();
    match arguments.format {
        TextOrLines::Text => print_table(&mut out, &entries)?,
        TextOrLines::Jsonl => {
            for entry in &entries {
                writeln!(out, "{}", serde_json::to_string(entry).map_err(io::Error::other)?)?;
            }
        }
    }
    out.flush()?;
    context.console.diagnostics(&diagnostics);
    Ok(if diagnostics.has_errors() { Exit::Usage } else { Exit::Done })
}

fn print_table(out: &mut impl Write, entries: &[Entry]) -> io::Result<()> {
    let width = |of: fn(&Entry) -> &str| entries.iter().map(|entry| of(entry).len()).max().unwrap_or(0);
    let (id, severity, category) = (width(Entry::name), width(|e| &e.severity), width(|e| &e.category));
    let kind = width(|e| e.kind);
    for entry in entries {
        let name = Untrusted(entry.name()).terminal();
        let Entry { severity: level, category: part, tier, status, kind: sends, .. } = entry;
        let mut line = format!("{name:id$}  {level:severity$}  {part:category$}  {tier:9}  {sends:kind$}");
        if let Some(reason) = &entry.reason {
            line.push_str(&format!("  {status}: {}", Untrusted(reason).terminal()));
        }
        if let Some(reason) = &entry.left_out {
            line.push_str(&format!("  left out: {}", Untrusted(reason).terminal()));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
