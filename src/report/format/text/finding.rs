//! One finding, or a note, in text.
//!
//! Order of what is said: what it is, where, why we say so, what it costs, what to change, where to read more.
//! Must never import a folder above `score`.

use super::page::{Page, Style, shown, shown_lines};
use crate::base::{Severity, Untrusted};
use crate::finding::{Evidence, Finding, Place};
use crate::rule::{Exposure, Fix};

/// Column at which titles and labels stand.
const BODY: usize = 12;
/// Cells of a label.
const LABEL: usize = 10;
/// Places and lines of evidence shown where not all are.
const FEW: usize = 3;

/// Prints a finding. `is_scored`: whether its rule is a row of the sum.
pub(super) fn render(page: &mut Page, finding: &Finding, is_scored: bool, verbose: bool) {
    let tag = finding.severity.name().to_uppercase();
    page.hanging(2, (&tag, Style::of_severity(finding.severity)), BODY, (&shown(&finding.title), Style::Bold));
    let unscored = if finding.severity > Severity::Info && !is_scored { " · not scored" } else { "" };
    let facts = format!("{} · {} · {}{unscored}", address(finding), finding.category, finding.confidence);
    page.hanging(BODY, ("", Style::Dim), BODY, (&facts, Style::Dim));
    places(page, finding, verbose);
    if let Some(leading) = finding.places.first() {
        evidence(page, &leading.evidence);
    }
    if let Some(impact) = &finding.impact {
        field(page, "impact", &shown_lines(impact));
    }
    if let Some(fix) = &finding.fix {
        render_fix(page, finding, fix, verbose);
    }
    references(page, finding);
    if verbose {
        let curl = finding.places.first().map(|place| place.evidence.curl.as_str()).filter(|curl| !curl.is_empty());
        curl.into_iter().for_each(|curl| kept(page, "try", &[Untrusted(curl).terminal()]));
    }
}

/// Prints a note: what it is and where, and no more.
pub(super) fn render_note(page: &mut Page, note: &Finding, verbose: bool) {
    let kind = match note.exposure {
        Exposure::Secret | Exposure::Public => "public by design",
        Exposure::Identifier => "identifies, opens nothing",
    };
    page.hanging(2, ("NOTE", Style::Dim), BODY, (&shown(&note.title), Style::Plain));
    page.hanging(BODY, ("", Style::Dim), BODY, (&format!("{} · {kind}", address(note)), Style::Dim));
    places(page, note, verbose);
}

/// `rule#case`.
fn address(finding: &Finding) -> String {
    match &finding.case {
        Some(case) => shown(format!("{}#{case}", finding.rule)),
        None => shown(&*finding.rule),
    }
}

fn places(page: &mut Page, finding: &Finding, verbose: bool) {
    let most = if verbose { usize::MAX } else { FEW };
    let mut lines: Vec<String> = finding.places.iter().take(most).map(|place| place_line(place, finding)).collect();
    if finding.places.len() > lines.len() {
        let more = finding.places.len() - lines.len();
        lines.push(format!("… and {more} more {}", if more == 1 { "place" } else { "places" }));
    }
    kept(page, "where", &lines);
}

fn place_line(place: &Place, finding: &Finding) -> String {
    let mut line = shown(&place.url);
    if let Some(number) = place.line {
        line.push_str(&format!(", line {number}"));
    }
    if place.case.is_some() && place.case != finding.case {
        line.push_str(&format!(" ({})", shown(place.case.as_deref().unwrap_or(""))));
    }
    if let Some(rule) = &place.seen_in {
        line.push_str(&format!(" (seen in the answer to {})", shown(&**rule)));
    }
    for (name, value) in place.extracted.iter().take(FEW) {
        line.push_str(&format!(" · {} {}", shown(&**name), Untrusted(value).terminal_short(80)));
    }
    line
}

/// The conditions that decided, and the bytes themselves where no condition shows them.
fn evidence(page: &mut Page, evidence: &Evidence) {
    let line = |text: &String| Untrusted(text).terminal_short(page.width().saturating_mul(2));
    let mut lines: Vec<String> = evidence.decided_by.iter().take(FEW).map(line).collect();
    if evidence.decided_by.len() > lines.len() {
        lines.push(format!("… and {} more", evidence.decided_by.len() - lines.len()));
    }
    let told = evidence.decided_by.iter().any(|said| said.contains(evidence.snippet.as_str()));
    if !told && !evidence.snippet.is_empty() {
        lines.push(line(&evidence.snippet));
    }
    field(page, "evidence", &lines);
}

/// What to change: for everyone, and for the servers that the answers name. The others are listed; `-v` shows them all.
fn render_fix(page: &mut Page, finding: &Finding, fix: &Fix, verbose: bool) {
    let mut lines = fix.default.as_deref().map(shown_lines).unwrap_or_default();
    let all = verbose || lines.is_empty();
    let (told, others): (Vec<_>, Vec<_>) =
        fix.by_server.iter().partition(|(server, _)| all || answered_by(finding, server));
    for (server, text) in told {
        let server = shown(&**server);
        match shown_lines(text).as_slice() {
            [one] => lines.push(format!("{server}: {one}")),
            several => {
                lines.push(format!("{server}:"));
                lines.extend(several.iter().map(|line| format!("  {line}")));
            }
        }
    }
    if !others.is_empty() {
        let names: Vec<String> = others.iter().map(|(server, _)| shown(&**server)).collect();
        lines.push(format!("({}: outsight show {})", names.join(", "), shown(&*finding.rule)));
    }
    field(page, "fix", &lines);
}

/// Whether the leading answer's `Server`, `Via` or `X-Powered-By` names the software.
fn answered_by(finding: &Finding, server: &str) -> bool {
    const FIELDS: [&str; 3] = ["server:", "x-powered-by:", "via:"];
    let spelled = match server {
        "iis" | "aspnet" => "asp.net",
        "nextjs" => "next.js",
        other => other,
    };
    let head = finding.places.first().map(|place| place.evidence.head.to_ascii_lowercase()).unwrap_or_default();
    head.lines().any(|line| FIELDS.iter().any(|field| line.starts_with(field)) && line.contains(spelled))
}

fn references(page: &mut Page, finding: &Finding) {
    let cwe = finding.cwe.map(|number| format!("CWE-{number}"));
    let lines: Vec<String> = cwe.into_iter().chain(finding.references.iter().map(|text| shown(&**text))).collect();
    kept(page, "see", &lines);
}

/// A label and lines that wrap; a line keeps the indentation that its author gave it.
fn field(page: &mut Page, label: &str, lines: &[String]) {
    for (at, line) in lines.iter().enumerate() {
        let label = if at == 0 { label } else { "" };
        let inner = line.len() - line.trim_start_matches(' ').len();
        page.hanging(BODY, (label, Style::Dim), BODY + LABEL + inner.min(16), (line.trim(), Style::Plain));
    }
}

/// A label and lines that are not wrapped, because people copy them.
fn kept(page: &mut Page, label: &str, lines: &[String]) {
    for (at, line) in lines.iter().enumerate() {
        let label = format!("{:<LABEL$}", if at == 0 { label } else { "" });
        page.line(BODY, &[(&label, Style::Dim), (line, Style::Plain)]);
    }
}
