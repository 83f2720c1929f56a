//! Passive rules over the answers of a host.

use std::sync::Arc;

use outsight::base::Unknown;
use outsight::compile::Program;
use outsight::finding::{Finding, Outcome};
use outsight::observation::{ErrorKind, Exchange, ProbeError, Timing};
use outsight::predicate::{Answer, Hops, Reply, ReplyState};
use outsight::verdict::{PassiveTally, Seen};

use super::world::{Page, endpoint, host, page, probe, reply, rules, text};

const MISSING: &str =
    "severity: low\napplies_to: response\nmatch: { headers: { x-frame-options: { exists: false } } }\n";

fn tally(texts: &[String], guaranteed: &[Reply], overheard: &[(Reply, &str)]) -> Vec<(Outcome, Vec<Finding>)> {
    let program = Arc::new(Program::compile(rules(texts)));
    let mut tally = PassiveTally::new(program, host(vec![page(404, "none"), page(404, "none")]), endpoint());
    guaranteed.iter().for_each(|reply| tally.observe(reply, &Seen::Guaranteed));
    overheard.iter().for_each(|(reply, rule)| tally.observe(reply, &Seen::In((*rule).into())));
    tally.finish().into_iter().map(|(_, result)| (result.outcome, result.findings)).collect()
}

fn at(path: &str, page: &Page) -> Reply {
    reply(page.answers(&probe(path)))
}

fn refused(path: &str, kind: ErrorKind) -> Reply {
    let response = Err(ProbeError::new(kind, "a test"));
    let (timing, at) = (Timing::default(), outsight::base::Timestamp::UNIX_EPOCH);
    let exchange = Exchange { probe: probe(path), response, at, timing, remote: None, tls: None };
    reply(ReplyState::Answered(Hops::single(Arc::new(Answer::new(exchange)))))
}

#[test]
fn overheard_answers_add_findings_but_no_verdict() {
    let fine = page(200, "home").with("X-Frame-Options", "DENY");
    let got = tally(
        &[text("r", MISSING)],
        &[at("/", &fine)],
        &[(at("/b", &page(200, "b")), "other"), (at("/a", &page(200, "a")), "other")],
    );
    let (outcome, findings) = &got[0];
    assert_eq!((*outcome, findings.len()), (Outcome::Clean, 1));
    let places = &findings[0].places;
    assert_eq!(
        places.iter().map(|place| &*place.url).collect::<Vec<_>>(),
        ["https://app.example.com/a", "https://app.example.com/b"]
    );
    assert!(places.iter().all(|place| place.seen_in.as_deref() == Some("other")));
    assert!(!places[0].evidence.is_empty() && places[1].evidence.is_empty(), "the first place alone has evidence");
}

#[test]
fn the_order_in_which_answers_are_overheard_never_shows() {
    let texts = [
        text("a", MISSING),
        text(
            "b",
            "severity: [ { high: { status: 500 } }, low ]\napplies_to: response\nmatch: { body: { contains: secret } }\n",
        ),
        text(
            "c",
            "severity: low\napplies_to: response\nfor_each: { x: { from: body, regex: 'id=(\\w+)' } }\nevidence_key: \"{{x}}\"\nmatch: {}\n",
        ),
    ];
    let pages: Vec<(Reply, &str)> = (0..12)
        .map(|nth: u16| {
            let status = if nth.is_multiple_of(5) { 500 } else { 200 };
            (
                at(&format!("/{}", nth % 7), &page(status, &format!("secret {nth} id={}", nth % 3))),
                if nth.is_multiple_of(2) { "p" } else { "q" },
            )
        })
        .collect();
    let root = [at("/", &page(200, "id=1").with("X-Frame-Options", "DENY"))];
    let forward = tally(&texts, &root, &pages);
    for turn in 1..pages.len() {
        let mut turned = pages.clone();
        turned.rotate_left(turn);
        turned.swap(0, turn / 2);
        assert_eq!(tally(&texts, &root, &turned), forward);
    }
    for (_, findings) in &forward {
        assert!(findings.iter().all(|finding| !finding.places[0].evidence.is_empty()), "who leads has evidence");
    }
}

