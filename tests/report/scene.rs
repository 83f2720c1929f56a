//! The events of one run that has everything: hosts that end in every way, findings of every severity, many places,
//! notes, bounds that take effect, and text that attacks the reader.

use std::collections::BTreeMap;
use std::sync::Arc;

use outsight::base::{Category, Confidence, Origin, Scheme, Secret, Severity, SourceFile, Timestamp, Unknown};
use outsight::finding::{
    CoverageRow, Event, Evidence, Finding, HostOutcome, HostReport, Matched, Outcome, Place, Raw, RunSummary,
    SkipReason, Verdict, fingerprint,
};
use outsight::observation::{ErrorKind, ProbeError};
use outsight::predicate::{Profile, Profiled};
use outsight::rule::sequence::{Classification, Flow, Info};
use outsight::rule::{Exposure, Fix, Rule, Sequence};

/// Text that moves a terminal, reorders, ends lines and literals, and opens markup.
pub const HOSTILE: &str =
    "\x1b[2J\x1b]0;owned\x07\u{9b}31m\u{202e}gpj.exe\u{200b}\r\nHTTP/1.1 200 OK\n</script><b>&\"'`=1+1|#\u{e0041}";

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).expect("in range")
}

pub fn origin(scheme: Scheme, host: &str, port: u16) -> Origin {
    Origin::new(scheme, host, port).expect("valid")
}

/// A finding with one plain place at the root.
pub fn finding(rule: &str, target: &Origin, category: Category, severity: Severity, title: &str) -> Finding {
    let url = format!("{target}/");
    let evidence = Evidence {
        request: format!("GET / HTTP/1.1\r\nHost: {}\r\n", target.authority()),
        status: 200,
        head: "HTTP/1.1 200 OK\r\nServer: nginx\r\n".to_string(),
        snippet: String::new(),
        curl: format!("curl -sik --path-as-is {url}"),
        decided_by: vec!["status: 200".to_string()],
    };
    Finding {
        rule: rule.into(),
        case: None,
        title: title.to_string(),
        severity,
        category,
        confidence: Confidence::Certain,
        exposure: Exposure::Secret,
        target: target.clone(),
        evidence_key: String::new(),
        fingerprint: fingerprint(rule, target, None, None, ""),
        places: vec![place(&url, evidence)],
        impact: None,
        fix: None,
        references: Vec::new(),
        cwe: None,
        question: None,
        verified: None,
    }
}

pub fn place(url: &str, evidence: Evidence) -> Place {
    Place { url: url.to_string(), evidence, ..Place::default() }
}

pub fn host(target: &Origin, outcome: HostOutcome, applicable: u64, conclusive: u64) -> HostReport {
    HostReport {
        named: target.host().to_string(),
        target: target.clone(),
        outcome,
        error: None,
        requests: 41,
        bytes: 183_220,
        coverage: CoverageRow { applicable, conclusive },
        curated: CoverageRow { applicable, conclusive },
        not_checked: BTreeMap::new(),
        https: None,
        tls: None,
        profile: None,
        notes: Vec::new(),
        reading: None,
    }
}

fn dotenv(target: &Origin) -> Finding {
    let mut found = finding(
        "dotenv-exposed",
        target,
        Category::Exposure,
        Severity::Critical,
        "An environment file is served to everyone",
    );
    found.case = Some("with-secrets".into());
    found.places = ["/.env", "/.env.local", "/.env.production", "/app/.env", "/api/.env"]
        .iter()
        .enumerate()
        .map(|(at, path)| {
            let mut evidence = found.places[0].evidence.clone();
            evidence.snippet = "DB_PASSWORD=hun***".to_string();
            evidence.decided_by = vec!["status: 200".to_string(), "body: DB_PASSWORD=hun***".to_string()];
            evidence.curl = format!("curl -sik --path-as-is -H 'Range: bytes=0-4095' {target}{path}");
            let position = (Some(13), Some(18), Some(2 + at as u64), Some(1));
            let mut place = place(&format!("{target}{path}"), evidence);
            (place.offset, place.length, place.line, place.column) = position;
            place.case = Some(if at == 1 { "template-only" } else { "with-secrets" }.into());
            place
        })
        .collect();
    found.impact = Some("Whoever asks reads the password of the database and the key that signs sessions, and needs no account to use either of them.".into());
    found.fix = Some(Fix {
        default: Some(
            "Serve no file whose name begins with a dot, and change every secret that this file holds.".into(),
        ),
        by_server: vec![
            ("nginx".into(), "location ~ /\\. {\n  return 404;\n}".into()),
            ("apache".into(), "RedirectMatch 404 /\\.".into()),
        ],
    });
    found.references = vec!["https://owasp.org/www-project-web-security-testing-guide/".into()];
    found.cwe = Some(538);
    found
}

