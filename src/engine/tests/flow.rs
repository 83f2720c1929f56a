//! Stopping: interruption, deadline, stall, panics.

use std::time::{Duration, Instant};

use super::rules::{get, passive};
use super::server::{Act, Server, ok};
use super::{scan_all, scan_with, settings};
use crate::base::Unknown;
use crate::engine::{Control, EngineError, Stop};
use crate::finding::{HostOutcome, Outcome};
use crate::observation::ErrorKind;
use crate::rule::Rule;

fn many(count: usize) -> Vec<Rule> {
    (0..count).map(|n| get(&format!("rule-{n:03}"), &format!("/{n}"))).collect()
}

#[tokio::test]
async fn an_interruption_ends_soon_and_books_everything() {
    let server = Server::start(|target, _| if target == "/" { ok("") } else { Act::Hang }).await;
    let control = Control::new();
    let switch = control.clone();
    let mut patient = settings();
    patient.limits.exchange = Duration::from_secs(3600);
    patient.limits.response_head = Duration::from_secs(3600);
    let start = Instant::now();
    let throw = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        switch.stop(Stop::Interrupted);
    };
    let rules = [many(100), vec![passive("passive")]].concat();
    let targets = [server.url()];
    let (scanned, ()) = tokio::join!(scan_with(rules, &targets, patient, control), throw);
    assert!(start.elapsed() < Duration::from_secs(600), "an hour is not waited for");
    let summary = scanned.summary();
    assert!(summary.interrupted && summary.adds_up());
    assert_eq!(summary.planned, 101);
    assert_eq!((summary.matched, summary.reasons.get("inconclusive(not-sent)")), (1, Some(&100)));
    assert_eq!(scanned.host().outcome, HostOutcome::Incomplete);
    assert_eq!(scanned.host().error.as_ref().map(|error| error.kind), Some(ErrorKind::Cancelled));
}

#[tokio::test]
async fn a_deadline_is_an_interruption() {
    let server = Server::start(|_, _| Act::Hang).await;
    let mut hurried = settings();
    hurried.deadline = Some(Duration::from_millis(100));
    let scanned = scan_all(many(50), &[server.url()], hurried).await;
    assert!(scanned.summary().interrupted && scanned.summary().adds_up());
    assert_eq!(scanned.summary().inconclusive, 50);
}

#[tokio::test]
async fn nothing_moving_is_an_error_that_books_everything() {
    let server = Server::start(|_, _| Act::Hang).await;
    let mut stuck = settings();
    stuck.limits.exchange = Duration::from_secs(60);
    stuck.limits.response_head = Duration::from_secs(60);
    stuck.stall = Some(Duration::from_millis(300));
    let scanned = scan_all(many(5), &[server.url()], stuck).await;
    assert!(matches!(scanned.result, Err(EngineError::Stalled { hosts: 1, .. })), "{:?}", scanned.result);
    assert_eq!(scanned.verdicts().len(), 5);
    assert!(scanned.verdicts().iter().all(|verdict| verdict.outcome == Outcome::Inconclusive(Unknown::NotSent)));
}

#[tokio::test]
async fn a_panic_in_a_run_is_that_rules_error_alone() {
    let server = Server::start(|_, _| ok("")).await;
    let rules = vec![get("one", "/1"), get("panicking-rule", "/2"), get("two", "/2")];
    let scanned = scan_all(rules, &[server.url()], settings()).await;
    assert_eq!(scanned.outcome("panicking-rule"), Outcome::Error(ErrorKind::Internal));
    assert_eq!((scanned.outcome("one"), scanned.outcome("two")), (Outcome::Match, Outcome::Match));
    let host = scanned.host();
    assert_eq!(host.outcome, HostOutcome::Incomplete);
    assert!(host.error.as_ref().is_some_and(|error| error.detail.contains("`panicking-rule`")), "{:?}", host.error);
}

#[tokio::test]
async fn a_panic_in_a_host_is_that_hosts_error_alone() {
    let (one, two) = (Server::start(|_, _| ok("")).await, Server::start(|_, _| ok("")).await);
    let targets = [format!("{}/panicking", one.url()), two.url()];
    let scanned = scan_all(many(5), &targets, settings()).await;
    let summary = scanned.summary();
    assert_eq!((summary.planned, summary.error, summary.matched), (10, 5, 5));
    let broken = scanned.hosts().into_iter().find(|host| host.outcome == HostOutcome::Incomplete).expect("one");
    assert!(broken.error.as_ref().is_some_and(|error| error.kind == ErrorKind::Internal));
}
