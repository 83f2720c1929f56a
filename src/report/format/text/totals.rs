//! The end of the text report: totals over all hosts, the worst of them, and what to do next.
//!
//! Invariant: keeps a bounded amount however many hosts there are. Must never import a folder above `score`.

use std::collections::BTreeMap;

use super::page::{Page, Style, counted, grouped, shown};
use crate::base::{Origin, Severity, Untrusted};
use crate::finding::RunSummary;
use crate::report::HostItem;
use crate::rule::Exposure;
use crate::score::{Grade, Points};

/// Hosts that are listed as the worst.
const WORST: usize = 5;
/// Column of the totals.
const COLUMN: usize = 12;

/// Counts over the hosts so far.
#[derive(Default)]
pub(super) struct Totals {
    hosts: BTreeMap<&'static str, u64>,
    findings: BTreeMap<Severity, u64>,
    notes: u64,
    scored: u64,
    /// The worst hosts, worst first.
    worst: Vec<(Points, Origin, Grade)>,
    /// The first of the worst findings: severity, rule, host.
    leading: Option<(Severity, Origin, std::sync::Arc<str>)>,
}

impl Totals {
    /// Counts a host.
    pub(super) fn add(&mut self, host: &HostItem<'_>) {
        let target = &host.report.target;
        *self.hosts.entry(host.report.outcome.name()).or_default() += 1;
        for finding in host.findings {
            match finding.exposure {
                Exposure::Secret => *self.findings.entry(finding.severity).or_default() += 1,
                Exposure::Public | Exposure::Identifier => self.notes += 1,
            }
        }
        let worst = host.findings.first().filter(|finding| finding.exposure == Exposure::Secret);
        let key = |(severity, target, _): &(Severity, Origin, _)| (std::cmp::Reverse(*severity), target.clone());
        let candidate = worst.map(|finding| (finding.severity, target.clone(), finding.rule.clone()));
        self.leading = self.leading.take().into_iter().chain(candidate).min_by_key(key);
        if let Some(points) = host.score.score {
            self.scored += 1;
            self.worst.push((points, target.clone(), host.score.grade));
            self.worst.sort();
            self.worst.truncate(WORST);
        }
    }
}

/// Prints the end of the report.
pub(super) fn render(page: &mut Page, totals: &Totals, summary: &RunSummary) {
    let title = if summary.interrupted { "Total, interrupted: this report is partial" } else { "Total" };
    page.line(0, &[(title, Style::Bold)]);
    page.line(0, &[(&"─".repeat(page.width()), Style::Dim)]);
    let hosts: Vec<String> = ["complete", "incomplete", "unreachable", "blocked"]
        .iter()
        .filter_map(|name| totals.hosts.get(name).map(|count| format!("{} {name}", grouped(*count))))
        .collect();
    field(page, "hosts", &listed(totals.hosts.values().sum(), &hosts));
    if summary.invalid_targets > 0 {
        field(page, "left out", &format!("{} that could not be read", counted(summary.invalid_targets, "target")));
    }
    let by_severity = totals.findings.iter().rev().map(|(severity, count)| format!("{} {severity}", grouped(*count)));
    field(page, "findings", &listed(totals.findings.values().sum(), &by_severity.collect::<Vec<_>>()));
    if totals.notes > 0 {
        field(page, "notes", &grouped(totals.notes));
    }
    field(page, "verdicts", &verdicts(summary));
    let traffic = [counted(summary.requests, "request"), bytes(summary.bytes), format!("{:.1} s", summary.seconds)];
    field(page, "traffic", &traffic.join(", "));
    worst(page, totals);
    next(page, totals);
}

fn verdicts(summary: &RunSummary) -> String {
    let parts = [
        (summary.matched, "match"),
        (summary.clean, "clean"),
        (summary.error, "error"),
        (summary.skipped, "skipped"),
        (summary.inconclusive, "inconclusive"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{} {name}", grouped(*count)));
    listed(summary.planned, &parts.collect::<Vec<_>>())
}

/// A number and what it is made of.
fn listed(number: u64, parts: &[String]) -> String {
    if parts.is_empty() { grouped(number) } else { format!("{}: {}", grouped(number), parts.join(", ")) }
}

fn worst(page: &mut Page, totals: &Totals) {
    if totals.scored < 2 {
        return;
    }
    for (at, (points, target, grade)) in totals.worst.iter().enumerate() {
        let label = format!("{:<1$}", if at == 0 { "worst" } else { "" }, COLUMN - 2);
        let grade_cell = format!("{:<3}", grade.name());
        let rest = format!("{points:>5}  {}", shown(target.to_string()));
        let style = Style::of_grade(*grade);
        page.line(2, &[(&label, Style::Dim), (&grade_cell, style), (&rest, Style::Plain)]);
    }
}

fn next(page: &mut Page, totals: &Totals) {
    let Some((_, target, rule)) = &totals.leading else { return };
    let command = format!("outsight explain {} {}", Untrusted(&**rule).shell(), Untrusted(target.to_string()).shell());
    page.blank();
    page.line(0, &[("Next: ", Style::Bold), (&Untrusted(command).terminal(), Style::Plain)]);
    page.hanging(
        6,
        ("", Style::Plain),
        6,
        ("shows the request and the bytes that decided the worst finding.", Style::Dim),
    );
}

fn field(page: &mut Page, label: &str, text: &str) {
    page.hanging(2, (label, Style::Dim), COLUMN, (text, Style::Plain));
}

/// A size for people.
fn bytes(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
