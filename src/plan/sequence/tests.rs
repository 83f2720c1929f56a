//! Templates to bytes: what goes on the wire, and where it is said to have matched.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::base::{Limits, Origin, Secret, Timestamp, Value};
use crate::dsl::{Random, Text, Vars};
use crate::observation::{Exchange, Header, Response, Timing};
use crate::plan::Hop;
use crate::plan::client::{Address, Location};
use crate::predicate::Answer;
use crate::rule::Redirects;
use crate::rule::sequence::RawStep;

/// Variables of the target, with some of an answer's before them.
struct Names<'a>(TargetVars, &'a [(&'a str, Value)]);

impl Vars for Names<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        let known = self.1.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        known.or_else(|| self.0.get(name))
    }
}

/// One target and all that a step is rendered with.
struct World {
    host: HostFacts,
    endpoint: EndpointFacts,
    identity: Identity,
    jar: Jar,
    limits: Limits,
    extracted: Vec<(&'static str, Value)>,
    sends_unresolved: bool,
}

impl World {
    fn at(url: &str) -> Self {
        let url = url::Url::parse(url).expect("a URL");
        let path = &url[url::Position::BeforePath..];
        let host = HostFacts::new(Origin::of_url(&url).expect("an origin"), "nonce", Timestamp::UNIX_EPOCH);
        let endpoint = EndpointFacts { path: path.into(), facts: Value::list([]) };
        Self {
            host,
            endpoint,
            identity: Identity { user_agent: "us".into(), headers: Vec::new() },
            jar: Jar::of_sequence(),
            limits: Limits::default(),
            extracted: Vec::new(),
            sends_unresolved: false,
        }
    }

