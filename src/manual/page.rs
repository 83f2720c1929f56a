//! The page of one rule.
//!
//! Order of what is said: what it is, where it applies, what an attacker gains, how bad it is, what to change, what is
//! sent, what it was tried on, how to silence it, where to read more. Must never import a folder above `rule`.

use std::fmt::Write as _;

use super::markdown::{block, code, listed, prose, title};
use super::words::{Said, Words, under};
use super::{MARK, requests};
use crate::base::Severity;
use crate::predicate::Source;
use crate::rule::{
    AppliesTo, Binding, Case, Cond, Expect, ExpectOutcome, Exposure, Fix, Ladder, NotOn, Rule, RuleTest,
};

/// The rule as a page.
pub(super) fn render(rule: &Rule) -> String {
    let mut out = format!("{MARK} from {}. Change the rule, not this page. -->\n", file(rule));
    let _ = writeln!(out, "# {}\n", title(&rule.meta.title.source()));
    facts(&mut out, rule);
    let mut words = Words::of(rule);
    judged(&mut out, rule, &mut words);
    section(&mut out, "What an attacker gains", rule.meta.impact.as_deref().map(prose));
    severity(&mut out, rule, &mut words);
    cases(&mut out, rule, &mut words);
    definitions(&mut out, &mut words);
    if let Some(text) = &rule.meta.fix {
        out.push_str("## What to change\n\n");
        fix(&mut out, text, "###");
    }
    section(&mut out, "What is sent", Some(requests::render(rule)));
    examples(&mut out, &rule.tests);
    silence(&mut out, rule);
    references(&mut out, rule);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// The file that the rule stands in, as it is named within its pack's home.
fn file(rule: &Rule) -> String {
    let name = rule.source.name.strip_prefix("embedded:").unwrap_or(&rule.source.name);
    name.replace("--", "- -").replace('>', "")
}

fn facts(out: &mut String, rule: &Rule) {
    let severities: Vec<String> = rule.severities().iter().rev().map(Severity::to_string).collect();
    let asked_of = match rule.applies_to {
        AppliesTo::Host => "each host",
        AppliesTo::Endpoint => "each path that the user named, and at most two that the survey finds",
        AppliesTo::Response => "each answer; it sends nothing itself",
    };
    let cwe = rule.meta.cwe.map(|cwe| format!("[CWE-{cwe}](https://cwe.mitre.org/data/definitions/{cwe}.html)"));
    let tags: Vec<String> = rule.meta.tags.iter().map(|tag| code(tag)).collect();
    let yields: Vec<String> = rule.meta.yields_to.iter().map(|word| code(word)).collect();
    let note = match rule.exposure {
        Exposure::Secret => None,
        Exposure::Public => Some("a note: what it finds is public by design".to_owned()),
        Exposure::Identifier => Some("a note: what it finds identifies, and opens nothing".to_owned()),
    };
    let rows = [
        ("Rule", Some(code(&rule.id))),
        ("Category", Some(rule.meta.category.to_string())),
        ("Severity", Some(note.unwrap_or_else(|| listed(&severities, "or")))),
        ("Asked of", Some(asked_of.to_owned())),
        ("Tier", Some(rule.tier().to_string())),
        ("Weakness", cwe),
        ("Steps back for", Some(yields.join(", ")).filter(|yields| !yields.is_empty())),
        ("Tags", Some(tags.join(" ")).filter(|tags| !tags.is_empty())),
        ("Cannot run yet", rule.refused.as_ref().map(|refusal| prose(&refusal.reason))),
    ];
    out.push_str("| | |\n|---|---|\n");
    for (name, value) in rows {
        if let Some(value) = value {
            let _ = writeln!(out, "| {name} | {value} |");
        }
    }
    out.push('\n');
}

fn judged<'r>(out: &mut String, rule: &'r Rule, words: &mut Words<'r>) {
    section(out, "What is judged", rule.meta.description.as_deref().map(prose));
    let common = words.say(&rule.matches);
    if rule.cases.is_empty() && !common.is_empty() {
        out.push_str("It is found where:\n\n");
        bullets(out, &common, 0);
        out.push('\n');
    }
    if let Some(when) = &rule.when {
        out.push_str("It applies only where the following holds; elsewhere it neither passes nor fails:\n\n");
        let said = words.say(when);
        bullets(out, &said, 0);
        out.push('\n');
    }
    definitions(out, words);
    sources(out, rule);
    match rule.not_on.as_deref() {
        None => {}
        Some(NotOn::Whole) => {
            out.push_str("What the host also answers to random paths is not found: such an answer says nothing.\n\n");
        }
        Some(NotOn::Named(_, cond)) => {
            out.push_str("It is not found where this holds of the answers to random paths too:\n\n");
            let said = words.say(cond);
            bullets(out, &said, 0);
            out.push('\n');
        }
    }
}

