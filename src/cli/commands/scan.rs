//! `outsight scan`: scan targets and report.
//!
//! Nothing may import this file but `cli`.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{ArgMatches, Args, Command};

use super::{Registered, read};
use crate::app::scan::{Surroundings, prepare};
use crate::app::settings::{Layer, Set, Source, Wait, show};
use crate::app::targets::{doubtful, open_targets};
use crate::cli::context::Context;
use crate::cli::dry_run::dry_run;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{NetworkOptions, OobOptions, OutputOptions, RuleOptions, TargetOptions};
use crate::cli::running::{block_on, run_scan};
use crate::diagnostic::Blame;

pub(super) const COMMAND: Registered = Registered { name: "scan", define, run };

const EXAMPLES: &str = "Examples:
  outsight scan https://example.com
  outsight scan -l hosts.txt -o jsonl=out.jsonl --fail-on high
  subfinder -d example.com | outsight scan - --per-host-rate 5
  outsight scan 192.0.2.0/28 -r headers -r my-rules/ --severity high,critical
  outsight scan https://api.example.com --profile api
  outsight scan https://example.com --dry-run
  outsight scan ./dist site.zip --fail-on medium
  outsight scan -l hosts.txt --resume out.jsonl

A target is a URL, a host, HOST:PORT, an address or a network; or a folder, a file or an
archive (.zip, .tar, .tar.gz) of built assets, which the passive rules read without any traffic.
Exit codes: 0 done, 1 findings at or over --fail-on, 2 usage, configuration or rule error,
3 some host is not complete, 130 interrupted.";

#[derive(Args)]
struct Arguments {
    /// What to scan; `-` reads a list from standard input
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// The same as TARGET; repeatable
    #[arg(short = 'u', long = "target", alias = "url", value_name = "TARGET")]
    more: Vec<String>,
    /// A list of targets, one a line; repeatable
    #[arg(short = 'l', long = "list", value_name = "FILE")]
    lists: Vec<String>,
    /// Time for the whole scan, such as 10m; what is not done by then is reported as such
    #[arg(long, value_name = "TIME", value_parser = <Wait as crate::app::settings::FromText>::from_text)]
    deadline: Option<Wait>,
    /// Go on with an interrupted run: skip the hosts that its JSON Lines output reports as complete, and append to it
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Print every request that would be sent, and send none
    #[arg(long)]
    dry_run: bool,
    /// Print the effective settings with their sources, and do nothing
    #[arg(long)]
    show_config: bool,
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    rules: RuleOptions,
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    oob: OobOptions,
    #[command(flatten)]
    output: OutputOptions,
}

fn define(command: Command) -> Command {
    Arguments::augment_args(command).about("Scan targets and print a scored report").after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let Arguments {
        mut targets,
        more,
        lists,
        deadline,
        resume,
        dry_run: dry,
        show_config,
        target,
        rules,
        network,
        oob,
        output,
    } = read(matches)?;
    targets.extend(more);
    let own = Layer { deadline: deadline.map(|value| Set { value, source: Source::Flag }), ..Layer::default() };
    let settings = context.settings(
        own.over(target.layer()).over(rules.layer()).over(network.layer()).over(oob.layer()).over(output.layer()),
    )?;
    if show_config {
        let mut out = context.console.out();
        out.write_all(show(&settings).as_bytes())?;
        out.flush()?;
        return Ok(Exit::Done);
    }
    doubtful(&targets).iter().for_each(|note| context.console.note(note));
    let targets = open_targets(&targets, &lists)?;
    let prepared = prepare(&settings).inspect_err(|wrong| {
        if wrong.items.iter().any(|item| item.is_error() && item.blame == Blame::RuleAuthor) {
            context.console.note("nothing was sent; --skip-broken scans without the rules that are broken\n");
        }
    })?;
    context.console.diagnostics(&prepared.warnings);
    prepared.notes.iter().for_each(|note| context.console.note(note));
    if dry {
        return dry_run(&prepared, targets, context);
    }
    // The rules are needed to the end, and the end of the process frees them faster than anybody else.
    std::mem::forget(Arc::clone(&prepared.program));
    let surroundings = Surroundings { screen: context.console.screen(), resume: resume.as_deref() };
    block_on(run_scan(prepared, targets, &settings, surroundings, context))?
}
