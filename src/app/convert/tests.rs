//! Tests of the conversion: templates in, rules out, and what is refused by name.
//!
//! Must never be compiled outside tests.

use super::*;
use crate::dialect::nuclei::{NoFiles, load};

fn rule(text: &str) -> Rule {
    let loaded = load(&SourceFile::new("t.yaml", text), &NoFiles, &Limits::default());
    loaded.rule.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics.items))
}

const HEAD: &str = "id: Some_Panel\ninfo:\n  name: A panel\n  author: one\n  severity: high\n  tags: panel,x\n";

fn converted(block: &str) -> Result<String, Vec<String>> {
    convert(&rule(&format!("{HEAD}{block}")))
}

#[test]
fn a_panel_becomes_a_rule_that_people_can_read() {
    let text = converted(
        "http:\n  - method: GET\n    path:\n      - '{{BaseURL}}/login'\n      - '{{BaseURL}}/admin'\n    stop-at-first-match: true\n\
         \x20   matchers-condition: and\n    matchers:\n      - type: word\n        words: ['<title>Panel', \"it's {{ here\"]\n        condition: and\n\
         \x20     - type: word\n        part: header\n        words: [text/html]\n      - type: status\n        status: [200]\n\
         \x20   extractors:\n      - type: regex\n        name: version\n        group: 1\n        regex: ['v([0-9.]+)']\n",
    )
    .expect("converts");
    let wanted = "id: some-panel\ntitle: 'A panel'\nseverity: high\ncategory: auth\ntags: [panel, x]\n\n\
        applies_to: host\nfor_each:\n  path: [/login, /admin]\nstop: first-match\nrequest:\n  get: '{{path}}'\n\
        extract:\n  version:\n    from: body\n    regex: 'v([0-9.]+)'\n    optional: true\n\
        match:\n  body:\n    contains_all: ['<title>Panel', 'it''s {{ ''{{'' }} here']\n  some:\n    header_fields:\n      value:\n        contains: text/html\n  status: 200\n";
    assert!(text.contains(wanted), "{text}");
    assert!(diagnostics_of(&text).items.is_empty(), "{:?}", diagnostics_of(&text).items);
}

#[test]
fn named_matchers_become_cases() {
    let text = converted(
        "http:\n  - method: GET\n    path: ['{{BaseURL}}']\n    matchers:\n      - type: word\n        name: One Thing\n        words: [alpha]\n\
         \x20     - type: regex\n        name: other thing\n        regex: ['beta[0-9]+']\n",
    )
    .expect("converts");
    assert!(
        text.contains(
            "evidence_key: '{{case}}'\ncases:\n  one-thing:\n    match:\n      body:\n        contains: alpha\n"
        ),
        "{text}"
    );
}

#[test]
fn what_cannot_be_said_is_said_by_name() {
    let wrong = converted(
        "variables:\n  x: '{{rand_int(1,9)}}'\nhttp:\n  - method: GET\n    path: ['{{BaseURL}}/{{x}}']\n    matchers:\n      - type: dsl\n        dsl: ['md5(body) == \"a\"']\n",
    )
    .expect_err("refused");
    let told = wrong.join("\n");
    assert!(told.contains("variables") && told.contains("{{BaseURL}}/{{x}}") && told.contains("md5(body)"), "{told}");
}
