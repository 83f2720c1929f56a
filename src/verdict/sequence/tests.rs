//! Sequences, written as templates, run against scripted answers.

use std::sync::Arc;

use bytes::Bytes;

use super::super::ask::{Step, Wanted};
use super::super::run::Run;
use crate::base::{Limits, Origin, Scheme, SourceFile, Value};
use crate::compile::CompiledRule;
use crate::dialect::nuclei::{NoFiles, load};
use crate::finding::{Outcome, Place, SkipReason};
use crate::observation::{ErrorKind, Exchange, Header, HttpProbe, ProbeError, Response, Timing};
use crate::plan::Identity;
use crate::predicate::{Answer, EndpointFacts, Hops, HostFacts, ReplyState};
use crate::rule::Rule;

/// A template: what stands below `http:` and beside it.
fn template(rest: &str) -> Rule {
    let text = format!("id: t\ninfo:\n  name: T\n  author: a\n  severity: high\n{rest}\n");
    let loaded = load(&SourceFile::new("t.yaml", text), &NoFiles, &Limits::default());
    let rule = loaded.rule.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    assert!(rule.refused.is_none(), "{:?}", rule.refused);
    rule
}

/// An answer: the status, fields, an empty line, the body.
fn answer(probe: &Arc<HttpProbe>, script: &str) -> Answer {
    let (head, body) = script.split_once("\n\n").unwrap_or((script, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|code| code.parse().ok()).expect("a status");
    let bytes = |text: &str| Bytes::copy_from_slice(text.as_bytes());
    let field = |line: &str| {
        let (name, value) = line.split_once(": ").expect("a field");
        Header { name: bytes(name), value: bytes(value) }
    };
    let length = format!("Content-Length: {}", body.len());
    let response = Response {
        version: "HTTP/1.1",
        status,
        reason: bytes("OK"),
        headers: lines.map(field).chain([field(&length)]).collect(),
        head: bytes(&format!("HTTP/1.1 {status} OK")),
        body: bytes(body),
        wire_bytes: 0,
        truncated: None,
        anomalies: Vec::new(),
    };
    let response = if status == 0 { Err(ProbeError::new(ErrorKind::ResponseTimeout, "")) } else { Ok(response) };
    Answer::new(Exchange {
        probe: Arc::clone(probe),
        response,
        at: "2026-01-01T00:00:00Z".parse().expect("valid"),
        timing: Timing::default(),
        remote: None,
        tls: None,
    })
}

/// What a run did.
#[derive(Debug, PartialEq)]
struct Told {
    outcome: Outcome,
    /// Requests in the order of asking: target, then what the script wants to see of the rest.
    asked: Vec<String>,
    /// `matcher/extractor at [values]`, in order.
    rows: Vec<String>,
}

fn facts() -> (HostFacts, EndpointFacts) {
    let host = HostFacts {
        origin: Origin::new(Scheme::Http, "a.example", 80).expect("valid"),
        nonce: "n0nce".into(),
        now: "2026-01-01T00:00:00Z".parse().expect("valid"),
        limits: Arc::new(Limits::default()),
        baseline: Vec::new(),
        profile: None,
        callbacks: None,
    };
    (host, EndpointFacts { path: "/".into(), facts: Value::list([]) })
}

fn row(place: &Place) -> String {
    let matched = place.matched.as_ref().expect("a match");
    let name = |name: &Option<Arc<str>>| name.as_deref().unwrap_or("").to_owned();
    let raw = matched.raw.expose();
    let at = raw.at.trim_start_matches("http://a.example");
    format!("{}/{} {at} {:?}", name(&matched.matcher), name(&matched.extractor), raw.extracted)
}

/// Runs a template. `script` gives the answer to a request by its target and whole text, several hops divided by `===`;
/// `turn` picks which of the open asks is answered next.
fn run_in_order(rule: Rule, script: impl Fn(&str, &str) -> String, mut turn: impl FnMut(usize) -> usize) -> Told {
    let (host, endpoint) = facts();
    let identity = Arc::new(Identity::anonymous());
    let mut run = Run::new(CompiledRule::alone(rule), Arc::new(host), Arc::new(endpoint), identity);
    let (mut asked, mut open) = (Vec::new(), Vec::new());
    loop {
        match run.step() {
            Step::Ask(asks) => {
                for ask in asks {
                    asked
                        .push(ask.http().map_or("pause".into(), |probe| String::from_utf8_lossy(&probe.target).into()));
                    open.push(ask);
                }
            }
            Step::Wait => {}
            Step::Done(result) => {
                let places = result.findings.iter().flat_map(|finding| &finding.places);
                return Told { outcome: result.outcome, asked, rows: places.map(row).collect() };
            }
        }
        assert!(!open.is_empty(), "the run waits for nothing");
        let ask = open.remove(turn(open.len()) % open.len());
        let Wanted::Http { probe, .. } = &ask.wanted else {
            run.reply(ask.id, ReplyState::NotAsked);
            continue;
        };
        let target = String::from_utf8_lossy(&probe.target).into_owned();
        let wire = String::from_utf8_lossy(probe.wire.expose()).into_owned();
        let script = script(&target, &wire);
        let hops = script.split("\n===\n").map(|hop| Arc::new(answer(probe, hop))).collect();
        run.reply(ask.id, Hops::new(hops).map_or(ReplyState::NotAsked, ReplyState::Answered));
    }
}

/// Runs a template, each ask answered as it comes.
fn run(rest: &str, script: impl Fn(&str, &str) -> String) -> Told {
    run_in_order(template(rest), script, |_| 0)
}

#[test]
fn words_and_status_on_every_path() {
    let rest = r#"
http:
  - method: GET
    path: ["{{BaseURL}}/a", "{{BaseURL}}/b"]
    matchers-condition: and
    matchers:
      - { type: word, words: [hello] }
      - { type: status, status: [200] }
"#;
    let told = run(rest, |target, _| if target == "/b" { "200\n\nsay hello".into() } else { "404\n\nhello".into() });
    assert_eq!(told.outcome, Outcome::Match);
    assert_eq!(told.asked, ["/a", "/b"]);
    assert_eq!(told.rows, ["/ /b []"]);
    let told = run(rest, |_, _| "404\n\nnope".into());
    assert_eq!((told.outcome, told.rows.len()), (Outcome::Clean, 0));
    let told = run(rest, |_, _| "0".into());
    assert_eq!((told.outcome, told.asked.len()), (Outcome::Error(ErrorKind::ResponseTimeout), 2));
}

#[test]
fn out_of_band_needs_a_server() {
    let rest = r#"
http:
  - raw: ["GET /?u={{interactsh-url}} HTTP/1.1\nHost: {{Hostname}}\n\n"]
    matchers: [{ type: word, part: interactsh_protocol, words: [http] }]
"#;
    let told = run(rest, |_, _| "200".into());
    assert_eq!((told.outcome, told.asked.len()), (Outcome::Skipped(SkipReason::NoOob), 0));
}
