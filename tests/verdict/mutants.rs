//! Mutation points at the conditions that no test depends on, and at no other.

use outsight::verdict::testing::surviving_mutants;

use super::world::rule;

/// What survives, as the text of the condition and what was done to it.
fn survivors(keys: &str) -> Vec<(String, &'static str)> {
    let rule = rule(keys);
    let text = |span: outsight::base::Span| rule.source.text.get(span.start as usize..span.end as usize).unwrap_or("");
    surviving_mutants(&rule)
        .into_iter()
        .map(|mutant| {
            let what =
                if mutant.what == "condition" { text(mutant.span).trim().to_string() } else { mutant.what.to_string() };
            (what, mutant.change)
        })
        .collect()
}

const RULE: &str = "severity: low
applies_to: host
request: { get: /x }
define:
  open: { body: { contains: secret } }
match:
  status: 200
  $open: true
not_on: baseline
tests:
  open: { given: { /x: { body: secret } }, expect: match }
  closed: { given: { /x: { body: nothing } }, expect: clean }
";

#[test]
fn what_no_test_notices_survives() {
    assert_eq!(survivors(RULE), [("status: 200".to_string(), "dropped"), ("`not_on`".to_string(), "dropped")]);
}

#[test]
fn a_test_for_each_condition_leaves_none() {
    let more = "  forbidden: { given: { /x: { status: 403, body: secret } }, expect: clean }
  anything: { given: { else: { body: secret } }, expect: clean }
";
    assert_eq!(survivors(&format!("{RULE}{more}")), []);
}

#[test]
fn one_of_several_alternatives_is_dropped_by_making_it_false() {
    let keys = "severity: low
applies_to: host
request: { get: /x }
match:
  any: [ { status: 500 }, { body: { contains: secret } } ]
tests:
  error: { given: { /x: { status: 500 } }, expect: match }
  fine: { given: { /x: { body: nothing } }, expect: clean }
";
    let left = survivors(keys);
    assert!(left.iter().all(|(text, change)| text.contains("secret") && *change == "dropped"), "{left:?}");
    assert!(!left.is_empty());
    let whole = format!("{keys}  secret: {{ given: {{ /x: {{ body: secret }} }}, expect: match }}\n");
    assert_eq!(survivors(&whole), []);
}

#[test]
fn without_tests_everything_survives() {
    let keys = "severity: low\napplies_to: host\nrequest: { get: /x }\nmatch: { status: 200 }\n";
    assert_eq!(survivors(keys), [("status: 200".to_string(), "dropped"), ("status: 200".to_string(), "negated")]);
}
