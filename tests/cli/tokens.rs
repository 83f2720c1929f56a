//! Tokens in what a site serves: where findings point, what no output tells, and who is asked about them.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConnection, StreamOwned};
use serde_json::Value;

use super::world::World;
use crate::hostile::secured;

/// Part of a token without a shape that any pattern could know it by, put together here so that no file holds one.
fn canary() -> String {
    ["Zq7x", "canary", "Vw"].concat()
}

fn token(number: usize) -> String {
    format!("acmekey-{}{number}Hd8Kp2Lm", canary())
}

const RULE: &str = r#"
id: acme-key
title: "An Acme key is public: {{token}} {{token.body}} {{token.near}}"
category: secrets
severity: [ { high: { $token.body: { contains: canary } } }, low ]
applies_to: response
for_each:
  token: { from: tokens, keywords: [acmekey-], regex: 'acmekey-(?<body>[0-9A-Za-z]{16,40})', boundary: token, near: 200 }
extract:
  name: { from: body, regex: '(?:acmekey-)([0-9A-Za-z]{16,40})', optional: true }
match: { $token: { starts_with: acmekey-, characters: { digits: 2 } }, $token.near: { contains: canary } }
fix: Revoke it at Acme.
"#;

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn of_event<'a>(lines: &'a [Value], event: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["event"] == event).collect()
}

fn built() -> World {
    let world = World::new();
    world.write("r/acme-key.yaml", RULE);
    world.write(
        "r/public.yaml",
        &RULE.replace("acme-key", "acme-note").replace("category", "exposure: public\ncategory"),
    );
    let (one, two) = (token(1), token(2));
    world.write("dist/app.js", &format!("let a='{one}',\n  b=\"{one}\", other='Zx81{two}';\n"));
    let source = serde_json::to_string(&format!("import x;\nexport const key = \"{two}\";\n")).expect("JSON");
    let map = format!(
        r#"{{"version":3,"sources":["src/keys.ts"],"sourcesContent":[{source}],"names":[],"mappings":"AAAA"}}"#
    );
    world.write("dist/app.js.map", &map);
    world.write("dist/index.html", &format!("<!doctype html><p data-k=\"{{&quot;k&quot;:&quot;{one}&quot;}}\">"));
    world
}

#[test]
fn a_secret_is_one_finding_whose_places_are_bytes_of_files() {
    let world = built();
    let ran = world.run(&["scan", "./dist", "-r", "r", "-f", "jsonl"]);
    let lines = lines(&ran.out);
    let findings = of_event(&lines, "finding");
    let places: Vec<Vec<&Value>> =
        findings.iter().map(|found| found["places"].as_array().expect("places").iter().collect()).collect();
    let mut counts: Vec<usize> = places.iter().map(Vec::len).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 3], "{}", ran.out);
    for place in places.iter().flatten() {
        let text = std::fs::read(world.path("dist").join(place["file"].as_str().expect("a file"))).expect("readable");
        let [offset, length] = ["offset", "length"].map(|key| place[key].as_u64().expect("a number") as usize);
        let served = String::from_utf8_lossy(&text[offset..offset + length]).into_owned();
        assert!([token(1), token(2)].contains(&served), "{served} {place}");
    }
    let mapped: Vec<&Value> = places.iter().flatten().filter(|place| place["source"].is_string()).copied().collect();
    assert_eq!(mapped.iter().map(|place| &place["source"]).collect::<Vec<_>>(), ["src/keys.ts:2"]);
    let notes = of_event(&lines, "public");
    assert_eq!(notes.len(), 2);
    assert!(notes.iter().all(|note| note["severity"].is_null()));
    let text = world.run(&["scan", "./dist", "-r", "r"]).out;
    assert!(text.contains("public by design") && text.contains("Revoke it at Acme."), "{text}");
}

#[test]
fn no_output_tells_a_token() {
    let world = built();
    for format in ["text", "json", "jsonl", "nuclei-jsonl"] {
        let ran = world.run(&["scan", "./dist", "-r", "r", "-f", format, "-v"]);
        let told = format!("{}{}", ran.out, ran.err);
        assert!(!ran.out.is_empty(), "{format}: {}", ran.err);
        // The rule's own condition names part of it; nothing else may.
        let told = told.replace("contains \"canary\"", "").replace("contains `canary`", "");
        assert!(!told.contains(&canary()) && !told.contains("Hd8Kp2"), "{format}: {told}");
    }
}

