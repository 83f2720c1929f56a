//! `outsight oob`: a server that notes who calls it.
//!
//! Nothing may import this file but `cli`.

use std::io::{self, Write};

use clap::{ArgMatches, Args, Command};
use tokio::sync::mpsc;

use super::{Registered, read};
use crate::app::network::value;
use crate::app::oob::{Standalone, random_token, stand_alone, watched};
use crate::app::settings::{FromText as _, Layer, OobSite, Set, Source, Token};
use crate::base::Untrusted;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{ListenOptions, TextOrLines};
use crate::cli::running::{block_on, interrupted};
use crate::observation::Interaction;
use crate::oob::{Access, Service, line};

pub(super) const COMMAND: Registered = Registered { name: "oob", define, run };

const EXAMPLES: &str = "Examples:
  outsight oob oob.example.com=192.0.2.1
  outsight oob 127.0.0.1:8080 -f jsonl
  outsight oob oob.example.com=192.0.2.1 --oob-listen dns --oob-listen http=0.0.0.0:8080

Notes whoever looks up, fetches or writes to a name with an id, and prints it until Ctrl-C. Scans on other machines
use it with --oob https://oob.example.com --oob-token TOKEN; so do tools that speak to interactsh.";

/// Interactions that wait to be printed.
const WAITING: usize = 4096;

#[derive(Args)]
struct Arguments {
    /// DOMAIN=ADDRESS, a domain whose name server is this machine; or HOST:PORT, for HTTP without a domain
    #[arg(value_name = "WHERE", value_parser = OobSite::from_text)]
    site: OobSite,
    #[command(flatten)]
    listen: ListenOptions,
    /// What clients of other machines must show [default: a random one, printed at the start]
    #[arg(long = "oob-token", value_name = "TOKEN", value_parser = Token::from_text)]
    token: Option<Token>,
    /// Let everybody register as a client
    #[arg(long, conflicts_with = "token")]
    open: bool,
    /// How to print interactions
    #[arg(short = 'f', long, value_enum, default_value_t)]
    format: TextOrLines,
}

fn define(command: Command) -> Command {
    Arguments::augment_args(command).about("Run a server that notes who calls it: DNS, HTTP, SMTP").after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let Arguments { site, listen, token, open, format } = read(matches)?;
    let own = Layer { oob: flag(Some(site)), oob_token: flag(token), ..Layer::default() };
    let settings = context.settings(own.over(listen.layer()))?;
    let (access, shown) = match value(&settings.oob_token) {
        _ if open => (Access::Open, None),
        Some(token) => (Access::Token(token.0), None),
        None => {
            let token = random_token()?;
            (Access::Token(token.clone()), Some(token))
        }
    };
    block_on(async {
        let (watcher, mut arriving) = mpsc::channel(WAITING);
        let standing = stand_alone(&settings, access, watched(watcher)).await?;
        describe(&standing, context);
        if let Some(token) = shown {
            context.console.note(&format!("clients of other machines show the token {}", token.expose()));
        }
        loop {
            tokio::select! {
                Some(interaction) = arriving.recv() => print(&interaction, format, context)?,
                () = interrupted() => return Ok(Exit::Done),
            }
        }
    })?
}

fn flag<T>(value: Option<T>) -> Option<Set<T>> {
    value.map(|value| Set { value, source: Source::Flag })
}

fn describe(standing: &Standalone, context: &Context) {
    for listening in standing.server.listening() {
        let transport = if listening.service == Service::Dns { " (UDP and TCP)" } else { "" };
        context.console.note(&format!(
            "listening for {} on {}{transport}",
            listening.service.name(),
            listening.address
        ));
    }
    context.console.note(&format!("a name to try: {}", standing.example));
}

fn print(interaction: &Interaction, format: TextOrLines, context: &Context) -> io::Result<()> {
    let mut out = context.console.out();
    match format {
        TextOrLines::Jsonl => writeln!(out, "{}", line(interaction)?)?,
        TextOrLines::Text => {
            let Interaction { at, protocol, full_id, query_type, remote, .. } = interaction;
            let kind = query_type.as_deref().map(|kind| format!(" {kind}")).unwrap_or_default();
            let remote = remote.map_or_else(|| "?".to_owned(), |remote| remote.to_string());
            writeln!(out, "{at:.3} {protocol}{kind} from {remote}: {}", Untrusted(&**full_id).terminal_short(300))?;
        }
    }
    out.flush()
}
