//! A host's TLS in text: letter, protocols, days left; the chain as a small tree; why the letter is not better.
//!
//! Must never import a folder above `score`.

mod facts;

use super::page::{Page, Style, shown};
use crate::observation::{Revocation, RevocationStatus};
use crate::tls::grade::Letter;
use crate::tls::mozilla::closest;
use crate::tls::summary::{Link, Role, Summary};

/// Lines of a chain that are shown.
const CHAIN: usize = 8;

/// Prints it below the heading of the host.
pub(super) fn render(page: &mut Page, tls: &Summary, verbose: bool) {
    page.hanging(2, ("TLS ", Style::Bold), 6, (&heading(tls), Style::Plain));
    for (depth, link) in tls.chain.iter().take(CHAIN).enumerate() {
        let depth = if link.role == Role::Surplus { 1 } else { depth };
        let style = if link.problems.is_empty() && link.role != Role::Missing { Style::Dim } else { Style::Plain };
        page.line(6 + 3 * depth.saturating_sub(1), &[(&branch(link, depth), style)]);
    }
    let is_explained = verbose || tls.grade.letter > Letter::A;
    for line in tls.grade.lines.iter().filter(|line| is_explained && (verbose || line.cap.is_some())) {
        let cap = line.cap.map_or(String::new(), |cap| format!("at best {}: ", cap.name()));
        let rule = line.rule.as_ref().map_or(String::new(), |rule| format!(" ({rule})"));
        page.hanging(6, ("", Style::Plain), 8, (&format!("{cap}{}{rule}", line.why), Style::Dim));
    }
    facts::render(page, &tls.facts, verbose);
    let next = tls.standings.iter().rev().find(|standing| !standing.changes.is_empty());
    let wanted =
        tls.standings.iter().find(|standing| standing.profile == "intermediate" && !standing.changes.is_empty());
    if let Some(standing) = closest(&tls.standings).filter(|standing| !standing.open.is_empty()) {
        let open = standing.open.join("; ");
        let told = format!("for Mozilla's {}, not known yet: {open}", standing.profile);
        page.hanging(6, ("", Style::Plain), 8, (&told, Style::Dim));
    }
    for standing in wanted.or(next.filter(|_| verbose)).into_iter() {
        let changes = standing.changes.join("; ");
        page.hanging(6, ("", Style::Plain), 8, (&format!("for Mozilla's {}: {changes}", standing.profile), Style::Dim));
    }
}

fn heading(tls: &Summary) -> String {
    let mut facts = vec![tls.grade.letter.name().to_owned()];
    if tls.grade.letter != tls.grade.without_trust && tls.grade.letter >= Letter::M {
        facts.push(format!("{} if the certificate were trusted", tls.grade.without_trust.name()));
    }
    let protocols: Vec<&str> = tls.protocols.iter().map(|name| name.trim_start_matches("TLS ")).collect();
    facts.push(format!("TLS {}", protocols.join(", ")));
    facts.extend(tls.days_left.map(|days| match days {
        days if days < 0 => format!("the certificate ended {} days ago", -days),
        1 => "the certificate ends in 1 day".to_owned(),
        _ => format!("the certificate ends in {days} days"),
    }));
    facts.extend(tls.revocation.as_ref().map(revocation));
    facts.push(match (tls.profile, closest(&tls.standings)) {
        (Some(profile), _) => format!("Mozilla {profile}"),
        (None, Some(open)) => format!("nothing against Mozilla {} so far", open.profile),
        (None, None) => "no profile of Mozilla's".to_owned(),
    });
    facts.join(" · ")
}

/// What authorities said when they were asked.
fn revocation(said: &Revocation) -> String {
    let source = said.decisive().map(|answer| answer.source.name().to_uppercase());
    match (said.status(), source) {
        (RevocationStatus::Good, Some(source)) => format!("not revoked ({source})"),
        (RevocationStatus::Revoked, Some(source)) => format!("revoked ({source})"),
        _ => match said.answers.iter().filter_map(|answer| answer.problem).next() {
            Some(problem) => format!("revocation unknown ({})", problem.name().replace('-', " ")),
            None => "revocation unknown (nobody to ask)".to_owned(),
        },
    }
}

fn branch(link: &Link, depth: usize) -> String {
    let mut told: Vec<String> = link.key.iter().cloned().collect();
    match link.role {
        Role::Root => told.push("trusted root".to_owned()),
        Role::Missing => told.push("neither sent nor trusted".to_owned()),
        Role::Surplus => told.push("not needed".to_owned()),
        Role::Server | Role::Intermediate => {}
    }
    told.extend(
        link.days_left
            .map(|days| if days < 0 { format!("ended {} days ago", -days) } else { format!("{days} days left") }),
    );
    told.extend(link.problems.iter().map(|problem| problem.replace('-', " ")));
    let name = if link.name.is_empty() { "a certificate that cannot be read".to_owned() } else { shown(&link.name) };
    let told = if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) };
    format!("{}{name}{told}", if depth == 0 { "" } else { "└─ " })
}
