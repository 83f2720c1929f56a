//! What every shipped rule has: texts for people, tests of both kinds, and a bounded cost.

use std::collections::HashSet;

use outsight::base::Limits;
use outsight::dialect::native::load;
use outsight::engine::plan_host;
use outsight::rule::{Expect, ExpectOutcome, Rule, Tier};
use outsight::target::Targets;

use super::{complaints, program, settings, shipped, shipped_files, test_all};

/// Requests to one host that are sent whatever it answers.
const FIXED: u64 = 500;
/// The same of one rule.
const FIXED_OF_A_RULE: u64 = 60;
/// Requests of one rule that answers may add, those to endpoints that are found included.
const CONDITIONAL_OF_A_RULE: u64 = 50;
/// Paths that are asked for because something may be exposed there.
const EXPOSURE_PATHS: usize = 300;
/// The longest title that fits a line of the report.
const TITLE: usize = 76;

/// What is wrong with the rules, each line headed by the rule's id.
fn wrong(check: impl Fn(&Rule) -> Option<String>) -> Vec<String> {
    let say = |rule: &Rule| check(rule).map(|words| format!("{}: {words}", rule.id));
    shipped().iter().filter_map(say).collect()
}

fn none(found: Vec<String>) {
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn all_load_without_a_word_and_pass_their_tests() {
    let loaded = load(&shipped_files(), &Limits::default());
    assert!(loaded.diagnostics.items.is_empty(), "{}", complaints(&loaded));
    assert!(loaded.rules.len() >= 178, "{} rules", loaded.rules.len());
    let (failed, skipped) = test_all(&loaded.rules);
    none(failed);
    none(skipped);
}

#[test]
fn each_lies_in_a_file_of_its_name() {
    none(wrong(|rule| {
        let name = format!("/{}.yaml", rule.id);
        (!rule.source.name.ends_with(&name)).then(|| rule.source.name.to_string())
    }));
}

#[test]
fn each_says_what_it_is_what_it_means_and_what_to_do() {
    none(wrong(|rule| {
        let meta = &rule.meta;
        let fix = meta.fix.as_ref().and_then(|fix| fix.default.as_deref()).unwrap_or_default();
        let missing = [
            ("description", meta.description.as_deref().is_none_or(str::is_empty)),
            ("impact", meta.impact.as_deref().is_none_or(str::is_empty)),
            ("fix", fix.is_empty()),
            ("references", meta.references.is_empty()),
            ("cwe", meta.cwe.is_none()),
            ("tags", meta.tags.is_empty()),
        ];
        let missing: Vec<_> = missing.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
        (!missing.is_empty()).then(|| format!("has no {}", missing.join(", ")))
    }));
    none(wrong(|rule| {
        let prose = [&rule.meta.description, &rule.meta.impact];
        let ends = prose.into_iter().flatten().all(|text| text.trim_end().ends_with('.'));
        (!ends).then(|| "description and impact are sentences".to_owned())
    }));
    none(wrong(|rule| {
        let titles = std::iter::once(&rule.meta.title).chain(rule.cases.iter().filter_map(|case| case.title.as_ref()));
        let long = titles.map(|title| title.source()).find(|title| title.len() > TITLE || title.ends_with('.'));
        long.map(|title| format!("`{title}` is too long for a title, or a sentence"))
    }));
}

#[test]
fn an_impact_is_one_sentence() {
    none(wrong(|rule| {
        let text = rule.meta.impact.as_deref().unwrap_or_default().trim();
        let inner = text.trim_end_matches('.');
        let ends = inner.match_indices(". ").chain(inner.match_indices("? ")).chain(inner.match_indices("! "));
        let more = ends.filter(|(at, _)| inner[at + 2..].starts_with(char::is_uppercase)).count();
        (more > 0).then(|| format!("says more than a sentence: {text}"))
    }));
}

#[test]
fn what_browsers_do_is_referred_to_the_standard() {
    const STANDARDS: [&str; 8] = [
        "https://www.rfc-editor.org/",
        "https://datatracker.ietf.org/",
        "https://httpwg.org/",
        "https://www.w3.org/",
        "https://w3c.github.io/",
        "https://wicg.github.io/",
        "https://openid.net/specs/",
        ".spec.whatwg.org/",
    ];
    none(wrong(|rule| {
        let is_link = |url: &&std::sync::Arc<str>| !url.starts_with("https://") || url.contains(' ');
        rule.meta.references.iter().find(is_link).map(|url| format!("`{url}` is no link"))
    }));
    none(wrong(|rule| {
        let of_browsers = ["headers", "cookies", "cors", "transport"].contains(&rule.meta.category.name());
        let cited = rule.meta.references.iter().any(|url| STANDARDS.iter().any(|standard| url.contains(standard)));
        (of_browsers && !cited).then(|| "refers to no standard".to_owned())
    }));
}

/// Servers and frameworks that most sites stand on. A content security policy is written where the page is made, so what
/// an edge can do about it is not asked for; integrity is markup, of which a server knows nothing.
#[test]
fn a_fix_of_a_field_is_told_for_common_servers() {
    none(wrong(|rule| {
        let is_field = ["headers", "cookies"].contains(&rule.meta.category.name());
        let is_tagged = |word: &str| rule.meta.tags.iter().any(|tag| **tag == *word);
        let wanted = match (is_tagged("sri"), is_tagged("csp")) {
            (true, _) => &[][..],
            (_, true) => &["nginx", "express", "nextjs"],
            _ => &["nginx", "express", "nextjs", "cloudflare"],
        };
        let told = |server: &&&str| {
            let has = |fix: &outsight::rule::Fix| fix.by_server.iter().any(|(known, _)| **known == ***server);
            rule.meta.fix.as_ref().is_some_and(has) || rule.cases.iter().any(|case| case.fix.as_ref().is_some_and(has))
        };
        let missing: Vec<&str> = wanted.iter().filter(|server| !told(server)).copied().collect();
        (is_field && !missing.is_empty()).then(|| format!("has no fix for {}", missing.join(", ")))
    }));
}

#[test]
fn each_has_an_id_of_its_own() {
    let mut seen = HashSet::new();
    none(shipped().iter().filter(|rule| !seen.insert(&rule.id)).map(|rule| rule.id.to_string()).collect());
}

#[test]
fn each_has_a_test_that_matches_and_one_that_does_not() {
    none(wrong(|rule| {
        let finds = |expect: &Expect| {
            matches!(expect, Expect::Findings(_) | Expect::Outcome(ExpectOutcome::Match | ExpectOutcome::Note))
        };
        let found = rule.tests.iter().filter(|test| finds(&test.expect)).count();
        let clean = rule.tests.iter().filter(|test| test.expect == Expect::Outcome(ExpectOutcome::Clean)).count();
        (found == 0 || clean == 0).then(|| format!("{found} tests match and {clean} are clean"))
    }));
}

#[test]
fn what_looks_for_a_path_is_compared_with_random_paths() {
    none(wrong(|rule| {
        let asks_for_paths = !rule.requests.is_empty() && rule.meta.category.name() == "exposure";
        (asks_for_paths && rule.not_on.is_none()).then(|| "has no `not_on`".to_owned())
    }));
}

#[test]
fn all_run_by_default_and_none_is_refused() {
    none(wrong(|rule| (rule.tier() != Tier::Passive).then(|| rule.tier().name().to_owned())));
    none(wrong(|rule| rule.refused.as_ref().map(|refusal| refusal.reason.clone())));
}

#[test]
fn a_host_is_asked_a_bounded_number_of_times() {
    let target = Targets::new().words(&["https://app.example.com".to_owned()]).next().expect("a target");
    let plan = plan_host(&program(), &target.expect("it is right"), &settings());
    assert!(plan.fixed() <= FIXED, "{} requests", plan.fixed());
    let heavy = |fixed: u64, conditional: u64| fixed > FIXED_OF_A_RULE || conditional > CONDITIONAL_OF_A_RULE;
    let heavy = plan.rules.iter().filter(|rule| heavy(rule.fixed, rule.conditional));
    none(heavy.map(|rule| format!("{}: {} and {}", rule.rule, rule.fixed, rule.conditional)).collect());
}

#[test]
fn many_paths_are_looked_at() {
    let target = Targets::new().words(&["https://app.example.com".to_owned()]).next().expect("a target");
    let plan = plan_host(&program(), &target.expect("it is right"), &settings());
    let is_exposure = |id: &std::sync::Arc<str>| {
        shipped().iter().any(|rule| rule.id == *id && rule.meta.category.name() == "exposure")
    };
    let looked_at = plan.requests.iter().filter(|request| request.wanted_by.iter().any(is_exposure));
    let paths: HashSet<&[u8]> = looked_at.filter_map(|request| Some(&request.probe.http()?.target[..])).collect();
    assert!(paths.len() >= EXPOSURE_PATHS, "{} paths", paths.len());
}

#[test]
fn lists_are_read_and_hold_each_path_once() {
    let files = shipped_files();
    for file in files.iter().filter(|file| file.name.ends_with(".txt")) {
        let lines: Vec<&str> = file.text.lines().collect();
        let distinct: HashSet<&str> = lines.iter().copied().collect();
        assert!(!lines.is_empty() && distinct.len() == lines.len(), "{}", file.name);
        let name = file.name.rsplit('/').next().expect("a name");
        let used = files.iter().any(|rule| rule.name.ends_with(".yaml") && rule.text.contains(name));
        assert!(used, "no rule reads {}", file.name);
    }
}
