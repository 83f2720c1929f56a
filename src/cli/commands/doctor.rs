//! `outsight doctor`: can this machine scan?
//!
//! Nothing may import this file but `cli`.

use std::io::Write as _;

use clap::{ArgMatches, Command};

use super::Registered;
use crate::app::doctor::{State, examine};
use crate::app::settings::{Layer, show};
use crate::base::Untrusted;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};

pub(super) const COMMAND: Registered = Registered { name: "doctor", define, run };

fn define(command: Command) -> Command {
    command
        .about("Look at this machine: rules, limits, name lookup, configuration, terminal")
        .after_help("Sends nothing but one name lookup. Exits with 2 when scans would fail.")
}

fn run(_: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let settings = context.settings(Layer::default())?;
    let found = examine(&|name| context.variable(name));
    let mut out = context.console.out();
    writeln!(out, "outsight {} on {} {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH)?;
    for finding in &found {
        let (mark, code) = match finding.state {
            State::Good => ("ok", "32"),
            State::Notable => ("note", "33"),
            State::Bad => ("bad", "31"),
        };
        let mark = if context.console.color { format!("\x1b[{code}m{mark:5}\x1b[0m") } else { format!("{mark:5}") };
        writeln!(out, "{mark}{:14}{}", finding.name, Untrusted(&finding.detail).terminal())?;
        if let Some(advice) =
            finding.advice.as_ref().filter(|_| finding.state != State::Good || context.console.verbose)
        {
            writeln!(out, "{:19}{advice}", "")?;
        }
    }
    writeln!(out, "\nConfiguration:")?;
    for line in show(&settings).lines() {
        writeln!(out, "  {line}")?;
    }
    out.flush()?;
    let bad = found.iter().any(|finding| finding.state == State::Bad);
    Ok(if bad { Exit::Usage } else { Exit::Done })
}