fn headers(target: &Origin) -> Vec<Finding> {
    let finding = |rule, severity, title| finding(rule, target, Category::Headers, severity, title);
    let mut csp = finding("csp-missing", Severity::Medium, "There is no Content-Security-Policy");
    csp.fix = Some(Fix {
        default: Some("Send `Content-Security-Policy: default-src 'self'` and widen it by what breaks.".into()),
        by_server: vec![],
    });
    csp.places[0].evidence.decided_by = vec!["headers.content-security-policy: absent".into(), "class: html".into()];
    let mut server = finding("server-version", Severity::Low, "The server tells its version");
    server.confidence = Confidence::Tentative;
    server.places[0].extracted = vec![("version".into(), "1.18.0".into())];
    server.places[0].seen_in = Some("dotenv-exposed".into());
    let framing = finding("framing-open", Severity::Medium, "Any site may frame this one");
    let sniffing = finding("nosniff-missing", Severity::Medium, "Browsers may guess content types");
    let referrer = finding("referrer-leak", Severity::Medium, "Full URLs leave with every link");
    vec![csp, framing, server, sniffing, referrer, finding("date-missing", Severity::Info, "There is no Date field")]
}

fn notes(target: &Origin) -> Vec<Finding> {
    let title = "A Stripe publishable key (public by design)";
    let mut key = finding("stripe-publishable-key", target, Category::Secrets, Severity::Info, title);
    key.exposure = Exposure::Public;
    key.places[0].url = format!("{target}/static/app.8f3a.js");
    key.places[0].line = Some(1);
    let mut id = finding("analytics-id", target, Category::Secrets, Severity::Info, "An analytics identifier");
    id.exposure = Exposure::Identifier;
    vec![key, id]
}

/// Two matches of a community template, one of them with a secret in its values.
fn template(target: &Origin) -> Finding {
    let info = Info {
        name: "Git configuration".into(),
        author: vec!["one".into(), "two".into()],
        tags: vec!["config".into(), "git".into()],
        description: Some("The configuration of a repository is served.".into()),
        reference: vec!["https://git-scm.com/docs/git-config".into()],
        severity: "high".into(),
        classification: Some(Classification {
            cwe_id: vec!["cwe-200".into()],
            cvss_score: Some(5.3),
            ..Default::default()
        }),
        metadata: r#"{"max-request":1,"verified":true}"#.into(),
        ..Info::default()
    };
    let sequence = Sequence {
        info,
        variables: vec![],
        constants: vec![],
        blocks: vec![],
        flow: Flow::All,
        tokens: vec![],
        needs_oob: false,
    };
    let rule = Rule::of_sequence("git-config".into(), Arc::new(sequence), SourceFile::new("http/git-config.yaml", ""));
    let place = |path: &str, value: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", target.authority());
        let response = "HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n[remote]\n\ttoken = ghp_abcdefghijklmnopqrstuvwxyz\n";
        let raw = Raw::new(format!("{target}{path}"), vec![value.into()], request.into(), response.into());
        let matched = Matched {
            sequence: Arc::clone(rule.sequence.as_ref().expect("a sequence")),
            file: Arc::clone(&rule.source.name),
            protocol: "http",
            matcher: Some("config".into()),
            extractor: Some("remote".into()),
            address: Some(std::net::IpAddr::from([192, 0, 2, 7])),
            raw: Secret::new(raw),
        };
        let evidence = finding("x", target, Category::Community, Severity::High, "").places[0].evidence.clone();
        Place { evidence, ..Place::of_match(matched) }
    };
    let places = vec![
        place("/.git/config", "git@git.example:shop.git"),
        place("/app/.git/config", "https://x:ghp_abcdefghijklmnopqrstuvwxyz@git.example"),
    ];
    Finding::of_matches(&rule, target, places).remove(0)
}

