//! `outsight explain`: why a rule says what it says of a target.
//!
//! Nothing may import this file but `cli`.

use std::io::{self, Write};
use std::sync::Arc;

use clap::{ArgMatches, Args, Command};

use super::{Registered, read};
use crate::app::explaining::{Question, explain_rule};
use crate::base::Untrusted;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::options::{NetworkOptions, OobOptions, TargetOptions, TierOptions};
use crate::cli::running::{block_on, interruptible};
use crate::cli::truth::print_trace;
use crate::cli::wire_text::{answer_line, print_observation, print_other, print_request};
use crate::engine::{Brought, Explained, Sent};
use crate::finding::{Finding, curl_line};

pub(super) const COMMAND: Registered = Registered { name: "explain", define, run };

const EXAMPLES: &str = "Examples:
  outsight explain hsts https://example.com
  outsight explain my-rule 127.0.0.1:8080 -r rules/

Prints every request as it was sent, with a curl line, and each condition with its truth, its value and
the bytes that decided it.";

#[derive(Args)]
struct Arguments {
    /// The rule's id
    #[arg(value_name = "RULE")]
    rule: String,
    /// The target
    #[arg(value_name = "TARGET")]
    target: String,
    #[command(flatten)]
    taken: TargetOptions,
    #[command(flatten)]
    rules: TierOptions,
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    oob: OobOptions,
}

fn define(command: Command) -> Command {
    let about = "Ask a target one rule, and show every step to its verdict";
    Arguments::augment_args(command).about(about).after_help(EXAMPLES)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let Arguments { rule, target, taken, rules, network, oob } = read(matches)?;
    let settings = context.settings(taken.layer().over(rules.layer()).over(network.layer()).over(oob.layer()))?;
    let question = Question::new(&settings, &rule, &target)?;
    let rule = Arc::clone(&question.compiled);
    let explained = block_on(interruptible(|control| explain_rule(question, control)))??;
    let Some(explained) = explained else { return Ok(Exit::Interrupted) };
    let mut out = context.console.out();
    print_exchanges(&mut out, &explained)?;
    if let Some(known) = &explained.profile {
        writeln!(out, "Profile\n  {}: {}\n", known.profile.name(), known.why)?;
    }
    writeln!(out, "Truth")?;
    for trace in &explained.traces {
        print_trace(&mut out, trace, 1, context.console.color)?;
    }
    if explained.traces.is_empty() {
        writeln!(out, "  nothing was judged")?;
    }
    let reason = explained.outcome.reason().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let (name, origin) = (Untrusted(&*rule.rule.id).terminal(), &explained.origin);
    writeln!(out, "\nVerdict\n  {name} on {origin}: {}{reason}", explained.outcome.name())?;
    for finding in &explained.findings {
        print_finding(&mut out, finding)?;
    }
    out.flush()?;
    let conclusive = explained.outcome.is_conclusive() || !explained.outcome.is_applicable();
    Ok(if conclusive { Exit::Done } else { Exit::Incomplete })
}

fn print_exchanges(out: &mut impl Write, explained: &Explained) -> io::Result<()> {
    for (nth, sent) in explained.sent.iter().enumerate() {
        writeln!(out, "Request {}: {}", nth + 1, purpose(sent))?;
        match &sent.brought {
            Brought::Answer(answer) => {
                let exchange = answer.exchange();
                print_request(out, &exchange.probe, 2)?;
                writeln!(out, "  -> {}", answer_line(exchange))?;
                writeln!(out, "  {}\n", curl_line(&exchange.probe))?;
            }
            Brought::Observation(observation) => {
                print_other(out, &observation.probe, 2)?;
                print_observation(out, observation, 2)?;
                writeln!(out)?;
            }
        }
    }
    Ok(())
}

fn purpose(sent: &Sent) -> String {
    let dot = if sent.label.is_empty() { "" } else { "." };
    match &*sent.request {
        "" => "the first page or the baseline".to_owned(),
        request => Untrusted(format!("{request}{dot}{}", sent.label)).terminal(),
    }
}

fn print_finding(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let title = Untrusted(&finding.title).terminal();
    writeln!(out, "  {} ({}): {title}", finding.severity, finding.confidence)?;
    for place in &finding.places {
        let snippet = Untrusted(&place.evidence.snippet).terminal_short(160);
        let case = place.case.as_ref().map(|case| format!(" [{}]", Untrusted(&**case).terminal())).unwrap_or_default();
        writeln!(out, "    {}{case}  {snippet}", Untrusted(&place.url).terminal())?;
    }
    Ok(())
}
