//! Rule files that ask for the impossible: each is told by name, costs the others nothing, and no packet leaves.

use super::run::run;
use crate::cli::world::{Counting, World, rule};

const REQUEST: &str = "request: { get: /a }";
const MATCH: &str = "match: { status: 200 }";

/// A right rule with one line replaced.
fn with(line: &str, by: &str) -> Vec<u8> {
    let right = rule("broken", "/a", 200);
    assert!(right.contains(line), "{line} in {right}");
    right.replace(line, by).into_bytes()
}

fn get(path: &str) -> Vec<u8> {
    with(REQUEST, &format!("request: {{ get: '{path}' }}"))
}

fn body(condition: &str) -> Vec<u8> {
    with(MATCH, &format!("match: {{ body: {{ {condition} }} }}"))
}

/// What is wrong, the file, and the code that must be told.
fn broken() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let laughs: String = ('a'..'j')
        .zip('b'..='j')
        .map(|(of, name)| format!("{name}: &{name} [{}]\n", vec![format!("*{of}"); 9].join(", ")))
        .collect();
    let axes: String = (0..12).map(|nth| format!("v{nth}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], ")).collect();
    let path: String = (0..12).map(|nth| format!("{{{{v{nth}}}}}")).collect();
    let product = format!("for_each: {{ {axes} }}\nrequest: {{ get: \"/{path}\" }}");
    let lines = rule("broken", "/a", 200);
    let alternatives: Vec<String> = (0..200_000).map(|nth| format!("k{nth}x")).collect();
    let heavy: String = (0..10_000).map(|nth| format!("\n    - body: {{ matches: '[a-z]{{900}}q{nth}' }}")).collect();
    let heavy = lines.replace(MATCH, &format!("match:\n  any:{heavy}"));
    vec![
        ("an alias bomb", format!("a: &a [l]\n{laughs}").into_bytes(), "R0011"),
        ("nested lists", "[".repeat(100_000).into_bytes(), "R0005"),
        ("nested maps", "{a: ".repeat(100_000).into_bytes(), "R0005"),
        (
            "nested blocks",
            (0..3000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>().into(),
            "R0005",
        ),
        ("a large scalar", format!("id: {}", "a".repeat(10 << 20)).into_bytes(), "R0001"),
        ("very many keys", (0..300_000).map(|nth| format!("k{nth}: 1\n")).collect::<String>().into(), "R0006"),
        ("a key twice", format!("{lines}id: other\n").into_bytes(), "R0015"),
        ("a NUL", with("title: T", "title: \"T\0\""), "R0008"),
        ("an escape character", with("title: T", "title: \"\x1b[31m\""), "R0008"),
        ("no UTF-8", b"id: caf\xe9\n".to_vec(), "R0002"),
        ("UTF-16", b"\xff\xfei\0d\0:\0".to_vec(), "R0002"),
        ("nothing", Vec::new(), "R0003"),
        ("only a comment", b"# later\n".to_vec(), "R0003"),
        ("two documents", format!("{lines}---\n{lines}").into_bytes(), "R0007"),
        ("a tag", b"!!python/object:os.system { a: b }\n".to_vec(), "R0012"),
        ("a list", b"- a\n".to_vec(), "R0103"),
        ("a product of 10^12", with(REQUEST, &product), "R0127"),
        ("10^9 repetitions", with(REQUEST, "request: { get: /a, repeat: 1000000000 }"), "R0105"),
        ("an id that is a path", with("id: broken", "id: ../../etc/passwd"), "R0106"),
        ("a status beyond numbers", with("status: 200 }", "status: 99999999999999999999 }"), "R0105"),
        ("a line break in a path", with(REQUEST, "request: { get: \"/a\\r\\nX: y\" }"), "R0121"),
        ("a regex of a large size", body("matches: 'a{100000000}'"), "R0112"),
        ("nested repetitions", body("matches: '((a{1000}){1000}){1000}'"), "R0112"),
        ("very many alternatives", body(&format!("matches: '{}'", alternatives.join("|"))), "R0112"),
        ("nested groups", body(&format!("matches: '{}{}'", "(".repeat(9000), ")".repeat(9000))), "R0112"),
        ("very many heavy regexes", heavy.into_bytes(), "R0112"),
        ("a text of a gigabyte", get("/{{repeat(\"a\", 1000000000)}}"), "E0113"),
        ("a text of texts", get("/{{repeat(repeat(\"a\", 100000), 100000)}}"), "E0113"),
        ("a negative length", get("/{{repeat(\"a\", -1)}}"), "E0113"),
        (
            "an expression of gigabytes",
            with(MATCH, "match: { expr: 'repeat(\"a\", 9223372036854775807) == \"\"' }"),
            "E0113",
        ),
        ("look-ahead", body("matches: '(?=a)b'"), "R0112"),
        ("an unclosed group", body("matches: '('"), "R0112"),
        ("braces that stay open", get("/{{nonce"), "E0103"),
        ("empty braces", get("/{{}}"), "E0101"),
        ("nested brackets", get(&format!("/{{{{{}1{}}}}}", "(".repeat(100_000), ")".repeat(100_000))), "E0104"),
        ("a hundred thousand signs", get(&format!("/{{{{{}1}}}}", "-".repeat(100_000))), "E0104"),
        ("an unknown name", get("/{{nope}}"), "E0108"),
        (
            "a nested JSON path",
            with(MATCH, &format!("match: {{ json: {{ \"${}\": {{ exists: true }} }} }}", "[?@.a".repeat(700))),
            "R0113",
        ),
        (
            "a JSON path without end",
            with(MATCH, &format!("match: {{ json: {{ \"$[?{}\": {{ exists: true }} }} }}", "(".repeat(4000))),
            "R0113",
        ),
        (
            "a long selector",
            with(MATCH, &format!("match: {{ html: {{ \"{}\": {{ exists: true }} }} }}", ":not(".repeat(4000))),
            "R0113",
        ),
    ]
}