/// A finding all of whose text attacks the reader.
pub fn hostile(target: &Origin) -> Finding {
    let text: Arc<str> = HOSTILE.into();
    let mut found = finding(HOSTILE, target, Category::Leakage, Severity::High, HOSTILE);
    found.case = Some(text.clone());
    found.evidence_key = HOSTILE.to_string();
    let evidence = Evidence {
        request: HOSTILE.into(),
        status: 500,
        head: HOSTILE.into(),
        snippet: HOSTILE.into(),
        curl: HOSTILE.into(),
        decided_by: vec![format!("body: {HOSTILE}"), format!("headers.x: {}", "long ".repeat(400))],
    };
    let mut place = place(&format!("{target}/{HOSTILE}"), evidence);
    place.extracted = vec![(text.clone(), HOSTILE.into())];
    place.seen_in = Some(text.clone());
    found.places = vec![place];
    found.impact = Some(text.clone());
    found.fix = Some(Fix { default: Some(text.clone()), by_server: vec![(text.clone(), text.clone())] });
    found.references = vec![text];
    found
}

/// The whole run.
pub fn events() -> Vec<Event> {
    let shop = origin(Scheme::Https, "shop.example", 443);
    let local = origin(Scheme::Http, "127.0.0.1", 8080);
    let down = origin(Scheme::Https, "down.example", 8443);
    let wall = origin(Scheme::Https, "wall.example", 443);
    let odd = origin(Scheme::Https, "odd.example", 443);
    let slow = origin(Scheme::Https, "slow.example", 443);
    let mut events = Vec::new();
    for target in [&shop, &local, &down, &wall, &odd, &slow] {
        events.push(Event::HostStarted { target: target.clone(), planned: 48, requests: 41 });
        events.push(Event::Requested { target: target.clone(), requests: 1 });
    }
    events.push(Event::TargetsRead { hosts: 6 });
    let found = [headers(&shop), vec![dotenv(&shop), template(&shop)], notes(&shop)].concat();
    events.extend(found.into_iter().map(|finding| Event::Finding(Box::new(finding), at(1))));
    for (rule, outcome) in [
        ("dotenv-exposed", Outcome::Match),
        ("hsts-missing", Outcome::Clean),
        ("git-exposed", Outcome::Error(ErrorKind::ResponseTimeout)),
        ("cookie-secure", Outcome::Skipped(SkipReason::NotApplicable)),
        ("source-map", Outcome::Inconclusive(Unknown::CutOff)),
    ] {
        events.push(Event::Verdict(Verdict { rule: rule.into(), target: shop.to_string(), outcome }));
    }
    let mut report = host(&shop, HostOutcome::Complete, 48, 47);
    report.named = "https://shop.example/".to_string();
    report.https = Some(true);
    report.profile = Some(Profiled::set(Profile::Site));
    report.not_checked.insert("inconclusive(cut-off)".into(), vec!["source-map".into()]);
    let skipped = (1..=9).map(|number| format!("cookie-rule-{number}").into()).collect();
    report.not_checked.insert("skipped(not-applicable)".into(), skipped);
    events.push(Event::Host(Box::new(report), at(2)));
    events.push(Event::Host(
        Box::new(HostReport { https: Some(false), ..host(&local, HostOutcome::Complete, 48, 48) }),
        at(3),
    ));
    let timeout = ProbeError::new(ErrorKind::ConnectTimeout, "no connection within 5 s");
    events.push(Event::Host(
        Box::new(HostReport { error: Some(timeout), ..host(&down, HostOutcome::Unreachable, 48, 0) }),
        at(4),
    ));
    events.push(Event::Host(Box::new(host(&wall, HostOutcome::Blocked, 48, 48)), at(5)));
    events.push(Event::Finding(Box::new(hostile(&odd)), at(6)));
    let mut report = host(&odd, HostOutcome::Incomplete, 48, 40);
    report.named = HOSTILE.to_string();
    report.https = Some(false);
    report.error = Some(ProbeError::new(ErrorKind::Reset, HOSTILE));
    report.not_checked.insert("error(reset)".into(), vec![HOSTILE.into(), "git-exposed".into()]);
    events.push(Event::Host(Box::new(report), at(7)));
    events.push(Event::Host(Box::new(host(&slow, HostOutcome::Incomplete, 48, 12)), at(8)));
    events.push(Event::Summary(Box::new(summary()), at(9)));
    events
}

fn summary() -> RunSummary {
    RunSummary {
        planned: 288,
        matched: 11,
        clean: 200,
        error: 50,
        skipped: 9,
        inconclusive: 18,
        requests: 1_246,
        bytes: 1_099_320,
        seconds: 12.345_678,
        reasons: BTreeMap::from([
            ("inconclusive(cut-off)".to_string(), 18),
            ("skipped(not-applicable)".to_string(), 9),
        ]),
        hosts: BTreeMap::from([("complete", 2), ("incomplete", 2), ("unreachable", 1), ("blocked", 1)]),
        invalid_targets: 1,
        interrupted: false,
    }
}
