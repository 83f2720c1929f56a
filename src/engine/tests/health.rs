//! Hosts that are dead, dying, silent, refusing or slow; and rules that talk to others.

use std::time::{Duration, Instant};

use super::rules::{get, passive};
use super::server::{Act, Server, answer, missing, ok};
use super::{impatient, scan_all, settings};
use crate::finding::{HostOutcome, Outcome, SkipReason};
use crate::observation::ErrorKind;
use crate::rule::Rule;
use crate::target::ScopeBuilder;

fn many(count: usize) -> Vec<Rule> {
    (0..count).map(|n| get(&format!("rule-{n:03}"), &format!("/{n}"))).collect()
}

/// A port that nobody listens on.
async fn dead() -> String {
    Server::start(|_, _| Act::Close).await.url()
}

#[tokio::test]
async fn a_dead_host_is_unreachable_at_once_and_every_verdict_says_why() {
    let scanned = scan_all([many(200), vec![passive("p")]].concat(), &[dead().await], settings()).await;
    let (host, summary) = (scanned.host(), scanned.summary());
    assert_eq!(host.outcome, HostOutcome::Unreachable);
    assert_eq!(host.error.as_ref().map(|error| error.kind), Some(ErrorKind::ConnectionRefused));
    assert!(host.requests <= 2, "{} requests to a dead host", host.requests);
    assert_eq!((summary.planned, summary.error), (201, 201));
    assert_eq!(summary.reasons.get("error(connection-refused)"), Some(&201));
}

#[tokio::test]
async fn a_dead_bare_host_is_unreachable_under_its_first_scheme() {
    let url = dead().await;
    let bare = url.trim_start_matches("http://").to_string();
    let scanned = scan_all(many(3), std::slice::from_ref(&bare), settings()).await;
    assert_eq!(scanned.host().outcome, HostOutcome::Unreachable);
    assert_eq!((scanned.host().target.to_string(), &scanned.host().named), (format!("https://{bare}"), &bare));
    assert_eq!(scanned.summary().error, 3);
}

#[tokio::test]
async fn a_bare_host_is_asked_over_https_and_then_over_http() {
    let server = Server::start(|_, _| ok("plain")).await;
    let bare = server.address.to_string();
    let scanned = scan_all(vec![get("root", "/"), passive("p")], &[bare], impatient()).await;
    assert_eq!(scanned.host().target.to_string(), server.url());
    assert_eq!(scanned.host().https, Some(false));
    assert_eq!(scanned.outcome("root"), Outcome::Match);
    assert_eq!(server.times("/"), 1, "the first page is not asked for again");
}

#[tokio::test]
async fn a_host_that_dies_half_way_is_incomplete() {
    let server = Server::start(|target, _| {
        let n: usize = target.trim_start_matches('/').parse().unwrap_or(0);
        if n < 50 { ok("alive") } else { Act::Hang }
    })
    .await;
    let scanned = scan_all(many(300), &[server.url()], impatient()).await;
    let (host, summary) = (scanned.host(), scanned.summary());
    assert_eq!(host.outcome, HostOutcome::Incomplete);
    assert_eq!(host.error.as_ref().map(|error| error.kind), Some(ErrorKind::ResponseTimeout));
    assert_eq!(summary.matched, 50);
    assert!(host.requests < 110, "{} requests", host.requests);
    assert!(summary.reasons["error(response-timeout)"] >= 12);
    assert!(summary.reasons["inconclusive(not-sent)"] > 200);
    assert_eq!(host.coverage.applicable, 300);
    assert_eq!(host.coverage.conclusive, 50);
    assert!(host.not_checked["inconclusive(not-sent)"].len() > 200);
}

#[tokio::test]
async fn a_host_that_never_answers_is_given_up_after_a_dozen() {
    let server = Server::start(|_, _| Act::Hang).await;
    let scanned = scan_all(many(100), &[server.url()], impatient()).await;
    assert_eq!(scanned.host().outcome, HostOutcome::Unreachable);
    assert!(server.requests().len() <= 40, "{}", server.requests().len());
    assert_eq!(scanned.summary().error, 100);
}

#[tokio::test]
async fn a_rule_that_talks_to_a_dead_host_does_not_hurt_the_target() {
    let server = Server::start(|_, _| ok("alive")).await;
    let other = dead().await;
    let foreign = (0..40).map(|n| get(&format!("foreign-{n:02}"), &format!("{other}/{n}")));
    let rules: Vec<Rule> = foreign.chain(many(40)).collect();
    let scanned = scan_all(rules, &[server.url()], settings()).await;
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
    assert_eq!(scanned.summary().matched, 40);
    assert_eq!(server.requests().len(), 40);
    let unanswered =
        scanned.verdicts().into_iter().filter(|v| v.rule.starts_with("foreign") && v.outcome == Outcome::Match);
    assert_eq!(unanswered.count(), 0);
}

