//! Sequences, written as templates, run against scripted answers.

mod context;

use std::sync::Arc;

use bytes::Bytes;

use super::super::ask::{Step, Wanted};
use super::super::run::Run;
use crate::base::{Limits, Origin, Scheme, SourceFile};
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
    let origin = Origin::new(Scheme::Http, "a.example", 80).expect("valid");
    let now = "2026-01-01T00:00:00Z".parse().expect("valid");
    (HostFacts::new(origin, "n0nce", now), EndpointFacts::root())
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
fn out_of_band_needs_a_server_where_nothing_else_can_match() {
    let request = r#"raw: ["GET /?u={{interactsh-url}} HTTP/1.1\nHost: {{Hostname}}\n\n"]"#;
    let rest =
        format!("http:\n  - {request}\n    matchers: [{{ type: word, part: interactsh_protocol, words: [http] }}]");
    let told = run(&rest, |_, _| "200".into());
    assert_eq!((told.outcome, told.asked.len()), (Outcome::Skipped(SkipReason::NoOob), 0));
    let rest = r#"
http:
  - method: GET
    path: ["{{BaseURL}}/a", "{{BaseURL}}/{{interactsh-url}}", "{{BaseURL}}/b"]
    matchers:
      - { type: word, words: [yes] }
      - { type: word, part: interactsh_protocol, words: [dns] }
"#;
    let told = run(rest, |_, _| "200\n\nyes".into());
    assert_eq!((told.outcome, told.asked), (Outcome::Match, vec!["/a".to_owned()]));
    assert_eq!(run(rest, |_, _| "200\n\nno".into()).outcome, Outcome::Skipped(SkipReason::NoOob));
}

#[test]
fn payloads_turn_outside_and_requests_inside() {
    let rest = |attack: &str, stop: bool| {
        format!(
            r#"
http:
  - raw:
      - "GET /x?u={{{{u}}}}&p={{{{p}}}} HTTP/1.1\nHost: {{{{Hostname}}}}\n\n"
      - "GET /y?u={{{{u}}}}&p={{{{p}}}} HTTP/1.1\nHost: {{{{Hostname}}}}\n\n"
    attack: {attack}
    stop-at-first-match: {stop}
    payloads: {{ u: [a, b], p: ["1", "2", "3"] }}
    matchers: [{{ type: word, words: [hit] }}]
"#
        )
    };
    let told = run(&rest("pitchfork", false), |_, _| "200\n\nhit".into());
    assert_eq!(told.asked, ["/x?u=a&p=1", "/y?u=a&p=1", "/x?u=b&p=2", "/y?u=b&p=2"]);
    assert_eq!(told.rows.len(), 4);
    let told = run(&rest("clusterbomb", false), |_, _| "404".into());
    assert_eq!((told.asked.len(), told.outcome), (12, Outcome::Clean));
    let mut turns: Vec<_> = told.asked.iter().filter(|target| target.starts_with("/x")).collect();
    turns.dedup();
    assert_eq!(turns.len(), 6);
    let told =
        run(&rest("pitchfork", true), |target, _| if target == "/y?u=a&p=1" { "200\n\nhit" } else { "404" }.into());
    assert_eq!((told.asked.len(), told.rows.len()), (2, 1));
}

#[test]
fn the_order_of_arrival_never_shows() {
    let rest = r#"
http:
  - raw: ["GET /x?u={{u}} HTTP/1.1\nHost: {{Hostname}}\n\n"]
    payloads: { u: [a, b, c, d, e, f, g, h, i, j, k, l] }
    matchers: [{ type: word, words: [hit] }]
    extractors: [{ type: regex, regex: ["v\\d+"] }]
"#;
    let script = |target: &str, _: &str| {
        let nth = target.bytes().last().map_or(0, |letter| letter - b'a');
        let hit = if nth.is_multiple_of(3) { "hit" } else { "" };
        format!("200\nSet-Cookie: c{nth}=1\n\n{hit} v{nth}")
    };
    let first = run(rest, script);
    assert_eq!(first.rows.len(), 4);
    for seed in 1..20_usize {
        let mut state = seed;
        let turn = |open: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % open
        };
        let told = run_in_order(template(rest), script, turn);
        assert_eq!((told.outcome, told.rows), (first.outcome, first.rows.clone()));
    }
}

