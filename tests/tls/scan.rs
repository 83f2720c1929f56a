//! The binary against the laboratory: every fault raises its rule, and none is invented.

use std::collections::BTreeSet;

use serde_json::Value;

use super::lab::authority::{AUTHORITIES, By, Leaf, NAME, issue, pem};
use super::lab::fake::Running;
use super::lab::modern::Modern;
use super::lab::servers::{Server, all, named, strangers};
use crate::cli::world::{World, events, of_kind};

/// What a scan says of servers that have the name at these addresses; `more` stands before the targets.
fn scan_in(world: &World, servers: &[&Running], addresses: &str, more: &[&str]) -> Vec<Value> {
    world.write("root.pem", &pem(&AUTHORITIES.root.der));
    let targets: Vec<String> = servers.iter().map(|it| format!("{NAME}:{}", it.address.port())).collect();
    let resolved: Vec<String> = targets.iter().map(|target| format!("{target}:{addresses}")).collect();
    let mut arguments =
        vec!["scan", "--category", "tls", "-f", "jsonl", "--ca-file", "root.pem", "--per-host-rate", "0"];
    arguments.extend(more);
    arguments.extend(resolved.iter().flat_map(|entry| ["--resolve", entry]));
    arguments.extend(targets.iter().map(String::as_str));
    let ran = world.run(&arguments);
    assert!([0, 3].contains(&ran.code), "{}: {}", ran.code, ran.err);
    events(&ran.out)
}

/// A scan of all these servers at once, and what it said.
fn scan(started: &[(&Server, Running)], more: &[&str]) -> Vec<Value> {
    let servers: Vec<&Running> = started.iter().map(|(_, running)| running).collect();
    scan_in(&World::new(), &servers, "127.0.0.1", more)
}

/// A server of the laboratory by its name, started.
fn start(name: &str) -> Vec<(&'static Server, Running)> {
    let server = named(name);
    vec![(server, (server.make)().start())]
}

/// The events of one kind that are about that server.
fn about<'a>(events: &'a [Value], kind: &str, server: &Running) -> Vec<&'a Value> {
    let port = format!(":{}", server.address.port());
    let is_about =
        |event: &&Value| event["target"].as_str().is_some_and(|it| it.trim_end_matches('/').ends_with(&port));
    of_kind(events, kind).into_iter().filter(is_about).collect()
}

