//! What one answer leaves for the next: template contexts, values, digests; and what people are shown of it.

use super::*;
use crate::base::Unknown;
use crate::observation::{CallbackNames, CallbackSite, CorrelationId, Interaction, InteractionId};
use crate::predicate::Called;
use crate::verdict::{RunResult, Trace};

#[test]
fn blocks_without_a_name_are_called_by_protocol_and_number() {
    let block =
        |path: &str, matcher: &str| format!("  - path: [\"{{{{BaseURL}}}}{path}\"]\n    matchers: [{{ {matcher} }}]\n");
    let rest = format!(
        "http:\n{}{}{}",
        block("/one", "type: word, words: [first], internal: true"),
        block("/two/{{http_1_status_code}}/{{http_1_x_key}}", "type: word, part: http_1_body, words: [first]"),
        block(
            "/three/{{http_2_body}}",
            "type: dsl, dsl: ['contains(http_2_body, \"second\") && http_1_status_code == 200']"
        )
    );
    let told = run(&rest, |target, _| match target {
        "/one" => "200\nX-Key: k\n\nfirst".into(),
        _ => "200\n\nsecond".into(),
    });
    assert_eq!(told.asked, ["/one", "/two/200/k", "/three/second"]);
    assert_eq!(told.rows, ["/ /two/200/k []", "/ /three/second []"]);
}

#[test]
fn a_block_of_its_own_protocol_or_name_is_called_so() {
    let rest = r#"
flow: http("login") && http(2)
http:
  - id: login
    path: ["{{BaseURL}}/login"]
    matchers: [{ type: status, status: [302], internal: true }]
  - path: ["{{BaseURL}}{{login_location}}"]
    matchers: [{ type: dsl, dsl: ['contains(login_header, "Location") && status_code == 200'] }]
"#;
    let told = run(rest, |target, _| match target {
        "/login" => "302\nLocation: /in\n\n".into(),
        _ => "200\n\nwelcome".into(),
    });
    assert_eq!((told.asked, told.rows), (vec!["/login".to_owned(), "/in".to_owned()], vec!["/ /in []".to_owned()]));
}

#[test]
fn flows_set_names_and_go_over_what_was_extracted() {
    let rest = |flow: &str| {
        format!(
            r#"
flow: |
  {flow}
http:
  - path: ["{{{{BaseURL}}}}/list"]
    extractors: [{{ type: regex, name: item, group: 1, internal: true, regex: ["i=([a-z]+)"] }}]
  - path: ["{{{{BaseURL}}}}/{{{{one}}}}"]
    matchers: [{{ type: word, words: [hit] }}]
"#
        )
    };
    let asked = |flow: &str, list: &'static str| {
        run(&rest(flow), move |target, _| if target == "/list" { list } else { "200\n\nhit" }.into()).asked
    };
    let each = "http(1); for (let x of iterate(template.item)) { set('one', x); http(2) }";
    assert_eq!(asked(each, "200\n\ni=ab i=cd"), ["/list", "/ab", "/cd"]);
    assert_eq!(asked(each, "200\n\ni=ab"), ["/list", "/ab"]);
    assert_eq!(asked(each, "200\n\nnone"), ["/list"]);
    let first = "http(1); set('one', iterate(template.item)[0]); http(2)";
    assert_eq!(asked(first, "200\n\ni=ab i=cd"), ["/list", "/ab"]);
    assert_eq!(asked(first, "200\n\nnone"), ["/list"]);
    let part = "http(1); set('one', template.item[0]); http(2)";
    assert_eq!(asked(part, "200\n\ni=ab"), ["/list", "/a"]);
}

const TOKEN: &str = r#"
http:
  - raw:
      - "GET /a HTTP/1.1\nHost: {{Hostname}}\n\n"
      - "GET /b HTTP/1.1\nHost: {{Hostname}}\nX-Token: {{token}}\n\n"
    matchers: [{ type: word, words: [hit] }]
    extractors:
      - { type: regex, name: token, group: 1, internal: true, regex: ["t=([a-z]+)"] }
      - { type: regex, group: 1, regex: ["v=([0-9]+)"] }
