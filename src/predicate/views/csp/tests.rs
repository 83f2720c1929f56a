//! Tests of policies: mistakes and how browsers take them, open hosts, and properties of the parser.

use proptest::prelude::*;

use super::parse::Policy;
use super::*;

fn csp(text: &str) -> Value {
    policies(&[text.as_bytes()], "header").remove(0)
}

/// The field as text; `-` where it is absent.
fn get(view: &Value, path: &str) -> String {
    let path: Vec<&str> = path.split('/').collect();
    view.descend(&path).map_or_else(|| "-".to_owned(), Value::to_text_lossy)
}

fn items(view: &Value, path: &str) -> Vec<Value> {
    let path: Vec<&str> = path.split('/').collect();
    match view.descend(&path) {
        Some(Value::List(items)) => items.to_vec(),
        _ => Vec::new(),
    }
}

/// Mistakes as `kind directive text meant`.
fn problems_of(policy: &Value) -> Vec<String> {
    let line = |item: &Value| ["kind", "directive", "text", "meant"].map(|field| get(item, field)).join(" ");
    items(policy, "problems").iter().map(line).collect()
}

#[test]
fn mistakes_are_told() {
    for (text, wanted) in [
        ("default-src 'self'; script-src 'none'", ""),
        ("scriptsrc 'self'", "unknown-directive scriptsrc scriptsrc script-src"),
        ("script-src: 'self'", "unknown-directive script-src: script-src: script-src"),
        ("frobnicate x", "unknown-directive frobnicate frobnicate -"),
        ("plugin-types x; reflected-xss block", ""),
        ("img-src a.example; IMG-SRC *", "repeated-directive img-src IMG-SRC * -"),
        (
            "img-src \u{2018}self\u{2019}; x-y z",
            "not-ascii img-src img-src \u{2018}self\u{2019} -|unknown-directive x-y x-y -",
        ),
        (
            "default-src 'self' script-src 'none'",
            "missing-semicolon default-src script-src -|none-beside-others default-src 'none' -",
        ),
        ("img-src sandbox", ""),
        ("sandbox allow-scripts script-src", ""),
        ("script-src self", "bad-keyword script-src self 'self'"),
        ("script-src UNSAFE-INLINE", "bad-keyword script-src UNSAFE-INLINE 'UNSAFE-INLINE'"),
        ("script-src nonce-abc", "bad-keyword script-src nonce-abc 'nonce-abc'"),
        ("script-src 'unsafe-inlin'", "bad-keyword script-src 'unsafe-inlin' 'unsafe-inline'"),
        ("script-src 'self", "bad-keyword script-src 'self 'self'"),
        ("script-src \"self\"", "bad-keyword script-src \"self\" 'self'"),
        ("script-src 'nonce-abc", "bad-keyword script-src 'nonce-abc 'nonce-abc'"),
        ("script-src 'example.com'", "bad-keyword script-src 'example.com' -"),
        ("script-src 'nonce-{{nonce}}'", "bad-nonce script-src 'nonce-{{nonce}}' -"),
        ("script-src 'nonce-'", "bad-nonce script-src 'nonce-' -"),
        ("script-src 'sha256-abc'", "bad-hash script-src 'sha256-abc' -"),
        ("script-src 'sha256-%%'", "bad-hash script-src 'sha256-%%' -"),
        ("script-src 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk='", "bad-hash script-src 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' -"),
        ("script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", ""),
        ("script-src 'SHA256-47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'", ""),
        (
            "script-src 'sha512-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
            "bad-hash script-src 'sha512-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' -",
        ),
        ("img-src [::1]:80 https://", "bad-source img-src [::1]:80 -|bad-source img-src https:// -"),
        ("script-src 'strict-dynamic'", "strict-dynamic-alone script-src 'strict-dynamic' -"),
        ("script-src 'strict-dynamic' 'nonce-abc'", ""),
        ("img-src 'strict-dynamic'", ""),
        ("report-uri none; trusted-types self", ""),
    ] {
        assert_eq!(problems_of(&csp(text)).join("|"), wanted, "{text}");
    }
}

#[test]
fn a_meta_element_cannot_say_everything() {
    let texts: [&[u8]; 1] = [b"frame-ancestors 'none'; img-src *"];
    let policy = policies(&texts, "meta").remove(0);
    assert_eq!(problems_of(&policy), ["ignored-in-meta frame-ancestors frame-ancestors 'none' -"]);
    assert_eq!(problems_of(&policies(&texts, "header").remove(0)), Vec::<String>::new());
}

