//! `outsight check`: are these rule files right?
//!
//! Nothing may import this file but `cli`.

use std::io::{self, Write};

use clap::{ArgMatches, Args, Command};

use super::{Registered, read};
use crate::app::rules::read_rules;
use crate::app::summary::Summary;
use crate::base::{Limits, Untrusted};
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{PathOptions, TextOrLines};
use crate::cli::words::count;
use crate::diagnostic::{render_json, render_text};

pub(super) const COMMAND: Registered = Registered { name: "check", define, run };

const EXAMPLES: &str = "Examples:
  outsight check rules/
  outsight check -f jsonl rule.yaml
  outsight check nuclei-templates/ --summary

Exits with 2 when there is an error.";

#[derive(Args)]
struct Arguments {
    #[command(flatten)]
    paths: PathOptions,
    /// How to print what is wrong
    #[arg(short = 'f', long, value_enum, default_value_t)]
    format: TextOrLines,
    /// Print numbers instead: what is loaded, refused by reason, and invalid
    #[arg(long)]
    summary: bool,
}

fn define(command: Command) -> Command {
    let about = "Check rule files: all errors of all files, with their places";
    Arguments::augment_args(command).about(about).after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let arguments: Arguments = read(matches)?;
    let settings = context.settings(arguments.paths.layer())?;
    let mut checked = read_rules(&settings, &Limits::default());
    if arguments.summary {
        let mut out = context.console.out();
        print_summary(&mut out, &Summary::of(&checked), arguments.format)?;
        out.flush()?;
        return Ok(if checked.diagnostics.has_errors() { Exit::Usage } else { Exit::Done });
    }
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

fn print_summary(out: &mut impl Write, summary: &Summary, format: TextOrLines) -> io::Result<()> {
    if format == TextOrLines::Jsonl {
        return writeln!(out, "{}", serde_json::to_string(summary).map_err(io::Error::other)?);
    }
    let plain = |text: &str| Untrusted(text).terminal();
    writeln!(out, "{:>7} loaded", summary.loaded)?;
    writeln!(out, "{:>7} refused", summary.refused_in_all())?;
    for (code, refused) in &summary.refused {
        let (reason, example) = (plain(&refused.reason), plain(&refused.example));
        let by_default = match refused.by_default {
            0 => String::new(),
            count => format!("{count} of them by default, "),
        };
        writeln!(out, "{:>11} {code}: {reason} ({by_default}for example {example})", refused.count)?;
    }
    writeln!(out, "{:>7} invalid", summary.invalid.len())?;
    for file in &summary.invalid {
        let colon = if file.path.is_empty() { "" } else { ": " };
        writeln!(out, "{:>11} {}{colon}{}", file.code, plain(&file.path), plain(&file.reason))?;
    }
    if !summary.left_out.is_empty() {
        let left_out: usize = summary.left_out.values().sum();
        writeln!(out, "{left_out:>7} left out by default")?;
        for (sort, count) in &summary.left_out {
            writeln!(out, "{count:>11} {}", plain(sort))?;
        }
    }
    let (all, loaded) = (summary.by_default, summary.loaded_by_default);
    let tenths = loaded.saturating_mul(1000).checked_div(all).unwrap_or(1000);
    writeln!(out, "Of the {all} that are run by default, {loaded} are loaded ({}.{} %).", tenths / 10, tenths % 10)
}
