//! `outsight show`: all about one rule.
//!
//! Nothing may import this file but `cli`.

use std::io::{self, Write};

use clap::{ArgMatches, Args, Command};

use super::{Registered, read};
use crate::app::rules::read_rules;
use crate::app::select::unknown;
use crate::base::{Limits, Untrusted};
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::RulesOption;
use crate::pack::Facts;
use crate::rule::sequence::{HttpStep, Protocol};
use crate::rule::{Rule, Wire};

pub(super) const COMMAND: Registered = Registered { name: "show", define, run };

const EXAMPLES: &str = "Examples:
  outsight show hsts
  outsight show my-rule -r rules/";

#[derive(Args)]
struct Arguments {
    /// The rule's id
    #[arg(value_name = "RULE")]
    rule: String,
    #[command(flatten)]
    rules: RulesOption,
}

fn define(command: Command) -> Command {
    Arguments::augment_args(command).about("Show a rule: what it says, what it sends, its source").after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let arguments: Arguments = read(matches)?;
    let settings = context.settings(arguments.rules.layer())?;
    let read = read_rules(&settings, &Limits::default());
    let Some((rule, facts)) = read.rules.iter().zip(&read.facts).find(|(rule, _)| *rule.id == *arguments.rule) else {
        let mut wrong = read.diagnostics.into_errors();
        wrong.push(unknown("rule", &arguments.rule, read.rules.iter().map(|rule| &*rule.id), true));
        return Err(wrong.into());
    };
    let mut out = context.console.out();
    print_rule(&mut out, rule, facts)?;
    out.flush()?;
    Ok(Exit::Done)
}

fn print_rule(out: &mut impl Write, rule: &Rule, facts: &Facts) -> io::Result<()> {
    let plain = |text: &str| Untrusted(text).terminal();
    let severities: Vec<&str> = facts.levels.iter().rev().map(|level| level.name()).collect();
    let mut line = |name: &str, value: String| match value.is_empty() {
        true => Ok(()),
        false => writeln!(out, "{name:12}{value}"),
    };
    line("id", plain(&rule.id))?;
    line("title", plain(&rule.meta.title.source()))?;
    line("severity", severities.join(", "))?;
    line("category", rule.meta.category.to_string())?;
    line("tier", facts.tier.to_string())?;
    line("type", facts.kind.name().to_owned())?;
    line("author", plain(&facts.authors.join(", ")))?;
    line("tags", plain(&rule.meta.tags.join(", ")))?;
    line("cwe", rule.meta.cwe.map(|number| number.to_string()).unwrap_or_default())?;
    line("file", plain(&rule.source.name))?;
    let asked = rule.requests.iter().map(|request| sends(&request.wire));
    let told = rule.sequence.iter().flat_map(|sequence| &sequence.blocks).flat_map(|block| says(&block.protocol));
    line("sends", asked.chain(told).map(|text| plain(&text)).collect::<Vec<_>>().join(", "))?;
    line("tests", rule.tests.len().to_string())?;
    if let Some(refusal) = &rule.refused {
        line("refused", format!("{}: {}", refusal.code, plain(&refusal.reason)))?;
    }
    if let Some(why) = &facts.left_out {
        line("left out", plain(&why.to_string()))?;
    }
    let flowing = |text: &str| plain(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().map(flowing).unwrap_or_default();
    line("what", text(&rule.meta.description))?;
    line("impact", text(&rule.meta.impact))?;
    if let Some(fix) = &rule.meta.fix {
        line("fix", text(&fix.default))?;
        for (server, fix) in &fix.by_server {
            line("", format!("{}: {}", plain(server), plain(fix)))?;
        }
    }
    for reference in &rule.meta.references {
        line("see", plain(reference))?;
    }
    writeln!(out)?;
    rule.source.text.lines().try_for_each(|line| writeln!(out, "{}", plain(line)))
}

fn sends(wire: &Wire) -> String {
    match wire {
        Wire::Http(http) if http.raw.is_some() => "raw bytes".to_owned(),
        Wire::Http(http) => format!("{} {}", http.method.0, http.target.source()),
        Wire::Tls(_) => "a TLS handshake".to_owned(),
        Wire::TlsSurvey => "a survey of TLS".to_owned(),
        Wire::Dns(query) => format!("a DNS query for {}", query.kind),
        Wire::Tcp(address, _) => format!("bytes over TCP to {}", address.source()),
    }
}

/// What a block of a sequence sends, a text for each request.
fn says(protocol: &Protocol) -> Vec<String> {
    let of_step = |method: &str, step: &HttpStep| match step {
        HttpStep::Path(path) => format!("{method} {}", path.source()),
        HttpStep::Raw(raw) => raw.text.source().trim_start().lines().next().unwrap_or("").to_owned(),
    };
    match protocol {
        Protocol::Http(http) => http.steps.iter().map(|step| of_step(&http.method, step)).collect(),
        Protocol::Dns(query) => vec![format!("a DNS query for {} of {}", query.kind, query.name.source())],
        Protocol::Tcp(tcp) => tcp.addresses.iter().map(|to| format!("bytes over TCP to {}", to.source())).collect(),
        Protocol::Tls(_) => vec!["a TLS handshake".to_owned()],
        Protocol::WebSocket(socket) => vec![format!("messages over a WebSocket to {}", socket.address.source())],
    }
}