"#;

#[test]
fn what_is_reported_with_a_value_goes_into_no_other_request() {
    let asked = |first: &'static str| {
        run(TOKEN, move |target, _| if target == "/a" { first } else { "200\n\nhit" }.into()).asked
    };
    assert_eq!(asked("200\n\nhit t=abc"), ["/a", "/b"]);
    assert_eq!(asked("200\n\nt=abc v=1"), ["/a", "/b"]);
    assert_eq!(asked("200\n\nhit t=abc v=1"), ["/a"]);
}

#[test]
fn a_request_that_no_client_sends_is_passed_over() {
    let rest = r#"
http:
  - raw:
      - "POST /a HTTP/1.1\nHost: {{Hostname}}\nlog={{unknown}}&x\n\n"
      - "GET /b HTTP/1.1\nHost: {{Hostname}}\n\n"
      - "GET /c?{{unknown}} HTTP/1.1\nHost: {{Hostname}}\n\n"
      - "GET /d HTTP/1.1\nHost: {{Hostname}}\n\n"
    matchers: [{ type: word, words: [hit] }]
"#;
    let told = run(rest, |_, _| "200\n\nhit".into());
    assert_eq!((told.asked, told.rows), (vec!["/b".to_owned()], vec!["/ /b []".to_owned()]));
}

#[test]
fn a_digest_challenge_is_answered_once() {
    let rest = r#"
http:
  - raw: ["GET /in HTTP/1.1\nHost: {{Hostname}}\n\n"]
    digest-username: user
    digest-password: pass
    matchers: [{ type: word, words: [welcome] }]
"#;
    let challenge = "401\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\n\nno";
    let good = |wire: &str| wire.contains("\r\nAuthorization: Digest ") && wire.contains("username=\"user\"");
    let told = run(rest, |_, wire| if good(wire) { "200\n\nwelcome".into() } else { challenge.into() });
    assert_eq!((told.asked.len(), told.rows), (2, vec!["/ /in []".to_owned()]));
    let told = run(rest, |_, _| challenge.into());
    assert_eq!((told.asked.len(), told.outcome), (2, Outcome::Clean));
}

/// A tree, a line a node.
fn lines(trace: &Trace, depth: usize, out: &mut Vec<String>) {
    let found = trace.found.as_ref().map(|found| format!(" = {found}")).unwrap_or_default();
    out.push(format!("{}{} {}{found}", "  ".repeat(depth), trace.truth.is_true(), trace.text));
    trace.children.iter().for_each(|child| lines(child, depth + 1, out));
}

#[test]
fn each_matcher_extractor_and_value_is_told() {
    let rest = r#"
variables: { who: "{{Host}}" }
http:
  - raw: ["GET /?u={{u}} HTTP/1.1\nHost: {{Hostname}}\n\n"]
    payloads: { u: [x] }
    matchers-condition: and
    matchers:
      - { type: word, name: greets, words: [hello, bye], condition: and }
      - { type: status, status: [200, 201] }
      - { type: word, part: header, words: [nginx], negative: true }
      - { type: regex, regex: ["v=[0-9]+"] }
      - { type: dsl, dsl: ["len(body) > 3", "gone == 1"] }
      - { type: word, part: absent, words: [a] }
    extractors: [{ type: regex, name: version, group: 1, regex: ["v=([0-9]+)"] }]
"#;
    let (host, endpoint) = facts();
    let identity = Arc::new(Identity::anonymous());
    let mut run = Run::new(CompiledRule::alone(template(rest)), Arc::new(host), Arc::new(endpoint), identity);
    run = run.keeping_traces();
    let Step::Ask(asks) = run.step() else { panic!("it asks") };
    let probe = asks[0].http().expect("a request");
    assert_eq!(&*asks[0].request, "block 1, request 1");
    let hops = Hops::new(vec![Arc::new(answer(probe, "200\n\nhello v=12"))]).expect("one");
    run.reply(asks[0].id, ReplyState::Answered(hops));
    assert!(matches!(run.step(), Step::Done(_)));
    let mut told = Vec::new();
    run.traces().iter().for_each(|trace| lines(trace, 0, &mut told));
    let expected = [
        "false block 1: GET /?u=x — 200",
        "  true variable `who` = a.example",
        "  true payload `u` = x",
        "  true extractor `version`: regex v=([0-9]+) in body = 12",
        "  false all of the matchers",
        "    false matcher `greets`: all of these (word in body)",
        "      true `hello` = `hello v=12` at byte 0",
        "      false `bye` = nothing in 10 bytes",
        "    true matcher: status 200 or 201 = 200",
        "    true matcher: any of these (word in header, must not hold)",
        "      false `nginx` = nothing in 39 bytes",
        "    true matcher: any of these (regex in body)",
        "      true `v=[0-9]+` = `hello v=12` at byte 6",
        "    true matcher: any of these (dsl)",
        "      true len(body) > 3 = true",
        "        true `body` = hello v=12",
        "      false gone == 1 = there is no variable `gone`",
        "        false `gone` = no value",
        "    false matcher: any of these (word in absent)",
        "      false `a` = no such part",
    ];
    assert_eq!(told, expected);
}

