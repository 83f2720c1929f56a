use super::*;

/// A regex, a text, and the first match.
type Case = (&'static str, &'static [u8], Option<&'static [u8]>);

fn regex(source: &str) -> Regex {
    Regex::parse(source, &Limits::default()).unwrap_or_else(|error| panic!("{source}: {error}"))
}

fn found<'t>(source: &str, text: &'t [u8]) -> Option<&'t [u8]> {
    regex(source).get().expect("compiles").find(text).map(|found| found.as_bytes())
}

#[test]
fn what_re2_reads_otherwise_is_written_out() {
    let cases: &[Case] = &[
        ("a{", b"a{", Some(b"a{")),
        ("{a}", b"{a}", Some(b"{a}")),
        ("a{,2}", b"aa{,2}", Some(b"a{,2}")),
        ("a{2}", b"aaa", Some(b"aa")),
        ("a{01}", b"a{01}", Some(b"a{01}")),
        (r"\{\{.*?\}\}", b"x{{y}}", Some(b"{{y}}")),
        (r"\101\x41\x{41}", b"AAA", Some(b"AAA")),
        (r"\13", b"\x0b", Some(b"\x0b")),
        (r"\Qa.b\E+", b"a.bbb", Some(b"a.bbb")),
        (r"\Q(?", b"(?", Some(b"(?")),
        (r"\<b\>", b"<b>", Some(b"<b>")),
        (r"[]a]+", b"]a]", Some(b"]a]")),
        (r"[^]a]+", b"]bc]", Some(b"bc")),
        ("[a[b]+", b"[ab", Some(b"[ab")),
        ("[a&&b]+", b"a&b", Some(b"a&b")),
        ("[--a]+", b"-0a", Some(b"-0a")),
        (r"[\w-]+", b"a-b c", Some(b"a-b")),
        (r"[\d-z]+", b"1-z2y", Some(b"1-z2")),
        ("[[:alpha:]_]+", b"1ab_c", Some(b"ab_c")),
        ("[[:^alpha:]]+", b"ab12", Some(b"12")),
        (r"\s+", b"\x0b \t", Some(b" \t")),
        (r"[\S]+", b" \x0bx", Some(b"\x0bx")),
        ("(?)a", b"a", Some(b"a")),
        ("(?i)LOGIN", b"login", Some(b"login")),
        ("(?i:a)B", b"AB", Some(b"AB")),
        ("(?s)a.b", b"a\nb", Some(b"a\nb")),
        ("a.b", b"a\nb", None),
        ("(?U)a+", b"aaa", Some(b"a")),
        ("(?P<1st>a)(?<b>b)", b"ab", Some(b"ab")),
        ("caf\u{e9}", "caf\u{e9}".as_bytes(), Some("caf\u{e9}".as_bytes())),
        ("[\u{e9}]", "\u{e9}".as_bytes(), Some("\u{e9}".as_bytes())),
        ("x[^\u{e9}]", b"x\xff", Some(b"x\xff")),
        (r"x\xe9", "x\u{e9}".as_bytes(), Some("x\u{e9}".as_bytes())),
        (r"\pL+", "\u{e9}a1".as_bytes(), Some("\u{e9}a".as_bytes())),
        (r"\bfoo\b", b"\xfffoo ", Some(b"foo")),
        ("a|ab", b"ab", Some(b"a")),
        ("^*a", b"a", Some(b"a")),
        ("$", b"a\n", Some(b"")),
        ("a#b c~d", b"a#b c~d", Some(b"a#b c~d")),
    ];
    for (source, text, wanted) in cases {
        assert_eq!(found(source, text), *wanted, "{source}");
    }
}

#[test]
fn what_re2_refuses_is_refused() {
    let refused = [
        "(",
        ")",
        "*a",
        "a|*",
        "a**",
        "a+*",
        "a{2}{3}",
        "a{1001}",
        "a{3,2}",
        "[a",
        "^[]$",
        "[z-a]",
        "[[:foo:]]",
        r"\8",
        r"\1",
        r"\q",
        r"\Z",
        r"\E",
        r"\xg",
        r"\x{110000}",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?x)a",
        "(?#a)",
        "(?i-)",
        "(?P=a)",
        "(?P<>a)",
        "\\",
        r"[\8]",
        r"[a-\d]",
        "(?P<a>b)(?P<a>c)",
        r"\pX",
        r"\p{Klingon",
    ];
    for source in refused {
        let regex = Regex::parse(source, &Limits::default());
        let error = regex.map(|regex| regex.compiled().map(|_| ()));
        assert!(!matches!(error, Ok(Ok(()))), "{source}");
    }
}

#[test]
fn what_is_read_back_compiles_on_its_first_use() {
    let read: Regex = serde_json::from_str(r#""a{""#).expect("a text");
    assert!(read.get().expect("compiles").is_match(b"a{"));
    assert_eq!(serde_json::to_string(&read).expect("plain"), r#""a{""#);
}

#[test]
fn regexes_have_the_literals_that_they_need() {
    let literal = |bytes: &[u8], ignore_case| literals::Literal { bytes: bytes.to_vec(), ignore_case };
    assert_eq!(regex("<title>(.*)</title>").literals(), Some(vec![literal(b"</title>", false)]));
    assert_eq!(regex("(?i)GRAFANA").literals(), Some(vec![literal(b"grafana", true)]));
    assert_eq!(regex(".*").literals(), None);
}
