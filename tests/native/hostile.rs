//! Hostile rules: no heap of keys and values makes the loader panic, hang or grow without bound.

use outsight::base::{Limits, SourceFile};
use outsight::diagnostic::{CODES, render_json, render_text};
use outsight::dialect::native::load;
use proptest::prelude::*;

const WORDS: &[&str] = &[
    "id",
    "title",
    "category",
    "severity",
    "applies_to",
    "when",
    "vars",
    "for_each",
    "request",
    "requests",
    "extract",
    "collect",
    "define",
    "match",
    "cases",
    "not_on",
    "report",
    "evidence_key",
    "tests",
    "given",
    "expect",
    "get",
    "headers",
    "query",
    "raw",
    "repeat",
    "if",
    "stop_when",
    "tls",
    "dns",
    "tcp",
    "from",
    "path",
    "regex",
    "select",
    "max",
    "tokens",
    "keywords",
    "all",
    "any",
    "not",
    "some",
    "every",
    "none",
    "count",
    "of",
    "at_least",
    "expr",
    "status",
    "class",
    "body",
    "json",
    "html",
    "cookies",
    "url.scheme",
    "csp.enforced",
    "hops",
    "baseline",
    "$a",
    "$b",
    "$a.b",
    "$request",
    "equals",
    "contains",
    "matches",
    "times",
    "ignore_case",
    "exists",
    "or_missing",
    "version",
    "before",
    "entropy",
    "checksum",
    "a",
    "b",
    "else",
    "case",
    "recording",
    "lists",
    "effective.script-src-elem",
    "shared",
];
const VALUES: &[&str] = &[
    "x",
    "1",
    "true",
    "false",
    "'[a-z'",
    "'(?i)a'",
    "\"{{a}}\"",
    "\"{{nonce | lower}}\"",
    "\"{{\"",
    "/",
    "$a",
    "$b",
    "host",
    "response",
    "high",
    "2xx",
    "now+30d",
    "'>=1.2'",
    "json",
    "html",
    "file",
    "tokens",
    "0-10",
    "handshake",
    "clean",
    "[]",
    "{}",
    "[a, b]",
    "{ a: b }",
    "[ { a: b }, c ]",
    "{ from: json, path: $.a }",
    "{ exists: false }",
    "baseline",
    "'$..a'",
];

fn tree() -> impl Strategy<Value = String> {
    let leaf = (0..VALUES.len()).prop_map(|at| VALUES[at].to_owned());
    leaf.prop_recursive(6, 60, 5, |inner| {
        let entry = (0..WORDS.len(), inner.clone()).prop_map(|(at, value)| format!("{}: {value}", WORDS[at]));
        prop_oneof![
            proptest::collection::vec(entry, 0..5).prop_map(|entries| {
                let mut seen = Vec::new();
                let unique = entries.into_iter().filter(|entry| {
                    let key = entry.split(':').next().unwrap_or("").to_owned();
                    let new = !seen.contains(&key);
                    seen.push(key);
                    new
                });
                format!("{{ {} }}", unique.collect::<Vec<_>>().join(", "))
            }),
            proptest::collection::vec(inner, 0..4).prop_map(|items| format!("[ {} ]", items.join(", "))),
        ]
    })
}

fn check(files: &[SourceFile]) {
    let loaded = load(files, &Limits::default());
    for item in &loaded.diagnostics.items {
        assert!(CODES.iter().any(|(code, _)| *code == item.code), "{} is not registered", item.code);
        render_text(item, true);
        render_json(item);
    }
    assert!(loaded.rules.iter().all(|rule| !outsight::rule::dump(rule).is_empty()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_tree_is_lowered_or_refused(rule in tree(), shared in tree()) {
        check(&[SourceFile::new("p/shared.yaml", shared), SourceFile::new("p/a.yaml", rule)]);
    }

    #[test]
    fn any_part_of_a_good_rule_is_lowered_or_refused(
        (key, part) in (0..WORDS.len(), tree()),
        cut in 0..400usize,
    ) {
        let good = "id: a\ntitle: t\ncategory: exposure\nseverity: low\napplies_to: host\nrequest: { get: / }\n\
                    define: { b: { status: 200 } }\nmatch: { $b: true, body: { contains: x } }\n";
        let key = WORDS[key];
        let kept: String = good.lines().filter(|line| !line.starts_with(&format!("{key}:"))).map(|l| format!("{l}\n")).collect();
        check(&[SourceFile::new("a.yaml", format!("{kept}{key}: {part}\n"))]);
        check(&[SourceFile::new("a.yaml", good.chars().take(cut).collect::<String>())]);
    }
}

#[test]
fn definitions_cannot_explode() {
    let mut text = String::from(
        "id: a\ntitle: t\ncategory: headers\nseverity: low\napplies_to: response\ndefine:\n  d0: { status: 200 }\n",
    );
    for n in 1..60 {
        text.push_str(&format!("  d{n}: {{ any: [ {{ $d{m}: true }}, {{ $d{m}: false }} ] }}\n", m = n - 1));
    }
    text.push_str("match: { $d59: true }\n");
    let loaded = load(&[SourceFile::new("a.yaml", text)], &Limits::default());
    assert!(loaded.rules.is_empty());
    assert!(loaded.diagnostics.items.iter().any(|item| item.code == "R0117"));
}
