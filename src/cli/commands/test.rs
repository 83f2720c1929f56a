//! `outsight test`: do the rules' own tests pass?
//!
//! Nothing may import this file but `cli`.

use clap::{ArgMatches, Args, Command};

use super::{Registered, read};
use crate::app::rules::read_rules;
use crate::app::settings::Layer;
use crate::app::testing::{Tally, test_rules};
use crate::base::Limits;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::PathOptions;
use crate::cli::testing::{print_reports, print_summary};
use crate::cli::watch;

pub(super) const COMMAND: Registered = Registered { name: "test", define, run };

const EXAMPLES: &str = "Examples:
  outsight test rules/
  outsight test --mutate rules/
  outsight test --watch rules/

Exits with 1 when a test fails, with 2 when a rule file is wrong.";

#[derive(Args)]
struct Arguments {
    #[command(flatten)]
    paths: PathOptions,
    /// Change one condition, alternative, rung or case at a time, and report what no test notices
    #[arg(long)]
    mutate: bool,
    /// Stay, and test again whatever is saved
    #[arg(long)]
    watch: bool,
}

fn define(command: Command) -> Command {
    Arguments::augment_args(command).about("Run the tests that rules carry; sends nothing").after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let arguments: Arguments = read(matches)?;
    let settings = context.settings(arguments.paths.layer())?;
    if arguments.watch {
        return watch::run(&settings, arguments.mutate, context);
    }
    test_once(&settings, arguments.mutate, context)
}

fn test_once(settings: &Layer, mutate: bool, context: &Context) -> Result<Exit, Failure> {
    let read = read_rules(settings, &Limits::default());
    let broken = read.diagnostics.into_errors();
    context.console.diagnostics(&broken);
    let reports = test_rules(read.rules, mutate);
    print_reports(&reports, context)?;
    print_summary(&reports, mutate, context)?;
    Ok(match (broken.has_errors(), Tally::of(&reports).is_good()) {
        (true, _) => Exit::Usage,
        (false, false) => Exit::Findings,
        (false, true) => Exit::Done,
    })
}
