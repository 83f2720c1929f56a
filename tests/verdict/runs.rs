//! What a rule sends, in which order, and what it makes of the answers: the points that the format's table cannot show.

use outsight::base::{Confidence, Severity, Unknown};
use outsight::finding::{Outcome, SkipReason};
use outsight::predicate::ReplyState;
use outsight::verdict::Wanted;

use super::world::{Page, answer, begin, compiled, drive, lost, page, probe_of, run, run_on};

const LOGIN: &str = "severity: low
applies_to: host
requests:
  login:
    get: /login
    extract: { token: { from: headers.x-token } }
  check: { get: /check, query: { t: \"{{token}}\" } }
match: { $check: { status: 200 } }
";

#[test]
fn a_value_goes_from_answer_to_request_with_the_rules_cookies() {
    let login = page(200, "")
        .with("X-Token", "a b&c")
        .with("Set-Cookie", "sid=1; Path=/")
        .with("Set-Cookie", "old=; Max-Age=0");
    let ended = run(LOGIN, &[("/login", login), ("/check?t=a%20b%26c", page(200, ""))]);
    assert_eq!(
        (ended.outcome, &ended.sent[..]),
        (Outcome::Match, &["/login".into(), "/check?t=a%20b%26c".to_string()][..])
    );
    let wire = String::from_utf8_lossy(probe_of(&ended.asks[1]).wire.expose()).into_owned();
    assert!(wire.contains("\r\nCookie: sid=1\r\n"), "{wire}");
}

#[test]
fn a_request_without_its_value_is_not_sent() {
    let ended = run(LOGIN, &[("/login", page(200, ""))]);
    assert_eq!(ended.outcome, Outcome::Skipped(SkipReason::NothingToExtract));
    assert_eq!(ended.sent, ["/login"]);
    let ended = drive(begin(&compiled(LOGIN), Vec::new()), |_| lost(), |_| 0);
    assert_eq!((ended.outcome, ended.sent.len()), (Outcome::Inconclusive(Unknown::Failed), 1));
    let optional = LOGIN.replace("headers.x-token", "headers.x-token, optional: true");
    let ended = run(&optional, &[("/login", page(200, ""))]);
    assert_eq!(ended.sent, ["/login", "/check?t="], "an optional value that is not there is empty");
}

#[test]
fn what_uses_the_value_of_a_request_that_was_not_asked_is_missing_too() {
    let keys = "severity: low
applies_to: host
requests:
  first: { get: /first }
  login:
    if: { $first: { status: 200 } }
    get: /login
    extract: { token: { from: headers.x-token } }
  check: { get: \"/check/{{token}}\" }
match: { $check: { status: { or_missing: true, equals: 500 } } }
";
    let ended = run(keys, &[]);
    assert_eq!((ended.outcome, &ended.sent[..]), (Outcome::Match, &["/first".to_string()][..]));
}

#[test]
fn a_line_break_from_an_answer_is_refused_wherever_it_would_go() {
    for target in ["get: \"/x{{token}}\"", "get: /x\n    headers: { X-A: \"{{token}}\" }"] {
        let keys = format!(
            "severity: low
applies_to: host
requests:
  login:
    get: /login
    extract: {{ token: {{ from: json, path: $.t }} }}
  check:
    {target}
match: {{ $check: {{ status: 200 }} }}
"
        );
        let login = page(200, "{\"t\": \"a\\r\\nX-Evil: 1\"}").with("Content-Type", "application/json");
        let ended = run(&keys, &[("/login", login)]);
        assert_eq!(
            (ended.outcome, &ended.sent[..]),
            (Outcome::Inconclusive(Unknown::Expression), &["/login".to_string()][..])
        );
    }
    let query = LOGIN.replace("from: headers.x-token", "from: json, path: $.t");
    let login = page(200, "{\"t\": \"a\\r\\nb\"}").with("Content-Type", "application/json");
    assert_eq!(run(&query, &[("/login", login)]).sent, ["/login", "/check?t=a%0D%0Ab"], "a parameter is encoded");
}

const STOPPING: &str = "severity: low
applies_to: host
for_each: { p: [a, b, c] }
request: { get: \"/{{p}}\", stop_when: { status: 429 } }
match: { status: 200 }
";

#[test]
fn stop_when_ends_the_whole_rule_and_leaves_the_rest_unknown() {
    let ended = run(STOPPING, &[("/b", page(429, ""))]);
    assert_eq!(
        (ended.outcome, &ended.sent[..]),
        (Outcome::Inconclusive(Unknown::NotSent), &["/a".to_string(), "/b".into()][..])
    );
    let ended = run(STOPPING, &[("/a", page(200, "")), ("/b", page(429, ""))]);
    assert_eq!((ended.outcome, ended.findings[0].places.len()), (Outcome::Match, 1));
    let ended = run(STOPPING, &[("/c", page(429, ""))]);
    assert_eq!((ended.outcome, ended.sent.len()), (Outcome::Clean, 3), "nothing was held back");
}

#[test]
fn the_first_match_ends_a_rule_that_asks_for_no_more() {
    let keys = STOPPING.replace(", stop_when: { status: 429 }", "") + "stop: first-match\n";
    let ended = run(&keys, &[("/b", page(200, "")), ("/c", page(200, ""))]);
    assert_eq!((ended.outcome, &ended.sent[..]), (Outcome::Match, &["/a".to_string(), "/b".into()][..]));
}

#[test]
fn one_item_that_matches_is_enough_and_one_unknown_keeps_the_rest_from_clean() {
    let keys = STOPPING.replace(", stop_when: { status: 429 }", "");
    let of = |a: ReplyState, b: Page| {
        let mut a = Some(a);
        let state = move |ask: &outsight::verdict::Ask| match &*ask.label {
            _ if &*probe_of(ask).target == b"/a" => a.take().expect("asked once"),
            _ => b.answers(probe_of(ask)),
        };
        drive(begin(&compiled(&keys), Vec::new()), state, |_| 0).outcome
    };
    assert_eq!(of(lost(), page(200, "")), Outcome::Match);
    assert_eq!(of(lost(), page(404, "")), Outcome::Inconclusive(Unknown::Failed));
    assert_eq!(of(ReplyState::NotAsked, page(404, "")), Outcome::Clean);
}

#[test]
fn a_gate_over_what_is_found_later_does_not_close_before_it_is_found() {
    let keys = "severity: low
applies_to: host
request: { get: / }
for_each: { c: { from: cookies } }
when: { $c.expired: false }
evidence_key: \"{{c.name}}\"
match: { $c.secure: false }
";
    let home =
        page(200, "").with("Set-Cookie", "a=1").with("Set-Cookie", "b=1; Secure").with("Set-Cookie", "c=; Max-Age=0");
    let ended = run(keys, &[("/", home)]);
    assert_eq!((ended.outcome, ended.findings.len(), &*ended.findings[0].evidence_key), (Outcome::Match, 1, "a"));
    assert_eq!(run(keys, &[]).outcome, Outcome::Clean, "no items");
    let gone = page(200, "").with("Set-Cookie", "c=; Max-Age=0");
    assert_eq!(run(keys, &[("/", gone)]).outcome, Outcome::Skipped(SkipReason::NotApplicable), "false for every item");
}

#[test]
fn what_a_cut_answer_shows_still_counts() {
    let keys = "severity: low
applies_to: host
request: { get: / }
for_each: { s: { from: html, select: script, attr: src } }
evidence_key: \"{{s}}\"
match: { $s: { starts_with: http } }
";
    let html = |body: &str| page(200, body).with("Content-Type", "text/html");
    let ended = run(keys, &[("/", html("<script src=http://a></script><script src=/b></script><p>").cut())]);
    assert_eq!((ended.outcome, ended.findings.len()), (Outcome::Match, 1));
    let ended = run(keys, &[("/", html("<script src=/b></script><p>").cut())]);
    assert_eq!(ended.outcome, Outcome::Inconclusive(Unknown::CutOff));
    let ended = run(keys, &[("/", html("<script src=/b></script><p>"))]);
    assert_eq!(ended.outcome, Outcome::Clean);
}

#[test]
fn a_ladder_passes_over_what_it_cannot_tell() {
    let keys = "severity: [ { high: { $two: { status: 200 } } }, low ]
applies_to: host
requests: { one: { get: /1 }, two: { get: /2 } }
match: { $one: { status: 200 } }
";
    let half = |keys: &str| {
        let state = |ask: &outsight::verdict::Ask| match &*ask.request {
            "one" => page(200, "").answers(probe_of(ask)),
            _ => lost(),
        };
        drive(begin(&compiled(keys), Vec::new()), state, |_| 0)
    };
    let ended = half(keys);
    assert_eq!((ended.findings[0].severity, ended.findings[0].confidence), (Severity::Low, Confidence::Tentative));
    let open = keys.replace(", low ]", " ]");
    let ended = half(&open);
    assert_eq!(ended.outcome, Outcome::Inconclusive(Unknown::Failed), "without a last rung, the unknown one decides");
    assert_eq!(run(&open, &[("/1", page(200, ""))]).outcome, Outcome::Clean);
}

#[test]
fn the_baseline_is_judged_with_what_is_found_there() {
    let keys = "severity: low
applies_to: host
request: { get: /x }
extract: { name: { from: body, regex: 'name=(\\w+)' } }
match: { $name: admin }
not_on: baseline
";
    let with = |baseline: &str| {
        run_on(&compiled(keys), &[("/x", page(200, "name=admin"))], vec![page(200, baseline), page(200, baseline)])
            .outcome
    };
    assert_eq!(with("name=admin"), Outcome::Clean, "the host says so to anything");
    assert_eq!(with("name=guest"), Outcome::Match);
    assert_eq!(with("nothing"), Outcome::Match, "nothing is extracted there");
}

#[test]
fn a_verdict_waits_for_the_baseline() {
    let keys = "severity: low\napplies_to: host\nrequest: { get: /x }\nmatch: { status: 200 }\nnot_on: baseline\n";
    let mut run = begin(&compiled(keys), Vec::new());
    let ask = super::world::asks(&mut run).pop().expect("one");
    run.reply(ask.id, answer(&ask, &[("/x", page(200, ""))]));
    assert!(matches!(run.step(), outsight::verdict::Step::Wait));
    run.set_host(super::world::host(vec![page(404, ""), page(404, "")]));
    let outsight::verdict::Step::Done(result) = run.step() else { panic!("the baseline is in") };
    assert_eq!(result.outcome, Outcome::Match);
}

#[test]
fn repeated_requests_are_sent_again_and_counted() {
    let keys = "severity: low
applies_to: host
requests: { burst: { get: /login, repeat: 5 } }
match: { count: { $burst: { status: 200 }, at_least: 3 } }
";
    let mut left = 3;
    let state = |ask: &outsight::verdict::Ask| {
        left -= 1;
        page(if left >= 0 { 200 } else { 429 }, "").answers(probe_of(ask))
    };
    let ended = drive(begin(&compiled(keys), Vec::new()), state, |_| 0);
    assert_eq!(ended.outcome, Outcome::Match);
    let unshared: Vec<_> = ended
        .asks
        .iter()
        .map(|ask| match &ask.wanted {
            Wanted::Http { unshared, .. } => *unshared,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(unshared, [None, Some(1), Some(2), Some(3), Some(4)]);
}

#[test]
fn a_case_speaks_of_its_own_request() {
    let keys = "severity: low
applies_to: host
report: each
match: { status: 200 }
cases:
  env: { severity: high, request: { get: /env }, match: { body: { contains: activeProfiles } } }
  dump: { severity: critical, request: { get: /dump }, match: { body: { contains: PROFILE } } }
";
    let ended = run(keys, &[("/env", page(200, "activeProfiles")), ("/dump", page(403, "PROFILE"))]);
    assert_eq!((ended.findings[0].case.as_deref(), ended.findings[0].places.len()), (Some("env"), 1));
    let ended = run(keys, &[("/env", page(200, "activeProfiles")), ("/dump", page(200, "JAVA PROFILE"))]);
    let finding = &ended.findings[0];
    assert_eq!((ended.findings.len(), finding.severity, finding.places.len()), (1, Severity::Critical, 2));
    assert_eq!(finding.places[0].url, "https://app.example.com/dump");
}

#[test]
fn a_place_is_the_first_own_answer_that_decided() {
    let keys = "severity: low
applies_to: host
requests: { one: { get: /1 }, two: { get: /2 } }
match: { some: { baseline: { status: 404 } }, $two: { status: 200 }, $one: { status: 200 } }
";
    let ended = run(keys, &[("/1", page(200, "")), ("/2", page(200, ""))]);
    assert_eq!(ended.findings[0].places[0].url, "https://app.example.com/1");
    let ended = run(&keys.replace("$one: { status: 200 }", "$one: {}"), &[("/2", page(200, ""))]);
    assert_eq!(ended.findings[0].places[0].url, "https://app.example.com/2");
}

#[test]
fn secrets_in_evidence_keys_are_masked_and_kept_apart() {
    let keys = "severity: low
applies_to: host
request: { get: / }
for_each: { k: { from: body, regex: 'key (\\w+)' } }
evidence_key: \"{{k}}\"
match: {}
";
    let secret = |end: &str| ["ghp_", &"a1B2".repeat(6), end].concat();
    let ended = run(keys, &[("/", page(200, &format!("key {} key {}", secret("x"), secret("y"))))]);
    assert_eq!(ended.findings.len(), 2);
    for finding in &ended.findings {
        assert!(!finding.evidence_key.contains("a1B2a1B2"), "{}", finding.evidence_key);
    }
    assert_ne!(ended.findings[0].fingerprint, ended.findings[1].fingerprint);
}

#[test]
fn fingerprints_know_rule_host_and_key_but_not_the_page() {
    let keys = "severity: low\napplies_to: host\nfor_each: { p: [a, b] }\nrequest: { get: \"/{{p}}\" }\nmatch: { status: 200 }\n";
    let one = run(keys, &[("/a", page(200, "version 1"))]);
    let other = run(keys, &[("/b", page(200, "version 2").with("Date", "today"))]);
    assert_eq!(one.findings[0].fingerprint, other.findings[0].fingerprint);
}
