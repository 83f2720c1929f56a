//! One request for all who want it.

use std::time::Duration;

use super::rules::{Change, for_each, get, header, holds, not_on_baseline, passive, request, status};
use super::server::{Act, Server, answer, missing, ok};
use super::{scan_all, settings};
use crate::discover::USUAL;
use crate::finding::{HostOutcome, Outcome, SkipReason};
use crate::rule::{AppliesTo, CondKind, Redirects};

#[tokio::test]
async fn equal_requests_go_out_once_and_one_byte_of_difference_is_sent_again() {
    let server = Server::start(|_, _| ok("hello")).await;
    let rules = vec![
        get("a", "/x"),
        get("b", "/x"),
        get("c", "/x").with(|rule| header(rule, "Origin", "https://a.example")),
        get("d", "/x").with(|rule| header(rule, "Origin", "https://b.example")),
        get("e", "/x").with(|rule| header(rule, "origin", "https://a.example")),
        get("f", "/x?"),
    ];
    let scanned = scan_all(rules, &[server.url()], settings()).await;
    let mut requests = server.requests();
    assert_eq!(requests.len(), 5, "{requests:#?}");
    requests.sort();
    requests.dedup();
    assert_eq!(requests.len(), 5, "no request is sent twice");
    assert_eq!(scanned.summary().matched, 6);
    assert_eq!(scanned.host().requests, 5);
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
}

#[tokio::test]
async fn a_repeated_request_is_sent_as_often_as_the_rule_says_and_shared_with_nobody() {
    let server = Server::start(|_, _| ok("hello")).await;
    let rules = vec![get("once", "/x"), get("often", "/x").with(|rule| rule.requests[0].repeat = 5)];
    scan_all(rules, &[server.url()], settings()).await;
    assert!((5..=6).contains(&server.times("/x")), "{}", server.times("/x"));
}

#[tokio::test]
async fn the_hops_of_redirects_are_shared_and_bounded() {
    let server = Server::start(|target, _| match target {
        "/loop" => Act::Say(answer(302, "Location: /loop2\r\n", "")),
        "/loop2" => Act::Say(answer(302, "Location: /loop\r\n", "")),
        "/a" | "/b" => Act::Say(answer(302, "Location: /end\r\n", "")),
        "/away" => Act::Say(answer(302, "Location: http://192.0.2.1/\r\n", "")),
        _ => ok("end"),
    })
    .await;
    let follow = |id: &str, path: &str| get(id, path).with(|rule| rule.requests[0].redirects = Redirects::All);
    let rules = vec![
        follow("a", "/a"),
        follow("b", "/b"),
        get("end", "/end"),
        follow("loop", "/loop"),
        follow("away", "/away").with(|rule| rule.matches = status(302)),
    ];
    let scanned = scan_all(rules, &[server.url()], settings()).await;
    assert_eq!(server.targets(), ["/a", "/away", "/b", "/end", "/loop", "/loop2"]);
    assert_eq!(scanned.outcome("a"), Outcome::Match);
    assert_eq!(scanned.outcome("end"), Outcome::Match);
    assert_eq!(scanned.outcome("loop"), Outcome::Clean);
    assert_eq!(scanned.outcome("away"), Outcome::Match, "a redirect out of scope is recorded, not followed");
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
}

#[tokio::test]
async fn what_lies_on_other_hosts_is_not_asked_for_and_leaves_nothing_in_doubt() {
    let server = Server::start(|_, _| ok("hello")).await;
    let rules = vec![get("away", "http://192.0.2.1/x"), get("here", &format!("{}/x", server.url()))];
    let scanned = scan_all(rules, &[server.url()], settings()).await;
    assert_eq!(scanned.outcome("away"), Outcome::Skipped(SkipReason::OutOfScope));
    assert_eq!(scanned.outcome("here"), Outcome::Match);
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
}

#[tokio::test]
async fn a_later_request_gets_the_answer_that_is_there() {
    let server = Server::start(|_, _| ok("hello")).await;
    let later = get("later", "/first").with(|rule| {
        let mut second = request("/x");
        second.name = "second".into();
        second.run_if = Some(holds());
        rule.requests.push(second);
    });
    let stopping = get("stopping", "/{{x}}").with(|rule| {
        for_each(rule, &["none", "x", "never"]);
        rule.stop_at_first_match = true;
    });
    let server404 = Server::start(|target, _| if target == "/none" { missing() } else { ok("x") }).await;
    scan_all(vec![get("now", "/x"), later], &[server.url()], settings()).await;
    assert_eq!(server.targets(), ["/first", "/x"]);
    let scanned = scan_all(vec![get("now", "/x"), stopping], &[server404.url()], settings()).await;
    assert_eq!(server404.targets(), ["/none", "/x"]);
    assert_eq!(scanned.outcome("stopping"), Outcome::Match);
}