#[test]
fn an_answer_that_equals_a_guaranteed_one_is_judged_once() {
    let error = page(404, "nothing here");
    let got = tally(
        &[text("r", MISSING)],
        &[at("/", &error)],
        &[(at("/.env", &error.clone().with("Date", "later")), "dotenv")],
    );
    assert_eq!(got[0].1[0].places.len(), 1);
}

#[test]
fn a_refusal_lacks_no_header() {
    let fine = page(200, "home").with("X-Frame-Options", "DENY");
    let got = tally(&[text("r", MISSING)], &[at("/", &fine), refused("/random", ErrorKind::Reset)], &[]);
    assert_eq!(got[0].0, Outcome::Clean);
    let got = tally(&[text("r", MISSING)], &[refused("/", ErrorKind::Reset)], &[]);
    assert_eq!(got[0].0, Outcome::Inconclusive(Unknown::Failed));
    let got = tally(&[text("r", MISSING)], &[at("/", &fine), refused("/", ErrorKind::ResponseTimeout)], &[]);
    assert_eq!(got[0].0, Outcome::Error(ErrorKind::ResponseTimeout));
}

#[test]
fn what_the_host_says_of_nothing_is_one_place_in_other_words_too() {
    let lost = page(404, "none");
    let guaranteed = [at("/", &page(200, "home")), at("/n1", &lost), at("/n2", &lost)];
    let overheard = [
        (at("/a", &page(404, "no such thing as /a")), "p"),
        (at("/b", &page(404, "no such thing as /b")), "p"),
        (at("/real", &page(200, "a page that is there")), "p"),
    ];
    let got = tally(&[text("r", MISSING)], &guaranteed, &overheard);
    let urls: Vec<&str> = got[0].1[0].places.iter().map(|place| &*place.url).collect();
    let own = ["https://app.example.com/", "https://app.example.com/n1", "https://app.example.com/n2"];
    assert_eq!(urls, [&own[..], &["https://app.example.com/real"]].concat());
    let worse = "severity: [ { high: { body: { contains: trace } } }, low ]\napplies_to: response\nmatch: { headers: { x-frame-options: { exists: false } } }\n";
    let overheard = [(at("/a", &page(404, "a trace of the stack")), "p"), (at("/b", &page(404, "no /b")), "p")];
    let got = tally(&[text("r", worse)], &guaranteed, &overheard);
    assert_eq!((&*got[0].1[0].places[0].url, got[0].1[0].places.len()), ("https://app.example.com/a", 4));
}

#[test]
fn what_was_read_whole_and_not_searched_whole_is_not_clean_and_what_was_cut_is_told_elsewhere() {
    let keys = "severity: low\napplies_to: response\nfor_each: { t: { from: tokens, keywords: [acme-], regex: 'acme-[0-9a-f]{32}' } }\nmatch: {}\n";
    let read = |script: &Page| {
        let program = Arc::new(Program::compile(rules(&[text("r", keys)])));
        let mut tally = PassiveTally::new(program, host(Vec::new()), endpoint());
        tally.observe(&at("/", &page(200, "home")), &Seen::Guaranteed);
        tally.observe(&at("/a.js", script), &Seen::Crawled);
        tally.finish().into_iter().map(|(_, result)| result.outcome).next()
    };
    let crowded = page(200, &"acme-;".repeat(30_000));
    assert_eq!(read(&page(200, "a()")), Some(Outcome::Clean));
    assert_eq!(read(&page(200, "a()").cut()), Some(Outcome::Clean));
    assert_eq!(read(&crowded), Some(Outcome::Inconclusive(Unknown::CutOff)));
}
