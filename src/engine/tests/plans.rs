//! Plans without traffic, and single rules explained.

use std::sync::Arc;

use super::rules::{Change, for_each, get, holds, not_on_baseline, passive, request};
use super::server::{Act, Server, answer, missing, ok};
use super::{scan_all, settings};
use crate::compile::{CompiledRule, Program};
use crate::engine::{Brought, Control, PlannedRequest, explain, plan_host};
use crate::finding::Outcome;
use crate::observation::HttpProbe;
use crate::rule::Redirects;
use crate::target::{Target, Targets};

fn target(word: &str) -> Target {
    Targets::new().words(&[word]).next().expect("one").expect("a target")
}

#[tokio::test]
async fn the_plan_is_what_a_scan_sends() {
    let server = Server::start(|_, _| ok("")).await;
    let rules = vec![
        get("a", "/x"),
        get("b", "/x"),
        get("often", "/often").with(|rule| rule.requests[0].repeat = 3),
        get("soft", "/soft").with(not_on_baseline),
        passive("p"),
    ];
    let program = Arc::new(Program::compile(rules.clone()));
    let plan = plan_host(&program, &target(&server.url()), &settings());
    assert!(server.requests().is_empty());
    assert_eq!((plan.verdicts, plan.fixed(), plan.conditional()), (5, 8, 10), "the first page may redirect");
    let x = plan.requests.iter().find(|request| &*http(request).target == b"/x").expect("planned");
    assert_eq!(x.wanted_by.iter().map(|rule| &**rule).collect::<Vec<_>>(), ["a", "b"]);
    scan_all(rules, &[server.url()], settings()).await;
    let mut planned: Vec<String> = Vec::new();
    for request in &plan.requests {
        let bytes = String::from_utf8_lossy(http(request).wire.expose()).into_owned();
        planned.extend(std::iter::repeat_n(bytes, request.times as usize));
    }
    let mut sent = server.requests();
    planned.sort();
    sent.sort();
    assert_eq!(planned, sent);
}

#[test]
fn what_answers_may_add_is_bounded() {
    let conditional = get("later", "/first").with(|rule| {
        let mut second = request("/second");
        second.run_if = Some(holds());
        second.repeat = 4;
        rule.requests.push(second);
    });
    let redirecting = get("redirecting", "/r").with(|rule| rule.requests[0].redirects = Redirects::All);
    let stopping = get("stopping", "/{{x}}").with(|rule| {
        for_each(rule, &["a", "b", "c"]);
        rule.stop_at_first_match = true;
    });
    let program = Arc::new(Program::compile(vec![conditional, redirecting, stopping]));
    let plan = plan_host(&program, &target("https://a.example"), &settings());
    let parts: Vec<_> = plan.rules.iter().map(|rule| (&*rule.rule, rule.fixed, rule.conditional)).collect();
    assert_eq!(parts, [("later", 1, 4), ("redirecting", 1, 10), ("stopping", 1, 2)]);
}

#[tokio::test]
async fn one_rule_is_explained_with_all_it_sent() {
    let server = Server::start(|target, _| match target {
        "/a" => Act::Say(answer(302, "Location: /b\r\n", "")),
        "/b" => ok("here"),
        _ => missing(),
    })
    .await;
    let rule = get("a", "/a").with(|rule| rule.requests[0].redirects = Redirects::All);
    let url = target(&server.url());
    let explained = explain(CompiledRule::alone(rule), &url, settings(), Control::new()).await;
    let explained = explained.expect("the wire stands").expect("not stopped");
    assert_eq!(explained.outcome, Outcome::Match);
    assert_eq!((explained.traces.len(), explained.findings.len()), (1, 1));
    let asked: Vec<_> = explained
        .sent
        .iter()
        .map(|sent| match &sent.brought {
            Brought::Answer(answer) => answer.exchange().probe.url(),
            Brought::Observation(other) => other.probe.to_string(),
        })
        .collect();
    assert_eq!(asked, [format!("{}/a", server.url()), format!("{}/b", server.url())]);
    let explained = explain(CompiledRule::alone(passive("p")), &url, settings(), Control::new()).await;
    let explained = explained.expect("the wire stands").expect("not stopped");
    assert_eq!((explained.outcome, explained.sent.len(), explained.traces.len()), (Outcome::Clean, 3, 3));
}

fn http(request: &PlannedRequest) -> &Arc<HttpProbe> {
    request.probe.http().expect("over HTTP")
}