#[test]
fn values_flow_into_later_requests_and_a_missing_one_ends_the_block() {
    let rest = r#"
http:
  - raw:
      - "GET /a HTTP/1.1\nHost: {{Hostname}}\n\n"
      - "GET /b?t={{token}} HTTP/1.1\nHost: {{Hostname}}\n\n"
      - "GET /c HTTP/1.1\nHost: {{Hostname}}\n\n"
    matchers:
      - { type: dsl, dsl: ['status_code_1 == 200 && contains(body_2, "in") && header_3 != ""'] }
    extractors:
      - { type: regex, name: token, internal: true, group: 1, regex: ['t=(\w+)'] }
"#;
    let script = |target: &str, _: &str| {
        match target {
            "/a" => "200\nSet-Cookie: s=1\n\nt=abc t=def",
            "/b?t=abc" => "200\n\nin",
            _ => "200",
        }
        .into()
    };
    let told = run(rest, script);
    assert_eq!(
        (told.asked, told.rows),
        (vec!["/a".into(), "/b?t=abc".into(), "/c".into()], vec!["/ /c []".to_owned()])
    );
    let told = run(rest, |_, _| "200\n\nnothing".into());
    assert_eq!((told.asked.len(), told.outcome), (1, Outcome::Clean));
}

#[test]
fn cookies_of_earlier_answers_go_along() {
    let rest = r#"
http:
  - method: GET
    path: ["{{BaseURL}}/a", "{{BaseURL}}/b"]
    matchers: [{ type: word, words: [never] }]
  - method: GET
    path: ["{{BaseURL}}/c"]
    matchers: [{ type: word, words: [body] }]
"#;
    let told = run(rest, |target, wire| {
        assert_eq!(wire.contains("Cookie: s=1"), target != "/a", "{wire}");
        "200\nSet-Cookie: s=1; Path=/\n\nbody".into()
    });
    assert_eq!(told.rows, ["/ /c []"]);
}

#[test]
fn blocks_follow_the_flow_and_internal_matchers_stay_silent() {
    let rest = r#"
flow: http(1) && http(2)
http:
  - method: GET
    path: ["{{BaseURL}}/a"]
    matchers: [{ type: word, words: [yes], internal: true }]
    extractors: [{ type: regex, name: v, internal: true, regex: ['v\d'] }]
  - method: GET
    path: ["{{BaseURL}}/{{v}}"]
    matchers: [{ type: status, status: [200] }]
"#;
    let told = run(rest, |target, _| if target == "/a" { "200\n\nyes v7".into() } else { "200".into() });
    assert_eq!((told.asked, told.rows), (vec!["/a".into(), "/v7".into()], vec!["/ /v7 []".to_owned()]));
    let told = run(rest, |_, _| "200\n\nno".into());
    assert_eq!((told.asked.len(), told.outcome), (1, Outcome::Clean));
}

#[test]
fn every_hop_is_judged_the_last_first() {
    let rest = r#"
http:
  - method: GET
    path: ["{{BaseURL}}/a"]
    host-redirects: true
    matchers:
      - { type: word, name: here, part: header, words: ["X-Here"] }
      - { type: word, name: body, words: [text] }
"#;
    let script = |_: &str, _: &str| "302\nLocation: /b\nX-Here: 1\n\ntext\n===\n200\n\ntext".into();
    assert_eq!(run(rest, script).rows, ["body/ /b []", "here/ /a []"]);
}

