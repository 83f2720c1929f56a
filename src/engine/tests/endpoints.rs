//! The survey: pages as visitors reach them, and endpoints that nobody named.

use std::sync::Arc;
use std::time::Duration;

use super::rules::{Change, get, header, holds, passive};
use super::server::{Act, Server, answer, missing, ok};
use super::{Scanned, scan_all, scan_with, settings};
use crate::compile::{CompiledRule, Program};
use crate::discover::{ENDPOINTS, FOUND, USUAL};
use crate::engine::{Control, Stop, explain, plan_host};
use crate::finding::{Event, HostOutcome, Outcome};
use crate::rule::{AppliesTo, Redirects, Rule};
use crate::target::Targets;

/// A rule that matches every endpoint that it is asked of.
fn of_endpoints(id: &str) -> Rule {
    get(id, "{{path}}").with(|rule| {
        rule.applies_to = AppliesTo::Endpoint;
        rule.matches = holds();
        header(rule, "Origin", "https://{{nonce}}.example");
    })
}

fn data(status: u16) -> Act {
    Act::Say(answer(status, "Content-Type: application/json\r\n", "{\"id\":7}"))
}

fn page(body: &str) -> Act {
    Act::Say(answer(200, "Content-Type: text/html\r\n", body))
}

/// The paths on which a rule has a verdict.
fn paths(scanned: &Scanned, server: &Server, rule: &str) -> Vec<String> {
    let verdicts = scanned.verdicts().into_iter().filter(|verdict| &*verdict.rule == rule);
    let mut paths: Vec<String> =
        verdicts.map(|verdict| verdict.target.trim_start_matches(&server.url()).to_owned()).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn one_path_that_gives_data_and_one_that_asks_who_is_there_are_found() {
    let server = Server::start(|target, _| match target {
        "/" => page("<script>fetch('/v1/shop/items'); fetch('/v1/orders')</script>"),
        "/v1/shop/items" | "/api/health" => data(200),
        "/v1/orders" | "/api/me" => data(401),
        "/api/users" => data(403),
        _ => missing(),
    })
    .await;
    let rules = vec![of_endpoints("cors"), of_endpoints("other"), get("host", "/")];
    let scanned = scan_all(rules, &[server.url()], settings()).await;
    assert_eq!(paths(&scanned, &server, "cors"), ["/", "/v1/orders", "/v1/shop/items"]);
    assert_eq!(paths(&scanned, &server, "other"), ["/", "/v1/orders", "/v1/shop/items"]);
    assert_eq!((scanned.summary().planned, scanned.summary().matched), (7, 7));
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
    let found: Vec<_> = scanned.findings().into_iter().filter(|(rule, _)| rule == "cors").collect();
    assert_eq!(found.len(), 1, "one cause is one finding");
    for target in server.targets() {
        let requests = server.requests();
        let bare = requests.iter().filter(|one| one.contains(&format!("GET {target} ")) && !one.contains("Origin:"));
        assert_eq!(bare.count().max(1), 1, "{target} is asked once");
    }
}

#[tokio::test]
async fn without_a_rule_of_endpoints_nothing_is_looked_for() {
    let server = Server::start(|_, _| data(200)).await;
    scan_all(vec![get("host", "/x"), passive("passive")], &[server.url()], settings()).await;
    assert!(server.targets().iter().all(|target| !USUAL.contains(&target.as_str())), "{:?}", server.targets());
}

#[tokio::test]
async fn what_random_paths_get_as_well_is_no_endpoint() {
    for status in [200, 401, 403] {
        let server = Server::start(move |target, _| if target == "/" { page("home") } else { data(status) }).await;
        let scanned = scan_all(vec![of_endpoints("cors")], &[server.url()], settings()).await;
        assert_eq!(paths(&scanned, &server, "cors"), ["/"], "{status}");
    }
}

#[tokio::test]
async fn usual_paths_are_followed_to_where_they_moved() {
    let server = Server::start(|target, _| match target {
        "/api" => Act::Say(answer(301, "Location: /api/\r\n", "")),
        "/api/v1" => Act::Say(answer(302, "Location: http://192.0.2.1/api/\r\n", "")),
        "/api/" => data(200),
        _ => missing(),
    })
    .await;
    let scanned = scan_all(vec![of_endpoints("cors")], &[server.url()], settings()).await;
    assert_eq!(paths(&scanned, &server, "cors"), ["/", "/api/"]);
}

#[tokio::test]
async fn the_verdicts_of_one_rule_are_the_same_whatever_others_there_are() {
    let start = || {
        Server::start(|target, _| match target {
            "/" => Act::Say(answer(302, "Location: /shop\r\n", "")),
            "/shop" => page("<a href=/api/items>"),
            "/api/items" => data(200),
            _ => missing(),
        })
    };
    let (alone, among) = (start().await, start().await);
    let one = scan_all(vec![of_endpoints("cors")], &[alone.url()], settings()).await;
    let rules = vec![get("x", "/api/items"), of_endpoints("cors"), passive("p"), of_endpoints("z")];
    let many = scan_all(rules, &[among.url()], settings()).await;
    assert_eq!(paths(&one, &alone, "cors"), ["/", "/api/items"]);
    assert_eq!(paths(&one, &alone, "cors"), paths(&many, &among, "cors"));
}

#[tokio::test]
async fn an_endpoint_that_was_asked_before_is_not_asked_again() {
    let server = Server::start(|target, _| if target == "/api/health" { data(200) } else { missing() }).await;
    let rule = get("endpoint", "{{path}}").with(|rule| rule.applies_to = AppliesTo::Endpoint);
    let scanned = scan_all(vec![rule], &[server.url()], settings()).await;
    assert_eq!(paths(&scanned, &server, "endpoint"), ["/", "/api/health"]);
    assert_eq!((scanned.summary().matched, server.times("/api/health")), (1, 1));
}

#[tokio::test]
async fn the_page_where_visitors_land_is_judged() {
    let server = Server::start(|target, _| match target {
        "/" => Act::Say(answer(302, "Location: /hop\r\nSet-Cookie: seen=1\r\n", "")),
        "/hop" => Act::Say(answer(307, "Location: /login\r\n", "")),
        "/login" => page("sign in"),
        "/away" => Act::Say(answer(302, "Location: http://192.0.2.1/\r\n", "")),
        _ => missing(),
    })
    .await;
    let targets = [server.url(), format!("{}/away", server.url())];
    let scanned = scan_all(vec![passive("passive")], &targets, settings()).await;
    assert_eq!(scanned.outcome("passive"), Outcome::Match, "only the last page answers 200");
    let places: Vec<String> = scanned
        .events
        .iter()
        .filter_map(|event| if let Event::Finding(finding, _) = event { Some(finding) } else { None })
        .flat_map(|finding| finding.places.iter().map(|place| place.url.clone()))
        .collect();
    assert_eq!(places, [format!("{}/login", server.url())]);
    let hops = server.requests().into_iter().filter(|one| one.contains("GET /hop") || one.contains("GET /login"));
    assert!(hops.clone().count() == 2 && hops.into_iter().all(|one| one.contains("Cookie: seen=1")));
    let word = targets[0].clone();
    let target = Targets::new().words(&[word]).next().expect("one").expect("a target");
    let explained = explain(CompiledRule::alone(passive("p")), &target, settings(), Control::new()).await;
    let explained = explained.expect("the wire stands").expect("not stopped");
    assert_eq!((explained.outcome, explained.traces.len()), (Outcome::Match, 5), "three hops, two random paths");
}

#[tokio::test]
async fn a_page_that_leads_to_a_dead_https_is_judged_as_far_as_it_goes() {
    let server = Server::start(|target, _| match target {
        "/" => Act::Say(answer(301, "Location: https://127.0.0.1:1/\r\n", "")),
        _ => ok("here"),
    })
    .await;
    let scanned = scan_all(vec![passive("passive"), get("x", "/x")], &[server.url()], settings()).await;
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
    assert_eq!(scanned.outcome("passive"), Outcome::Match, "the random paths");
}

#[tokio::test]
async fn a_loop_of_redirects_ends() {
    let server = Server::start(|_, _| Act::Say(answer(302, "Location: /\r\nSet-Cookie: n=1\r\n", ""))).await;
    let scanned = scan_all(vec![passive("passive"), of_endpoints("cors")], &[server.url()], settings()).await;
    assert!(scanned.summary().adds_up() && server.times("/") <= 3, "{}", server.times("/"));
    assert_eq!(scanned.host().outcome, HostOutcome::Complete);
}

#[tokio::test]
async fn an_interruption_while_looking_around_books_everything() {
    for stuck in ["/", "/api", "/api/items"] {
        let server = Server::start(move |target, _| match target {
            target if target == stuck => Act::Hang,
            "/" => page("<a href=/api/items>"),
            _ => missing(),
        })
        .await;
        let (control, targets) = (Control::new(), [server.url()]);
        let switch = control.clone();
        let throw = async move {
            tokio::time::sleep(Duration::from_millis(400)).await;
            switch.stop(Stop::Interrupted);
        };
        let rules = vec![of_endpoints("cors"), passive("p")];
        let (scanned, ()) = tokio::join!(scan_with(rules, &targets, settings(), control), throw);
        assert!(scanned.summary().interrupted && scanned.summary().adds_up(), "{stuck}");
        assert_eq!(scanned.verdicts().len() as u64, scanned.summary().planned, "{stuck}");
        assert_eq!(scanned.host().outcome, HostOutcome::Incomplete, "{stuck}: to be resumed");
    }
}

#[tokio::test]
async fn a_dead_host_is_not_looked_around() {
    let server = Server::start(|_, _| Act::Close).await;
    let scanned = scan_all(vec![of_endpoints("cors")], &[server.url()], settings()).await;
    assert_eq!((scanned.host().outcome, scanned.summary().planned), (HostOutcome::Unreachable, 1));
}

#[tokio::test]
async fn the_plan_bounds_what_is_found() {
    let rules = vec![of_endpoints("cors"), of_endpoints("same"), passive("p")];
    let program = Arc::new(Program::compile(rules.clone()));
    let target = Targets::new().words(&["http://a.example/"]).next().expect("one").expect("a target");
    let plan = plan_host(&program, &target, &settings());
    let fixed = 3 + USUAL.len() + 1;
    assert_eq!((plan.verdicts, plan.found_verdicts, plan.fixed()), (3, 4, fixed as u64));
    let redirects = settings().limits.redirects;
    assert_eq!(plan.conditional(), (redirects + FOUND + ENDPOINTS) as u64, "shared requests are counted once");
    let server = Server::start(|target, _| match target {
        "/" => page("<a href=/api/1><a href=/api/2><a href=/api/3><a href=/api/4><a href=/api/5>"),
        "/api/1" => data(200),
        "/api/2" => data(401),
        _ => missing(),
    })
    .await;
    let scanned = scan_all(rules, &[server.url()], settings()).await;
    assert_eq!(scanned.summary().planned, plan.verdicts + plan.found_verdicts);
    assert_eq!(server.requests().len(), fixed + FOUND + ENDPOINTS);
}

#[tokio::test]
async fn same_host_is_the_same_origin() {
    let other = Server::start(|_, _| ok("")).await;
    let url = other.url();
    let server = Server::start(move |target, _| match target {
        "/there" => Act::Say(answer(302, &format!("Location: {url}/\r\n"), "")),
        _ => ok(""),
    })
    .await;
    let rule = |redirects| get("x", "/there").with(|rule| rule.requests[0].redirects = redirects);
    assert_eq!(
        scan_all(vec![rule(Redirects::SameHost)], &[server.url()], settings()).await.outcome("x"),
        Outcome::Clean
    );
    assert!(other.requests().is_empty(), "another port is another host");
    assert_eq!(scan_all(vec![rule(Redirects::All)], &[server.url()], settings()).await.outcome("x"), Outcome::Match);
}
