//! The reader on good, deceiving and hostile files.

use proptest::prelude::*;

use super::*;
use crate::base::{Limits, Span};
use crate::diagnostic::{CODES, render_text};

fn source(text: &str) -> SourceFile {
    SourceFile::new("rule.yaml", text)
}

fn native(text: &str) -> Result<Node, Diagnostics> {
    read(&source(text), &ReadOptions::native(&Limits::default()))
}

fn lenient(text: &str) -> Result<Node, Diagnostics> {
    read(&source(text), &ReadOptions::lenient(&Limits::default()))
}

/// The tree as one line: plain texts bare, others with their style, missing ones as `?`.
fn dump(node: &Node) -> String {
    match &node.kind {
        Kind::Scalar(scalar) => dump_scalar(scalar),
        Kind::List(items) => format!("[{}]", items.iter().map(dump).collect::<Vec<_>>().join(", ")),
        Kind::Map(map) => {
            let entry = |entry: &Entry| format!("{}: {}", dump_scalar(&entry.key), dump(&entry.value));
            format!("{{{}}}", map.entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn dump_scalar(scalar: &Scalar) -> String {
    let text = scalar.text.escape_debug();
    match scalar.style {
        Style::Plain => text.to_string(),
        Style::Single => format!("'{text}'"),
        Style::Double => format!("\"{text}\""),
        Style::Literal => format!("|{text}|"),
        Style::Folded => format!(">{text}>"),
        Style::Missing => "?".into(),
    }
}

/// Codes and places of a file's errors: `R0015 2:1`.
fn codes(result: Result<Node, Diagnostics>) -> Vec<String> {
    let diagnostics = result.expect_err("the file is refused");
    let place = |item: &crate::diagnostic::Diagnostic| {
        assert!(CODES.iter().any(|(code, _)| *code == item.code), "{} is not registered", item.code);
        assert!(item.help.is_some(), "{} offers no help", item.title);
        let label = item.labels.first().expect("a place");
        let (line, column) = label.source.position(label.span.start);
        format!("{} {line}:{column}", item.code)
    };
    diagnostics.items.iter().map(place).collect()
}

#[test]
fn a_tag_at_the_end_of_a_file_is_shown_within_it() {
    for text in ["!\n", "!", "a: !\n", "&\n"] {
        let found = native(text).expect_err("refused");
        for label in found.items.iter().flat_map(|item| &item.labels) {
            assert!(label.span.end as usize <= text.len(), "{text:?}: {label:?}");
        }
    }
}

#[test]
fn texts_stay_texts() {
    let tree =
        native("a: no\nb: [1.10, 010, ~, null, 2026-01-01]\n'c': \"x\\ty\"\nd: |\n  l1\n  l2\ne: >-\n  f\n  g\n")
            .unwrap();
    let expected = r#"{a: no, b: [1.10, 010, ~, null, 2026-01-01], 'c': "x\ty", d: |l1\nl2\n|, e: >f g>}"#;
    assert_eq!(dump(&tree), expected);
    assert_eq!(dump(&native("\u{feff}# c\n---\na: é\n...\n").unwrap()), "{a: é}");
    assert_eq!(dump(&native("a:\n- b: 1\n  c: 2\n- d\n").unwrap()), "{a: [{b: 1, c: 2}, d]}");
    assert_eq!(dump(&native("{ a: 'it''s', \"b\":c, d: [ e: f ] }").unwrap()), r#"{a: 'it\'s', "b": c, d: [{e: f}]}"#);
}

#[test]
fn spans_point_at_the_content() {
    let text = "é: 'ü x' # \"\nk: [ a b, \"q\\\"\" ]  # c\nl: |-\n  ^a.b$\nm:\n  - { n: o }\n";
    let file = source(text);
    let tree = read(&file, &ReadOptions::native(&Limits::default())).unwrap();
    let map = tree.map().unwrap();
    let slice = |key: &str| file.slice(map.get(key).unwrap().span);
    assert_eq!((slice("é"), slice("k"), slice("l")), ("ü x", "[ a b, \"q\\\"\" ]", "^a.b$"));
    assert_eq!(slice("m"), "- { n: o }");
    let verbatim = |node: &Node| node.scalar().unwrap().verbatim;
    let items = map.get("k").unwrap().list().unwrap();
    assert!(verbatim(map.get("é").unwrap()) && verbatim(map.get("l").unwrap()) && verbatim(&items[0]));
    assert!(!verbatim(&items[1]), "an escape moves offsets");
    assert_eq!(file.slice(map.entry("m").unwrap().key_span), "m");
}

#[test]
fn silent_losses_are_refused_with_a_place() {
    let cases: &[(&str, &[&str])] = &[
        (r#"m: "\bat""#, &["R0019 1:5"]),
        (r#"m: "a\\b \x08 \t""#, &[]),
        (r#"m: "\d+""#, &["R0021 1:5"]),
        ("m: a #b", &["R0018 1:6"]),
        ("m: a # b", &[]),
        ("m: a#b", &[]),
        ("m: 'a' #b", &[]),
        ("m: #b\nn: 1", &["R0018 1:4"]),
        ("m:\n  - #b\n  - c", &["R0018 2:5"]),
        ("p: { m: x #y }", &["R0018 1:11"]),
        ("{ matches: a,b }", &["R0017 1:14"]),
        ("{ Server:nginx }", &["R0017 1:3"]),
        ("a:\nb: 1", &["R0017 1:1"]),
        ("a:\n  -\n  - b", &["R0017 2:4"]),
        ("a: &copy; 2026", &["R0011 1:4"]),
        ("a: *", &["R0011 1:4"]),
        ("a: *b", &["R0011 1:4"]),
        ("a: &b x\nc: *b", &["R0011 1:4", "R0011 2:4"]),
        ("a: !!str x", &["R0012 1:4"]),
        ("%YAML 1.2\n---\na: x", &["R0012 1:1"]),
        ("<<: { a: b }\nc: d", &["R0013 1:1"]),
        ("get: {{path}}", &["R0020 1:6"]),
        ("get: {{path}}/x", &["R0020 1:6"]),
        ("r: { get: /{{path}} }", &["R0020 1:12"]),
        ("r: { get: {{path}}, b: c }", &["R0020 1:11"]),
        ("get: /{{path}}", &[]),
        ("get: \"{{path}}\"", &[]),
        ("a: { b: | }", &["R0022 1:9"]),
        ("a: { b: >-\n c }", &["R0022 1:9"]),
        ("a: 1\nb: 2\na: 3", &["R0015 3:1"]),
        ("? [a]\n: b", &["R0016 1:3"]),
        (": b", &["R0016 1:1"]),
        ("a: x\n---\nb: y", &["R0007 2:1"]),
        ("", &["R0003 1:1"]),
        ("# only a comment\n", &["R0003 1:1"]),
        ("---\n", &["R0003 1:1"]),
        ("a: b\u{202e}c", &["R0008 1:5"]),
        ("a: b\0c", &["R0008 1:5"]),
        ("a: b\x1bc", &["R0008 1:5"]),
        ("a: b\rc: d", &["R0009 1:5"]),
        ("a: b\r\nc: d\r\n", &[]),
        ("a: b\u{85}c\u{2028}", &["R0009 1:5", "R0009 1:7"]),
    ];
    for (text, expected) in cases {
        let found = native(text);
        let found = if found.is_ok() { Vec::new() } else { codes(found) };
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn syntax_errors_name_place_and_reason() {
    let cases: &[(&str, &str)] = &[
        ("a:\n\tb: c", "R0010 2:1"),
        ("a: b: c", "R0004 1:5"),
        ("a: 'b", "R0004 1:4"),
        ("a: 'b' c", "R0004 1:8"),
        ("a: [b, c\nd: e", "R0004 2:2"),
        ("a: { b: c", "R0004 1:10"),
        ("a: 1\nstatus:200\nb: 2", "R0004 2:1"),
        ("a: 1\n  b: 2", "R0004 2:4"),
        ("a:\n  b: 1\n c: 2", "R0004 3:2"),
        ("a: @b", "R0022 1:4"),
        ("a: 'x'#y", "R0004 1:7"),
        ("a: %b", "R0022 1:4"),
        ("- a\nb: c", "R0004 2:1"),
    ];
    for (text, expected) in cases {
        assert_eq!(codes(native(text)), [*expected], "{text}");
    }
}

#[test]
fn all_errors_come_at_once_and_the_tree_survives() {
    let text = "a: \"\\b\"\na: x #y\nb: &z q\nc: { d:e }\nf: {{g}}\nh: good\n";
    let document = read_document(&source(text), &ReadOptions::native(&Limits::default()));
    let found: Vec<&str> = document.diagnostics.items.iter().map(|item| item.code).collect();
    assert_eq!(found, ["R0019", "R0015", "R0018", "R0011", "R0017", "R0020"]);
    assert_eq!(dump(&document.root.unwrap()), r#"{a: "\u{8}", b: q, c: {d:e: ?}, f: ?, h: good}"#);
}

#[test]
fn an_error_reads_well() {
    let diagnostics = native("match:\n  body: { matches: a,b }\n").unwrap_err();
    let expected = "\
error[R0017]: `b` has no value
 --> rule.yaml:2:22
  |
2 |   body: { matches: a,b }
  |                      ^ YAML takes this for a key of its own
  |
  = help: in `{ }` a comma ends the value before it: put a value that holds a comma in quotes, or write `key: value` \
after the comma
";
    assert_eq!(render_text(&diagnostics.items[0], false), expected);
}

#[test]
fn limits_end_the_reading_early() {
    let limits = Limits { rule_file: 1 << 20, rule_nodes: 1000, rule_depth: 16, rule_aliases: 4, ..Limits::default() };
    let first = |text: String, options: ReadOptions<'_>| {
        codes(read(&source(&text), &options)).last().expect("an error").split(' ').next().expect("a code").to_owned()
    };
    let strict = |text: String| first(text, ReadOptions::native(&limits));
    assert_eq!(strict("a".repeat(2 << 20)), "R0001");
    for open in ["[", "{a: ", "- ", "? ", "[[{a: "] {
        assert_eq!(strict(open.repeat(100_000 / open.len())), "R0005", "{open}");
    }
    assert_eq!(strict(format!("a: [{}]", "b, ".repeat(300_000))), "R0006");
    assert_eq!(strict("- a\n".repeat(2000)), "R0006");
    assert_eq!(strict((0..2000).map(|n| format!("k{n}: v\n")).collect()), "R0006");
    let loose = |text: &str| first(text.to_owned(), ReadOptions::lenient(&limits));
    assert_eq!(loose("a: &a [x, x, x, x, x, x, x, x, x, x]\nb: [*a, *a, *a, *a, *a]"), "R0014");
    assert_eq!(loose("a: &a [*a]"), "R0014");
    let bomb: String = (1..6).map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}]\n", m = n - 1)).collect();
    let many = Limits { rule_aliases: 1000, ..limits.clone() };
    let bomb = format!("a0: &a0 [{}]\n{bomb}", "x, ".repeat(100));
    assert_eq!(codes(read(&source(&bomb), &ReadOptions::lenient(&many))).len(), 1);
}

#[test]
fn aliases_and_merges_expand_where_they_exist() {
    let tree =
        lenient("a: &x { b: 1, c: 2 }\nd: *x\ne: { <<: *x, c: 3 }\nf: { <<: [ *x, { g: 4 } ] }\nh: !!str 5\ni:\n")
            .unwrap();
    let expected = "{a: {b: 1, c: 2}, d: {b: 1, c: 2}, e: {c: 3, b: 1}, f: {b: 1, c: 2, g: 4}, h: 5, i: ?}";
    assert_eq!(dump(&tree), expected);
    assert_eq!(codes(lenient("a: { <<: x }")), ["R0013 1:4"]);
    assert_eq!(codes(lenient("a: *nobody")), ["R0011 1:4"]);
    assert_eq!(codes(lenient("a: !ruby/object x")), ["R0012 1:4"]);
    assert_eq!(dump(&lenient("a: x #y\nb: {{c}}: d\n").unwrap_or_else(|_| Node::missing(0))), "?");
}

#[test]
fn bytes_become_a_source_or_a_diagnostic() {
    let limits = Limits { rule_file: 10, ..Limits::default() };
    assert_eq!(&*decode("a", b"id: x".to_vec(), &limits).unwrap().text, "id: x");
    assert_eq!(decode("a", vec![b'x'; 11], &limits).unwrap_err().code, "R0001");
    let error = decode("a", b"id: \xff".to_vec(), &limits).unwrap_err();
    assert_eq!((error.code, error.labels[0].span.start), ("R0002", 4));
    assert!(decode("a", b"\xff\xfei\0".to_vec(), &limits).unwrap_err().help.unwrap().contains("UTF-16"));
}

/// Every span lies in the source, and verbatim scalars are their source bytes.
fn check_tree(file: &SourceFile, node: &Node) {
    check_span(file, node.span, node.scalar());
    match &node.kind {
        Kind::Scalar(_) => {}
        Kind::List(items) => items.iter().for_each(|item| check_tree(file, item)),
        Kind::Map(map) => {
            for (nth, entry) in map.entries.iter().enumerate() {
                assert!(map.entries[..nth].iter().all(|other| other.key.text != entry.key.text));
                check_span(file, entry.key_span, Some(&entry.key));
                check_tree(file, &entry.value);
            }
        }
    }
}

fn check_span(file: &SourceFile, span: Span, scalar: Option<&Scalar>) {
    let bytes = span.start as usize..span.end as usize;
    let written = file.text.get(bytes).unwrap_or_else(|| panic!("{span:?} is not in the source"));
    if let Some(scalar) = scalar.filter(|scalar| scalar.verbatim) {
        assert_eq!(written, &*scalar.text);
    }
}

fn check_any(text: &str) {
    let limits = Limits::default();
    let file = source(text);
    for options in [ReadOptions::native(&limits), ReadOptions::lenient(&limits)] {
        let document = read_document(&file, &options);
        assert!(document.root.is_some() || document.diagnostics.has_errors());
        for item in &document.diagnostics.items {
            assert!(!item.labels.is_empty());
            for label in &item.labels {
                assert!(file.text.len() >= label.span.start as usize, "{} {:?}", item.code, label.span);
            }
            render_text(item, false);
        }
        if let Some(root) = &document.root {
            check_tree(&file, root);
        }
    }
}

const PIECES: &[&str] = &[
    "a",
    "b: ",
    ": ",
    ":",
    "- ",
    "-",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",",
    "'",
    "\"",
    "\\",
    "\\b",
    "#",
    " #",
    "# ",
    "\n",
    "\n  ",
    "\n    ",
    " ",
    "\t",
    "|",
    "|-\n  ",
    ">",
    ">+\n ",
    "&x ",
    "*x",
    "!",
    "!!str ",
    "<<: ",
    "{{",
    "}}",
    "---\n",
    "...\n",
    "%",
    "~",
    "é",
    "漢",
    "\u{1F600}",
    "\r\n",
    "\r",
    "\u{feff}",
    "key: v\n",
    "''",
    "\"\"",
    "@",
    "`",
    "\\x41",
    "\\u00e9",
    "0",
    "null",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check_any(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_heap_of_yaml_is_read_or_refused(picks in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        check_any(&picks.into_iter().map(|pick| PIECES[pick]).collect::<String>());
    }

    #[test]
    fn written_texts_are_read_back(text in "[ -~éü漢\n]{0,40}", key in "[a-z]{1,8}") {
        let quoted = text.replace('\'', "''").replace('\n', " ");
        let tree = native(&format!("{key}: '{quoted}'\n")).unwrap();
        let value = tree.map().unwrap().get(&key).unwrap().scalar().unwrap();
        prop_assert_eq!(&*value.text, text.replace('\n', " "));
        let block: String = text.lines().map(|line| format!("  {line}\n")).collect();
        let tree = native(&format!("{key}: |2-\n{block}")).unwrap();
        let value = tree.map().unwrap().get(&key).unwrap().scalar().unwrap();
        prop_assert_eq!(&*value.text, text.trim_end_matches('\n'));
    }
}
