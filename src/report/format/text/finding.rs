//! One finding, or a note, in text.
//!
//! Order of what is said: what it is, where, why we say so, what it costs, what to change, where to read more.
//! Must never import a folder above `score`.

use super::page::{Page, Style, counted, grouped, shown, shown_lines};
use crate::base::{Category, Confidence, Severity, Untrusted};
use crate::finding::{Evidence, Finding, Place, Verified};
use crate::rule::{Exposure, Fix};

/// Column at which titles and labels stand.
const BODY: usize = 12;
/// Cells of a label.
const LABEL: usize = 10;
/// Places and lines of evidence shown where not all are.
const FEW: usize = 3;
/// The most characters of the advice of a finding that is a fact only.
const ADVICE: usize = 240;

/// Prints a finding. `is_scored`: whether its rule is a row of the sum.
pub(super) fn render(page: &mut Page, finding: &Finding, is_scored: bool, verbose: bool) {
    let is_fact = finding.severity == Severity::Info;
    let style = if is_fact { Style::Plain } else { Style::Bold };
    let tag = finding.severity.name().to_uppercase();
    page.hanging(2, (&tag, Style::of_severity(finding.severity)), BODY, (&shown(&finding.title), style));
    page.hanging(BODY, ("", Style::Dim), BODY, (&facts(finding, is_scored || is_fact), Style::Dim));
    places(page, finding, verbose);
    if is_fact && !verbose {
        let advice = finding.fix.as_ref().and_then(|fix| fix.default.as_deref()).map(first_sentence);
        return field(page, "fix", advice.as_slice());
    }
    if let Some(leading) = finding.places.first() {
        evidence(page, &leading.evidence);
    }
    if let Some(impact) = &finding.impact {
        field(page, "impact", &shown_lines(impact));
    }
    if let Some(fix) = &finding.fix {
        render_fix(page, finding, fix, verbose);
    }
    references(page, finding, verbose);
    if verbose {
        let curl = finding.places.first().map(|place| place.evidence.curl.as_str()).filter(|curl| !curl.is_empty());
        curl.into_iter().for_each(|curl| kept(page, "try", &[Untrusted(curl).terminal()]));
    }
}

/// Whether a finding says no more than fits on a line: a fact that a community rule found in one place.
pub(super) fn is_line(finding: &Finding) -> bool {
    finding.severity == Severity::Info && finding.category == Category::Community && finding.places.len() == 1
}

/// Prints such findings, a line each.
pub(super) fn render_lines(page: &mut Page, findings: &[&Finding]) {
    page.blank();
    let heading = format!("{} of community rules; -v shows each in full", counted(findings.len() as u64, "fact"));
    page.hanging(2, ("INFO", Style::of_severity(Severity::Info)), BODY, (&heading, Style::Bold));
    for finding in findings {
        let place = finding.places.first().map(|place| {
            let path = shown(path_of(&place.url, finding));
            extracted(place).into_iter().fold(path, |line, value| line + &value)
        });
        let line = format!("{} · {} · {}", shown(&finding.title), address(finding), place.unwrap_or_default());
        page.hanging(BODY, ("", Style::Plain), BODY + 2, (&line, Style::Plain));
    }
}

/// A few of the values that a place gave, those that are empty left out.
fn extracted(place: &Place) -> Vec<String> {
    let values = place.extracted.iter().filter(|(_, value)| !value.trim().is_empty()).take(FEW);
    values.map(|(name, value)| format!(" · {} {}", shown(&**name), Untrusted(value).terminal_short(80))).collect()
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

/// Address, category, how sure where that is not as usual, how many places, and whether it costs points.
fn facts(finding: &Finding, is_scored: bool) -> String {
    let mut facts = vec![address(finding), finding.category.to_string()];
    if finding.confidence != Confidence::Firm {
        facts.push(finding.confidence.to_string());
    }
    if finding.places.len() > 1 {
        facts.push(counted(finding.places.len() as u64, "place"));
    }
    if let Some(told) = finding.verified {
        facts.push(told_by_provider(told).to_string());
    }
    if !is_scored {
        facts.push("not scored".to_string());
    }
    facts.join(" · ")
}

/// What the provider of a token said of it.
fn told_by_provider(told: Verified) -> &'static str {
    match told {
        Verified::Live => "works: its provider says so",
        Verified::Dead => "does not work: its provider says so",
        Verified::Unknown => "its provider does not say whether it works",
        Verified::NotAsked => "its provider was not asked whether it works",
    }
}