fn rules(findings: &[&Value]) -> BTreeSet<String> {
    findings.iter().map(|finding| finding["rule"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn every_fault_is_found_and_none_is_invented() {
    let started: Vec<_> = all().map(|server| (server, (server.make)().start())).collect();
    let events = scan(&started, &["--tls", "full"]);
    let mut wrong = Vec::new();
    for (server, running) in &started {
        let found = rules(&about(&events, "finding", running));
        let raises: BTreeSet<String> = server.raises.iter().map(|rule| (*rule).to_owned()).collect();
        if found != raises {
            wrong.push(format!(
                "{}: missed {:?}, invented {:?}",
                server.name,
                raises.difference(&found).collect::<Vec<_>>(),
                found.difference(&raises).collect::<Vec<_>>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), started.len(), wrong.join("\n"));
}

/// Rules that a quick survey leaves open, at least on some servers: they need every suite asked, or more than one way.
const FULL_ONLY: [&str; 6] = [
    "tls-other-certificate",
    "tls-client-renegotiation",
    "tls-suite-static-rsa",
    "tls-without-name",
    "tls-no-forward-secrecy",
    "tls-intolerant",
];

#[test]
fn a_quick_survey_finds_them_with_few_connections() {
    let started: Vec<_> = all().map(|server| (server, (server.make)().start())).collect();
    let events = scan(&started, &["--tls", "quick", "--verdicts"]);
    let mut wrong = Vec::new();
    for (server, running) in &started {
        let found = rules(&about(&events, "finding", running));
        let raises: BTreeSet<String> = server.raises.iter().map(|rule| (*rule).to_owned()).collect();
        let missed: Vec<_> = raises.difference(&found).filter(|rule| !FULL_ONLY.contains(&rule.as_str())).collect();
        let invented: Vec<_> = found.difference(&raises).collect();
        if !missed.is_empty() || !invented.is_empty() {
            wrong.push(format!("{}: missed {missed:?}, invented {invented:?}", server.name));
        }
        if server.name != "good" {
            continue;
        }
        if running.connections() > 14 {
            wrong.push(format!("{}: {} connections", server.name, running.connections()));
        }
        let is_open =
            |verdict: &&Value| !["clean", "skipped"].contains(&verdict["outcome"].as_str().unwrap_or_default());
        let open: Vec<_> =
            about(&events, "verdict", running).into_iter().filter(is_open).map(|it| &it["rule"]).collect();
        if !open.is_empty() {
            wrong.push(format!("{}: left open {open:?}", server.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), started.len(), wrong.join("\n"));
}

#[test]
fn what_speaks_no_tls_has_no_findings_and_is_not_called_clean() {
    let started: Vec<_> = strangers().map(|server| (server, (server.make)().start())).collect();
    let events = scan(&started, &["--tls", "quick", "--timeout", "2s", "--retries", "0", "--verdicts"]);
    for (server, running) in &started {
        let findings = rules(&about(&events, "finding", running));
        assert!(findings.is_empty(), "{}: {findings:?}", server.name);
        let clean: Vec<_> = about(&events, "verdict", running)
            .into_iter()
            .filter(|verdict| verdict["outcome"] == "clean")
            .map(|verdict| verdict["rule"].to_string())
            .collect();
        assert!(clean.is_empty(), "{}: {clean:?}", server.name);
    }
}

/// Two servers with one name, at two addresses of loopback; nothing where a machine has no second one.
fn two(one: &Modern, other: &Modern) -> Option<(Running, Running)> {
    // A port that is free at one address may be taken at the other.
    (0..20).find_map(|_| {
        let first = one.start();
        other.start_beside(&first).map(|second| (first, second))
    })
}

#[test]
fn addresses_of_one_name_that_differ_are_told() {
    let good = Modern::good(issue(&Leaf::good()));
    let other = Modern::good(issue(&Leaf::good()));
    let stranger = Modern::good(issue(&Leaf { by: By::Stranger, ..Leaf::good() }));
    let cases: [(&str, &Modern, Option<&str>); 3] = [
        ("the same", &good, None),
        ("another certificate", &other, Some("low")),
        ("no trust", &stranger, Some("high")),
    ];
    let started: Option<Vec<_>> = cases.iter().map(|(_, second, _)| two(&good, second)).collect();
    let Some(started) = started else { return };
    let firsts: Vec<&Running> = started.iter().map(|(first, _)| first).collect();
    let events = scan_in(&World::new(), &firsts, "127.0.0.1,127.0.0.2", &[]);
    for ((name, _, severity), (first, second)) in cases.iter().zip(&started) {
        let findings = about(&events, "finding", first);
        let finding = findings.into_iter().find(|it| it["rule"] == "tls-addresses-differ");
        assert_eq!(finding.map(|it| it["severity"].as_str().expect("a word")), *severity, "{name}");
        assert!(first.connections() > 0 && second.connections() > 0, "{name}");
    }
}

/// A server, and at a second address of loopback a port that nobody listens on, which is held as long as it lives.
fn one_and_shut(one: &Modern) -> Option<(Running, tokio::net::TcpSocket)> {
    (0..20).find_map(|_| {
        let first = one.start();
        let shut = tokio::net::TcpSocket::new_v4().ok()?;
        shut.bind(([127, 0, 0, 2], first.address.port()).into()).ok()?;
        Some((first, shut))
    })
}

#[test]
fn an_address_that_refuses_connections_differs() {
    let Some((first, _shut)) = one_and_shut(&Modern::good(issue(&Leaf::good()))) else { return };
    let world = World::new();
    world.write("root.pem", &pem(&AUTHORITIES.root.der));
    let target = format!("{NAME}:{}", first.address.port());
    let resolve = format!("{target}:127.0.0.1,127.0.0.2");
    let ran = world.run(&[
        "scan",
        "--category",
        "tls",
        "-f",
        "jsonl",
        "--ca-file",
        "root.pem",
        "--per-host-rate",
        "0",
        "--resolve",
        &resolve,
        &target,
    ]);
    let events = events(&ran.out);
    let findings = about(&events, "finding", &first);
    let finding = findings.into_iter().find(|it| it["rule"] == "tls-addresses-differ");
    assert_eq!(finding.map(|it| it["severity"].as_str()), Some(Some("medium")), "{}", ran.out);
    let facts = &about(&events, "host", &first)[0]["tls"]["facts"];
    let shut = serde_json::json!([
        { "address": "127.0.0.2", "error": "the port refuses connections", "differs": ["handshake"] }
    ]);
    assert_eq!(facts["addresses"], shut, "{facts}");
}

#[test]
fn a_full_survey_is_told_fact_by_fact_and_keeps_to_the_schema() {
    let started = start("good");
    let events = scan(&started, &["--tls", "full"]);
    let host = about(&events, "host", &started[0].1)[0];
    let facts = &host["tls"]["facts"];
    let versions = facts["versions"].as_array().expect("a list");
    let told: Vec<_> = versions.iter().map(|version| version["protocol"].as_str().expect("a name")).collect();
    assert_eq!(told, ["TLSv1.3", "TLSv1.2"]);
    assert!(versions.iter().all(|version| version["complete"] == true && !version["suites"][0].is_null()), "{facts}");
    assert_eq!(facts["certificate"]["names"][0], NAME);
    for name in ["groups", "signature_schemes", "application_protocols", "extensions", "ja3s", "ja4s", "jarm"] {
        assert!(!facts[name].is_null(), "{name}: {facts}");
    }
    assert_eq!(facts["resumption"]["tickets"], true, "{facts}");
    let schema = serde_json::to_value(outsight::report::output_schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(host), "{host}");
    let mut bent = host.clone();
    bent["tls"]["facts"]["versions"][0]["complete"] = Value::from("yes");
    assert!(!validator.is_valid(&bent), "the schema says nothing of the facts");
}

/// A rule of one's own about the handshake, and one about the survey.
const OWN: [(&str, &str); 2] = [("handshake", "{ tls.version: TLSv1.3 }"), ("survey", "{ tls.speaks.tls13: true }")];

/// Connections that a scan with these rules of one's own makes, and how many of them match.
fn connections_for(rules: &[(&str, &str)]) -> (usize, usize) {
    let server = Modern::good(issue(&Leaf::good())).start();
    let world = World::new();
    for (what, condition) in rules {
        let rule = format!(
            "id: own-{what}\ntitle: \"One's own\"\ncategory: tls\ndescription: \"What it is.\"\nimpact: \"None.\"\n\
             fix: {{ default: \"Nothing.\" }}\napplies_to: host\nrequest: {{ tls: {what} }}\nmatch: {condition}\n\
             severity: info\n"
        );
        world.write(&format!("rules/own-{what}.yaml"), &rule);
    }
    let events = scan_in(&world, &[&server], "127.0.0.1", &["-r", "rules"]);
    (server.connections(), of_kind(&events, "finding").len())
}

#[test]
fn a_handshake_that_a_survey_makes_is_not_made_twice() {
    let (alone, found) = connections_for(&OWN[1..]);
    assert_eq!(found, 1);
    assert_eq!(connections_for(&OWN), (alone, 2));
    assert_eq!(connections_for(&OWN[..1]), (1, 1), "without a survey it is made by itself");
}

#[test]
fn a_budget_of_requests_lets_a_survey_be_made_and_counts_its_hellos() {
    let outcomes = |budget: &str| {
        let started = start("good");
        let events = scan(&started, &["--requests-per-host", budget, "--verdicts"]);
        let verdicts = about(&events, "verdict", &started[0].1);
        let clean = verdicts.iter().filter(|verdict| verdict["outcome"] == "clean").count();
        let spared = verdicts.iter().filter(|verdict| verdict["reason"] == "budget").count();
        (clean > 30, spared > 30, started[0].1.connections() > 0)
    };
    assert_eq!(outcomes("1000"), (true, false, true));
    assert_eq!(outcomes("12"), (true, false, true));
    assert_eq!(outcomes("2"), (false, true, false));
}

#[test]
fn what_a_certificate_says_is_shown_whole() {
    let server = Modern::good(issue(&Leaf::good())).start();
    let world = World::new();
    world.write(
        "rules/own-pin.yaml",
        "id: own-pin\ntitle: \"Seen: {{fingerprint}}\"\ncategory: tls\ndescription: \"What it is.\"\nimpact: \"None.\"\n\
         fix: { default: \"Nothing.\" }\napplies_to: host\nrequest: { tls: survey }\n\
         extract: { fingerprint: { from: tls.certificate.sha256 } }\n\
         match: { tls.certificate.sha256: { exists: true } }\nseverity: info\n",
    );
    let events = scan_in(&world, &[&server], "127.0.0.1", &["-r", "rules"]);
    let host = of_kind(&events, "host")[0];
    let own = host["tls"]["facts"]["certificate"]["sha256"].as_str().unwrap_or_else(|| panic!("{host}"));
    let finding = of_kind(&events, "finding")[0];
    assert_eq!(finding["title"], format!("Seen: {own}"));
    assert_eq!(finding["extracted"]["fingerprint"], own);
}

#[test]
fn a_certificate_that_is_not_trusted_costs_the_same_without_a_request() {
    let started = start("expired");
    let events = scan(&started, &[]);
    let host = about(&events, "host", &started[0].1)[0];
    let score = host["score"].as_f64().expect("a number");
    assert!(score <= 49.0, "{host}");
}

#[test]
fn a_port_that_speaks_tls_and_no_http_is_not_unreachable() {
    let started = start("tls10-only");
    let events = scan(&started, &["--category", "transport", "--timeout", "5s", "--retries", "0"]);
    let host = about(&events, "host", &started[0].1)[0];
    assert_eq!(host["outcome"], "incomplete", "{host}");
    assert_eq!(host["tls"]["protocols"][0], "TLS 1.0", "{host}");
}

#[test]
fn what_the_first_answer_says_of_hsts_counts_for_the_letter() {
    let good = all().find(|server| server.name == "good").expect("it is there");
    let started = vec![(good, (good.make)().start())];
    let letter = |more: &[&str]| {
        let events = scan(&started, more);
        about(&events, "host", &started[0].1)[0]["tls_grade"].clone()
    };
    assert_eq!(letter(&[]), "A");
    assert_eq!(letter(&["--category", "headers"]), "A+");
}
