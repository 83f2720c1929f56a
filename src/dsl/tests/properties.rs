//! Whatever the text, parsing, rendering and evaluating end, within their bounds.

use proptest::prelude::*;

use super::*;

/// Texts made of what the grammar knows.
fn source() -> impl Strategy<Value = String> {
    let words: Vec<&'static str> = vec![
        "{{",
        "}}",
        "(",
        ")",
        ",",
        "'",
        "\"",
        "\\",
        "+",
        "-",
        "*",
        "==",
        "!=",
        "&&",
        "||",
        "!",
        "?",
        ":",
        "??",
        "in",
        "=~",
        ">",
        "§",
        " ",
        "body",
        "num",
        "nope",
        "1",
        "0x1f",
        "2000000000",
        "true",
        "[a-b]",
        "é",
        "\u{0}",
        "a.B",
        "'x'",
        "'('",
        "repeat(",
        "padding('a','b',",
        "replace(body,'l',",
        "regex('(a*)*b',",
        "rand_base(",
        "split(body,",
        "concat(",
        "zlib_decode(",
        "md5(",
        "substr(body,",
        "date_time('%Y',",
        "json_prettify('[[[]]]'",
        "html_escape(",
        "wait_for(",
        "unpack('>q',",
        "index(",
        "ip_format('::1',",
        "xor(body,",
        "generate_jwt('{}','none'",
        "compare_versions('1',",
    ];
    let functions: Vec<String> = functions::all().map(|function| format!("{}(", function.name)).collect();
    let word = prop_oneof![
        4 => proptest::sample::select(words).prop_map(str::to_owned),
        1 => proptest::sample::select(functions),
    ];
    proptest::collection::vec(word, 0..24).prop_map(|words| words.concat())
}

fn bounded<T>(then: impl FnOnce(&Env<'_>) -> T) -> T {
    let limits = Limits { expr_steps: 20_000, expr_text: 1 << 16, expr_depth: 16, ..Limits::default() };
    with(|env| then(&Env { limits: &limits, ..*env }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_renders_within_bounds(source in source()) {
        if let Ok(text) = Text::parse(&source, &Limits::default()) {
            let rendered = bounded(|env| text.render(env));
            prop_assert!(rendered.bytes.len() <= (1 << 16) + source.len());
            if !source.contains("{{") && !source.contains('§') {
                prop_assert_eq!(&rendered.bytes[..], source.as_bytes());
                prop_assert!(rendered.unresolved.is_empty());
            }
        }
    }

    #[test]
    fn any_expression_ends(source in source()) {
        if let Ok(expr) = Expr::parse(&source, &Limits::default()) {
            let first = bounded(|env| expr.eval_shown(env));
            prop_assert_eq!(first, bounded(|env| expr.eval_shown(env)));
        }
    }

    #[test]
    fn any_regex_is_translated_or_refused(source in "[ab(){}\\[\\]|*+?^$.\\\\dswQEpP0-9,:<>=!iU-]{0,16}") {
        if let Ok(regex) = Regex::parse(&source, &Limits::default()) {
            let _ = regex.compiled().map(|regex| regex.is_match(b"ab(1){2}"));
            let _ = regex.literals();
        }
    }

    #[test]
    fn what_a_regex_requires_is_in_all_that_it_matches(
        flags in prop::sample::select(vec!["", "", "(?i)", "(?ms)"]),
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..8),
        text in "[abAB.{-]{0,16}",
    ) {
        if let Ok(regex) = Regex::parse(&format!("{flags}{}", pieces.concat()), &Limits::default()) {
            let plainly = regex.get().is_some_and(|regex| regex.is_match(text.as_bytes()));
            prop_assert_eq!(regex.get_for(text.as_bytes()).is_some_and(|regex| regex.is_match(text.as_bytes())), plainly);
        }
    }
}

/// Of these, texts are made that often match.
const PIECES: [&str; 24] = [
    "a",
    "b",
    "ab",
    "aab",
    "(ab|ba)",
    "(?:a|b)?",
    "(aba)+",
    "(?P<x>bab)*",
    "a+",
    "b*",
    "[ab]",
    "[^]b-]",
    ".",
    "a{2}",
    "b{0,1}?",
    "|",
    "(a(ba)?b)",
    "\\.",
    "{",
    "^",
    "$",
    "\\b",
    "[[:alpha:]]",
    "-?",
];