#[tokio::test]
async fn a_rule_gets_nowhere_out_of_scope() {
    let (server, other) = (Server::start(|_, _| ok("")).await, Server::at("127.0.0.2:0", |_, _| ok("")).await);
    let rules = vec![get("own", "/"), get("foreign", &format!("{}/x", other.url()))];
    let scanned = scan_all(rules.clone(), &[server.url()], settings()).await;
    assert!(other.requests().is_empty());
    assert_eq!(scanned.outcome("foreign"), Outcome::Skipped(SkipReason::OutOfScope));
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
    let mut wider = settings();
    let mut scope = ScopeBuilder::new();
    scope.add_host("127.0.0.2");
    wider.scope = scope.build();
    let scanned = scan_all(rules, &[server.url()], wider).await;
    assert_eq!(scanned.outcome("foreign"), Outcome::Match);
}

#[tokio::test]
async fn a_host_that_refuses_everything_is_blocked() {
    let server = Server::start(|_, _| Act::Say(answer(403, "", "Request blocked"))).await;
    let scanned = scan_all([many(20), vec![passive("p")]].concat(), &[server.url()], settings()).await;
    assert_eq!(scanned.host().outcome, HostOutcome::Blocked);
    let open = Server::start(|target, _| if target == "/" { ok("home") } else { missing() }).await;
    let scanned = scan_all([many(20), vec![passive("p")]].concat(), &[open.url()], settings()).await;
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
}

#[tokio::test]
async fn retry_after_is_obeyed_and_the_request_sent_again() {
    let server = Server::start(|target, before| match (target, before) {
        ("/1", 0) => Act::Say(answer(429, "Retry-After: 1\r\n", "slow down")),
        _ => ok("fine"),
    })
    .await;
    let start = Instant::now();
    let scanned = scan_all(many(6), &[server.url()], settings()).await;
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!((server.times("/1"), server.requests().len()), (2, 7));
    assert_eq!(scanned.summary().matched, 6);
}

#[tokio::test]
async fn complaints_without_end_are_answers() {
    let server = Server::start(|_, _| Act::Say(answer(503, "Retry-After: 3600\r\n", "gone fishing"))).await;
    let start = Instant::now();
    let scanned = scan_all(many(4), &[server.url()], settings()).await;
    assert!(start.elapsed() < Duration::from_secs(600), "an hour is not waited for");
    assert_eq!(scanned.summary().clean, 4);
    assert_eq!(scanned.host().outcome, HostOutcome::Blocked);
}

#[tokio::test]
async fn who_only_ever_turns_us_away_is_left_alone() {
    let server = Server::start(|_, _| Act::Say(answer(503, "", "no backend"))).await;
    let scanned = scan_all(many(60), &[server.url()], settings()).await;
    assert!(server.requests().len() < 20, "{}", server.requests().len());
    assert_eq!(scanned.host().outcome, HostOutcome::Blocked);
    assert!(scanned.summary().inconclusive > 40, "{:?}", scanned.summary());
}

#[tokio::test]
async fn who_turns_some_requests_away_is_asked_on() {
    let refuse = |target: &str| target.ends_with(['3', '6', '9']);
    let server =
        Server::start(move |target, _| if refuse(target) { Act::Say(answer(503, "", "busy")) } else { ok("") }).await;
    let scanned = scan_all(many(20), &[server.url()], settings()).await;
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
    assert_eq!(scanned.summary().inconclusive, 0);
}

#[tokio::test]
async fn what_only_reads_is_retried_once_after_a_timeout() {
    let server = Server::start(|target, before| if target == "/1" && before == 0 { Act::Hang } else { ok("") }).await;
    let scanned = scan_all(many(3), &[server.url()], impatient()).await;
    assert_eq!(server.times("/1"), 2);
    assert_eq!(scanned.summary().matched, 3);
    let mut never = impatient();
    never.retries = 0;
    let server = Server::start(|target, before| if target == "/1" && before == 0 { Act::Hang } else { ok("") }).await;
    let scanned = scan_all(many(3), &[server.url()], never).await;
    assert_eq!((server.times("/1"), scanned.summary().matched, scanned.summary().error), (1, 2, 1));
    assert_eq!(scanned.host().outcome, HostOutcome::Incomplete);
}

#[tokio::test]
async fn the_pace_of_a_host_is_kept() {
    let server = Server::start(|_, _| ok("")).await;
    let mut paced = settings();
    paced.per_host_rate = 50.0;
    let start = Instant::now();
    scan_all(many(11), &[server.url()], paced).await;
    assert!(start.elapsed() >= Duration::from_millis(200), "{:?}", start.elapsed());
}
