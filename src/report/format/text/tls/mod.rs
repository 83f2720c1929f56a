//! A host's TLS in text: letter, protocols, days left; the chain as a small tree; why the letter is not better.
//!
//! Must never import a folder above `score`.

mod facts;

use super::page::{Page, Style, counted, shown};
use crate::base::Untrusted;
use crate::observation::{Revocation, RevocationStatus};
use crate::tls::grade::Letter;
use crate::tls::mozilla::closest;
use crate::tls::summary::{Link, Role, Summary};

/// Lines of a chain that are shown.
const CHAIN: usize = 8;

/// Characters of what to change for a profile, where not everything is shown.
const CHANGE: usize = 240;

/// Prints it below the heading of the host.
pub(super) fn render(page: &mut Page, tls: &Summary, verbose: bool) {
    page.hanging(2, ("TLS ", Style::Bold), 6, (&heading(tls), Style::Plain));
    for (depth, link) in tls.chain.iter().take(CHAIN).enumerate() {
        let depth = if link.role == Role::Surplus { 1 } else { depth };
        let style = if link.problems.is_empty() && link.role != Role::Missing { Style::Dim } else { Style::Plain };
        page.line(6 + 3 * depth.saturating_sub(1), &[(&branch(link, depth), style)]);
    }
    for other in &tls.others {
        page.line(6, &[("for other clients: ", Style::Dim), (&branch(other, 0), Style::Plain)]);
    }
    let lines = tls.grade.iter().flat_map(|grade| &grade.lines);
    let is_explained = verbose || tls.grade.as_ref().is_some_and(|grade| grade.letter > Letter::A);
    for line in lines.filter(|line| is_explained && (verbose || line.cap.is_some())) {
        let cap = line.cap.map_or(String::new(), |cap| format!("at best {}: ", cap.name()));
        let rule = line.rule.as_ref().map_or(String::new(), |rule| format!(" ({rule})"));
        aside(page, &format!("{cap}{}{rule}", line.why));
    }
    let attacks: Vec<&str> = tls.attacks.iter().filter_map(|name| known_as(name, verbose)).collect();
    if !attacks.is_empty() {
        aside(page, &format!("what it takes allows {}; none was tried", attacks.join(", ")));
    }
    facts::render(page, &tls.facts, verbose);
    profiles(page, tls, verbose);
}

fn aside(page: &mut Page, text: &str) {
    page.hanging(6, ("", Style::Plain), 8, (text, Style::Dim));
}

/// What is open of the profile that nothing speaks against, and what to change for a stricter one than is kept.
fn profiles(page: &mut Page, tls: &Summary, verbose: bool) {
    if let Some(standing) = closest(&tls.standings).filter(|standing| !standing.open.is_empty()) {
        aside(page, &format!("for Mozilla's {}, not known yet: {}", standing.profile, standing.open.join("; ")));
    }
    let missed: Vec<_> = tls.standings.iter().take_while(|standing| !standing.changes.is_empty()).collect();
    let wanted = match missed.iter().find(|standing| standing.profile == "intermediate") {
        Some(intermediate) => Some(intermediate),
        None => missed.last().filter(|_| verbose),
    };
    if let Some(standing) = wanted {
        let changes = standing.changes.iter().map(|change| ("", change));
        let notes = standing.notes.iter().filter(|_| verbose).map(|note| ("as it likes: ", note));
        aside(page, &format!("for Mozilla's {}:", standing.profile));
        for (what, change) in changes.chain(notes) {
            let cut = if verbose { change.clone() } else { Untrusted(change).terminal_short(CHANGE) };
            page.hanging(8, ("- ", Style::Dim), 10, (&format!("{what}{cut}"), Style::Dim));
        }
    }
}

/// The name by which people know an attack; that of one which most servers of today allow only where all is shown.
fn known_as(name: &str, verbose: bool) -> Option<&'static str> {
    Some(match name {
        "drown" => "DROWN",
        "freak" => "FREAK",
        "logjam" => "LOGJAM",
        "poodle" => "POODLE",
        "crime" => "CRIME",
        "rc4" => "the biases of RC4",
        "sweet32" => "SWEET32",
        "beast" => "BEAST",
        "robot-prone" => "ROBOT where RSA is badly unpadded",
        "lucky13" if verbose => "Lucky Thirteen",
        _ => return None,
    })
}

