//! Hostile templates: refused with a place, or run within bounds; and any heap of words.

use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::base::{Limits, SourceFile};
use crate::rule::Rule;

/// A pack with one large payload file.
struct Large;

impl PayloadFiles for Large {
    fn read(&self, path: &str) -> Result<Arc<str>, PayloadError> {
        assert_eq!(path, "large.txt", "nothing else is asked for");
        Ok("word\n".repeat(100_000).into())
    }
}

fn loaded(text: &str) -> Loaded {
    load(&SourceFile::new("template.yaml", text), &Large, &Limits::default())
}

fn with(body: &str) -> String {
    format!("id: hostile\ninfo: {{ name: n, author: a, severity: low }}\n{body}")
}

/// The code of the refusal, or of the first error.
fn verdict(text: &str) -> String {
    let loaded = loaded(text);
    let places = loaded.diagnostics.items.iter().filter(|item| item.is_error());
    places.clone().for_each(|item| assert!(!item.labels.is_empty(), "{} has no place", item.code));
    match (loaded.rule, places.clone().next()) {
        (Some(Rule { refused: Some(refusal), .. }), _) => {
            assert!(refusal.reason.contains("(line "), "{}", refusal.reason);
            refusal.code.to_owned()
        }
        (Some(_), _) => "good".to_owned(),
        (None, Some(error)) => error.code.to_owned(),
        (None, None) => panic!("lost without a word"),
    }
}

fn http(fields: &str) -> String {
    with(&format!("http:\n  - path: [\"{{{{BaseURL}}}}/{{{{p}}}}{{{{q}}}}\"]\n{fields}"))
}

#[test]
fn yaml_bombs_end_early() {
    let bomb = (1..20).fold("a0: &a0 [x, x]\n".to_owned(), |mut text, n| {
        let _ = writeln!(text, "a{n}: &a{n} [*a{m}, *a{m}]", m = n - 1);
        text
    });
    assert_eq!(verdict(&bomb), "R0006");
    assert_eq!(verdict(&with(&format!("http: {}", "[".repeat(10_000)))), "R0005");
    assert_eq!(verdict(&with(&format!("flow: {}", "x".repeat(10 << 20)))), "R0001");
    assert_eq!(verdict(&with(&format!("http: [{}]", "{}, ".repeat(300_000)))), "R0006");
    assert_eq!(verdict(&with(&format!("http: [{}]", "{ path: [a] }, ".repeat(300)))), "too-large");
    assert_eq!(verdict(&with("http: &h [*h]")), "R0014");
    assert_eq!(
        verdict(&with("http: !!python/object x")),
        "R0103",
        "a tag makes nothing: it is a text where a list is wanted"
    );
}

#[test]
fn payloads_stay_within_bounds_and_within_the_pack() {
    let list = format!("[{}]", "x, ".repeat(200));
    let product = format!("    attack: clusterbomb\n    payloads: {{ p: {list}, q: {list} }}");
    assert_eq!(verdict(&http(&product)), "payload-product");
    assert_eq!(verdict(&http("    payloads: { p: large.txt }")), "payload-product");
    for path in ["../../etc/passwd", "/etc/passwd", "a/../../b", "..\\\\b", "a\\0b", "helpers/.."] {
        assert_eq!(verdict(&http(&format!("    payloads: {{ p: \"{path}\" }}"))), "payload-path", "{path}");
    }
    assert_eq!(verdict(&http("    threads: 1e9\n    max-size: 99999999999")), "good");
    assert_eq!(verdict(&http("    max-redirects: 99999999999999999999")), "R0105");
}

#[test]
fn regexes_and_expressions_are_bounded() {
    let matcher = |matcher: &str| verdict(&http(&format!("    matchers:\n      - {matcher}")));
    let open = "{ type: regex, regex: ['(?P<x'] }";
    assert_eq!(matcher(open), "R0112");
    assert_eq!(matcher("{ type: regex, regex: ['a(?=b)'] }"), "R0112");
    let deep = format!("{{ type: dsl, dsl: [\"{}1{}\"] }}", "(".repeat(20_000), ")".repeat(20_000));
    assert_ne!(matcher(&deep), "good");
    assert_eq!(matcher("{ type: dsl, dsl: [\"no_such_function(1)\"] }"), "dsl-function");
    assert_eq!(matcher("{ type: dsl, dsl: [\"1 +\"] }"), "dsl-syntax");
}

#[test]
fn names_may_speak_of_each_other_without_end() {
    let laughs = (1..60).fold("variables:\n  a0: x\n".to_owned(), |mut text, n| {
        let _ = writeln!(text, "  a{n}: \"{{{{a{m}}}}}{{{{a{m}}}}}\"", m = n - 1);
        text
    });
    // Reading copies nothing; rendering is bounded by the limits of expressions.
    assert_eq!(verdict(&format!("{}{laughs}", http("    method: GET\n"))), "good");
    let many = (0..2000).fold("variables:\n".to_owned(), |mut text, n| {
        let _ = writeln!(text, "  a{n}: x");
        text
    });
    assert_eq!(verdict(&format!("{}{many}", http("    method: GET\n"))), "too-large");
}

#[test]
fn templates_are_told_from_other_files() {
    assert!(is_template("id: x\n\ninfo:\n  name: y\n"));
    assert!(is_template("info : { name: y }"));
    assert!(!is_template("id: x\ntitle: info\n  info: y\n"));
}

const WORDS: &[&str] = &[
    "http",
    "dns",
    "tcp",
    "ssl",
    "code",
    ":",
    ": ",
    "\n",
    "\n  ",
    "\n    ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "path",
    "raw",
    "matchers",
    "extractors",
    "type",
    "word",
    "words",
    "regex",
    "dsl",
    "status",
    "200",
    "payloads",
    "attack",
    "pitchfork",
    "clusterbomb",
    "flow",
    "http(1)",
    "variables",
    "a",
    "\"{{BaseURL}}\"",
    "'{{randstr}}'",
    "{{",
    "}}",
    "'",
    "\"",
    "@timeout: 5s",
    "GET / HTTP/1.1",
    "true",
    "-1",
    "~",
    "large.txt",
    "|\n",
    "é",
    "*a",
    "&a ",
    "#",
];

proptest! {
    #[test]
    fn any_heap_of_words_is_lowered_or_refused(picks in proptest::collection::vec(0..WORDS.len(), 0..60)) {
        let body: String = picks.into_iter().map(|pick| WORDS[pick]).collect();
        for text in [with(&body), http(&body), body] {
            let loaded = load(&SourceFile::new("template.yaml", &*text), &NoFiles, &Limits::default());
            prop_assert!(loaded.rule.is_some() || loaded.diagnostics.has_errors());
            if let Some(rule) = loaded.rule {
                crate::rule::dump(&rule);
                rule.tier();
            }
        }
    }
}
