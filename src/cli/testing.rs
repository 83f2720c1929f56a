//! Test reports as text.
//!
//! Nothing may import this file but `cli`.

use std::io::Write as _;

use super::context::Context;
use super::exit::Failure;
use super::truth::print_trace;
use super::words::count;
use crate::app::testing::{RuleReport, Tally, complaints};
use crate::diagnostic::render_text;

/// Prints what is wrong in each report, and the truth trees that tell why.
pub(super) fn print_reports(reports: &[RuleReport], context: &Context) -> Result<(), Failure> {
    let mut out = context.console.out();
    for (diagnostic, traces) in reports.iter().flat_map(complaints) {
        write!(out, "{}", render_text(&diagnostic, context.console.color))?;
        for trace in traces {
            print_trace(&mut out, trace, 1, context.console.color)?;
        }
        writeln!(out)?;
    }
    out.flush()?;
    Ok(())
}

/// Prints one line with all counts, for people and for machines that count.
pub(super) fn print_summary(reports: &[RuleReport], mutate: bool, context: &Context) -> Result<(), Failure> {
    let Tally { passed, failed, skipped, survivors } = Tally::of(reports);
    let mut out = context.console.out();
    let rules = count(reports.len(), "rule");
    write!(out, "{rules}: {passed} passed, {failed} failed, {skipped} skipped")?;
    if mutate {
        write!(out, "; {} that no test notices", count(survivors, "change"))?;
    }
    writeln!(out)?;
    out.flush()?;
    Ok(())
}