fn heading(tls: &Summary) -> String {
    let mut facts = Vec::new();
    match (&tls.grade, tls.no_grade) {
        (Some(grade), _) => {
            facts.push(grade.letter.name().to_owned());
            let better = (grade.letter != grade.without_trust).then(|| grade.without_trust.name());
            facts.extend(
                better.filter(|_| grade.letter == Letter::T).map(|it| format!("{it} if the certificate were trusted")),
            );
            facts.extend(
                better
                    .filter(|_| grade.letter == Letter::M)
                    .map(|it| format!("{it} if the certificate were for this name")),
            );
        }
        (None, why) => facts.push(why.map_or("no letter".to_owned(), |why| format!("no letter: {why}"))),
    }
    let protocols: Vec<&str> = tls.protocols.iter().map(|name| name.trim_start_matches("TLS ")).collect();
    facts.push(format!("TLS {}", protocols.join(", ")));
    facts.extend(tls.days_left.map(|days| match days {
        0 => "the certificate ends in less than a day".to_owned(),
        days if days < 0 => format!("the certificate {}", ended(days)),
        days => format!("the certificate ends in {}", counted(days.unsigned_abs(), "day")),
    }));
    facts.extend(tls.revocation.as_ref().map(revocation));
    facts.push(match (tls.profile, closest(&tls.standings)) {
        (Some(profile), _) => format!("Mozilla {profile}"),
        (None, Some(open)) => format!("nothing against Mozilla {} so far", open.profile),
        (None, None) => "no profile of Mozilla's".to_owned(),
    });
    facts.join(" · ")
}

/// How long ago a certificate ended of which so many days are left: its last second still counts, so that -1 is today.
fn ended(days_left: i64) -> String {
    match days_left.saturating_add(1).unsigned_abs() {
        0 => "ended less than a day ago".to_owned(),
        days => format!("ended {} ago", counted(days, "day")),
    }
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
    told.extend(link.days_left.map(|days| match days {
        0 => "less than a day left".to_owned(),
        days if days < 0 => ended(days),
        days => format!("{} left", counted(days.unsigned_abs(), "day")),
    }));
    // That nobody needs it is said already, and so is that it ended.
    let is_said = |problem: &str| match problem {
        "superfluous" | "root-sent" => link.role == Role::Surplus,
        "expired" => link.days_left.is_some_and(|days| days < 0),
        _ => false,
    };
    told.extend(link.problems.iter().filter(|problem| !is_said(problem)).map(|problem| problem.replace('-', " ")));
    let name = if link.name.is_empty() { "a certificate that cannot be read".to_owned() } else { shown(&link.name) };
    let told = if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) };
    format!("{}{name}{told}", if depth == 0 { "" } else { "└─ " })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Value;
    use crate::observation::{SurveyDepth, TlsSurvey, TlsVersion};
    use crate::tls::assessment::samples::{NOW, good, spoken, with};
    use crate::tls::grade::Hsts;
    use crate::tls::summary::summary;

    #[test]
    fn a_profile_is_told_with_what_is_open() {
        let told = |survey: &TlsSurvey| {
            let told = heading(&summary(survey, NOW, Hsts::For(63_072_000), &Value::map::<&str>([])).expect("TLS"));
            told.rsplit(" · ").next().map(str::to_owned)
        };
        assert_eq!(told(&good()).as_deref(), Some("Mozilla intermediate"));
        let mut quick = good();
        quick.depth = SurveyDepth::Quick;
        quick.versions.iter_mut().for_each(|version| version.complete = false);
        assert_eq!(told(&quick).as_deref(), Some("nothing against Mozilla intermediate so far"));
        let weak = with(spoken(TlsVersion::Tls12, &[0x0005]));
        assert_eq!(told(&weak).as_deref(), Some("no profile of Mozilla's"));
    }
}
