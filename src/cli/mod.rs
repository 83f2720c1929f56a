//! The command line: arguments in, exit code out.
//!
//! Owns the commands (one file each, registered in `commands::COMMANDS`), the flags that several share, and the console
//! that they print to. Takes the process's arguments, environment and working folder; hands typed settings to `app`.
//! Invariant: data goes to standard output and everything else to standard error, no step before the settings are read
//! touches the world, and a reader that went away ends the program quietly. Nothing may import this folder.

mod commands;
mod console;
mod context;
mod dry_run;
mod exit;
mod options;
mod running;
mod testing;
mod truth;
mod watch;
mod wire_text;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

pub use exit::Exit;

use commands::COMMANDS;
use context::Context;
use exit::Failure;

/// Runs Outsight with these arguments, the program's name first, and this environment.
pub fn main(arguments: impl IntoIterator<Item = OsString>, environment: Vec<(String, String)>) -> ExitCode {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // Printing fails where the reader is gone, and then nobody is left to tell.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    let context = Context::new(&matches, environment);
    match run(&matches, &context) {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(&context.console).into(),
    }
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let chosen = matches.subcommand();
    let known = chosen.and_then(|(name, matches)| Some((COMMANDS.iter().find(|c| c.name == name)?, matches)));
    match known {
        Some((command, matches)) => (command.run)(matches, context),
        None => Ok(Exit::Usage),
    }
}

/// The whole command line, for parsing, completions and manual pages.
pub(crate) fn command() -> Command {
    let mut root = Command::new("outsight")
        .version(env!("CARGO_PKG_VERSION"))
        .about("An external security scanner: YAML rule packs in, a scored report out.")
        .after_help(EXAMPLES)
        .max_term_width(100)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args(global_flags());
    for command in COMMANDS {
        root = root.subcommand((command.define)(Command::new(command.name)));
    }
    root
}

fn global_flags() -> [Arg; 3] {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).global(true).action(ArgAction::SetTrue).help(help).display_order(1000)
    };
    [
        flag("verbose", "Say more: all places, all rules that were not checked, a curl line for each finding")
            .short('v'),
        flag("quiet", "Say nothing but the report and errors").short('q').conflicts_with("verbose"),
        flag("no-color", "No colours; NO_COLOR does the same"),
    ]
}

const EXAMPLES: &str = "Examples:
  outsight demo                               scan a misconfigured server that comes with Outsight
  outsight scan https://example.com           scan a site with the built-in rules
  outsight scan -r rules/ -l hosts.txt        scan a list with rules of your own
  outsight test rules/ --watch                run the rules' tests whenever a file is saved

Exit codes: 0 done, 1 findings at or over --fail-on, 2 usage, configuration or rule error,
3 some host is not complete, 130 interrupted.";
