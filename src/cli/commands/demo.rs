//! `outsight demo`: start a misconfigured server on loopback and scan it.
//!
//! Nothing may import this file but `cli`.

use clap::{ArgMatches, Args, Command};

use super::{Registered, read};
use crate::app::scan::{Surroundings, prepare};
use crate::app::settings::{Layer, Set, Source};
use crate::app::targets::open_targets;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{OutputOptions, RuleOptions};
use crate::cli::running::{block_on, interrupted, run_scan};
use crate::demo::{Demo, FLAWS};
use crate::diagnostic::{Blame, Diagnostic};

pub(super) const COMMAND: Registered = Registered { name: "demo", define, run };

const EXAMPLES: &str = "Examples:
  outsight demo                   start the demo, scan it, print the report
  outsight demo --serve           the same, and leave it running to play with
  outsight demo -f json | jq .    the same report for machines

The demo is a small web shop with mistakes; every secret in it is made up. It listens on 127.0.0.1 only.";

#[derive(Args)]
struct Arguments {
    /// Leave the server running until Ctrl-C
    #[arg(long)]
    serve: bool,
    /// The port to listen on [default: a free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    #[command(flatten)]
    rules: RuleOptions,
    #[command(flatten)]
    output: OutputOptions,
}

fn define(command: Command) -> Command {
    let about = "Scan a misconfigured server that comes with Outsight";
    Arguments::augment_args(command).about(about).after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let Arguments { serve, port, rules, output } = read(matches)?;
    // Whatever the configuration says of networks is not meant for a server of our own.
    let none = Layer { per_host_rate: Some(Set { value: 0.0, source: Source::Flag }), ..Layer::default() };
    let chosen = context.settings(rules.layer().over(output.layer()))?;
    let settings = none.over(chosen).for_loopback();
    let prepared = prepare(&settings)?;
    context.console.diagnostics(&prepared.warnings);
    block_on(async {
        let demo = Demo::start(port).await.map_err(|error| cannot_listen(port, &error))?;
        context.console.note(&format!("the demo listens on {}", demo.url()));
        let targets = open_targets(&demo.targets(), &[])?;
        let surroundings = Surroundings { screen: context.console.screen(), resume: None };
        let exit = run_scan(prepared, targets, &settings, surroundings, context).await?;
        if serve && exit != Exit::Interrupted {
            describe(&demo, context);
            interrupted().await;
        }
        Ok(exit)
    })?
}

fn describe(demo: &Demo, context: &Context) {
    context.console.note(&format!("\nThe demo stays at {} until Ctrl-C. What is wrong with it:", demo.url()));
    for flaw in FLAWS.iter().filter(|flaw| !flaw.sound) {
        context.console.note(&format!("  {:26}{}", flaw.path, flaw.what));
    }
    context.console.note("And what is right, so that nothing should be reported:");
    for flaw in FLAWS.iter().filter(|flaw| flaw.sound) {
        context.console.note(&format!("  {:26}{}", flaw.path, flaw.what));
    }
}

fn cannot_listen(port: u16, error: &std::io::Error) -> Failure {
    let title = format!("the demo cannot listen on 127.0.0.1:{port}: {error}");
    Diagnostic::error("C0501", Blame::Network, title).help("--port chooses another port").into()
}