    fn render(&self, block: &HttpBlock, step: &HttpStep) -> Result<Prepared, StepError> {
        let target = TargetVars::new(&self.host, &self.endpoint, &"rule".into(), &["randstr".into()]);
        let names = Names(target.for_step(step), &self.extracted);
        let (random, pause) = (Random::new(b"seed"), Cell::new(Duration::ZERO));
        let env = Env { vars: &names, now: self.host.now, random: &random, limits: &self.limits, pause: &pause };
        let (host, endpoint) = (&self.host, &self.endpoint);
        let (identity, jar, sends_unresolved) = (&self.identity, &self.jar, self.sends_unresolved);
        super::render(block, step, &StepContext { host, endpoint, identity, jar, env: &env, sends_unresolved })
    }
}

fn text(source: &str) -> Text {
    Text::parse(source, &Limits::default()).expect("a text")
}

fn block() -> HttpBlock {
    HttpBlock {
        steps: Vec::new(),
        method: "GET".into(),
        headers: Vec::new(),
        body: None,
        redirects: Redirects::None,
        max_redirects: None,
        exact: false,
        joins_paths: true,
        max_size: None,
        reads_to_end: false,
        digest: None,
    }
}

fn raw(source: &str) -> HttpStep {
    HttpStep::Raw(RawStep { text: text(source), host: None, sni: None, timeout: None, once: false })
}

fn path(source: &str) -> HttpStep {
    HttpStep::Path(text(source))
}

fn wire(prepared: &Prepared) -> String {
    String::from_utf8_lossy(prepared.probe.wire.expose()).into_owned()
}

const OURS: &str = "User-Agent: us\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n";

/// Where a path leads, in a line: the origin where it is another, the target, where it matched.
fn led(target: &str, source: &str) -> String {
    let world = World::at(target);
    match world.render(&block(), &path(source)) {
        Ok(prepared) => {
            let target = String::from_utf8_lossy(&prepared.probe.target).into_owned();
            let (origin, matched) = (&prepared.probe.origin, &prepared.matched_at);
            let origin = if *origin == world.host.origin { String::new() } else { format!("{origin} ") };
            let matched = matched.strip_prefix(&prepared.probe.origin.to_string()).expect("of the origin");
            format!("{origin}{target} {matched}")
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn paths_go_on_the_wire_as_templates_mean_them() {
    const ROOT: &str = "http://127.0.0.1:9101";
    for (target, source, led_to) in [
        (ROOT, "{{BaseURL}}", "/ "),
        (ROOT, "{{BaseURL}}/", "/ /"),
        (ROOT, "{{RootURL}}/", "/ /"),
        (ROOT, "{{BaseURL}}/#/login", "/ /#/login"),
        (ROOT, "{{BaseURL}}?x=1", "/?x=1 ?x=1"),
        (ROOT, "{{BaseURL}}/a?", "/a /a"),
        (ROOT, "{{BaseURL}}/a?b=1&", "/a?b=1 /a?b=1"),
        (ROOT, "{{BaseURL}}/../..//%2e%2e%2fetc", "/../..//%2e%2e%2fetc /../..//%2e%2e%2fetc"),
        (ROOT, "{{BaseURL}}/a b\"<>|^`\\", "/a%20b%22%3C%3E%7C%5E%60%5C /a%20b%22%3C%3E%7C%5E%60%5C"),
        (ROOT, "{{BaseURL}}/[x]!'()*", "/[x]!'()* /[x]!'()*"),
        (ROOT, "{{BaseURL}}/[x]!%2f y", "/%5Bx%5D%21/%20y /%5Bx%5D%21/%20y"),
        (ROOT, "{{BaseURL}}/é", "/%C3%A9 /%C3%A9"),
        (ROOT, "{{BaseURL}}/%zz%20", "/%25zz%2520 /%25zz%2520"),
        (ROOT, "{{BaseURL}}/?q=\"><script> é", "/?q=\"><script>+%c3%a9 /?q=\"><script>+%c3%a9"),
        (ROOT, "{{BaseURL}}/?a=\u{1f}", "the query holds a control character"),
        (ROOT, "{{BaseURL}}:8080/x", "http://127.0.0.1:8080 /x /x"),
        (ROOT, "http://{{Hostname}}/version", "/version /version"),
        (ROOT, "http://{{Host}}:81/x", "http://127.0.0.1:81 /x /x"),
        (ROOT, "{{Hostname}}/x", "https://127.0.0.1:9101 /x /x"),
        (ROOT, " {{BaseURL}}/x", "` http://127.0.0.1:9101/x` is no HTTP URL"),
        (ROOT, "{{BaseURL}}{{nothing}}", "`http://127.0.0.1:9101{{nothing}}` is no HTTP URL"),
        (ROOT, "{{BaseURL}}/{{nothing}}", "no value for nothing"),
        (ROOT, "{{BaseURL}}/?uri={{228*'98'}}", "/?uri={{228*'98'}} /?uri={{228*'98'}}"),
        (ROOT, "{{BaseURL}}/%7B%7Burl%7D%7D", "no value for url"),
        ("http://h.example/app/?k=v", "{{BaseURL}}/x?y=1", "/app/x?k=v&y=1 /app/x?k=v&y=1"),
        ("http://h.example/app/", "{{BaseURL}}x", "/app/x /app/x"),
        ("http://h.example/app/", "{{RootURL}}/x", "/x /x"),
        ("http://h.example/a/b.php", "{{Path}} {{File}}", "`/a b.php` is no HTTP URL"),
        (
            "https://www.shop.example.co.uk:8443",
            "{{BaseURL}}/{{SD}}.{{DN}}.{{TLD}}/{{RDN}}/{{Port}}",
            "/www.shop.example.co.uk/example.co.uk/8443 /www.shop.example.co.uk/example.co.uk/8443",
        ),
        (ROOT, "{{BaseURL}}/{{RDN}}", "no value for RDN"),
        (ROOT, "http://user:pw@{{Hostname}}/x", "/x /x"),
    ] {
        assert_eq!(led(target, source), led_to, "{source}");
    }
}

#[test]
fn a_path_request_has_the_templates_fields_and_ours() {
    let mut block = block();
    block.method = "POST".into();
    block.headers = vec![
        ("X-B".into(), text(" {{Host}} ")),
        ("Cookie".into(), text("a=1")),
        ("Accept".into(), text("*/*")),
        ("Connection".into(), text("close")),
        ("Content-Length".into(), text("99")),
        ("Host".into(), text("other.example")),
    ];
    block.body = Some(text("k={{BaseURL}}"));
    let prepared = World::at("http://127.0.0.1:81").render(&block, &path("{{BaseURL}}/p")).expect("rendered");
    let want = format!(
        "POST /p HTTP/1.1\r\nHost: other.example\r\n{OURS}X-B: 127.0.0.1\r\nCookie: a=1\r\nContent-Length: 21\r\n\r\n\
         k=http://127.0.0.1:81"
    );
    assert_eq!(wire(&prepared), want);
}

#[test]
fn equal_requests_are_equal_bytes() {
    let world = World::at("http://127.0.0.1:9101");
    let want = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:9101\r\n{OURS}\r\n");
    let raws = [
        "GET / HTTP/1.1\r\nHost: {{Hostname}}\r\n\r\n",
        "GET / HTTP/1.1\nhost: {{Hostname}}\n",
        "GET HTTP/1.1\nHost: {{Hostname}}\nConnection: close\nAccept-Encoding: gzip, deflate\nAccept: */*\n\n",
        "GET http://elsewhere.example/ HTTP/2.0\nHost:{{Hostname}}",
    ];
    let paths = ["{{BaseURL}}", "{{BaseURL}}/", "{{RootURL}}/#/x"];
    let steps = paths.into_iter().map(path).chain([raws[0], raws[2], raws[3]].into_iter().map(raw));
    for step in steps {
        assert_eq!(wire(&world.render(&block(), &step).expect("rendered")), want, "{step:?}");
    }
    let lower = wire(&world.render(&block(), &raw(raws[1])).expect("rendered"));
    assert!(lower.contains("\r\nhost: 127.0.0.1:9101\r\n"), "a name in small letters is another field: {lower}");
}

#[test]
fn raw_requests_are_read_loosely() {
    let world = World::at("http://127.0.0.1:9101/app?k=v");
    let head = |line: &str, fields: &str| format!("{line} HTTP/1.1\r\nHost: 127.0.0.1:9101\r\n{OURS}{fields}");
    for (source, want) in [
        ("GET /x?y#z HTTP/1.1\n\n", head("GET /app/x?k=v&y", "\r\n")),
        ("GET /app/x HTTP/1.1\n\n", head("GET /app/x?k=v", "\r\n")),
        ("GET x\ty HTTP/1.1\n", head("GET /app/x?k=v", "\r\n")),
        ("POST /x HTTP/1.1\n\na=b\r\n", head("POST /app/x?k=v", "Content-Length: 3\r\n\r\na=b")),
        ("POST /x HTTP/1.1\n\n", head("POST /app/x?k=v", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
        ("DELETE /x HTTP/1.1\n\n", head("DELETE /app/x?k=v", "\r\n")),
        ("GET /x HTTP/1.1\nA: 1\nB\nA: 2\n\nq", head("GET /app/x?k=v", "A: 2\r\nB: 1\r\nContent-Length: 1\r\n\r\nq")),
        (
            "POST /x HTTP/1.1\nContent-Type: multipart/form-data; boundary=b\n\n--b--\r\n",
            head(
                "POST /app/x?k=v",
                "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 7\r\n\r\n--b--\r\n",
            ),
        ),
    ] {
        assert_eq!(wire(&world.render(&block(), &raw(source)).expect(source)), want, "{source}");
    }
    for (source, error) in [
        ("GET /x HTTP/1.1", "the request has no line that ends"),
        ("GET /x\n", "`GET /x` is no request line"),
        ("GET /x HTTP/1.1\na b: c\n\n", "`a b` is no field name"),
        ("G@T /x HTTP/1.1\n\n", "`G@T` is no method"),
        ("GET /x HTTP/1.1\nHost: {x\n\n", "`{x` is no host"),
        ("GET /{{ a }} HTTP/1.1\n\n", "no value for a"),
        ("GET /{{a}} HTTP/1.1\n\n{{b}}", "no value for a, b"),
    ] {
        assert_eq!(world.render(&block(), &raw(source)).expect_err(source).to_string(), error);
    }
}

#[test]
fn exact_requests_stay_as_they_are_written() {
    let exact = |target: &str, source: &str| {
        let block = HttpBlock { exact: true, ..block() };
        let prepared = World::at(target).render(&block, &raw(source)).expect(source);
        (wire(&prepared), prepared.matched_at)
    };
    let source = "GET /..\\..\\x HTTP/1.1\r\nHost : {{Hostname}}\r\nA:1\r\nA:2\r\n\r\n";
    let (bytes, matched) = exact("http://h.example", source);
    assert_eq!(bytes, source.replace("{{Hostname}}", "h.example"));
    assert_eq!(matched, "http://h.example/..\\..\\x");
    assert_eq!(exact("http://h.example/app/", "GET /x HTTP/1.0\r\n\r\n").0, "GET /app/x HTTP/1.0\r\n\r\n");
    assert_eq!(exact("http://h.example", "GET / HTTP/1337\r\n\r\n").0, "GET / HTTP/1337\r\n\r\n");
    assert_eq!(exact("http://h.example", "GET /.%2e/x?a= HTTP/1.1\r\n\r\n").1, "http://h.example/../x?a");
    let odd = "GET 1337?a=b HTTP/1.1\r\n\r\n";
    assert_eq!(exact("http://h.example", odd), (odd.into(), "http://h.example/1337?a=b".into()));
}

#[test]
fn annotations_change_the_connection_alone() {
    let world = World::at("https://h.example:8443");
    let step = HttpStep::Raw(RawStep {
        text: text("GET /x HTTP/1.1\nHost: {{Hostname}}\n\n"),
        host: Some(text("http://other.example")),
        sni: Some(text("request.host")),
        timeout: Some(Duration::from_secs(20)),
        once: false,
    });
    let prepared = world.render(&block(), &step).expect("rendered");
    assert_eq!(prepared.probe.origin.to_string(), "http://other.example:8443");
    assert_eq!(prepared.probe.sni.as_deref(), Some("h.example"));
    assert_eq!(prepared.probe.timeout, Some(Duration::from_secs(20)));
    assert!(wire(&prepared).contains("\r\nHost: h.example:8443\r\n"));
}

#[test]
fn what_the_user_gave_goes_to_the_users_host_alone() {
    let mut world = World::at("http://h.example");
    world.identity.headers =
        vec![("X-Session".into(), Secret::new("given".into())), ("Cookie".into(), Secret::new("mine=1".into()))];
    let bytes = |step| wire(&world.render(&block(), &step).expect("rendered"));
    assert!(bytes(path("{{BaseURL}}/x")).contains("X-Session: given\r\nCookie: mine=1\r\n"));
    assert!(!bytes(path("http://other.example/x")).contains("given"));
    let exact = HttpBlock { exact: true, ..block() };
    let step = raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    let sent = wire(&world.render(&exact, &step).expect("rendered"));
    assert_eq!(sent, "GET / HTTP/1.1\r\nHost: x\r\nX-Session: given\r\nCookie: mine=1\r\n\r\n");
}

#[test]
fn an_answer_to_half_a_head_is_not_waited_for() {
    let world = World::at("http://h.example");
    let exact = HttpBlock { exact: true, ..block() };
    let time = |text: &str| world.render(&exact, &raw(text)).expect("rendered").probe.timeout;
    assert_eq!(time("AAAA / HTTP/1.1\r\nHost: x\r\n"), Some(Duration::from_secs(1)));
    assert_eq!(time("AAAA / HTTP/1.1\r\nHost: x\r\n\r\n"), None);
}

/// The answer to a probe: its status and fields.
fn answer(probe: &HttpProbe, status: u16, fields: &[(&str, &str)]) -> Arc<Answer> {
    let bytes = |text: &str| Bytes::copy_from_slice(text.as_bytes());
    let response = Response {
        version: "HTTP/1.1",
        status,
        reason: Bytes::new(),
        headers: fields.iter().map(|(name, value)| Header { name: bytes(name), value: bytes(value) }).collect(),
        head: Bytes::new(),
        body: Bytes::new(),
        wire_bytes: 0,
        truncated: None,
        anomalies: Vec::new(),
    };
    let (at, timing) = (Timestamp::UNIX_EPOCH, Timing::default());
    let probe = Arc::new(probe.clone());
    Arc::new(Answer::new(Exchange { probe, response: Ok(response), at, timing, remote: None, tls: None }))
}

/// Follows a request through answers; gives its hops' first lines and cookies, and how it ends.
fn followed(block: &HttpBlock, step: &HttpStep, answers: &[(u16, &[(&str, &str)])]) -> Vec<String> {
    let world = World::at("http://h.example/a/b");
    let prepared = world.render(block, step).expect("rendered");
    let (mut probe, mut chain, mut seen) = (prepared.probe.clone(), Vec::new(), Vec::new());
    for (status, fields) in answers {
        chain.push(answer(&probe, *status, fields));
        let identity = &world.identity;
        let policy =
            crate::plan::RedirectPolicy { follow: &prepared.follow, identity, now: Timestamp::UNIX_EPOCH, most: 20 };
        match crate::plan::next_hop(&chain, policy, |origin| origin.host() != "out.example") {
            Hop::Next(next) => probe = *next,
            end => {
                seen.push(format!("{end:?}"));
                break;
            }
        }
        let wire = String::from_utf8_lossy(probe.wire.expose()).into_owned();
        let told = |name: &str| wire.lines().find(|line| line.starts_with(name)).unwrap_or("").to_owned();
        let line = wire.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
        let told: Vec<_> = [line, probe.origin.to_string(), told("Cookie"), told("Authorization")]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        seen.push(told.join(" | "));
    }
    if let Some(hops) = Hops::new(chain.clone()) {
        let last = prepared.matched_at_hop(&hops, chain.len() - 1);
        seen.push(last);
    }
    seen
}

#[test]
fn redirects_are_followed_as_the_client_does() {
    let follow = |redirects| HttpBlock { redirects, ..block() };
    let to = |location| -> Vec<(&str, &str)> { vec![("Location", location)] };
    let get = path("{{RootURL}}/a/b");
    let one = |redirects, status, location| followed(&follow(redirects), &get, &[(status, &to(location))]);
    let all = Redirects::All;
    assert_eq!(one(all, 302, "c d#f")[0], "GET /a/c%20d | http://h.example");
    assert_eq!(one(all, 301, "https://other.example/../c")[0], "GET /c | https://other.example");
    assert_eq!(one(all, 302, ""), ["Last", "http://h.example/a/b"]);
    assert_eq!(one(all, 304, "/c")[0], "Last");
    assert_eq!(one(all, 302, "javascript:alert(1)")[0], "Lost(Failed)");
    assert_eq!(one(Redirects::SameHost, 302, "javascript:alert(1)")[0], "Last");
    assert_eq!(one(all, 302, "http://out.example/")[0], "Lost(NotSent)");
    assert_eq!(one(Redirects::SameHost, 302, "http://out.example/")[0], "Last");
    assert_eq!(one(Redirects::SameHost, 302, "https://h.example/x")[0], "GET /x | https://h.example");
    assert_eq!(one(Redirects::SameHost, 302, "http://h.example:8080/x")[0], "Last");
    for broken in ["/%zz", "http://a b/", ":x", "/a\tb"] {
        for redirects in [Redirects::None, Redirects::SameHost, all] {
            assert_eq!(one(redirects, 302, broken)[0], "Lost(Failed)", "{broken}");
        }
    }
    assert_eq!(one(Redirects::None, 302, "/c")[0], "Last");
}

#[test]
fn methods_fields_and_cookies_change_on_the_way() {
    let mut block = HttpBlock { redirects: Redirects::All, method: "POST".into(), ..block() };
    block.headers = vec![("Authorization".into(), text("t")), ("Cookie".into(), text("b=2; a=1"))];
    let step = path("{{RootURL}}/a/b");
    let set =
        [("Location", "/c"), ("Set-Cookie", "a=9; Path=/"), ("Set-Cookie", "s=\"x y\"; Path=/; Secure=1; Max-Age=5")];
    let off = [("Location", "http://other.example/")];
    let hops = followed(&block, &step, &[(302, &set), (302, &off), (200, &[])]);
    assert_eq!(hops[0], "GET /c | http://h.example | Cookie: b=2; a=9 | Authorization: t");
    assert_eq!(hops[1], "GET / | http://other.example");
    assert_eq!(hops[3], "http://other.example/");
    let sub = [("Location", "http://x.h.example/")];
    let hop = &followed(&block, &step, &[(302, &sub)])[0];
    assert_eq!(hop, "GET / | http://x.h.example | Cookie: b=2; a=1 | Authorization: t");
    block.body = Some(text("body"));
    assert_eq!(followed(&block, &step, &[(307, &set)])[0], "Last", "a body that was prepared is not sent twice");
    assert_eq!(followed(&block, &raw("GET /x HTTP/1.1\n\n"), &[(308, &set)])[0], "Last");
}

#[test]
fn a_chain_has_as_many_hops_as_it_may() {
    let turns: Vec<(u16, &[(&str, &str)])> = vec![(302, &[("Location", "/x")]); 15];
    for (most, hops) in [(None, 10), (Some(0), 10), (Some(2), 2)] {
        let block = HttpBlock { redirects: Redirects::SameHost, max_redirects: most, ..block() };
        let seen = followed(&block, &path("{{RootURL}}/"), &turns);
        assert_eq!(seen.iter().filter(|hop| hop.starts_with("GET")).count(), hops);
    }
    let block = HttpBlock { redirects: Redirects::SameHost, ..block() };
    let named = raw("GET / HTTP/1.1\nHost: evil.example\n\n");
    assert_eq!(followed(&block, &named, &turns)[0], "Last", "the host that a request names is the one that counts");
}

#[test]
fn a_location_is_read_as_the_client_reads_it() {
    let base = Address::parse(b"http://h.example:81/a/b?q=1#f").expect("a URL");
    for (field, shown, target) in [
        ("/c", "http://h.example:81/c", "/c"),
        ("c?x=1#frag", "http://h.example:81/a/c?x=1#frag", "/a/c?x=1"),
        ("../../c", "http://h.example:81/c", "/c"),
        ("?x", "http://h.example:81/a/b?x", "/a/b?x"),
        ("", "http://h.example:81/a/b?q=1#f", "/a/b?q=1"),
        ("#z", "http://h.example:81/a/b?q=1#z", "/a/b?q=1"),
        ("//other.example/c", "http://other.example/c", "/c"),
        ("https://[2001:db8::1]/c", "https://[2001:db8::1]/c", "/c"),
        ("/a/../../b/./c/..", "http://h.example:81/b/", "/b/"),
        ("//css//../x", "http://css/x", "/x"),
        ("/a b\"c", "http://h.example:81/a%20b%22c", "/a%20b%22c"),
        ("/a%2fb c", "http://h.example:81/a/b%20c", "/a/b%20c"),
        ("./x:y", "http://h.example:81/a/x:y", "/a/x:y"),
        ("http://o/a/../b", "http://o/b", "/b"),
        ("http://o", "http://o", "/"),
        ("///x", "http://h.example:81///x", "///x"),
        ("/x/.", "http://h.example:81/x/", "/x/"),
        ("/x//y/../z", "http://h.example:81/x//z", "/x//z"),
        ("..", "http://h.example:81/", "/"),
        ("/..//x", "http://h.example:81/x", "/x"),
        ("/.//x", "http://h.example:81//x", "//x"),
        ("/é", "http://h.example:81/%C3%A9", "/%C3%A9"),
        ("http://o:/x", "http://o/x", "/x"),
        ("/x?%zz y", "http://h.example:81/x?%zz+y", "/x?%zz+y"),
        ("a//../b", "http://h.example:81/a/a/b", "/a/a/b"),
        ("//", "http://h.example:81/a/b?q=1#f", "/a/b?q=1"),
        ("\\x", "http://h.example:81/a/%5Cx", "/a/%5Cx"),
        ("http://o/%5b[]!'()*x y", "http://o/%5B%5B%5D%21%27%28%29%2Ax%20y", "/%5B%5B%5D%21%27%28%29%2Ax%20y"),
    ] {
        let Location::Web(led, _) = base.follow(field.as_bytes()) else { panic!("{field}") };
        assert_eq!(
            (led.shown().as_str(), led.target().expect("a target")),
            (shown, target.as_bytes().to_vec()),
            "{field}"
        );
    }
    for field in ["javascript:alert(1)", "ftp://o/c", "https://", "http:///x", "http://o:99999/x", "x:y"] {
        assert_eq!(base.follow(field.as_bytes()), Location::Elsewhere, "{field}");
    }
    for field in ["/a\tb", "/%zz", ":x", "http://a b/c", "/x#%zz", "http://interact.sh\\@x/", "http://o:x/"] {
        assert_eq!(base.follow(field.as_bytes()), Location::Broken, "{field}");
    }
}

#[test]
fn cookies_are_kept_as_the_client_keeps_them() {
    let world = World::at("http://127.0.0.1/a/b");
    let from = world.render(&block(), &path("{{BaseURL}}")).expect("rendered").probe;
    let kept = |field: &str, to: &str| {
        let mut jar = Jar::of_sequence();
        jar.take(&answer(&from, 200, &[("Set-Cookie", field)]), Timestamp::UNIX_EPOCH);
        let target = to.strip_prefix("http://127.0.0.1").map_or(to, |path| path);
        jar.field(&from.origin, target.as_bytes()).map(|field| String::from_utf8_lossy(&field).into_owned())
    };
    for (field, sent) in [
        ("a=1", Some("a=1")),
        ("a = b c ", Some("a=\" b c\"")),
        ("a=\"q\"", Some("a=\"q\"")),
        ("a=", Some("a=")),
        ("admin", None),
        ("=x", None),
        ("a b=1", None),
        ("a=b\\c", None),
        ("a=1; Secure", None),
        ("__Host-a=1", Some("__Host-a=1")),
        ("a=1; Domain=127.0.0.1", Some("a=1")),
        ("a=1; Domain=other.example", None),
        ("a=1; Max-Age=0", None),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT", Some("a=1")),
        ("a=1; Expires=Wed, 31-Dec-1969 00:00:01 GMT", None),
        ("a=1; Expires=whenever", Some("a=1")),
        ("a=1; Path=x", Some("a=1")),
        ("a=1; Path=/z", None),
    ] {
        assert_eq!(kept(field, "/a/c").as_deref(), sent, "{field}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(source in proptest::collection::vec(any::<u8>(), 0..200), exact in any::<bool>()) {
        let text = Bytes::from(source);
        drop(raw::read(&text, exact));
        drop(Address::parse(&text).map(|address| (address.target(), address.shown(), address.follow(&text))));
    }

    #[test]
    fn what_answers_held_starts_no_line(value in proptest::collection::vec(any::<u8>(), 0..40)) {
        let mut world = World::at("http://h.example");
        world.extracted = vec![("token", Value::text(&value))];
        world.sends_unresolved = true;
        let mut block = block();
        block.headers = vec![("X-Token".into(), text("{{token}}"))];
        if let Ok(prepared) = world.render(&block, &path("{{BaseURL}}/{{token}}?q={{token}}")) {
            let wire = wire(&prepared);
            prop_assert_eq!(wire.matches("\r\n").count(), 7, "{}", wire);
            prop_assert_eq!(wire.matches('\n').count(), 7, "{}", wire);
        }
    }
}