/// A provider on the loopback interface: it knows one key, and keeps what it was asked.
struct Provider {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    authority: String,
}

impl Provider {
    fn start(name: &str, live: String) -> Self {
        let authority = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new(Vec::new()).expect("parameters");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = parameters.self_signed(&authority).expect("a certificate");
        let key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        let leaf = leaf.signed_by(&key, &Issuer::from_params(&parameters, &authority)).expect("a certificate");
        let config = secured(&leaf, &key);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Ok(session) = ServerConnection::new(Arc::clone(&config)) else { continue };
                let mut stream = StreamOwned::new(session, stream);
                let mut chunk = [0; 8192];
                let Ok(read @ 1..) = stream.read(&mut chunk) else { continue };
                let request = String::from_utf8_lossy(&chunk[..read]).into_owned();
                let status = if request.contains(&live) { "200 OK" } else { "401 Unauthorized" };
                heard.lock().expect("whole").push(request);
                let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
                let _ = stream.flush();
            }
        });
        Self { address, asked, authority: root.pem() }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("whole").clone()
    }
}

#[test]
fn a_provider_is_asked_only_where_the_user_wants_it_and_only_if_it_is_the_provider() {
    let world = built();
    let provider = Provider::start("api.acme.test", token(1));
    let port = provider.address.port();
    let verify = format!(
        "verify:\n  get: https://api.acme.test:{port}/me\n  headers: {{ Authorization: \"Bearer {{{{token}}}}\" }}\n  live: {{ status: 200 }}\n  dead: {{ status: 401 }}\n"
    );
    world.write("v/acme-key.yaml", &format!("{RULE}{verify}"));
    world.write("ca.pem", &provider.authority);
    let resolve = format!("api.acme.test:{port}:127.0.0.1");
    let verified = |arguments: &[&str]| {
        let ran =
            world.run(&[&["scan", "./dist", "-r", "v", "-f", "jsonl", "--resolve", &resolve], arguments].concat());
        assert!(!ran.out.contains(&canary()), "{}", ran.out);
        let lines = lines(&ran.out);
        let told = of_event(&lines, "finding").into_iter().map(|found| {
            (found["places"].as_array().map_or(0, Vec::len), found["verified"].clone(), found["confidence"].clone())
        });
        let mut told: Vec<_> = told.collect();
        told.sort_by_key(|(places, ..)| *places);
        told
    };
    let word = |word: &str| Value::from(word);
    assert_eq!(verified(&["--ca-file", "ca.pem"]), [(1, Value::Null, word("firm")), (3, Value::Null, word("firm"))]);
    assert_eq!(provider.asked().len(), 0, "nobody wanted that");
    assert_eq!(
        verified(&["--ca-file", "ca.pem", "--verify"]),
        [(1, word("dead"), word("tentative")), (3, word("live"), word("certain"))]
    );
    let asked = provider.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(
        asked.iter().all(|request| request.starts_with("GET /me HTTP/1.1\r\n") && request.contains("Bearer acmekey-"))
    );
    assert_eq!(verified(&["--verify"]), [(1, word("unknown"), word("firm")), (3, word("unknown"), word("firm"))]);
    assert_eq!(provider.asked().len(), 2, "its certificate was not trusted");
}

#[test]
fn where_a_token_is_sent_is_written_in_the_rule() {
    let world = World::new();
    for (address, wrong) in [
        ("https://{{token}}.acme.test/", "no fixed address"),
        ("http://api.acme.test/", "no fixed address"),
        ("/me", "no fixed address"),
    ] {
        let verify = format!(
            "verify: {{ get: \"{address}\", headers: {{ A: \"{{{{token}}}}\" }}, live: {{ status: 200 }}, dead: {{ status: 401 }} }}\n"
        );
        world.write("v.yaml", &format!("{RULE}{verify}"));
        let ran = world.run(&["check", "-r", "v.yaml"]);
        let told = format!("{}{}", ran.out, ran.err);
        assert!(ran.code == 2 && told.contains(wrong), "{address}: {told}");
    }
}
