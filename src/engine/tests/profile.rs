//! What hosts are taken for: by their own answers, or as the user says.

use super::rules::{Change, cond, get, passive};
use super::server::{Act, Server, answer};
use super::{Scanned, impatient, scan_all, settings};
use crate::base::Unknown;
use crate::engine::Settings;
use crate::finding::Outcome;
use crate::predicate::{Base, Operands, Pred, Profile, Subject};
use crate::rule::{CondKind, Rule};

/// A rule that matches hosts of that profile.
fn only(rule: Rule, profile: Profile) -> Rule {
    let subject = Subject { base: Base::Host, path: vec!["profile".into()] };
    let pred = Pred::Equals(Operands { any: vec![super::rules::template(profile.name())], ignore_case: false });
    rule.with(|rule| rule.matches = cond(CondKind::Test { subject, pred }))
}

fn rules() -> Vec<Rule> {
    vec![only(get("asks", "/x"), Profile::Site), only(passive("hears"), Profile::Site)]
}

async fn scanned(root: &'static str, path: &str, settings: Settings) -> (Scanned, Server) {
    let server = Server::start(move |target, _| match target {
        "/" => Act::Say(root.to_owned()),
        "/json" => Act::Say(answer(200, "Content-Type: application/json\r\n", "[1]")),
        _ => Act::Say(answer(404, "", "nothing here")),
    })
    .await;
    (scan_all(rules(), &[format!("{}{path}", server.url())], settings).await, server)
}

fn found(scanned: &Scanned) -> (Option<Profile>, Outcome, Outcome) {
    let profile = scanned.host().profile.as_ref().map(|known| known.profile);
    (profile, scanned.outcome("asks"), scanned.outcome("hears"))
}

const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<!doctype html>";
const LOST: &str = "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<!doctype html>";
const DATA: &str = "HTTP/1.1 401 No\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

#[tokio::test]
async fn the_answers_that_every_host_is_asked_for_decide() {
    let (site, api) = (Outcome::Match, Outcome::Clean);
    for (root, path, profile, outcome) in [
        (PAGE, "/", Profile::Site, site),
        (PAGE, "/json", Profile::Site, site),
        (DATA, "/", Profile::Api, api),
        (LOST, "/", Profile::Site, site),
        (LOST, "/json", Profile::Api, api),
    ] {
        let (scanned, _server) = scanned(root, path, settings()).await;
        assert_eq!(found(&scanned), (Some(profile), outcome, outcome), "{root} {path}");
    }
}

#[tokio::test]
async fn what_the_user_says_stands_and_costs_no_request() {
    let settings = Settings { profile: Some(Profile::Site), ..settings() };
    let (known, _server) = scanned(DATA, "/", settings.clone()).await;
    assert_eq!(found(&known), (Some(Profile::Site), Outcome::Match, Outcome::Match));
    let server = Server::start(|_, _| Act::Say(answer(404, "", ""))).await;
    let rule = only(get("asks", "/x"), Profile::Site);
    scan_all(vec![rule.clone()], &[server.url()], settings).await;
    assert!(!server.targets().contains(&"/".to_owned()));
    scan_all(vec![rule], &[server.url()], super::settings()).await;
    assert!(server.targets().contains(&"/".to_owned()), "a rule that asks for the profile has the root asked");
}

#[tokio::test]
async fn a_root_that_fails_leaves_the_profile_unknown() {
    let server = Server::start(|target, _| match target {
        "/" => Act::Hang,
        _ => Act::Say(answer(200, "", "")),
    })
    .await;
    let scanned = scan_all(rules(), &[server.url()], impatient()).await;
    let unknown = Outcome::Inconclusive(Unknown::NotSent);
    let (profile, asks, _) = found(&scanned);
    assert_eq!((profile, asks), (None, unknown));
}
