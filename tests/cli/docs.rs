//! Pages of rules: what stands on them, and that the folder follows the rules.

use super::world::{World, text};

const RULE: &str = r#"# yaml-language-server: $schema=https://outsight.dev/schemas/rule.schema.json
id: debug-port
title: "A debug port answers: {{case}}"
category: exposure
cwe: 489
tags: [debug]
description: The port of a debugger <b>answers</b> on `/debug`.
impact: Whoever reaches it can run code.
fix:
  default: Close it.
  nginx: 'location /debug { return 404; }'
  express: Take `app.use('/debug')` out.
references:
  - https://www.rfc-editor.org/rfc/rfc9110
applies_to: host
for_each: { path: [/debug, /_debug] }
request: { get: "{{path}}", headers: { X-Debug: "1" } }
define:
  open: { headers: { x-debug: { exists: true } } }
when: { url.scheme: https }
match: { status: [200, 2xx], body: { not: { contains: closed } } }
not_on: baseline
cases:
  console:
    severity:
      - critical: { $open: true, body: { matches: 'exec\|eval' } }
      - high
    match: { class: html }
  listing: { severity: low, match: { any: [ { class: json }, { class: text } ] } }
tests:
  a console: { given: { /debug: { body: "<!doctype html>" } }, expect: { case: console, severity: high } }
  nothing: { given: { else: { status: 404 } }, expect: clean }
"#;

#[test]
fn a_page_says_what_its_rule_says() {
    let world = World::new();
    world.write("r/debug-port.yaml", RULE);
    let ran = world.run(&["docs", "-r", "r", "--out", "d"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let page = world.read("d/debug-port.md");
    for expected in [
        "\n# A debug port answers\n",
        "| Category | exposure |\n| Severity | critical, high or low |\n| Asked of | each host |\n",
        "| Weakness | [CWE-489](https://cwe.mitre.org/data/definitions/489.html) |\n",
        "The port of a debugger &lt;b>answers&lt;/b> on `/debug`.",
        "elsewhere it neither passes nor fails:\n\n- the URL's scheme is `https`\n",
        "What the host also answers to random paths is not found",
        "## What an attacker gains\n\nWhoever reaches it can run code.\n",
        "All of them need:\n\n- the status is `200` or is 2xx\n- the body is there and does not contain `closed`\n",
        "- `console`, where the kind of content is `html`\n  - severity, the first that holds:\n",
        "    - **critical**, where:\n      - *open*\n      - the body matches `exec\\|eval`\n    - **high** otherwise\n",
        "- `listing`, **low**, where any of these:\n  - the kind of content is `json`\n  - the kind of content is `text`\n",
        "- *open* means that the field `x-debug` is there\n",
        "Close it.\n\n### nginx\n\n```\nlocation /debug { return 404; }\n```\n\n### Express\n\nTake `app.use('/debug')` out.\n",
        "For each `path` of `/debug` and `/_debug`, one after the other:\n\n- `GET {{path}}` with `X-Debug: 1`\n",
        "| a console | high, `console` |\n| nothing | nothing found |\n",
        "outsight scan --exclude-id debug-port TARGET",
        "- <https://www.rfc-editor.org/rfc/rfc9110>\n",
    ] {
        assert!(page.contains(expected), "{expected}\nin:\n{page}");
    }
    let index = world.read("d/README.md");
    let row = "| [debug-port](debug-port.md) | A debug port answers | critical to low | 2 |";
    assert!(index.contains("## exposure\n") && index.contains(row), "{index}");
}

#[test]
fn the_folder_follows_the_rules_and_other_files_stay() {
    let world = World::new();
    let rule = world.write("r/debug-port.yaml", RULE);
    world.write("r/other.yaml", &super::world::rule("other", "/a", 200));
    let docs = |more: &[&str]| world.run(&[&["docs", "-r", "r", "--out", "d"], more].concat());
    let stale = docs(&["--check"]);
    assert_eq!(stale.code, 1, "{}", stale.err);
    assert!(stale.out.contains("debug-port.md: is missing") && !world.path("d").exists(), "{}", stale.out);
    assert_eq!(docs(&[]).code, 0);
    assert_eq!((docs(&["--check"]).code, docs(&[]).out.as_str()), (0, ""));
    world.write("d/mine.md", "# Mine\n");
    world.write("r/debug-port.yaml", &RULE.replace("Close it.", "Shut it."));
    assert!(docs(&["--check"]).out.contains("debug-port.md: is stale"));
    std::fs::remove_file(rule).expect("removed");
    let ran = docs(&[]);
    assert!(ran.out.contains("debug-port.md: removed") && ran.out.contains("README.md: changed"), "{}", ran.out);
    assert!(world.path("d/mine.md").exists() && !world.path("d/debug-port.md").exists());
    world.write("d/other.md", "# Not a page\n");
    let refused = docs(&[]);
    assert!(refused.code == 2 && refused.err.contains("C0405"), "{}", refused.err);
    assert_eq!(world.read("d/other.md"), "# Not a page\n");
    let unwritable = world.run(&["docs", "-r", "r", "--out", text(&world.path("d/mine.md"))]);
    assert_eq!(unwritable.code, 2, "{}", unwritable.err);
}

#[test]
fn shipped_rules_have_pages_in_words() {
    let world = World::new();
    assert_eq!(world.run(&["docs", "--out", "d"]).code, 0);
    let page = world.read("d/hsts.md");
    assert!(page.contains("## Cases\n") && page.contains("`hsts.max_age`") && page.contains("### nginx"), "{page}");
}