/// The rows of one answer, by what stands below the path.
fn rows_of(operators: &str, answer: &str) -> Vec<String> {
    let rest = format!("http:\n  - method: GET\n    path: [\"{{{{BaseURL}}}}/\"]\n{operators}");
    let told = run(&rest, |_, _| answer.to_owned());
    told.rows.iter().map(|row| row.replace(" / ", " ")).collect()
}

#[test]
fn matchers_combine_as_their_conditions_say() {
    let holds = |matcher: &str, answer: &str| !rows_of(&format!("    matchers: [{matcher}]"), answer).is_empty();
    let answer = "200\nServer: nginx\n\nAlpha beta";
    assert!(holds("{ type: word, words: [none, beta] }", answer));
    assert!(!holds("{ type: word, words: [none, beta], condition: and }", answer));
    assert!(holds("{ type: word, words: [ALPHA], case-insensitive: true }", answer));
    assert!(holds("{ type: word, words: [none], negative: true }", answer));
    assert!(!holds("{ type: word, part: x_missing, words: [none], negative: true }", answer));
    assert!(holds("{ type: word, part: server, words: [nginx] }", answer));
    assert!(holds("{ type: regex, regex: ['B.ta', 'b.ta'] }", answer));
    assert!(holds("{ type: binary, binary: ['62657461'] }", answer));
    assert!(holds("{ type: size, size: [10] }", answer));
    assert!(holds("{ type: xpath, xpath: ['/html/body'] }", answer));
    assert!(!holds("{ type: xpath, xpath: ['//title'] }", answer));
    assert!(holds("{ type: dsl, dsl: ['missing == 1', 'len(body) == 10'] }", answer));
    assert!(!holds("{ type: dsl, dsl: ['missing == 1', 'len(body) == 10'], condition: and }", answer));
    assert!(holds("{ type: dsl, dsl: ['missing == 1', 'true'], condition: and, negative: true }", answer));
    assert!(!holds("{ type: dsl, dsl: ['len(body)'] }", answer));
    assert!(holds("{ type: word, words: ['{{to_lower(\"ALPHA\")}}'], case-insensitive: true }", answer));
}

#[test]
fn rows_are_named_as_matchers_and_extractors_are() {
    let answer = "200\nServer: nginx\n\n{\"v\":\"1.2\",\"w\":7}";
    let two = "    matchers:\n      - { type: word, name: one, words: [v] }\n      - { type: status, name: two, status: [200] }\n";
    assert_eq!(rows_of(two, answer), ["one/ []", "two/ []"]);
    assert_eq!(rows_of(&format!("    matchers-condition: and\n{two}"), answer), ["/ []"]);
    let extractors =
        "    extractors:\n      - { type: json, name: v, json: [.v] }\n      - { type: kval, kval: [server] }\n";
    assert_eq!(rows_of(extractors, answer), ["/v [\"1.2\"]"]);
    assert_eq!(
        rows_of(&format!("{two}{extractors}"), answer),
        ["one/ [\"1.2\", \"nginx\"]", "two/ [\"1.2\", \"nginx\"]"]
    );
    let plain = "    extractors:\n      - { type: dsl, dsl: ['to_upper(server)', 'nope'] }\n      - { type: json, json: ['.w'] }\n";
    assert_eq!(rows_of(plain, answer), ["/ [\"NGINX\", \"7\"]"]);
    let named = "    matchers: [{ type: dsl, dsl: ['v == \"1.2\"'] }]\n";
    assert_eq!(rows_of(&format!("{named}{extractors}"), answer), ["/v [\"1.2\"]"]);
    let internal = "    extractors:\n      - { type: json, name: v, internal: true, json: [.v] }\n      - { type: kval, kval: [server] }\n";
    assert!(rows_of(internal, answer).is_empty());
    let xpath = "    extractors:\n      - { type: xpath, xpath: ['//a'], attribute: href }\n";
    assert_eq!(rows_of(xpath, "200\n\n<a href=/x>1</a><a href=/y>2</a>"), ["/ [\"/x\", \"/y\"]"]);
}