/// A text up to the end of its first sentence, on one line.
fn first_sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    Untrusted(text.get(..end).unwrap_or(&text)).terminal_short(ADVICE)
}

/// `rule#case`.
fn address(finding: &Finding) -> String {
    match &finding.case {
        Some(case) => shown(format!("{}#{case}", finding.rule)),
        None => shown(&*finding.rule),
    }
}

/// The leading place in full; of the others a few by their paths, all of them where more is asked for.
fn places(page: &mut Page, finding: &Finding, verbose: bool) {
    let mut places = finding.places.iter();
    if verbose {
        return kept(page, "where", &places.map(|place| place_line(place, finding)).collect::<Vec<_>>());
    }
    let leading: Vec<String> = places.by_ref().take(1).map(|place| place_line(place, finding)).collect();
    kept(page, "where", &leading);
    let mut others: Vec<String> = Vec::new();
    for place in places.by_ref() {
        let source = place.source.as_deref().map(|source| format!(" ({})", shown(source))).unwrap_or_default();
        let path = shown(path_of(&place.url, finding)) + &own_case(place, finding) + &source;
        if !others.contains(&path) {
            others.push(path);
        }
        if others.len() == FEW {
            break;
        }
    }
    let more = match places.count() {
        0 => String::new(),
        more => format!(" and {} more", grouped(more as u64)),
    };
    if !others.is_empty() {
        field(page, "", &[format!("also {}{more}", others.join(", "))]);
    }
}

/// A place's URL without the host that the heading names.
fn path_of<'a>(url: &'a str, finding: &Finding) -> &'a str {
    let path = url.strip_prefix(&finding.target.to_string());
    path.filter(|path| path.starts_with(['/', '?'])).unwrap_or(url)
}

/// The case of a place, where it is not the finding's.
fn own_case(place: &Place, finding: &Finding) -> String {
    match place.case.as_deref().filter(|_| place.case != finding.case) {
        Some(case) => format!(" ({})", shown(case)),
        None => String::new(),
    }
}

fn place_line(place: &Place, finding: &Finding) -> String {
    let mut line = shown(&place.url);
    if let Some(number) = place.line {
        line.push_str(&format!(", line {number}"));
    }
    if let Some(column) = place.column.filter(|_| place.is_file) {
        line.push_str(&format!(", column {column}"));
    }
    if let Some(source) = &place.source {
        line.push_str(&format!(" ({})", shown(source)));
    }
    line.push_str(&own_case(place, finding));
    if let Some(rule) = &place.seen_in {
        line.push_str(&format!(" (seen in the answer to {})", shown(&**rule)));
    }
    extracted(place).iter().for_each(|value| line.push_str(value));
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
    let common = fix.default.as_deref().map(shown_lines).unwrap_or_default();
    field(page, "fix", &common);
    let all = verbose || common.is_empty();
    let (told, others): (Vec<_>, Vec<_>) =
        fix.by_server.iter().partition(|(server, _)| all || answered_by(finding, server));
    for (at, (server, text)) in told.iter().enumerate() {
        let label = if common.is_empty() && at == 0 { "fix" } else { "" };
        fix_of_server(page, label, &shown(&**server), text);
    }
    if !others.is_empty() {
        let names: Vec<String> = others.iter().map(|(server, _)| shown(&**server)).collect();
        field(page, "", &[format!("for {}: outsight show {}", names.join(", "), shown(&*finding.rule))]);
    }
}

/// Configuration is not wrapped, so that it can be copied.
fn fix_of_server(page: &mut Page, label: &str, server: &str, text: &str) {
    match shown_lines(text).as_slice() {
        [one] if Fix::is_sentence(text) => field(page, label, &[format!("{server}: {one}")]),
        [one] => kept(page, label, &[format!("{server}: {one}")]),
        several => {
            let lines = several.iter().map(|line| format!("  {line}"));
            kept(page, label, &std::iter::once(format!("{server}:")).chain(lines).collect::<Vec<_>>());
        }
    }
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

/// The weakness and the first reference; all of them where more is asked for.
fn references(page: &mut Page, finding: &Finding, verbose: bool) {
    let cwe = finding.cwe.map(|number| format!("CWE-{number}"));
    let most = if verbose { usize::MAX } else { 1 };
    let references = finding.references.iter().take(most).map(|text| shown(&**text));
    let lines: Vec<String> = cwe.into_iter().chain(references).collect();
    match &lines[..] {
        [cwe, reference] if !verbose => kept(page, "see", &[format!("{cwe} · {reference}")]),
        lines => kept(page, "see", lines),
    }
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