fn severity<'r>(out: &mut String, rule: &'r Rule, words: &mut Words<'r>) {
    let own = rule.cases.is_empty() || rule.cases.iter().any(|case| case.severity.is_none());
    if rule.exposure != Exposure::Secret || !own || rule.severity.rungs.is_empty() {
        return;
    }
    out.push_str("## How bad it is\n\nThe first that holds:\n\n");
    ladder(out, &rule.severity, words, 0);
    out.push('\n');
}

fn ladder<'r, T: ToString>(out: &mut String, ladder: &'r Ladder<T>, words: &mut Words<'r>, depth: usize) {
    let mut said: Vec<Said> = Vec::new();
    for (level, cond) in &ladder.rungs {
        said.push(headed(&format!("**{}**, where", level.to_string()), cond, words));
    }
    if let Some(level) = &ladder.last {
        let otherwise = if ladder.rungs.is_empty() { "" } else { " otherwise" };
        said.push(Said { text: format!("**{}**{otherwise}", level.to_string()), below: Vec::new() });
    }
    bullets(out, &said, depth);
}

/// A head and the condition under which it holds.
fn headed<'r>(head: &str, cond: &'r Cond, words: &mut Words<'r>) -> Said {
    match words.say(cond) {
        said if said.is_empty() => Said { text: format!("{head} it is found"), below: said },
        said if said.len() == 1 => under(head, said),
        said => under(&format!("{head}:"), said),
    }
}

fn cases<'r>(out: &mut String, rule: &'r Rule, words: &mut Words<'r>) {
    if rule.cases.is_empty() {
        return;
    }
    let which =
        if rule.report_each { "Every one that holds is reported." } else { "The first that holds is reported." };
    let _ = writeln!(out, "## Cases\n\n{which}\n");
    let common = words.say(&rule.matches);
    if !common.is_empty() {
        out.push_str("All of them need:\n\n");
        bullets(out, &common, 0);
        out.push('\n');
    }
    for case in &rule.cases {
        one_case(out, case, words);
    }
    out.push('\n');
    for case in rule.cases.iter().filter(|case| case.fix.is_some()) {
        let _ = writeln!(out, "### What to change for {}\n", code(&case.name));
        case.fix.iter().for_each(|text| fix(out, text, "####"));
    }
}

fn one_case<'r>(out: &mut String, case: &'r Case, words: &mut Words<'r>) {
    let name = code(&case.name);
    let own_title = case.title.as_ref().map(|text| format!(" ({})", title(&text.source()))).unwrap_or_default();
    let said = match &case.severity {
        Some(Ladder { rungs, last: Some(level) }) if rungs.is_empty() => {
            headed(&format!("{name}{own_title}, **{level}**, where"), &case.matches, words)
        }
        _ => headed(&format!("{name}{own_title}, where"), &case.matches, words),
    };
    bullets(out, &[said], 0);
    if let Some(own) = case.severity.as_ref().filter(|own| !own.rungs.is_empty()) {
        out.push_str("  - severity, the first that holds:\n");
        ladder(out, own, words, 2);
    }
}

/// What the names mean that were used above.
fn definitions(out: &mut String, words: &mut Words<'_>) {
    let defined = words.definitions();
    if defined.is_empty() {
        return;
    }
    out.push_str("In these words:\n\n");
    for (name, said) in defined {
        let head = format!("*{}* means that", prose(&name.replace('_', " ")));
        let said = if said.len() > 1 { under(&format!("{head}:"), said) } else { under(&head, said) };
        bullets(out, &[said], 0);
    }
    out.push('\n');
}

/// What the names stand for that take their values from answers.
fn sources(out: &mut String, rule: &Rule) {
    let written = |binding: &&Binding| matches!(binding.source, Source::Written(_));
    let each = rule.for_each.iter().filter(|binding| !written(binding)).chain(&rule.collect);
    let taken = rule.extract.iter().chain(rule.requests.iter().flat_map(|request| &request.extract));
    let lines: Vec<String> = each
        .map(|binding| format!("- {} is each {}", name_of(binding), requests::source(&binding.source)))
        .chain(taken.map(|extract| {
            format!("- {} is the first {}", name_of(&extract.binding), requests::source(&extract.binding.source))
        }))
        .collect();
    if !lines.is_empty() {
        let _ = writeln!(out, "Its names:\n\n{}\n", lines.join("\n"));
    }
}

