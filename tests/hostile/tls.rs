//! TLS that stalls, lies or carries hostile names.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::{ServerConnection, StreamOwned};

use super::run::{raw_controls, run};
use super::server::{listen, secured};
use crate::cli::world::{World, of_kind, rule};

#[test]
fn a_certificate_with_hostile_names_is_data() {
    let world = World::new();
    world.write("r.yaml", &rule("any-page", "/a", 200));
    let names = ["\x1b[31mred\x1b[0m", "\u{202e}evil", "a\0b.example", "=cmd|' /C calc'!A0", &"x".repeat(10_000)];
    for name in names {
        let address = secure(name);
        let ended = run(
            &world,
            &["scan", "-f", "jsonl", "--per-host-rate", "0", "-o", "text=t.txt", "-v", &format!("https://{address}")],
        );
        let events = ended.events();
        assert_eq!(of_kind(&events, "host")[0]["outcome"], "complete", "{name}: {}", ended.out);
        assert_eq!(raw_controls(&world.read("t.txt")), None, "{name}");
        let explained = run(&world, &["explain", "any-page", "-r", "r.yaml", &format!("https://{address}")]);
        explained.is_sound();
    }
}

#[test]
fn handshakes_that_lead_nowhere_end() {
    let world = World::new();
    world.write("r.yaml", &rule("any-page", "/a", 200));
    let servers: [fn(std::net::TcpStream); 6] = [
        |mut stream| drop(stream.read(&mut [0; 4096])),
        |mut stream| while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {},
        |mut stream| while stream.write_all(b"\x15\x03\x03\x00\x02\x01\x5a").is_ok() {},
        |mut stream| while stream.write_all(&[0x16; 4096]).is_ok() {},
        |mut stream| while stream.write_all(b"\x16\x03\x03\xff\xff").is_ok() {},
        |mut stream| drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
    ];
    let targets: Vec<String> = servers.into_iter().map(|server| format!("https://{}", listen(server))).collect();
    let mut arguments = vec!["scan", "-r", "r.yaml", "-f", "jsonl", "--timeout", "2s", "--retries", "0"];
    arguments.extend(targets.iter().map(String::as_str));
    let ended = run(&world, &arguments);
    let events = ended.events();
    assert_eq!(ended.code, 3, "{ended:?}");
    let hosts = of_kind(&events, "host");
    assert_eq!(hosts.len(), targets.len());
    assert!(hosts.iter().all(|host| host["outcome"] != "complete"), "{hosts:?}");
}

/// A server whose certificate names somebody it should not.
fn secure(name: &str) -> SocketAddr {
    let key = KeyPair::generate().expect("a key");
    let mut parameters = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.distinguished_name.push(DnType::OrganizationName, name);
    let certificate = parameters.self_signed(&key).expect("a certificate");
    let config = secured(&certificate, &key);
    listen(move |stream| {
        let Ok(session) = ServerConnection::new(Arc::clone(&config)) else { return };
        let mut stream = StreamOwned::new(session, stream);
        let mut chunk = [0; 8192];
        while stream.read(&mut chunk).is_ok_and(|read| read > 0) {
            let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi";
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    })
}
