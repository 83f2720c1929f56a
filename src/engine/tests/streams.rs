//! Targets in, events out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::rules::{get, passive};
use super::server::{Act, Server, answer, ok};
use super::{Keep, impatient, scan_all, settings};
use crate::base::Unknown;
use crate::compile::Program;
use crate::engine::{Completed, Control, EngineError, scan};
use crate::finding::{Event, HostOutcome, Outcome, Sink};
use crate::rule::Rule;
use crate::target::Targets;

fn program(rules: Vec<Rule>) -> Arc<Program> {
    Arc::new(Program::compile(rules))
}

#[tokio::test]
async fn thousands_of_targets_are_read_as_they_are_scanned() {
    let server = Server::start(|_, _| ok("")).await;
    let (read, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let text: String = (0..1000).map(|n| format!("{}/{n}\nhttp://127.0.0.1:1/{n}\n", server.url())).collect();
    let lines = Targets::new().list("l", Box::new(std::io::Cursor::new(text)));
    let (reading, ahead) = (Arc::clone(&read), Arc::clone(&done));
    let most = Arc::new(AtomicUsize::new(0));
    let widest = Arc::clone(&most);
    let counted = lines.inspect(move |_| {
        let read = reading.fetch_add(1, Ordering::Relaxed) + 1;
        widest.fetch_max(read - ahead.load(Ordering::Relaxed), Ordering::Relaxed);
    });
    struct Count(Arc<AtomicUsize>);
    impl Sink for Count {
        fn event(&mut self, event: &Event) -> std::io::Result<()> {
            if matches!(event, Event::Host(..)) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        }
    }
    let mut few = settings();
    few.concurrency = Some(10);
    few.verdicts = false;
    few.retries = 0;
    let sink = Box::new(Count(Arc::clone(&done)));
    let summary = scan(program(vec![get("x", "/x")]), counted, few, sink, Control::new()).await.expect("a summary");
    assert_eq!((summary.planned, summary.matched, summary.error), (2000, 1000, 1000));
    assert_eq!((done.load(Ordering::Relaxed), read.load(Ordering::Relaxed)), (2000, 2000));
    assert!(most.load(Ordering::Relaxed) < 600, "{} targets read ahead", most.load(Ordering::Relaxed));
}

#[tokio::test]
async fn a_network_is_scanned_address_by_address() {
    let server = Server::at("0.0.0.0:0", |_, _| ok("")).await;
    let word = format!("127.0.0.0/29:{}", server.address.port());
    let scanned = scan_all(vec![get("x", "/x")], &[word], impatient()).await;
    assert_eq!(scanned.hosts().len(), 8);
    let complete = scanned.hosts().iter().filter(|host| host.outcome == HostOutcome::Complete).count();
    assert!(complete >= 7, "127.0.0.0 itself may not answer: {complete}");
}

#[tokio::test]
async fn a_bad_target_is_told_and_counted_and_stops_nothing() {
    let server = Server::start(|_, _| ok("")).await;
    let words = ["gopher://nowhere".to_string(), server.url()];
    let scanned = scan_all(vec![get("x", "/x")], &words, settings()).await;
    assert_eq!((scanned.summary().invalid_targets, scanned.summary().matched), (1, 1));
    let told =
        scanned.events.iter().any(|event| matches!(event, Event::InvalidTarget(problem) if problem.code == "T0002"));
    assert!(told);
}

#[tokio::test]
async fn events_of_a_host_come_in_order_and_the_summary_last() {
    let server = Server::start(|_, _| ok("")).await;
    let scanned = scan_all(vec![get("x", "/x"), passive("p")], &[server.url()], settings()).await;
    let names: Vec<&str> = scanned
        .events
        .iter()
        .map(|event| match event {
            Event::HostStarted { planned, requests, .. } => {
                assert_eq!((*planned, *requests), (2, 4));
                "started"
            }
            Event::InvalidTarget(_) => "invalid",
            Event::TargetsRead { hosts } => {
                assert_eq!(*hosts, 1);
                "read"
            }
            Event::Requested { .. } => "requested",
            Event::Finding(..) => "finding",
            Event::Verdict(_) => "verdict",
            Event::Host(..) => "host",
            Event::Summary(..) => "summary",
        })
        .collect();
    assert_eq!(names.iter().filter(|name| **name == "read").count(), 1);
    // That the list of targets ended is told when it is known, whatever the host is at.
    let host: Vec<&str> = names.iter().filter(|name| **name != "read").copied().collect();
    assert_eq!(host.first(), Some(&"started"));
    assert_eq!(host.iter().filter(|name| **name == "started").count(), 1);
    assert_eq!(host[host.len() - 2..], ["host", "summary"]);
    assert_eq!(names.last(), Some(&"summary"));
    let requests = scanned.events.iter().map(|event| match event {
        Event::Requested { requests, .. } => *requests,
        _ => 0,
    });
    assert_eq!(requests.sum::<u64>(), 4);
}

#[tokio::test]
async fn a_slow_sink_slows_the_scan_and_loses_nothing() {
    struct Slow(Keep);
    impl Sink for Slow {
        fn event(&mut self, event: &Event) -> std::io::Result<()> {
            std::thread::sleep(Duration::from_millis(1));
            self.0.event(event)
        }
    }
    let server = Server::start(|_, _| ok("")).await;
    let rules: Vec<Rule> = (0..400).map(|n| get(&format!("rule-{n}"), &format!("/{n}"))).collect();
    let keep = Keep::default();
    let sink = Box::new(Slow(keep.clone()));
    let targets = Targets::new().words(&[server.url()]);
    let summary = scan(program(rules), targets, settings(), sink, Control::new()).await.expect("a summary");
    assert_eq!(summary.matched, 400);
    assert_eq!(keep.events().iter().filter(|event| matches!(event, Event::Verdict(_))).count(), 400);
    assert!(matches!(keep.events().last(), Some(Event::Summary(..))));
}

#[tokio::test]
async fn a_failing_sink_stops_the_scan_and_keeps_what_it_has() {
    struct Full(Keep, usize);
    impl Sink for Full {
        fn event(&mut self, event: &Event) -> std::io::Result<()> {
            match self.1.checked_sub(1) {
                Some(room) => {
                    self.1 = room;
                    self.0.event(event)
                }
                None => Err(std::io::Error::new(std::io::ErrorKind::StorageFull, "no space left")),
            }
        }
    }
    let server = Server::start(|_, _| ok("")).await;
    let text: String = (0..500).map(|n| format!("{}/{n}\nhttp://127.0.0.1:1/{n}\n", server.url())).collect();
    let targets = Targets::new().list("l", Box::new(std::io::Cursor::new(text)));
    let keep = Keep::default();
    let sink = Box::new(Full(keep.clone(), 50));
    let failed = scan(program(vec![get("x", "/x")]), targets, settings(), sink, Control::new()).await;
    assert!(matches!(&failed, Err(EngineError::Output(error)) if error.to_string().contains("no space")), "{failed:?}");
    assert_eq!(keep.events().len(), 50);
}

#[tokio::test]
async fn a_resumed_scan_passes_over_what_was_complete() {
    let (one, two) = (Server::start(|_, _| ok("")).await, Server::start(|_, _| ok("")).await);
    let line = format!("{{\"event\":\"host\",\"target\":\"{}\",\"outcome\":\"complete\"}}\n", one.url());
    let done = Completed::read(line.as_bytes()).expect("readable");
    let targets = Targets::new().words(&[one.url(), two.url()]);
    let left = targets.filter(move |target| !target.as_ref().is_ok_and(|target| done.covers(target)));
    let keep = Keep::default();
    let run = scan(program(vec![get("x", "/x")]), left, settings(), Box::new(keep.clone()), Control::new());
    assert_eq!(run.await.expect("a summary").matched, 1);
    assert!(one.requests().is_empty() && two.requests().len() == 1);
}

#[tokio::test]
async fn over_the_byte_budget_is_inconclusive_and_the_rest_goes_on() {
    let large = "x".repeat(300 << 10);
    let server = Server::start(move |target, _| {
        let body = if target.starts_with("/large") { &large } else { "small" };
        Act::Say(answer(200, "", body))
    })
    .await;
    let rules = vec![get("large", "/large"), get("small-1", "/1"), get("small-2", "/2")];
    let mut tight = settings();
    tight.limits.bytes = 100 << 10;
    let scanned = scan_all(rules, &[server.url()], tight).await;
    assert_eq!(scanned.outcome("large"), Outcome::Inconclusive(Unknown::Budget));
    assert_eq!((scanned.outcome("small-1"), scanned.outcome("small-2")), (Outcome::Match, Outcome::Match));
}

#[tokio::test]
async fn files_are_paid_for_as_answers_are() {
    let folder = tempfile::TempDir::new().expect("a folder");
    for (name, length) in [("a.js", 1 << 10), ("b.js", 300 << 10), ("c.js", 1 << 10)] {
        std::fs::write(folder.path().join(name), "x".repeat(length)).expect("a file");
    }
    let mut tight = settings();
    tight.limits.bytes = 100 << 10;
    let keep = Keep::default();
    let targets = Targets::new().files(&[folder.path().display().to_string()]);
    let run = scan(program(vec![passive("p")]), targets, tight, Box::new(keep.clone()), Control::new());
    run.await.expect("the run ends well");
    let host = keep.events().into_iter().find_map(|event| match event {
        Event::Host(host, _) => Some(host),
        _ => None,
    });
    let host = host.expect("it was scanned");
    assert_eq!(host.outcome, HostOutcome::Incomplete);
    let reading = host.reading.as_ref().expect("files were read");
    assert_eq!((reading.found, reading.read, reading.left.get("budget")), (3, 2, Some(&1)));
    assert!(host.notes.iter().any(|note| note.contains("b.js")), "{:?}", host.notes);
}

#[tokio::test]
async fn bytes_are_given_back_as_soon_as_an_answer_is_judged() {
    let body = "x".repeat(50 << 10);
    let server = Server::start(move |_, _| Act::Say(answer(200, "", &body))).await;
    let rules: Vec<Rule> = (0..60).map(|n| get(&format!("rule-{n}"), &format!("/{n}"))).collect();
    let mut tight = settings();
    tight.limits.bytes = 600 << 10;
    let scanned = scan_all([rules, vec![passive("p")]].concat(), &[server.url()], tight).await;
    assert_eq!(scanned.summary().matched, 61, "{:?}", scanned.summary());
}

#[tokio::test]
async fn heavy_bodies_are_judged_without_blocking_others() {
    let large = "x".repeat(600 << 10);
    let server = Server::start(move |_, _| Act::Say(answer(200, "", &large))).await;
    let seen = Arc::new(Mutex::new(0));
    let ticks = Arc::clone(&seen);
    let ticking = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            *ticks.lock().expect("not poisoned") += 1;
        }
    });
    let rules = vec![get("a", "/a"), get("b", "/b"), passive("p")];
    let scanned = scan_all(rules, &[server.url()], settings()).await;
    ticking.abort();
    assert_eq!(scanned.summary().matched, 3);
    assert!(*seen.lock().expect("not poisoned") > 0);
}
