//! `outsight scan --dry-run`: every request that would be sent, and none sent.
//!
//! Nothing may import this file but `cli`.

use std::io::{self, Write};

use super::context::Context;
use super::exit::{Exit, Failure};
use super::wire_text::{place, print_probe};
use crate::app::scan::Prepared;
use crate::base::Untrusted;
use crate::engine::{HostPlan, PlannedRequest, RulePlan, plan_host};
use crate::target::{Spelled, Target, Targets};

/// The most rules that are named for one request, unless the user wants to know more.
const NAMED: usize = 6;

/// Prints the plan of each target as it is read.
pub(super) fn dry_run(prepared: &Prepared, targets: Targets, context: &Context) -> Result<Exit, Failure> {
    let mut out = context.console.out();
    let mut all_read = true;
    for target in targets {
        match target {
            Ok(target) => {
                let plan = plan_host(&prepared.program, &target, &prepared.engine);
                print_plan(&mut out, &target, &plan, context.console.verbose)?;
            }
            Err(problem) => {
                out.flush()?;
                context.console.diagnostic(&problem);
                all_read = false;
            }
        }
    }
    out.flush()?;
    context.console.note("nothing was sent");
    Ok(if all_read { Exit::Done } else { Exit::Incomplete })
}

fn print_plan(out: &mut impl Write, target: &Target, plan: &HostPlan, verbose: bool) -> io::Result<()> {
    let otherwise = match &target.spelled {
        Spelled::Either(_, http) => format!(", or {http} where that does not answer"),
        Spelled::Exact(_) => String::new(),
    };
    if plan.origin.is_files() {
        return print_files(out, plan, verbose);
    }
    writeln!(out, "{}{otherwise}", plan.origin)?;
    let (verdicts, fixed, later) = (plan.verdicts, plan.fixed(), plan.conditional());
    writeln!(out, "  {verdicts} verdicts, {fixed} requests, and at most {later} that depend on answers")?;
    if plan.crawled > 0 {
        writeln!(out, "  of these at most {} for reading the site (--crawl-limit, --no-crawl)", plan.crawled)?;
    }
    if plan.found_verdicts > 0 {
        writeln!(out, "  at most {} verdicts more, on endpoints that answers lead to", plan.found_verdicts)?;
    }
    writeln!(out)?;
    for request in &plan.requests {
        print_planned(out, request, verbose)?;
    }
    for rule in plan.rules.iter().filter(|rule| verbose || rule.conditional > 0 || rule.refused) {
        writeln!(out, "  {}", rule_line(rule))?;
    }
    writeln!(out)
}

/// Of files nothing is asked: only the number of rules that read them is worth saying.
fn print_files(out: &mut impl Write, plan: &HostPlan, verbose: bool) -> io::Result<()> {
    let away = plan.rules.iter().filter(|rule| rule.needs_server || rule.refused).count();
    writeln!(out, "{}", Untrusted(plan.origin.to_string()).terminal())?;
    let (verdicts, readers) = (plan.verdicts, plan.rules.len() - away);
    writeln!(
        out,
        "  {verdicts} verdicts, no request: {readers} rules read the files, {away} need a server or are not run"
    )?;
    for rule in plan.rules.iter().filter(|rule| verbose || rule.refused) {
        writeln!(out, "  {}", rule_line(rule))?;
    }
    writeln!(out)
}

fn rule_line(plan: &RulePlan) -> String {
    let rule = Untrusted(&*plan.rule).terminal();
    match plan {
        RulePlan { refused: true, .. } => format!("{rule}: not run, because of its tier or because this build cannot"),
        RulePlan { needs_server: true, .. } => format!("{rule}: skipped, because it asks for a server"),
        RulePlan { fixed: 0, conditional: 0, .. } => format!("{rule}: sends nothing of its own"),
        RulePlan { fixed, conditional, .. } => format!("{rule}: wants {fixed} requests, at most {conditional} more"),
    }
}

fn print_planned(out: &mut impl Write, request: &PlannedRequest, verbose: bool) -> io::Result<()> {
    let shown = if verbose { request.wanted_by.len() } else { NAMED };
    let mut names: Vec<String> =
        request.wanted_by.iter().take(shown).map(|rule| Untrusted(&**rule).terminal()).collect();
    match request.wanted_by.len() {
        0 => names.extend(request.surveys.map(str::to_owned)),
        all if all > shown => names.push(format!("and {} more", all - shown)),
        _ => {}
    }
    let times = if request.times > 1 { format!(", {} times", request.times) } else { String::new() };
    writeln!(out, "  {}{times}, for {}", Untrusted(place(&request.probe)).terminal(), names.join(", "))?;
    print_probe(out, &request.probe, 4)?;
    writeln!(out)
}
