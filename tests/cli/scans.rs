//! Scans of the demo and of servers that are not there.

use super::world::{Counting, World, closed_port, demo, demo_at, events, of_kind, rule};

#[test]
fn the_demo_is_found_out() {
    let (world, demo) = (World::new(), demo());
    let targets = demo.targets();
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    let flags = ["scan", "-f", "jsonl", "-o", "text=out.txt", "--verbose", "--verdicts", "--per-host-rate", "0"];
    let ran = world.run(&[&flags[..], &targets].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let events = events(&ran.out);
    let findings = of_kind(&events, "finding");
    let found = |category: &str| findings.iter().any(|finding| finding["category"] == category);
    assert!(found("headers") && found("cors") && found("cookies") && found("exposure"), "{}", ran.out);
    for place in ["/.env", "/.git/HEAD", "/actuator/env", "/backup.sql", "/api/products"] {
        let shows = |finding: &&&serde_json::Value| {
            finding["places"].as_array().is_some_and(|places| {
                places.iter().any(|it| it["url"].as_str().is_some_and(|url| url.ends_with(place)))
            })
        };
        assert!(findings.iter().any(|finding| shows(&finding)), "{place} is not among the findings");
    }
    let summary = of_kind(&events, "summary")[0];
    let count = |name: &str| summary[name].as_u64().expect("a number");
    let ended: u64 = ["match", "clean", "error", "skipped", "inconclusive"].iter().map(|name| count(name)).sum();
    assert_eq!(count("planned"), ended, "{summary}");
    assert_eq!(of_kind(&events, "verdict").len() as u64, count("planned"));
    assert_eq!((count("error"), of_kind(&events, "host")[0]["outcome"].as_str()), (0, Some("complete")));
    let secrets = super::world::demo_secrets(&demo);
    assert!(secrets.len() > 2);
    for secret in secrets {
        assert!(!ran.out.contains(&secret), "{secret} is not redacted");
        assert!(!world.read("out.txt").contains(&secret), "{secret} is not redacted in the text");
    }
}

#[test]
fn exit_codes_tell_findings_from_incomplete_hosts() {
    let (world, demo) = (World::new(), demo());
    world.write("r.yaml", &rule("env-file", "/.env", 200));
    let scan = |more: &[&str]| {
        world.run(&[&["scan", "-r", "r.yaml", "--per-host-rate", "0", "--retries", "0"], more].concat())
    };
    assert_eq!(scan(&[&demo.url()]).code, 0);
    assert_eq!(scan(&[&demo.url(), "--fail-on", "medium"]).code, 1);
    assert_eq!(scan(&[&demo.url(), "--fail-on", "high"]).code, 0);
    let gone = format!("http://127.0.0.1:{}/", closed_port());
    let ran = scan(&[&gone]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.out.contains("connection-refused") || ran.out.contains("refused"), "{}", ran.out);
    assert_eq!(scan(&[&gone, &demo.url(), "--fail-on", "medium"]).code, 1);
}

#[test]
fn targets_come_from_standard_input_and_lists() {
    let (world, server) = (World::new(), Counting::start());
    world.write("r.yaml", &rule("any-page", "/a", 200));
    let list = format!("# mine\n{}\n\nnot a target\n", server.url());
    let ran = world.run_with_input(&["scan", "-", "-r", "r.yaml", "-f", "jsonl", "--per-host-rate", "0"], &list);
    assert_eq!(ran.code, 3, "a line that is no target is told at the end: {ran:?}");
    assert!(ran.err.contains("standard input:4:"), "{}", ran.err);
    assert_eq!(of_kind(&events(&ran.out), "host").len(), 1);
    world.write("hosts.txt", &list.replace("not a target\n", ""));
    assert_eq!(world.run(&["scan", "-l", "hosts.txt", "-r", "r.yaml", "--per-host-rate", "0"]).code, 0);
    let missing = world.run(&["scan", "-l", "nowhere.txt"]);
    assert!(missing.code == 2 && missing.err.contains("C0304"), "{missing:?}");
    let malformed = world.run(&["scan", "gopher://x"]);
    assert!(malformed.code == 2 && malformed.err.contains("T0002"), "{malformed:?}");
    assert_eq!(world.run(&["scan"]).code, 2);
}

#[test]
fn a_dry_run_shows_the_bytes_and_sends_nothing() {
    let (world, server) = (World::new(), Counting::start());
    world.write("r/one.yaml", &rule("first", "/a//b", 200));
    world.write("r/two.yaml", &rule("second", "/a//b", 404));
    world.write("r/posting.yaml", &rule("posting", "/p", 200).replace("{ get:", "{ post:"));
    let ran = world.run(&["scan", "--dry-run", "-r", "r", &server.url(), "-H", "Authorization: Bearer hunter2"]);
    assert_eq!((ran.code, server.asked()), (0, 0), "{ran:?}");
    for expected in [
        "GET /a//b HTTP/1.1",
        &format!("Host: {}", server.address),
        "first, second",
        "posting: not run",
        "3 verdicts, 1 requests",
    ] {
        assert!(ran.out.contains(expected), "{expected} in:\n{}", ran.out);
    }
    assert!(!ran.out.contains("hunter2") && ran.out.contains("Authorization: ***"), "{}", ran.out);
    let scanned = world.run(&["scan", "-r", "r", &server.url(), "--per-host-rate", "0"]);
    assert_eq!((scanned.code, server.asked()), (0, 1), "the plan was exact: {scanned:?}");
}

#[test]
fn an_interrupted_run_is_resumed_where_it_stopped() {
    let (world, server) = (World::new(), Counting::start());
    world.write("r.yaml", &rule("any-page", "/a", 200));
    let port = closed_port();
    let gone = format!("http://127.0.0.1:{port}/");
    let scan = ["scan", "-r", "r.yaml", "--per-host-rate", "0", "--retries", "0", &server.url(), &gone];
    let first = world.run(&[&scan[..], &["-o", "jsonl=out.jsonl"]].concat());
    assert_eq!(first.code, 3, "{first:?}");
    let asked = server.asked();
    let torn = format!("{}{{\"event\":\"fin", world.read("out.jsonl"));
    world.write("out.jsonl", &torn);
    let _demo = demo_at(port);
    let second = world.run(&[&scan[..], &["--resume", "out.jsonl"]].concat());
    assert_eq!((second.code, server.asked()), (0, asked), "the finished host is left alone: {second:?}");
    let events = events(&world.read("out.jsonl"));
    let hosts = of_kind(&events, "host");
    assert_eq!(hosts.iter().filter(|host| host["outcome"] == "complete").count(), 2, "{hosts:?}");
    let third = world.run(&[&scan[..], &["--resume", "out.jsonl"]].concat());
    assert!(third.code == 0 && third.err.contains("no target left"), "{third:?}");
    let missing = world.run(&[&scan[..], &["--resume", "nowhere.jsonl"]].concat());
    assert!(missing.code == 2 && missing.err.contains("C0404"), "{missing:?}");
}

#[test]
fn explain_shows_requests_truth_and_verdict() {
    let (world, demo) = (World::new(), demo());
    world.write("r.yaml", &rule("env-file", "/.env", 200));
    let ran = world.run(&["explain", "env-file", &demo.url(), "-r", "r.yaml"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for expected in ["GET /.env HTTP/1.1", "curl -sik", "true", "status", "env-file on http://127.0.0.1", ": match"] {
        assert!(ran.out.contains(expected), "{expected} in:\n{}", ran.out);
    }
    let gone = format!("http://127.0.0.1:{}/", closed_port());
    let ran = world.run(&["explain", "env-file", &gone, "-r", "r.yaml", "--retries", "0"]);
    assert!(ran.code == 3 && ran.out.contains(": error (connection-refused)"), "{ran:?}");
    let passive = world.run(&["explain", "nosniff", &demo.url()]);
    assert!(passive.code == 0 && passive.out.contains("nosniff.present"), "{passive:?}");
}

const PROFILED: &str = r#"# yaml-language-server: $schema=https://outsight.dev/schemas/rule.schema.json
id: pages-only
title: A page without a note, taken for {{host.profile}}
category: headers
applies_to: response
when: { host.profile: site }
severity:
  - low: { host.profile: api }
  - info
match: { headers: { x-note: { exists: false } } }
tests:
  a site is judged:
    given: { profile: site, body: '{"a":1}' }
    expect: { severity: info, title: "A page without a note, taken for site" }
  an api is not:
    given: { profile: api, body: <!doctype html> }
    expect: skipped
  a page at the root makes a site: { given: { body: <!doctype html> }, expect: match }
  anything else makes an api: { given: { body: ok }, expect: skipped }
  of several answers the root decides:
    given: { /a: { body: '{"a":1}' }, /: { body: <!doctype html>, headers: { X-Note: here } } }
    expect: match
  no root, no profile:
    given: { /a: { body: <!doctype html> } }
    expect: inconclusive
"#;

#[test]
fn a_host_is_a_site_or_an_api_by_its_root_or_as_the_user_says() {
    let (world, server) = (World::new(), Counting::start());
    world.write("r/pages-only.yaml", PROFILED);
    let tested = world.run(&["test", "r"]);
    assert_eq!(tested.code, 0, "{}{}", tested.out, tested.err);
    let host = |arguments: &[&str]| {
        let ran = world
            .run(&[&["scan", &server.url(), "-r", "r", "-f", "jsonl", "--per-host-rate", "0"], arguments].concat());
        let all = events(&ran.out);
        let host = of_kind(&all, "host").pop().expect("a host").clone();
        (host["profile"].clone(), host["profile_why"].clone(), of_kind(&all, "finding").len())
    };
    assert_eq!(host(&[]), ("site".into(), "the root is an HTML page".into(), 1));
    assert_eq!(host(&["--profile", "auto"]), host(&[]));
    assert_eq!(host(&["--profile", "api"]), ("api".into(), "as it was set".into(), 0));
    world.write("outsight.yaml", "profile: api\n");
    assert_eq!(host(&[]).2, 0);
    assert_eq!(host(&["--profile", "site"]).2, 1);
    let shown = world.run(&["scan", "--show-config"]).out;
    assert!(shown.starts_with("profile: api") && shown.contains("outsight.yaml"), "{shown}");
    let told = world.run(&["explain", "pages-only", &server.url(), "-r", "r", "--profile", "auto"]).out;
    assert!(told.contains("Profile\n  site: the root is an HTML page\n"), "{told}");
    let wrong = world.run(&["scan", &server.url(), "--profile", "sites"]);
    assert!(wrong.code == 2 && wrong.err.contains("site"), "{}", wrong.err);
}

#[test]
fn explain_says_why_an_expression_has_no_value() {
    let (world, server) = (World::new(), Counting::start());
    let failing = r#"# yaml-language-server: $schema=https://outsight.dev/schemas/rule.schema.json
id: failing
title: Expressions that fail
category: headers
applies_to: response
vars: { wanted: "{{int(host.name)}}" }
severity:
  - high: { expr: "int(body) > 3" }
  - low
match:
  status: 200
  any:
    - body: { contains: "{{int(headers.content-type)}}" }
    - class: html
"#;
    world.write("r/failing.yaml", failing);
    let told = world.run(&["explain", "failing", &server.url(), "-r", "r"]).out;
    for expected in [
        "vars wanted: {{int(host.name)}} — found no value: the text '127.0.0.1' is no number (expression)",
        r#"unknown body: contains "{{int(headers.content-type)}}" — found no value: the text 'text/html' is no number"#,
        "unknown severity high: expr: int(body) > 3 — found no value: the text 'hi' is no number (expression)",
        "low (tentative)",
    ] {
        assert!(told.contains(expected), "{expected}\nin:\n{told}");
    }
}