const CALLS: &str = r#"
http:
  - path: ["{{BaseURL}}/?u={{interactsh-url}}"]
    matchers: [{ type: word, part: interactsh_protocol, words: [http] }]
"#;

/// Runs a template that waits for calls, with names of that seed.
fn called(seed: u8, reply: impl Fn(&[InteractionId]) -> ReplyState) -> RunResult {
    let (mut host, endpoint) = facts();
    let site = CallbackSite::Server("127.0.0.1:80".into());
    let names = CallbackNames::new(CorrelationId::from_bytes([seed; 12]), site, [seed; 32]);
    host.callbacks = Some(Arc::new(names));
    let identity = Arc::new(Identity::anonymous());
    let mut run = Run::new(CompiledRule::alone(template(CALLS)), Arc::new(host), Arc::new(endpoint), identity);
    for _ in 0..16 {
        match run.step() {
            Step::Ask(asks) => {
                for ask in asks {
                    let state = match &ask.wanted {
                        Wanted::Http { probe, .. } => {
                            let hops = Hops::new(vec![Arc::new(answer(probe, "200\n\nok"))]);
                            hops.map_or(ReplyState::NotAsked, ReplyState::Answered)
                        }
                        Wanted::Interactions { ids, .. } => reply(ids),
                        Wanted::Other { .. } | Wanted::Pause(_) => ReplyState::NotAsked,
                    };
                    run.reply(ask.id, state);
                }
            }
            Step::Wait => panic!("the run waits for nothing"),
            Step::Done(result) => return result,
        }
    }
    panic!("the run does not end")
}

#[test]
fn a_finding_of_a_call_is_the_same_one_in_every_scan() {
    let call = |ids: &[InteractionId]| {
        let call = Interaction {
            id: ids[0].clone(),
            full_id: ids[0].as_str().into(),
            protocol: "http".into(),
            query_type: None,
            mail_from: None,
            request: Bytes::from_static(b"GET / HTTP/1.1"),
            response: Bytes::new(),
            remote: None,
            at: "2026-01-01T00:00:00Z".parse().expect("valid"),
        };
        ReplyState::Called(Called { interactions: vec![call].into(), left: std::time::Duration::ZERO })
    };
    let (one, other) = (called(1, call), called(2, call));
    let (one, other) = (&one.findings[0], &other.findings[0]);
    assert_ne!(one.places[0].url, other.places[0].url, "the name is a fresh one");
    assert_eq!((&one.fingerprint, &one.evidence_key), (&other.fingerprint, &other.evidence_key));
}

#[test]
fn calls_that_cannot_be_asked_for_are_no_proof() {
    let nobody = |_: &[InteractionId]| {
        ReplyState::Called(Called { interactions: Vec::new().into(), left: std::time::Duration::ZERO })
    };
    assert_eq!(called(1, nobody).outcome, Outcome::Clean);
    let result = called(1, |_| ReplyState::Unknown(Unknown::Failed));
    assert_eq!(result.outcome, Outcome::Inconclusive(Unknown::Failed));
}
