//! One host in text: heading, findings, notes, the sum, and what was not checked.
//!
//! Must never import a folder above `score`.

use super::page::{Page, Style, counted, shown};
use super::{finding, sum, tls};
use crate::base::Unknown;
use crate::finding::{Finding, HostOutcome, HostReport};
use crate::predicate::Profile;
use crate::report::HostItem;
use crate::rule::Exposure;
use crate::score::{NoGrade, Score};

/// Rules named for each reason where not all are.
const FEW_RULES: usize = 6;

/// Facts of community rules that are told in full; of more each gets a line.
const FEW_FACTS: usize = 12;

/// Prints a host.
pub(super) fn render(page: &mut Page, host: &HostItem<'_>, verbose: bool) {
    heading(page, host.report, host.score, verbose);
    let (findings, notes): (Vec<&Finding>, Vec<&Finding>) =
        host.findings.iter().partition(|finding| finding.exposure == Exposure::Secret);
    if findings.is_empty() && host.score.score.is_some() {
        page.blank();
        page.line(2, &[("Nothing to mend was found.", Style::Plain)]);
    }
    let lines: Vec<&Finding> = findings.iter().copied().filter(|finding| finding::is_line(finding)).collect();
    let in_lines = !verbose && lines.len() > FEW_FACTS;
    for finding in findings.into_iter().filter(|finding| !in_lines || !finding::is_line(finding)) {
        page.blank();
        let is_scored = host.score.deductions.iter().any(|row| row.rule.as_ref() == Some(&finding.rule));
        finding::render(page, finding, is_scored, verbose);
    }
    if in_lines {
        finding::render_lines(page, &lines);
    }
    for note in notes {
        page.blank();
        finding::render_note(page, note, verbose);
    }
    sum::render(page, host.score);
    not_checked(page, host.report, verbose);
    page.blank();
}

fn heading(page: &mut Page, report: &HostReport, score: &Score, verbose: bool) {
    let target = shown(report.target.to_string());
    let style = Style::of_grade(score.grade);
    let points = score.score.map_or("no score".to_string(), |points| format!("{points}/100"));
    let grade = format!("{}  ", score.grade);
    page.spread((&target, Style::Bold), &[(&grade, style), (&points, Style::Plain)]);
    page.line(0, &[(&"─".repeat(page.width()), Style::Dim)]);
    page.hanging(2, ("", Style::Plain), 2, (&facts(report, score), Style::Dim));
    if let Some(tls) = report.tls.as_deref() {
        tls::render(page, tls, verbose);
    }
    for note in &report.notes {
        page.hanging(2, ("", Style::Plain), 2, (&shown(&**note), Style::Plain));
    }
    for line in why_no_grade(report, score).into_iter().chain(unscored(score)) {
        page.hanging(2, ("", Style::Plain), 2, (&line, Style::Plain));
    }
}

/// One line on how the host was named, how it ended and how much was checked.
fn facts(report: &HostReport, score: &Score) -> String {
    let mut facts = Vec::new();
    let named = report.named.trim_end_matches('/');
    if named != report.target.to_string() && named != report.target.authority() {
        facts.push(format!("named {}", shown(&report.named)));
    }
    facts.push(report.outcome.name().to_string());
    let coverage = score.coverage;
    if coverage.applicable() > 0 {
        let percent = (coverage.ratio() * 100.0).floor();
        facts.push(format!("{} of {} rules checked ({percent} %)", coverage.conclusive(), coverage.applicable()));
    }
    if !report.target.is_files() {
        facts.push(counted(report.requests, "request"));
    }
    if let Some(known) = &report.profile {
        facts.push(format!("taken for {} ({})", article(known.profile), shown(&*known.why)));
    }
    facts.join(" · ")
}

fn article(profile: Profile) -> &'static str {
    match profile {
        Profile::Api => "an API",
        Profile::Site => "a site",
    }
}

fn why_no_grade(report: &HostReport, score: &Score) -> Option<String> {
    let reason =
        report.error.as_ref().map(|error| format!(" {}: {}.", error.kind, shown(error.detail.trim_end_matches('.'))));
    let because = match report.outcome {
        HostOutcome::Unreachable => "It did not answer.".to_string(),
        HostOutcome::Blocked => "Something in front of it refused us.".to_string(),
        _ if score.no_grade.is_some() => score.no_grade.map(NoGrade::describe).unwrap_or_default(),
        HostOutcome::Incomplete => "Not everything was checked.".to_string(),
        HostOutcome::Complete => return None,
    };
    Some(because + &reason.unwrap_or_default())
}

/// What the sum leaves out, where a sum is shown.
fn unscored(score: &Score) -> Option<String> {
    let all: u64 = score.unscored.values().sum();
    if all == 0 || score.score.is_none() {
        return None;
    }
    let counts: Vec<String> =
        score.unscored.iter().rev().map(|(severity, count)| format!("{count} {}", severity.name())).collect();
    let what = counted(all, "finding");
    Some(format!("{what} of community templates ({}) not in the score; --score-community", counts.join(", ")))
}

/// A reason, with what can be done about it in place of its name where that is one option.
fn explained(reason: &str) -> String {
    let parts = reason.split_once('(').and_then(|(outcome, rest)| Some((outcome, rest.strip_suffix(')')?)));
    let remedy = parts.and_then(|(outcome, why)| Some((outcome, Unknown::of_name(why)?.remedy()?)));
    remedy.map_or_else(|| reason.to_owned(), |(outcome, remedy)| format!("{outcome}({remedy})"))
}

fn not_checked(page: &mut Page, report: &HostReport, verbose: bool) {
    if report.not_checked.is_empty() {
        return;
    }
    page.blank();
    let all: usize = report.not_checked.values().map(Vec::len).sum();
    page.line(2, &[("Not checked: ", Style::Bold), (&counted(all as u64, "rule"), Style::Plain)]);
    for (reason, rules) in &report.not_checked {
        let most = if verbose { usize::MAX } else { FEW_RULES };
        let mut names: Vec<String> = rules.iter().take(most).map(|rule| shown(&**rule)).collect();
        if rules.len() > names.len() {
            names.push(format!("… and {} more", rules.len() - names.len()));
        }
        let line = format!("{}: {}", shown(explained(reason)).replace('(', " ("), names.join(", "));
        page.hanging(12, ("", Style::Plain), 12, (&line, Style::Plain));
    }
}

#[cfg(test)]
mod tests {
    use super::explained;

    #[test]
    fn a_reason_says_which_option_helps() {
        assert_eq!(explained("inconclusive(quick-survey)"), "inconclusive(not asked by a quick survey: --tls full)");
        for other in ["inconclusive(cut-off)", "skipped(not-applicable)", "error(reset)", "odd"] {
            assert_eq!(explained(other), other);
        }
    }
}
