//! Heads as Go writes them, executed with `net/http/httputil.DumpResponse`; names of fields and cookies.

use std::sync::Arc;

use bytes::Bytes;

use super::*;
use crate::base::{Origin, Scheme, Secret};
use crate::observation::Exchange;
use crate::observation::{Header, HttpProbe, Timing};

fn answer(method: &str, raw: &str) -> Answer {
    let (head, body) = raw.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.split("\r\n");
    let mut words = lines.next().expect("a status line").splitn(3, ' ');
    let version = if words.next() == Some("HTTP/1.0") { "HTTP/1.0" } else { "HTTP/1.1" };
    let status = words.next().and_then(|code| code.parse().ok()).expect("a status");
    let bytes = |text: &str| Bytes::copy_from_slice(text.as_bytes());
    let field = |line: &str| {
        let (name, value) = line.split_once(':').expect("a field");
        Header { name: bytes(name), value: bytes(value.trim()) }
    };
    let response = Response {
        version,
        status,
        reason: bytes(words.next().unwrap_or("")),
        headers: lines.map(field).collect(),
        head: bytes(head),
        body: bytes(body),
        wire_bytes: 0,
        truncated: None,
        anomalies: Vec::new(),
    };
    let probe = HttpProbe::new(
        Origin::new(Scheme::Http, "a.example", 80).expect("valid"),
        method.into(),
        Bytes::from_static(b"/"),
        Secret::new(Bytes::from(format!("{method} / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"))),
    );
    Answer::new(Exchange {
        probe: Arc::new(probe),
        response: Ok(response),
        at: "2026-01-01T00:00:00Z".parse().expect("valid"),
        timing: Timing::default(),
        remote: None,
        tls: None,
    })
}

fn part(method: &str, raw: &str, part: Part) -> String {
    let answer = answer(method, raw);
    String::from_utf8(Texts::of(&answer, false).part(part).expect("within budget").to_vec()).expect("UTF-8")
}

fn value(raw: &str, name: &str) -> Option<Value> {
    let answer = answer("GET", raw);
    Texts::of(&answer, false).value(name).expect("within budget")
}

#[test]
fn heads_are_written_as_go_writes_them() {
    let rows = [
        (
            "GET",
            "HTTP/1.1 200 OK\r\nServer: a\r\nConnection: close\r\nAccept: x\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\nAccept: x\r\nServer: a\r\n\r\n",
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nServer: a\r\nAccept: x\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nAccept: x\r\nServer: a\r\n\r\n",
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nServer: a\r\nConnection: keep-alive, close\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nServer: a\r\nContent-Length: 0\r\n\r\n",
        ),
        (
            "POST",
            "HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: a\r\n\r\n",
        ),
        ("GET", "HTTP/1.1 204 No Content\r\nServer: a\r\n\r\n", "HTTP/1.1 204 No Content\r\nServer: a\r\n\r\n"),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nServer: a\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nServer: a\r\n\r\n",
        ),
        (
            "GET",
            "HTTP/1.0 200 OK\r\nServer: a\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Length: 2\r\nServer: a\r\n\r\n",
        ),
        (
            "GET",
            "HTTP/1.0 200 OK\r\nServer: a\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\nServer: a\r\n\r\n",
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nserver: a\r\nTransfer-Encoding: chunked\r\nx-a: c\r\nX-A:  d  \r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nServer: a\r\nX-A: c\r\nX-A: d\r\n\r\n",
        ),
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nserver: a\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: a\r\n\r\n",
        ),
        (
            "GET",
            "HTTP/1.1 200\r\nkeep_under: a\r\nContent-Length: 5\r\n\r\nabcde",
            "HTTP/1.1 200 200\r\nContent-Length: 5\r\nKeep_under: a\r\n\r\n",
        ),
        (
            "GET",
            "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n",
            "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /x\r\n\r\n",
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\nA: b\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nA: b\r\n\r\n",
        ),
    ];
    for (method, raw, head) in rows {
        assert_eq!(part(method, raw, Part::Head), head, "{raw}");
    }
}

#[test]
fn parts_are_joined_and_a_hop_has_no_body() {
    let raw = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nAb";
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    assert_eq!(part("GET", raw, Part::Response), format!("{head}Ab"));
    assert_eq!(part("GET", raw, Part::All), format!("Ab{head}"));
    let answer = answer("GET", raw);
    let hop = Texts::of(&answer, true);
    assert_eq!((hop.part(Part::Body), hop.part(Part::Response)), (Ok(Bytes::new()), Ok(Bytes::from(head))));
    assert_eq!(Texts::of(&answer, false).lower(Part::Body), Ok(Bytes::from("ab")));
    assert_eq!(hop.lower(Part::Body), Ok(Bytes::new()));
}

#[test]
fn names_are_in_lower_snake_case_and_fields_beat_cookies() {
    let raw = "HTTP/1.1 200 OK\r\nX-Powered-By: a\r\nx-powered-by: b\r\nServer: s\r\nSet-Cookie: Server=c; Path=/\r\n\
               Set-Cookie: SID=\"q\"\r\nContent-Length: 3\r\n\r\nabcd";
    assert_eq!(value(raw, "x_powered_by"), Some(Value::from("a b")));
    assert_eq!(value(raw, "server"), Some(Value::from("s")));
    assert_eq!(value(raw, "sid"), Some(Value::from("q")));
    assert_eq!(value(raw, "SID"), None);
    assert_eq!(value(raw, "content_length"), Some(Value::Float(3.0)));
    assert_eq!(value(raw, "status_code"), Some(Value::Float(200.0)));
    assert_eq!(value("HTTP/1.1 200 OK\r\n\r\nabcd", "content_length"), Some(Value::Float(4.0)));
    assert_eq!(value(raw, "nope"), None);
}
