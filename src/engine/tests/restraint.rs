//! What a host is spared: rules that its front page speaks against, and requests over a budget.

use super::rules::{Change, get};
use super::server::{Act, Server, answer, ok};
use super::{Scanned, scan_all, settings};
use crate::base::{Severity, Unknown};
use crate::engine::Settings;
use crate::finding::{HostOutcome, Outcome, SkipReason};
use crate::rule::{Ladder, Rule};

fn tagged(id: &str, tag: &str) -> Rule {
    get(id, &format!("/{id}")).with(|rule| rule.meta.tags = vec![tag.into()])
}

fn severe(id: &str, severity: Severity) -> Rule {
    get(id, &format!("/{id}")).with(|rule| rule.severity = Ladder::always(severity))
}

async fn gated(front: &'static str, gate: bool) -> (Scanned, Server) {
    let server = Server::start(move |target, _| match target {
        "/" => Act::Say(answer(200, "Content-Type: text/html\r\n", front)),
        _ => ok("here"),
    })
    .await;
    let rules = vec![tagged("blog", "wordpress"), tagged("shop", "joomla"), tagged("any", "panel")];
    (scan_all(rules, &[server.url()], Settings { gate, ..settings() }).await, server)
}

#[tokio::test]
async fn the_front_page_speaks_against_rules_for_other_products() {
    let wordpress = "<!doctype html><link href='/wp-content/x.css'>";
    let (scanned, server) = gated(wordpress, true).await;
    assert_eq!(scanned.outcome("blog"), Outcome::Match);
    assert_eq!(scanned.outcome("any"), Outcome::Match);
    assert_eq!(scanned.outcome("shop"), Outcome::Skipped(SkipReason::Gated));
    assert_eq!(server.times("/shop"), 0);
    let note = "gate: the front page is WordPress's, not Joomla's, so 1 rule for it was left out";
    assert_eq!(scanned.host().notes.iter().map(|note| &**note).collect::<Vec<_>>(), [note]);
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
    let (scanned, server) = gated(wordpress, false).await;
    assert_eq!(scanned.outcome("shop"), Outcome::Match);
    assert_eq!(server.times("/"), 0, "nobody waits for the front page");
}

#[tokio::test]
async fn a_host_that_dies_leaves_no_gated_rule_behind() {
    let server = Server::start(|_, _| Act::Close).await;
    let rules = vec![tagged("blog", "wordpress"), tagged("any", "panel")];
    let scanned = scan_all(rules, &[server.url()], Settings { gate: true, ..settings() }).await;
    assert_eq!(scanned.summary().planned, 2);
    assert_ne!(scanned.host().outcome, HostOutcome::Complete);
}

#[tokio::test]
async fn a_budget_goes_to_the_most_severe_rules_first() {
    let server = Server::start(|_, _| ok("here")).await;
    let rules = vec![
        severe("a", Severity::Info),
        severe("b", Severity::Critical),
        severe("c", Severity::Low),
        severe("d", Severity::Critical),
        severe("e", Severity::High),
    ];
    let scanned = scan_all(rules, &[server.url()], Settings { requests_per_host: Some(3), ..settings() }).await;
    let mut asked = server.targets();
    asked.sort();
    assert_eq!(asked, ["/b", "/d", "/e"]);
    assert_eq!(scanned.outcome("c"), Outcome::Inconclusive(Unknown::Budget));
    assert_eq!(scanned.outcome("a"), Outcome::Inconclusive(Unknown::Budget));
    assert_eq!(scanned.host().outcome, HostOutcome::Incomplete);
    let note = "budget: after 3 requests, most severe rules first, 2 more were not sent";
    assert_eq!(scanned.host().notes.iter().map(|note| &**note).collect::<Vec<_>>(), [note]);
}
