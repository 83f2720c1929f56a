//! Small liberties of the format, and where they end.

use outsight::base::{Limits, SourceFile};
use outsight::dialect::native::load;
use outsight::rule::{Given, Rule};

/// A rule with these lines in it, or the codes and titles of what is wrong with it.
fn read(lines: &str, given: &str) -> Result<Rule, Vec<String>> {
    let text = format!(
        "id: x\ntitle: X\ncategory: headers\napplies_to: response\nseverity: low\nmatch: {{ status: 404 }}\n{lines}\n\
         tests:\n  a: {{ given: {given}, expect: match }}\n  b: {{ given: {{ status: 200 }}, expect: clean }}\n"
    );
    let loaded = load(&[SourceFile::new("x.yaml", text)], &Limits::default());
    let wrong = loaded.diagnostics.items.iter().map(|item| format!("{} {}", item.code, item.title)).collect();
    loaded.rules.into_iter().next().ok_or(wrong)
}

const GIVEN: &str = "{ status: 404 }";

#[test]
fn a_fix_may_name_any_server_and_always_has_a_default() {
    let rule = read("fix: { default: Do it., some-server-2: Switch it on. }", GIVEN).expect("it is right");
    let fix = rule.meta.fix.expect("a fix");
    assert_eq!(fix.by_server, [("some-server-2".into(), "Switch it on.".into())]);
    let wrong = read("fix: { default: Do it., Some Server: Switch it on. }", GIVEN).expect_err("no such name");
    assert_eq!(wrong, ["R0106 `Some Server` is not the name of a server"]);
    let wrong = read("fix: { defualt: Do it. }", GIVEN).expect_err("a slip of the pen");
    assert_eq!(wrong, ["R0102 a fix by server needs `default`"]);
}

#[test]
fn an_empty_list_in_a_fixture_means_that_the_field_is_not_sent() {
    let rule = read("", "{ status: 404, headers: { Content-Type: [], Server: [] }, body: a }").expect("it is right");
    let Given::One(answer) = &rule.tests.first().expect("two tests").given else { panic!("one answer") };
    let held_back: Vec<_> = answer.headers.iter().map(|(name, value)| (&**name, value.source())).collect();
    assert_eq!(held_back, [("Content-Type", String::new())], "without it the body's look would decide");
    assert!(read("", "{ status: 404, headers: { Server: {} } }").is_err());
}

#[test]
fn tokens_are_ranged_over_and_never_extracted() {
    let source = "{ t: { from: tokens, keywords: [acme-], regex: 'acme-[0-9a-f]{32}' } }";
    for key in ["extract", "collect"] {
        let wrong = read(&format!("{key}: {source}"), GIVEN).expect_err("no veil would know them");
        assert_eq!(wrong, ["R0125 tokens go with the rule's `for_each`"], "{key}");
    }
    read(&format!("for_each: {source}"), GIVEN).expect("it is right");
}