#[test]
fn each_broken_file_is_told_with_its_code_and_the_others_are_checked() {
    let world = World::new();
    world.write("all/right.yaml", &rule("right", "/a", 200));
    for (name, bytes, code) in broken() {
        let file = format!("{}.yaml", name.replace(' ', "-"));
        world.write(&format!("all/{file}"), "");
        std::fs::write(world.path(&format!("all/{file}")), &bytes).expect("writable");
        let ended = run(&world, &["check", &format!("all/{file}")]);
        ended.is_sound();
        assert_eq!(ended.code, 2, "{name}: {ended:?}");
        assert!(ended.out.contains(code) && ended.out.contains(&file), "{name}, {code}: {}", ended.out);
        assert!(ended.out.len() < 200_000, "{name}: {} bytes of errors", ended.out.len());
    }
    let ended = run(&world, &["check", "all"]);
    ended.is_sound();
    assert_eq!(ended.code, 2);
    for (name, _, _) in broken() {
        assert!(ended.out.contains(&format!("{}.yaml", name.replace(' ', "-"))), "{name}");
    }
    assert!(ended.err.contains("1 good rule, "), "{}", ended.err);
}

#[test]
fn a_scan_with_a_broken_file_sends_nothing_unless_told_to_go_on() {
    let (world, server) = (World::new(), Counting::start());
    world.write("all/right.yaml", &rule("right", "/a", 200));
    world.write("all/wrong.yaml", "id: [\n");
    let url = server.url();
    let scan = ["scan", "-r", "all", "--per-host-rate", "0", &url];
    let refused = run(&world, &scan);
    assert_eq!((refused.code, server.asked()), (2, 0), "{refused:?}");
    assert!(refused.err.contains("wrong.yaml") && refused.err.contains("--skip-broken"), "{}", refused.err);
    let told = run(&world, &[&scan[..], &["--skip-broken"]].concat());
    assert_eq!((told.code, server.asked()), (0, 1), "{told:?}");
    assert!(told.err.contains("wrong.yaml"), "what was left out is told: {}", told.err);
}

#[cfg(unix)]
#[test]
fn a_folder_of_odd_things_is_read_as_far_as_it_can_be() {
    use std::os::unix::fs::symlink;
    let world = World::new();
    world.write("pack/right.yaml", &rule("right", "/a", 200));
    world.write("pack/folder.yaml/inner.yaml", &rule("inner", "/b", 200));
    symlink("../pack", world.path("pack/loop")).expect("a link");
    symlink("self.yaml", world.path("pack/self.yaml")).expect("a link");
    symlink("nowhere", world.path("pack/dangling.yaml")).expect("a link");
    let made = std::process::Command::new("mkfifo").arg(world.path("pack/pipe.yaml")).status().expect("mkfifo");
    assert!(made.success());
    let ended = run(&world, &["check", "pack"]);
    ended.is_sound();
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.err.contains("2 good rules, "), "{}", ended.err);
    for expected in ["self.yaml", "dangling.yaml", "C0202"] {
        assert!(ended.out.contains(expected), "{expected} in:\n{}", ended.out);
    }
    assert!(!ended.out.contains("pipe.yaml"), "{}", ended.out);
}

#[test]
fn what_holds_no_rule_is_an_error() {
    let world = World::new();
    world.write("shared/shared.yaml", "patterns: { a: b }\n");
    std::fs::create_dir(world.path("empty.yaml")).expect("writable");
    for wanted in ["shared", "empty.yaml", "shared/shared.yaml", "nowhere.yaml"] {
        for command in [&["check", wanted][..], &["test", wanted], &["scan", "-r", wanted, "http://127.0.0.1:1/"]] {
            let ended = run(&world, command);
            ended.is_sound();
            assert_eq!(ended.code, 2, "{command:?}: {ended:?}");
        }
    }
}

#[test]
fn texts_that_grow_with_the_answer_are_never_made() {
    let (world, server) = (World::new(), Counting::start());
    std::fs::write(world.path("r.yaml"), get("/{{repeat(host, 1000000000)}}")).expect("writable");
    let ended = run(&world, &["scan", "-r", "r.yaml", "-f", "jsonl", &server.url()]);
    ended.is_sound();
    assert_eq!(server.asked(), 0, "{ended:?}");
    assert!(ended.out.contains("inconclusive(expression)"), "{ended:?}");
}
