//! The same server as a site and as an API: different advice, each of which can be defended.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use super::world::{World, events, of_kind};

/// A server without any security header that answers the root with this, and everything else with a plain 404.
fn bare(content_type: &'static str, body: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream, content_type, body));
        }
    });
    address
}

fn serve(stream: TcpStream, content_type: &str, body: &str) {
    let Ok(mut writer) = stream.try_clone() else { return };
    let mut target = None;
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        target = target.or_else(|| line.split(' ').nth(1).map(str::to_owned));
        if !line.is_empty() {
            continue;
        }
        let (status, kind, text) = match target.take().as_deref() {
            Some("/") => ("200 OK", content_type, body),
            _ => ("404 Not Found", "text/plain", "no"),
        };
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{text}", text.len());
        if writer.write_all(head.as_bytes()).is_err() {
            return;
        }
    }
}

struct Judged {
    profile: String,
    rules: BTreeSet<String>,
    score: f64,
}

fn judged(content_type: &'static str, body: &'static str) -> Judged {
    let (world, address) = (World::new(), bare(content_type, body));
    let url = format!("http://{address}/");
    let ran = world.run(&["scan", &url, "-r", "headers", "-f", "jsonl", "--per-host-rate", "0"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let all = events(&ran.out);
    let host = of_kind(&all, "host").pop().expect("a host").clone();
    let scored = of_kind(&all, "finding").into_iter().filter(|finding| finding["severity"] != "info");
    Judged {
        profile: host["profile"].as_str().expect("known").to_owned(),
        rules: scored.map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect(),
        score: host["score"].as_f64().expect("a score"),
    }
}

#[test]
fn a_site_is_told_of_pages_and_an_api_is_not() {
    let page = "<!doctype html><html lang=en><title>Shop</title><form action=/cart><button>Buy</button></form>";
    let site = judged("text/html; charset=utf-8", page);
    let api = judged("application/json", r#"{"service":"shop","version":"v1"}"#);
    assert_eq!((&*site.profile, &*api.profile), ("site", "api"));
    for of_pages in ["clickjacking", "csp-missing"] {
        assert!(site.rules.contains(of_pages), "{of_pages}: {:?}", site.rules);
        assert!(!api.rules.contains(of_pages), "{of_pages}: {:?}", api.rules);
    }
    assert!(api.score > site.score && api.score >= 65.0, "{} and {}: {:?}", api.score, site.score, api.rules);
}
