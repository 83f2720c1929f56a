use crate::base::{Limits, SourceFile};
use crate::rule::Rule;

use super::surviving_mutants;

/// A rule of these lines between its head and its tests.
fn rule(body: &str, tests: &str) -> Rule {
    let text = format!("id: x\ntitle: X\ncategory: headers\n{body}\ntests:\n{tests}\n");
    let loaded = crate::dialect::native::load(&[SourceFile::new("x.yaml", text)], &Limits::default());
    let wrong: Vec<_> = loaded.diagnostics.items.iter().map(|item| item.title.clone()).collect();
    assert!(!loaded.diagnostics.has_errors(), "{wrong:?}");
    loaded.rules.into_iter().next().expect("a rule")
}

/// The survivors in words.
fn survivors(body: &str, tests: &str) -> Vec<String> {
    let rule = rule(body, tests);
    surviving_mutants(&rule).into_iter().map(|mutant| format!("{} {}", mutant.what, mutant.change)).collect()
}

const ANSWER: &str = "applies_to: response\nseverity: low\n";

#[test]
fn a_condition_that_a_test_depends_on_does_not_survive() {
    let both = "  a: { given: { status: 404 }, expect: match }\n  b: { given: { status: 200 }, expect: clean }";
    assert_eq!(survivors(&format!("{ANSWER}match: {{ status: 404 }}"), both), [""; 0]);
    let one = "  a: { given: { status: 404 }, expect: match }";
    assert_eq!(survivors(&format!("{ANSWER}match: {{ status: 404 }}"), one), ["condition dropped"]);
}

#[test]
fn alternatives_and_modifiers_want_tests_of_their_own() {
    let body = format!("{ANSWER}match: {{ headers: {{ server: {{ contains: [Alpha, beta], ignore_case: true }} }} }}");
    let tests = "  a: { given: { headers: { Server: Alpha } }, expect: match }\n  b: { given: {}, expect: clean }";
    assert_eq!(survivors(&body, tests), ["alternative `beta` dropped", "`ignore_case` dropped"]);
    let more = format!("{tests}\n  c: {{ given: {{ headers: {{ Server: BETA }} }}, expect: match }}");
    assert_eq!(survivors(&body, &more), [""; 0]);
    let body = format!("{ANSWER}match: {{ body: {{ contains: a, times: 2 }}, size: {{ at_least: 1, less_than: 9 }} }}");
    let tests = "  a: { given: { body: aa }, expect: match }\n  b: { given: { body: bb }, expect: clean }";
    assert_eq!(
        survivors(&body, tests),
        ["`times: 2` dropped", "condition dropped", "bound `less_than` dropped", "bound `at_least` dropped"]
    );
}

#[test]
fn a_quantifier_wants_a_test_with_several_items() {
    let body = format!("{ANSWER}match: {{ some: {{ cookies: {{ name: a }} }} }}");
    let one = "  a: { given: { headers: { Set-Cookie: a=1 } }, expect: match }\n  \
               b: { given: { headers: { Set-Cookie: b=1 } }, expect: clean }";
    assert_eq!(survivors(&body, one), ["`some` taken for `every`"]);
    let two = one.replace("Set-Cookie: a=1", "Set-Cookie: [a=1, b=1]");
    assert_eq!(survivors(&body, &two), [""; 0]);
}

#[test]
fn cases_rungs_and_settings_want_tests_too() {
    let body = "applies_to: host\nrequest: { get: / }\nnot_on: baseline\nreport: each\nevidence_key: k\n\
                severity: [ { high: { status: 500 } }, low ]\n\
                cases:\n  first: { match: { body: { contains: a } } }\n  second: { match: { body: { contains: b } } }";
    let tests = "  a: { given: { /: { body: a } }, expect: match }\n  b: { given: { /: { body: c } }, expect: clean }";
    let found = survivors(body, tests);
    for part in ["`not_on`", "`report: each`", "`evidence_key`", "case `second`", "rung `high`"] {
        assert!(found.contains(&format!("{part} dropped")), "{part}: {found:?}");
    }
    assert!(!found.contains(&"case `first` dropped".to_owned()));
    assert!(!found.contains(&"level `low` at the end of the ladder dropped".to_owned()));
}

#[test]
fn a_definition_is_changed_wherever_it_is_used() {
    let body = format!(
        "{ANSWER}define: {{ gone: {{ status: 404 }} }}\nwhen: {{ any: [ {{ $gone: true }}, {{ $gone: false }} ] }}\n\
         match: {{ $gone: true }}"
    );
    let tests = "  a: { given: { status: 404 }, expect: match }\n  b: { given: { status: 200 }, expect: clean }";
    let found = survivors(&body, tests);
    assert_eq!(found, ["condition dropped"], "the gate says nothing; what it is made of cannot change by itself");
}
