//! Scans whose targets call back, and the server by itself.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::world::{Ran, World};

const TEMPLATES: [(&str, &str); 4] = [
    (
        "fetches",
        "  - raw: [\"GET /?fetch={{interactsh-url}} HTTP/1.1\\nHost: {{Hostname}}\\n\\n\"]
    matchers-condition: and
    matchers:
      - { type: word, part: interactsh_protocol, words: [http] }
      - { type: word, part: interactsh_request, words: [\"User-Agent: Tester\"] }
      - { type: status, status: [200] }
    extractors:
      - { type: kval, kval: [interactsh_ip] }",
    ),
    (
        "looks-up",
        "  - method: GET
    path: [\"{{BaseURL}}/?resolve=Some.Data.{{interactsh-url}}\"]
    matchers-condition: and
    matchers:
      - { type: dsl, dsl: [\"contains(interactsh_protocol, 'dns') && status_code == 200\"] }
      - { type: word, part: interactsh_request, words: [some.data] }
    extractors:
      - { type: regex, part: interactsh_request, group: 1, regex: ['([a-z]+\\.[a-z]+)\\.[a-z0-9]+\\.oob\\.test'] }",
    ),
    (
        "never-mails",
        "  - method: GET
    path: [\"{{BaseURL}}/?resolve={{interactsh-url}}\"]
    matchers: [{ type: word, part: interactsh_protocol, words: [smtp] }]",
    ),
    (
        "never-calls",
        "  - method: GET
    path: [\"{{BaseURL}}/?nothing={{interactsh-url}}\"]
    matchers: [{ type: word, part: interactsh_protocol, words: [dns] }]",
    ),
];

fn write_templates(world: &World) {
    for (id, http) in TEMPLATES {
        let text =
            format!("id: {id}\ninfo:\n  name: {id}\n  author: me\n  severity: high\n  tags: oast\nhttp:\n{http}\n");
        world.write(&format!("t/{id}.yaml"), &text);
    }
}

/// A port that is free for TCP and UDP, most likely still in a moment.
fn free_port() -> u16 {
    loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = tcp.local_addr().expect("bound");
        if UdpSocket::bind(address).is_ok() {
            return address.port();
        }
    }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Looks a name up as a resolver does: one question of type A, and whether an address came.
fn resolve(dns: u16, name: &str) -> bool {
    let mut query = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        query.push(u8::try_from(label.len()).expect("a label"));
        query.extend_from_slice(label.as_bytes());
    }
    query.extend_from_slice(&[0, 0, 1, 0, 1]);
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a time");
    socket.send_to(&query, loopback(dns)).expect("sent");
    let mut answer = [0; 512];
    let length = socket.recv(&mut answer).unwrap_or(0);
    answer[..length].ends_with(&[127, 0, 0, 1])
}

fn fetch(http: u16, name: &str) -> String {
    let mut stream = TcpStream::connect(loopback(http)).expect("it listens");
    write!(stream, "GET / HTTP/1.1\r\nHost: {name}\r\nUser-Agent: Tester/1\r\n\r\n").expect("sent");
    let mut said = String::new();
    stream.read_to_string(&mut said).expect("an answer");
    said
}

/// A server that does what visitors tell it: looks names up, and fetches them.
fn vulnerable(dns: u16, http: u16) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            std::thread::spawn(move || {
                let mut line = String::new();
                let _ = BufReader::new(&stream).read_line(&mut line);
                let told = line.split_whitespace().nth(1).and_then(|target| target.split_once("?"));
                match told.and_then(|(_, query)| query.split_once('=')) {
                    Some(("resolve", name)) => drop(resolve(dns, name)),
                    Some(("fetch", name)) if resolve(dns, name) => drop(fetch(http, name)),
                    _ => {}
                }
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
            });
        }
    });
    address
}

fn matched(ran: &Ran) -> Vec<(String, Vec<String>)> {
    let events = ran.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let findings = events.filter(|event| event["event"] == "finding");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = findings.map(|finding| {
        let extracted = finding["extracted_results"].as_array().map(|list| list.iter().map(text).collect());
        (text(&finding["rule"]), extracted.unwrap_or_default())
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows
}

fn expected() -> Vec<(String, Vec<String>)> {
    [("fetches", "127.0.0.1"), ("looks-up", "some.data")].map(|(id, found)| (id.into(), vec![found.into()])).into()
}

#[test]
fn a_target_that_calls_back_is_told_from_one_that_does_not() {
    let world = World::new();
    write_templates(&world);
    let (dns, http) = (free_port(), free_port());
    let target = vulnerable(dns, http).to_string();
    let (dns, http) = (format!("dns=127.0.0.1:{dns}"), format!("http=127.0.0.1:{http}"));
    let scan = ["scan", &target, "-r", "t", "--tier", "intrusive", "-f", "jsonl", "--verdicts"];
    let oob = ["--oob", "oob.test=127.0.0.1", "--oob-listen", &dns, "--oob-listen", &http, "--oob-wait", "2s"];
    let ran = world.run(&[&scan[..], &oob].concat());
    assert_eq!(matched(&ran), expected(), "{}\n{}", ran.out, ran.err);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for clean in ["never-mails", "never-calls"] {
        let verdict = format!("\"rule\":\"{clean}\"");
        assert!(ran.out.lines().any(|line| line.contains(&verdict) && line.contains("\"clean\"")), "{}", ran.out);
    }

    let without = world.run(&scan);
    assert_eq!(matched(&without), []);
    assert!(without.out.contains("\"skipped(no-oob)\":4"), "{}", without.out);
}

#[test]
fn the_server_by_itself_prints_calls_and_serves_scans_elsewhere() {
    let world = World::new();
    write_templates(&world);
    let (dns, http) = (free_port(), free_port());
    let listen = [format!("dns=127.0.0.1:{dns}"), format!("http=127.0.0.1:{http}")];
    let arguments = ["oob", "oob.test=127.0.0.1", "--oob-listen", &listen[0], "--oob-listen", &listen[1]];
    let mut child = world.spawn(&[&arguments[..], &["--oob-token", "t0ken", "-f", "jsonl"]].concat(), Stdio::null());
    let mut notes = BufReader::new(child.stderr.take().expect("piped"));
    let mut said = String::new();
    while !said.contains("a name to try: ") {
        assert!(notes.read_line(&mut said).expect("text") > 0, "{said}");
    }
    let name = said.split("a name to try: ").nth(1).expect("a name").trim().to_owned();
    assert!(fetch(http, &name).starts_with("HTTP/1.1 200 OK\r\n"));
    let mut lines = BufReader::new(child.stdout.take().expect("piped"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("text");
    let call: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!((call["protocol"].as_str(), call["remote-address"].as_str()), (Some("http"), Some("127.0.0.1")));
    assert!(name.starts_with(call["unique-id"].as_str().expect("an id")));

    let target = vulnerable(dns, http).to_string();
    let scan = ["scan", &target, "-r", "t", "--tier", "intrusive", "-f", "jsonl", "--oob-wait", "4s"];
    let server = format!("http://oob.test:{http}");
    let resolve = format!("oob.test:{http}:127.0.0.1");
    let elsewhere = ["--oob", &server, "--resolve", &resolve];
    let ran = world.run(&[&scan[..], &elsewhere, &["--oob-token", "t0ken"]].concat());
    assert_eq!(matched(&ran), expected(), "{}\n{}", ran.out, ran.err);
    let denied = world.run(&[&scan[..], &elsewhere].concat());
    assert_eq!(denied.code, 2);
    assert!(denied.err.contains("C0503") && denied.err.contains("does not know our token"), "{}", denied.err);
    child.kill().expect("it runs");
    child.wait().expect("it ended");
}

#[test]
fn what_does_not_fit_together_is_said_before_anything_is_sent() {
    let world = World::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = format!("http={}", taken.local_addr().expect("bound"));
    for (arguments, code) in [
        (&["--oob", "oob.test=127.0.0.1", "--oob-listen", &address][..], "C0502"),
        (&["--oob", "http://127.0.0.1:1"], "C0503"),
        (&["--oob", "http://127.0.0.1:1", "--oob-listen", "dns"], "C0504"),
        (&["--oob", "127.0.0.1:0", "--oob-listen", "https=127.0.0.1:0"], "C0504"),
    ] {
        let ran = world.run(&[&["scan", "http://127.0.0.1:9"], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(code), "{arguments:?}: {}", ran.err);
    }
}