#[test]
fn policies_know_what_they_do_besides() {
    for (text, field, wanted) in [
        ("plugin-types x; foo", "unknown", "foo"),
        ("report-uri /r", "reports", "true"),
        ("report-to main", "reports", "true"),
        ("report-uri", "reports", "false"),
        ("img-src *", "reports", "false"),
        ("img-src *", "confined", "false"),
        ("sandbox", "confined", "true"),
        ("sandbox allow-scripts", "confined", "true"),
        ("sandbox Allow-Scripts allow-same-origin", "confined", "false"),
        ("sandbox allow-same-origin allow-forms", "confined", "true"),
    ] {
        assert_eq!(get(&csp(text), field), wanted, "{text}");
    }
    let old = items(&csp("plugin-types x; Reflected-XSS block; img-src *"), "deprecated");
    assert_eq!(old, ["plugin-types", "reflected-xss"].map(Value::from));
}

#[test]
fn sources_say_what_they_cover() {
    for (text, wanted) in [
        ("*", "name true - -"),
        ("https:", "- true - -"),
        ("HTTP:", "- true - -"),
        ("data:", "- false - -"),
        ("wss:", "- false - -"),
        ("https://*", "name true - -"),
        ("*:8443", "name true - -"),
        ("https://*.com", "name true - -"),
        ("*.example.com", "name false - -"),
        ("*.GitHub.io", "name false content -"),
        ("CDN.jsdelivr.net", "name false packages -"),
        ("localhost:3000", "local false - -"),
        ("app.localhost", "local false - -"),
        ("127.0.0.1", "local false - -"),
        ("192.0.2.7", "ip false - -"),
        ("1.2.3.example", "name false - -"),
        ("'nonce-r4nd0m=='", "- false - 8"),
        ("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", "- false - 32"),
        ("'self'", "- false - -"),
    ] {
        let source = items(&csp(&format!("script-src {text}")), "effective/script-src").remove(0);
        assert_eq!(
            ["host_kind", "broad", "open_to", "length"].map(|field| get(&source, field)).join(" "),
            wanted,
            "{text}"
        );
    }
}

#[test]
fn mistakes_are_bounded() {
    let text = format!("img-src{}", " self".repeat(1000));
    assert_eq!(items(&csp(&text), "problems").len(), 64);
}

#[test]
fn what_is_read_of_policies_is_bounded() {
    let many = format!("script-src {}; img-src *", "a ".repeat(1 << 20));
    let texts: Vec<&[u8]> = std::iter::repeat_n(many.as_bytes(), 64).collect();
    let list = policies(&texts, "meta");
    assert_eq!(list.len(), 1);
    assert_eq!(items(&list[0], "sources").len(), 512);
    let wide: String = (0..300).map(|at| format!("img-src a{at},")).collect();
    assert_eq!(policies(&[wide.as_bytes()], "header").len(), 64);
}

/// Words of policies, right and wrong.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "script-src",
            "Default-Src",
            "sandbox",
            "bogus",
            "'self'",
            "'NONE'",
            "'unsafe-inline'",
            "'nonce-abc'",
            "*",
            "https:",
            "*.example.com",
            "self",
            "'x",
            "frame-ancestors",
            "report-uri",
            "\u{e9}",
        ])
        .prop_map(str::to_owned),
        "[!-+./0-9:<-~-]{1,12}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec((word(), prop::sample::select(vec![" ", "\t", "; ", ";", " \u{c}"])), 0..24)
        .prop_map(|words| words.into_iter().map(|(word, gap)| word + gap).collect())
}

proptest! {
    #[test]
    fn every_token_is_a_directive_or_lost(text in text(), meta in any::<bool>()) {
        let policy = Policy::parse(text.as_bytes(), meta);
        let tokens = text.split(';').filter(|token| !token.trim_ascii().is_empty()).count();
        prop_assert_eq!(policy.directives.len() + policy.lost.len(), tokens);
        let mut names: Vec<_> = policy.directives.iter().map(|directive| directive.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(names.len(), policy.directives.len());
    }

    #[test]
    fn a_list_of_policies_is_its_members(texts in prop::collection::vec(text(), 0..4)) {
        let lines: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        let joined = texts.join(",");
        prop_assert_eq!(policies(&lines, "header"), policies(&[joined.as_bytes()], "header"));
    }

    #[test]
    fn case_and_white_space_change_nothing(text in text()) {
        let told = |text: &str| {
            let list = policies(&[text.as_bytes()], "header");
            let kinds = |policy: &Value, path: &str| -> Vec<String> {
                items(policy, path).iter().map(|item| get(item, "kind") + &get(item, "keyword") + &get(item, "broad")).collect()
            };
            list.iter().map(|policy| (kinds(policy, "effective/script-src"), kinds(policy, "problems"))).collect::<Vec<_>>()
        };
        let shouted = text.to_ascii_uppercase().replace(' ', "\t\n ");
        prop_assert_eq!(told(&text), told(&shouted));
    }

    #[test]
    fn a_directive_after_the_rest_never_widens_the_rest(text in text(), more in text()) {
        let longer = format!("script-src 'self'; {text};{more}");
        let script = |policy: &Value| items(policy, "effective/script-src-attr").len();
        let policy = csp(&longer);
        let has_own = policy.descend(&["directives", "script-src-attr"]).is_some();
        prop_assert!(has_own || script(&policy) == 1);
    }
}
