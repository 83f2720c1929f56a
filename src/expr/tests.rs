//! Tests of the expression language as a whole: grammar, types, truth, bounds, the table of functions.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::base::{Timestamp, Unknown};

/// Names with dots, each with its value; names that begin with `unknown` could not be told.
struct World(BTreeMap<&'static str, Value>);

impl World {
    fn new() -> Self {
        let header = Value::map([("x-api-key", Value::from("k1")), ("odd name", Value::from("odd"))]);
        Self(BTreeMap::from([
            ("nonce", Value::from("n0nce")),
            ("status", Value::from(200)),
            ("size", Value::from("12")),
            ("ok", Value::from(true)),
            ("url.origin", Value::from("https://app.example.com")),
            ("request.headers", header),
            ("request.query._csrf", Value::from("t0k")),
            ("tls.certificate.days_left", Value::from(12)),
            ("at", Value::Time(now())),
            ("items", Value::list([Value::from("a"), Value::from("b")])),
            ("cookie", Value::map([("name", Value::from("sid")), ("value", Value::from("s1"))])),
            ("evil", Value::from("{{nonce}}")),
        ]))
    }
}

impl Names for World {
    fn lookup(&self, path: &[Arc<str>]) -> Lookup {
        if &*path[0] == "unknown" {
            return Lookup::Unknown(Unknown::NotSent);
        }
        let found = (1..=path.len()).find_map(|cut| self.0.get(path[..cut].join(".").as_str())?.descend(&path[cut..]));
        found.map_or(Lookup::Missing, |value| Lookup::Value(value.clone()))
    }
}

impl Known for World {
    fn type_of(&self, path: &[Arc<str>]) -> Option<Type> {
        match self.lookup(path) {
            Lookup::Value(Value::Bool(_)) => Some(Type::Bool),
            Lookup::Value(Value::Int(_) | Value::Float(_)) => Some(Type::Number),
            Lookup::Value(Value::Text(_)) => Some(Type::Text),
            Lookup::Value(Value::Time(_)) => Some(Type::Time),
            Lookup::Value(Value::List(_)) => Some(Type::List),
            Lookup::Value(Value::Map(_)) => Some(Type::Map),
            Lookup::Unknown(_) => Some(Type::Any),
            Lookup::Missing => None,
        }
    }

    fn candidates(&self) -> Vec<String> {
        self.0.keys().map(|name| (*name).to_owned()).collect()
    }
}

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn eval_with(text: &str, limits: &Limits) -> Result<Value, EvalError> {
    let world = World::new();
    let env = Env { names: &world, now: now(), seed: "seed", limits };
    Expr::parse(text, limits).unwrap_or_else(|error| panic!("{text}: {error:?}")).eval(&env)
}

fn eval(text: &str) -> Result<Value, EvalError> {
    eval_with(text, &Limits::default())
}

fn text_of(text: &str) -> String {
    eval(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_text_lossy()
}

fn render(text: &str) -> String {
    let (world, limits) = (World::new(), Limits::default());
    let env = Env { names: &world, now: now(), seed: "seed", limits: &limits };
    let template = Template::parse(text, &limits).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    String::from_utf8(template.render(&env).unwrap().to_vec()).unwrap()
}

fn refused(text: &str) -> ExprError {
    let limits = Limits::default();
    match Expr::parse(text, &limits).and_then(|expr| expr.check(&World::new())) {
        Ok(kind) => panic!("{text} passes as {kind:?}"),
        Err(error) => error,
    }
}

#[test]
fn every_function_has_an_example_that_holds() {
    let mut names = std::collections::BTreeSet::new();
    for function in functions::all() {
        assert!(names.insert(function.name), "{} is there twice", function.name);
        assert!(!function.summary.is_empty() && !function.summary.ends_with('.'), "{}", function.name);
        assert!(function.example.contains(function.name), "{}", function.name);
        assert_eq!(text_of(function.example), function.gives, "{}", function.example);
        let expr = Expr::parse(function.example, &Limits::default()).unwrap();
        let kind = expr.check(&World::new()).unwrap();
        let found = eval(function.example).unwrap();
        assert!(kind == Type::Any || kind.name() == found.type_name(), "{}: {kind:?}, {found:?}", function.example);
        let optional_before_required = function
            .params
            .windows(2)
            .any(|pair| pair[0].need != functions::Need::Required && pair[1].need == functions::Need::Required);
        assert!(!optional_before_required, "{}", function.name);
    }
}

#[test]
fn templates_of_the_format_render() {
    assert_eq!(render("https://{{nonce}}.example"), "https://n0nce.example");
    assert_eq!(render("{{url.origin | replace_first('.', 'x')}}"), "https://appxexample.com");
    assert_eq!(render("{{ '{{' }}x}}"), "{{x}}");
    assert_eq!(render("q={{request.query._csrf}}"), "q=t0k");
    assert_eq!(render("ends in {{tls.certificate.days_left}} days"), "ends in 12 days");
    assert_eq!(render("{{request.headers.x-api-key}}{{request.headers['odd name']}}"), "k1odd");
    assert_eq!(render("{{cookie}} {{cookie.name}} {{items}}"), "s1 sid a, b");
    assert_eq!(render(r#"{"a":{{{status}}}}"#), r#"{"a":{200}}"#);
    assert_eq!(render("sk_{{alnum(24)}}").len(), 27);
    assert_eq!(render("{{hex(40)}}").len(), 40);
}

#[test]
fn data_is_never_read_as_an_expression() {
    assert_eq!(render("{{evil}} {{evil | text}}"), "{{nonce}} {{nonce}}");
}

#[test]
fn operators_bind_as_documented() {
    for (text, gives) in [
        ("1 + 2 * 3 - 4", "3"),
        ("(1 + 2) * 3", "9"),
        ("7 / 2", "3.5"),
        ("6 / 2", "3"),
        ("7 % 4", "3"),
        ("-3 + 5", "2"),
        ("- 3 * -2", "6"),
        ("'a' + 'b' + 'c'", "abc"),
        ("([1] + [2, 3])[-1]", "3"),
        ("!false && true || false", "true"),
        ("1 == 1 && 2 < 3", "true"),
        ("'it''s' == \"it's\"", "true"),
        (r#""\x41\u{e9}\t" == 'Aé	'"#, "true"),
        (r"'\d' | len", "2"),
        ("nonce | upper == 'N0NCE'", "true"),
        ("!nonce | contains('x')", "true"),
        ("status == '200' && size == 12", "true"),
        ("size + '3'", "123"),
        ("size * 2", "24"),
        ("at > '2026-01-01' && at - 'Thu, 01 Jan 2026 00:00:00 GMT' == 97445", "true"),
        ("'a' in items && !('c' in items)", "true"),
        ("items contains 'b' && request.headers contains 'x-api-key' && cookie contains 's'", "true"),
        (r"url.origin matches '^https://[\w.]+$' && url.origin ends_with '.com'", "true"),
        ("items | last | upper", "B"),
        ("(request.headers).x-api-key", "k1"),
    ] {
        assert_eq!(text_of(text), gives, "{text}");
    }
}

#[test]
fn mistakes_are_refused_with_place_and_help() {
    for (text, code, at, help) in [
        ("lowr(nonce)", ExprError::FUNCTION, 0..4, "did you mean `lower`?"),
        ("nonce | uper", ExprError::FUNCTION, 8..12, "did you mean `upper`?"),
        ("url.orign", ExprError::NAME, 0..9, "did you mean `url.origin`?"),
        ("1 + status-1", ExprError::NAME, 4..12, "a subtraction needs spaces: `status - 1`"),
        ("1 + uuid", ExprError::NAME, 4..8, "`uuid` is a function: uuid(stream?)"),
        ("replace(nonce, 'a')", ExprError::ARGUMENTS, 0..19, "replace(text, from, to): for example"),
        ("repeat('a', true)", ExprError::TYPE, 12..16, ""),
        ("upper(items)", ExprError::TYPE, 6..11, "join"),
        ("status + 'a'", ExprError::TYPE, 0..12, "text(x)"),
        ("nonce < 'b'", ExprError::TYPE, 0..11, "int(x)"),
        ("status && ok", ExprError::TYPE, 0..6, "compare it"),
        ("nonce matches size", ExprError::REGEX, 14..18, "single quotes"),
        ("nonce matches '('", ExprError::REGEX, 14..17, ""),
        ("regex_find(nonce, nonce)", ExprError::REGEX, 18..23, ""),
        ("'a' + nonce | base64", ExprError::PIPE, 12..13, "(a + b) | f"),
        ("1 < 2 < 3", ExprError::SYNTAX, 6..7, "&& b"),
        ("ok and ok", ExprError::SYNTAX, 3..6, "&&"),
        ("not ok", ExprError::SYNTAX, 0..3, "`!`"),
        ("status = 200", ExprError::SYNTAX, 7..8, "=="),
        ("ok ? 1 : 2", ExprError::SYNTAX, 3..4, "default"),
        ("'abc", ExprError::OPEN_TEXT, 0..1, "twice"),
        (r#""\d""#, ExprError::ESCAPE, 1..3, "within '…'"),
        ("99999999999999999999", ExprError::NUMBER, 0..20, ""),
        ("12px", ExprError::NUMBER, 0..4, "quotes"),
        ("", ExprError::SYNTAX, 0..0, ""),
        ("items['a']", ExprError::NAME, 0..10, ""),
        ("items[0].x.y + status[0]", ExprError::TYPE, 22..24, ""),
    ] {
        let error = refused(text);
        assert_eq!((error.code, error.at.clone()), (code, at), "{text}: {error:?}");
        let found = error.help.clone().unwrap_or_default();
        assert!(found.contains(help), "{text}: {error:?}");
    }
}

#[test]
fn templates_with_open_braces_are_refused() {
    let limits = Limits::default();
    for text in ["a {{nonce", "a {{", "a {{ upper(", "a {{ nonce }"] {
        let error = Template::parse(text, &limits).unwrap_err();
        assert!(error.at.start >= 2 && error.help.is_some(), "{text}: {error:?}");
    }
    let error = Template::parse("ab{{nonce", &limits).unwrap_err();
    assert_eq!((error.code, error.at), (ExprError::BRACES, 2..4));
    let error = Template::parse("x{{{{7*7}}}}", &limits).unwrap_err();
    assert_eq!((error.code, error.at), (ExprError::BRACES, 1..5));
    let error = Template::parse("id {{ url.orign }}!", &limits).unwrap().check(&World::new()).unwrap_err();
    assert_eq!((error.code, error.at), (ExprError::NAME, 6..15));
}

#[test]
fn names_carry_their_path_and_place() {
    let template = Template::parse("{{a.b | lower}} {{c['d e'].f}}", &Limits::default()).unwrap();
    let names: Vec<_> = template.names().map(|name| (name.to_string(), name.at.clone())).collect();
    assert_eq!(names, [("a.b".to_owned(), 2..5), ("c['d e'].f".to_owned(), 18..28)]);
    let path: Vec<_> = template.names().last().unwrap().path.iter().map(|part| part.to_string()).collect();
    assert_eq!(path, ["c", "d e", "f"]);
}

#[test]
fn what_has_no_value_leaves_the_rest_of_a_text_alone() {
    let shown = |text: &str| {
        let template = Template::parse(text, &Limits::default()).expect("a template");
        let (names, limits) = (World::new(), Limits::default());
        let env = Env { names: &names, now: now(), seed: "seed", limits: &limits };
        String::from_utf8_lossy(&template.render_or(&env, "—")).into_owned()
    };
    assert_eq!(shown("a {{nope.x}} b {{1 + 1}} {{unknown.x}}"), "a — b 2 —");
    assert_eq!(shown("as it is"), "as it is");
}

#[test]
fn missing_and_unknown_are_told_apart() {
    assert_eq!(eval("nope.x"), Err(EvalError::Missing("nope.x".into())));
    assert_eq!(eval("items[7]"), Err(EvalError::Missing("items[7]".into())));
    assert_eq!(eval("unknown.x | default(1)"), Err(EvalError::Unknown(Unknown::NotSent)));
    assert_eq!(text_of("nope | lower | default('x')"), "x");
    assert_eq!(text_of("default(nonce, nope)"), "n0nce");
    assert_eq!(text_of("default(nope, default(nope, 'z'))"), "z");
    assert_eq!(text_of("regex_find(nonce, 'q+') | default('-')"), "-");
    assert_eq!(text_of("exists(nope) || exists(nonce)"), "true");
    assert!(matches!(eval("exists(unknown)"), Err(EvalError::Unknown(_))));
}

#[test]
fn truth_has_three_values() {
    let unknown = Err(EvalError::Unknown(Unknown::NotSent));
    assert_eq!(eval("unknown == 1 && false"), Ok(Value::Bool(false)));
    assert_eq!(eval("unknown == 1 || true"), Ok(Value::Bool(true)));
    assert_eq!(eval("unknown == 1 && true"), unknown);
    assert_eq!(eval("unknown == 1 || nope == 1"), unknown);
    assert_eq!(eval("nope == 1 || unknown == 1"), unknown);
    assert_eq!(eval("unknown == 1 && nope == 1"), Err(EvalError::Missing("nope".into())));
    assert_eq!(eval("nope == 1 && unknown == 1"), Err(EvalError::Missing("nope".into())));
}

#[test]
fn values_that_do_not_fit_fail() {
    for text in [
        "1 / 0",
        "1 % 0",
        "9223372036854775807 + 1",
        "first(['5']) + 1",
        "first(['a']) < 'b'",
        "first(items) && ok",
        "nonce | int",
        "base64_decode('!')",
        "hex_decode('abc')",
        "repeat('a', -1)",
        "time_add(now(), '5 days')",
        "time_add(now(), '999999999999w')",
        "time_format(now(), '%')",
        "split('a', '')",
        "hmac('a', 'crc', 'k')",
        "default(request.headers, 1) | upper",
        "random_int(2, 1)",
        "number('1e308') * 10",
    ] {
        assert!(matches!(eval(text), Err(EvalError::Failed(_))), "{text}: {:?}", eval(text));
    }
}

#[test]
fn random_text_is_equal_for_equal_calls_only() {
    assert_eq!(text_of("alnum(24)"), text_of("alnum( 24 )"));
    assert_eq!(text_of("alnum(24)"), text_of("24 | alnum"));
    assert_ne!(text_of("alnum(24)"), text_of("alnum(24, 'b')"));
    assert_ne!(text_of("digits(6)"), text_of("digits(7) | take_first(6)"));
    let limits = Limits::default();
    let other = Env { names: &World::new(), now: now(), seed: "other", limits: &limits };
    let expr = Expr::parse("alnum(24)", &limits).unwrap();
    assert_ne!(expr.eval(&other).unwrap(), eval("alnum(24)").unwrap());
    assert_eq!(text_of("random_int(-9223372036854775808, 9223372036854775807) - 0 != 0"), "true");
    assert!(text_of("uuid()").chars().nth(14) == Some('4'));
}

#[test]
fn work_is_bounded() {
    let tight = Limits { expr_steps: 200, expr_text: 1000, expr_depth: 8, ..Limits::default() };
    let failed = |text: &str| match eval_with(text, &tight) {
        Err(EvalError::Failed(why)) => why,
        other => panic!("{text}: {other:?}"),
    };
    assert!(failed("repeat('ab', 501)").contains("1000 bytes"));
    assert!(failed("repeat('ab', 2000)").contains("0 to 1000"));
    assert!(failed("repeat('<', 400) | html_escape").contains("1000 bytes"));
    assert!(failed("repeat('a', 400) | replace('a', 'bcd')").contains("steps"));
    assert!(failed("repeat('a,', 300) | split(',')").contains("steps"));
    assert!(failed("regex_replace(repeat('a', 100), '(a+)', '$1$1$1$1$1$1$1$1$1$1$1')").contains("1000 bytes"));
    let sum = ["1"; 300].join("+");
    assert!(failed(&sum).contains("steps"));
    for deep in ["(".repeat(9), "!".repeat(9), "[".repeat(9), "-".repeat(9), "text(".repeat(9), "a[".repeat(9)] {
        assert_eq!(Expr::parse(&deep, &tight).unwrap_err().code, ExprError::DEPTH, "{deep}");
    }
    let roomy = Limits { expr_depth: usize::MAX, ..Limits::default() };
    assert_eq!(Expr::parse(&"(".repeat(100_000), &roomy).unwrap_err().code, ExprError::DEPTH);
    let long = vec!["a"; 100_000].join(" || ");
    drop(Expr::parse(&long, &roomy).unwrap().clone());
    let big = Limits { regex_compiled: 1000, ..Limits::default() };
    assert!(matches!(eval_with(r"nonce matches '\w{100}'", &big), Err(EvalError::Failed(_))));
}

#[test]
fn the_deepest_expression_fits_a_small_stack() {
    let depth = Limits::default().expr_depth;
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("text(", "1", ")"),
        ("[", "1", "]"),
        ("items[", "1", "]"),
        ("true || true && !(", "ok", ")"),
        ("false || true && 1 == 1 + 2 * len(", "1", ")"),
        ("1 | text | default(", "1", ")"),
    ] {
        let levels = if open.contains('!') { depth / 2 } else { depth };
        let text = format!("{}{middle}{}", open.repeat(levels), close.repeat(levels));
        let walk = move || {
            let (world, limits) = (World::new(), Limits::default());
            let expr = Expr::parse(&text, &limits).unwrap_or_else(|error| panic!("{text}: {error:?}"));
            let env = Env { names: &world, now: now(), seed: "seed", limits: &limits };
            drop((expr.to_string(), expr.check(&world), expr.eval(&env)));
        };
        std::thread::Builder::new().stack_size(1 << 20).spawn(walk).unwrap().join().unwrap();
    }
}

#[test]
fn regexes_read_bytes() {
    assert_eq!(text_of(r#""\xff\xfe" matches '^..$'"#), "true");
    assert_eq!(text_of(r"'é' matches '^\w'"), "false");
    assert_eq!(text_of(r"'é' matches '^\p{L}$'"), "true");
    assert_eq!(text_of(r"'é' matches '^[é]$'"), "true");
}

#[test]
fn literals_of_any_bytes_print_and_parse() {
    let template = Template::literal(b"a{{b\xff{{{{\0}}{");
    assert_eq!(template.as_literal().map(|bytes| bytes.len()), Some(13));
    assert_eq!(Template::parse(&template.source(), &Limits::default()), Ok(template));
    assert_eq!(Template::parse("", &Limits::default()).unwrap().as_literal().map(|bytes| bytes.len()), Some(0));
}

/// Found by fuzzing: after `["$"]` a plain `.0` would be read as a number.
#[test]
fn a_segment_of_digits_after_an_odd_one_prints_and_parses() {
    for text in ["A0.0.$.0.$Z0", "a.$b.1c.2", "x['$']['0'].y"] {
        let expr = Expr::parse(text, &Limits::default()).unwrap();
        assert_eq!(Expr::parse(&expr.to_string(), &Limits::default()), Ok(expr), "{text}");
    }
}

fn operand() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (-1e9..1e9).prop_map(|number: f64| format!("{number:?}")),
        "'[a-z{}| ]{0,6}'",
        r#""(\\n|\\xff|\\u\{e9\}|[a-z'])*""#,
        prop::sample::select(vec![
            "true",
            "nonce",
            "status",
            "items",
            "at",
            "request.headers.x-api-key",
            "request.headers['odd name']",
            "nope",
            "unknown.x",
            "now()",
            "alnum(3)",
            "cookie",
            "cookie.name",
            "in",
            "-0.0",
        ])
        .prop_map(str::to_owned),
    ]
}

/// Texts that look like expressions, many of them right.
fn expression() -> impl Strategy<Value = String> {
    operand().prop_recursive(5, 40, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+",
            "-",
            "*",
            "/",
            "%",
            "==",
            "!=",
            "<",
            "<=",
            ">",
            ">=",
            "&&",
            "||",
            "in",
            "contains",
            "starts_with",
            "ends_with",
        ]);
        let unary = prop::sample::select(vec![
            "lower",
            "len",
            "base64",
            "url_decode",
            "html_unescape",
            "int",
            "first",
            "sort",
            "unique",
            "exists",
            "text",
            "trim",
            "reverse",
            "sha1",
            "unix",
            "min",
            "json_escape",
            "round",
            "abs",
            "time_parse",
            "uuid",
        ]);
        prop_oneof![
            (inner.clone(), operator.clone(), inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
            (inner.clone(), unary.clone()).prop_map(|(a, f)| format!("{f}({a})")),
            (inner.clone(), unary).prop_map(|(a, f)| format!("{a} | {f}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("default({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} | repeat({b}) | replace('a', 'bb')")),
            inner.clone().prop_map(|a| format!("{a}.name")),
            inner.clone().prop_map(|a| format!("!{a}")),
            inner.clone().prop_map(|a| format!("-{a}")),
            inner.prop_map(|a| format!("{a} matches '^[a-z]+$'")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>(), mess in r#"[a-z0-9'"|&!=<>+*/%(){}\[\]., \\-]{0,40}"#) {
        let limits = Limits::default();
        for text in [&text, &mess] {
            if let Err(error) = Expr::parse(text, &limits) {
                prop_assert!(error.at.start <= error.at.end && error.at.end <= text.len());
                prop_assert!(text.is_char_boundary(error.at.start) && text.is_char_boundary(error.at.end));
            }
            if let Ok(template) = Template::parse(text, &limits) {
                prop_assert_eq!(Template::parse(&template.source(), &limits), Ok(template));
            }
        }
    }

    #[test]
    fn what_is_printed_parses_to_the_same(text in expression()) {
        let limits = Limits::default();
        if let Ok(expr) = Expr::parse(&text, &limits) {
            let printed = expr.to_string();
            let again = Expr::parse(&printed, &limits);
            prop_assert_eq!(again.as_ref(), Ok(&expr), "{} -> {}", text, printed);
            let template = Template::parse(&format!("a{{{{{text}}}}}b{{{{ {printed} }}}}"), &limits).unwrap();
            prop_assert_eq!(Template::parse(&template.source(), &limits), Ok(template));
        }
    }

    #[test]
    fn evaluation_never_panics_and_keeps_its_bounds(text in expression()) {
        let limits = Limits { expr_steps: 2000, expr_text: 4096, ..Limits::default() };
        let world = World::new();
        let env = Env { names: &world, now: now(), seed: "seed", limits: &limits };
        if let Ok(expr) = Expr::parse(&text, &limits) {
            let value = expr.eval(&env);
            prop_assert_eq!(&value, &expr.eval(&env));
            if let Ok(Value::Text(bytes)) = value {
                prop_assert!(bytes.len() <= limits.expr_text);
            }
        }
    }

    #[test]
    fn a_template_without_braces_is_itself(text in any::<String>()) {
        prop_assume!(!text.contains("{{"));
        let limits = Limits::default();
        let template = Template::parse(&text, &limits).unwrap();
        prop_assert_eq!(template.as_literal().map(|bytes| bytes.to_vec()), Some(text.clone().into_bytes()));
        prop_assert_eq!(template.source(), text);
    }
}