fn name_of(binding: &Binding) -> String {
    code(&format!("${}", binding.name))
}

fn bullets(out: &mut String, said: &[Said], depth: usize) {
    for Said { text, below } in said {
        let _ = writeln!(out, "{:1$}- {text}", "", depth * 2);
        bullets(out, below, depth + 1);
    }
}

fn fix(out: &mut String, fix: &Fix, heading: &str) {
    if let Some(text) = &fix.default {
        let _ = writeln!(out, "{}\n", prose(text));
    }
    for (server, text) in &fix.by_server {
        let _ = writeln!(out, "{heading} {}\n", server_name(server));
        match Fix::is_sentence(text) {
            true => drop(writeln!(out, "{}\n", prose(text))),
            false => drop(writeln!(out, "{}", block(text))),
        }
    }
}

/// The name that people know a server or framework by.
fn server_name(key: &str) -> String {
    const NAMES: [(&str, &str); 22] = [
        ("apache", "Apache httpd"),
        ("aspnet", "ASP.NET"),
        ("aws", "AWS"),
        ("caddy", "Caddy"),
        ("cloudflare", "Cloudflare"),
        ("django", "Django"),
        ("docker", "Docker"),
        ("express", "Express"),
        ("fastapi", "FastAPI"),
        ("flask", "Flask"),
        ("git", "Git"),
        ("go", "Go"),
        ("iis", "IIS"),
        ("kubernetes", "Kubernetes"),
        ("laravel", "Laravel"),
        ("nextjs", "Next.js"),
        ("php", "PHP"),
        ("rails", "Ruby on Rails"),
        ("spring", "Spring"),
        ("symfony", "Symfony"),
        ("tomcat", "Tomcat"),
        ("wordpress", "WordPress"),
    ];
    NAMES.iter().find(|(known, _)| *known == key).map_or_else(|| prose(key), |(_, name)| (*name).to_owned())
}

fn examples(out: &mut String, tests: &[RuleTest]) {
    if tests.is_empty() {
        return;
    }
    out.push_str("## What it was tried on\n\nThe rule's own tests, which run with every build:\n\n");
    out.push_str("| given | outcome |\n|---|---|\n");
    for test in tests {
        let _ = writeln!(out, "| {} | {} |", prose(&test.name), outcome(&test.expect));
    }
    out.push('\n');
}

fn outcome(expect: &Expect) -> String {
    match expect {
        Expect::Outcome(ExpectOutcome::Match) => "found".to_owned(),
        Expect::Outcome(ExpectOutcome::Clean) => "nothing found".to_owned(),
        Expect::Outcome(ExpectOutcome::Skipped) => "does not apply".to_owned(),
        Expect::Outcome(ExpectOutcome::Inconclusive) => "cannot be told".to_owned(),
        Expect::Outcome(ExpectOutcome::Note) => "a note".to_owned(),
        Expect::Findings(findings) => {
            let one = |finding: &crate::rule::ExpectFinding| {
                let severity = finding.severity.map(|severity| severity.to_string());
                let case = finding.cases.first().map(|case| code(case));
                let words: Vec<String> = severity.into_iter().chain(case).collect();
                if words.is_empty() { "found".to_owned() } else { words.join(", ") }
            };
            findings.iter().map(one).collect::<Vec<_>>().join("; ")
        }
    }
}

fn silence(out: &mut String, rule: &Rule) {
    let _ = write!(
        out,
        "## How to silence it\n\nWhere it is known and accepted, leave the rule out, for one scan or in `outsight.yaml`:\n\n\
         {}\n{}\n",
        block(&format!("outsight scan --exclude-id {} TARGET", rule.id)),
        block(&format!("exclude-id: [{}]", rule.id)),
    );
}

fn references(out: &mut String, rule: &Rule) {
    if rule.meta.references.is_empty() {
        return;
    }
    out.push_str("## Read more\n\n");
    for url in &rule.meta.references {
        let is_link = url.starts_with("https://") && !url.contains(['<', '>', ' ']);
        let _ = writeln!(out, "- {}", if is_link { format!("<{url}>") } else { prose(url) });
    }
}

fn section(out: &mut String, heading: &str, text: Option<String>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        let _ = writeln!(out, "## {heading}\n\n{}\n", text.trim_end());
    }
}