#[tokio::test]
async fn the_survey_is_shared_with_rules_and_judged_once() {
    let server = Server::start(|_, _| ok("everything is here")).await;
    let rules = vec![
        passive("passive"),
        get("root", "/"),
        get("soft", "/.env").with(not_on_baseline),
        get("plan", "/x").with(|rule| rule.applies_to = AppliesTo::Endpoint),
    ];
    let scanned = scan_all(rules, &[format!("{}/app", server.url())], settings()).await;
    let targets = server.targets();
    let own = targets.iter().filter(|target| !USUAL.contains(&target.as_str())).count();
    assert_eq!(own, 6, "root, two random paths, /app, /.env, /x: {targets:?}");
    assert_eq!(targets.len(), 6 + USUAL.len());
    assert_eq!(server.times("/"), 1);
    assert_eq!(scanned.outcome("soft"), Outcome::Clean, "the random paths match as well");
    assert_eq!(scanned.outcome("passive"), Outcome::Match);
    let plan = scanned.verdicts().into_iter().find(|verdict| &*verdict.rule == "plan").expect("a verdict").clone();
    assert_eq!(plan.target, format!("{}/app", server.url()));
}

#[tokio::test]
async fn order_of_rules_and_of_arrival_changes_nothing() {
    let mut results = Vec::new();
    for round in 0_u64..4 {
        let server = Server::start(move |target, _| {
            let wait = Duration::from_millis((target.len() as u64 * 7 + round * 13) % 20);
            let status = if target.len() % 3 == 0 { 404 } else { 200 };
            Act::Later(wait, answer(status, "", target))
        })
        .await;
        let mut rules: Vec<_> = (0..30)
            .map(|n| match n % 5 {
                0 => passive(&format!("passive-{n}")),
                1 => get(&format!("soft-{n}"), &format!("/{}", "s".repeat(n))).with(not_on_baseline),
                2 => get(&format!("many-{n}"), "/m/{{x}}").with(|rule| for_each(rule, &["a", "bb", "ccc", "dddd"])),
                _ => get(&format!("get-{n}"), &format!("/{}", "g".repeat(n))),
            })
            .collect();
        let by = round as usize * 7 % rules.len();
        rules.rotate_left(by);
        let scanned = scan_all(rules, &[server.url()], settings()).await;
        let mut verdicts: Vec<_> = scanned.verdicts().iter().map(|v| (v.rule.to_string(), v.outcome)).collect();
        verdicts.sort_by(|a, b| a.0.cmp(&b.0));
        let rules: Vec<_> = scanned.findings().into_iter().map(|(rule, _)| rule).collect();
        results.push((verdicts, rules, server.targets().len()));
    }
    assert!(results.iter().any(|(_, findings, _)| !findings.is_empty()));
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{results:#?}");
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_is_not_sent() {
    let server = Server::start(|target, _| if target == "/gate" { missing() } else { ok("") }).await;
    let gated = get("gated", "/gate").with(|rule| {
        let mut second = request("/second");
        second.run_if = Some(super::rules::cond(CondKind::Any(Vec::new())));
        rule.requests.push(second);
    });
    scan_all(vec![gated], &[server.url()], settings()).await;
    assert_eq!(server.targets(), ["/gate"]);
}

#[tokio::test]
async fn what_a_run_may_ask_for_later_is_kept_for_it_whatever_the_others_weigh() {
    let body = "x".repeat(40 << 10);
    let server =
        Server::start(move |target, _| Act::Say(answer(if target == "/p39" { 200 } else { 404 }, "", &body))).await;
    let mut rules: Vec<_> = (0..40).map(|n| get(&format!("rule-{n:02}"), &format!("/p{n}"))).collect();
    rules.push(get("chain", "/{{x}}").with(|rule| {
        for_each(rule, &["p0", "q1", "p1", "q2", "p2", "q3", "p39", "never"]);
        rule.stop_at_first_match = true;
    }));
    let scanned = scan_all(rules, &[server.url()], settings()).await;
    let mut targets = server.targets();
    assert_eq!(targets.len(), 43);
    targets.dedup();
    assert_eq!(targets.len(), 43, "nothing is sent twice");
    assert_eq!((scanned.summary().matched, scanned.summary().clean), (2, 39), "{:?}", scanned.summary());
}
