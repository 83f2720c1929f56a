//! `--tls-online`: authorities that are asked, against a responder of this process.

use std::io::{Read as _, Write as _};

use super::lab::authority::{AUTHORITIES, Leaf, issue, pem};
use super::lab::fake::Running;
use super::lab::modern::Modern;
use super::lab::ocsp::{By, Response, Status, refusal, revocation_list};
use crate::cli::world::{World, events, of_kind};

/// A responder that answers every request with these bytes.
fn responder(body: Vec<u8>) -> Running {
    Running::start(move |mut stream, _| {
        let mut held = Vec::new();
        let mut chunk = [0; 4096];
        while !held.ends_with(b"\r\n\r\n") {
            match stream.read(&mut chunk) {
                Ok(read) if read > 0 => held.extend_from_slice(&chunk[..read]),
                _ => return,
            }
        }
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let _ = stream.write_all(&[head.as_bytes(), &body].concat());
    })
}

/// What an authority says when it is asked: its OCSP response and its list.
type Words = (Option<Vec<u8>>, Option<Vec<u8>>);

/// What a scan says of a server: the severity of the finding, if any; what is told of revocation; and how many requests the
/// whole scan sent beside the hellos of that server's survey.
struct Told {
    severity: Option<String>,
    revocation: serde_json::Value,
    requests: u64,
}

fn url(running: &Running) -> String {
    format!("http://{}/", running.address)
}

/// What one scan says of servers.
fn scanned(servers: &[Running], online: bool) -> Vec<Told> {
    let world = World::new();
    world.write("root.pem", &pem(&AUTHORITIES.root.der));
    // Loopback is private: a certificate alone does not lead there, the target itself does.
    let targets: Vec<String> = servers.iter().map(|it| format!("127.0.0.1:{}", it.address.port())).collect();
    let mut arguments =
        vec!["scan", "--category", "tls", "-f", "jsonl", "--ca-file", "root.pem", "--per-host-rate", "0"];
    arguments.extend(online.then_some("--tls-online"));
    arguments.extend(targets.iter().map(String::as_str));
    let events = events(&world.run(&arguments).out);
    let number = |value: &serde_json::Value| value.as_u64().expect("a number");
    let requests = number(&of_kind(&events, "summary")[0]["requests"]);
    let of = |target: &String| {
        let is_its = |event: &&serde_json::Value| {
            event["target"].as_str().is_some_and(|it| it.trim_end_matches('/').ends_with(target.as_str()))
        };
        let mut findings = of_kind(&events, "finding").into_iter().filter(is_its);
        let finding = findings.find(|it| it["rule"] == "tls-certificate-revoked");
        let host = of_kind(&events, "host").into_iter().find(is_its).expect("a host");
        Told {
            severity: finding.map(|it| it["severity"].as_str().expect("a word").to_owned()),
            revocation: host["tls"]["revocation"].clone(),
            requests: requests - number(&host["tls"]["hellos"]),
        }
    };
    targets.iter().map(of).collect()
}

/// A server whose authority is asked there.
fn server(ocsp: Option<&Running>, list: Option<&Running>) -> Running {
    Modern::good(issue(&Leaf { ocsp: ocsp.map(url), crl: list.map(url), ..Leaf::good() })).start()
}

/// What one scan says of servers whose authorities answer so, each with its own.
fn asked(words: Vec<Words>) -> Vec<Told> {
    let start = |(ocsp, list): Words| (ocsp.map(responder), list.map(responder));
    let authorities: Vec<_> = words.into_iter().map(start).collect();
    let servers: Vec<_> = authorities.iter().map(|(ocsp, list)| server(ocsp.as_ref(), list.as_ref())).collect();
    scanned(&servers, true)
}

#[test]
fn authorities_are_asked_only_where_the_user_wants_it() {
    let authority = responder(Response::about(&Leaf::good(), Status::Good).der());
    let servers = [server(Some(&authority), None)];
    let silent = scanned(&servers, false);
    assert!(silent[0].severity.is_none() && silent[0].revocation.is_null());
    assert_eq!(authority.connections(), 0);
    // A question is a request of the scan as any other.
    let told = scanned(&servers, true);
    assert_eq!((told[0].requests, authority.connections()), (silent[0].requests + 1, 1));
}

#[test]
fn a_plan_counts_what_authorities_may_be_asked() {
    let most = |more: &[&str]| -> u64 {
        let world = World::new();
        let plan = world.run(&[&["scan", "127.0.0.1:1", "--category", "tls", "--dry-run"], more].concat()).out;
        let words: Vec<&str> = plan.split_whitespace().collect();
        let at = words.windows(2).position(|pair| pair == ["at", "most"]).expect("a bound");
        words[at + 2].parse().expect("a number")
    };
    assert_eq!(most(&["--tls-online"]), most(&[]) + 4);
}

#[test]
fn the_hosts_of_one_authority_fetch_its_list_once() {
    let list = responder(revocation_list(&[&Leaf::good().serial], 7));
    let servers: Vec<Running> = (0..4).map(|_| server(None, Some(&list))).collect();
    for told in scanned(&servers, true) {
        assert_eq!((told.severity.as_deref(), told.revocation["status"].as_str()), (Some("critical"), Some("revoked")));
    }
    assert_eq!(list.connections(), 1);
}

#[test]
fn words_of_authorities_count_where_they_signed_them() {
    let about = |status| Response::about(&Leaf::good(), status);
    let der = |by, status| Some(Response { by, ..about(status) }.der());
    let serial = Leaf::good().serial;
    let late = Response { days: (-20, -10), ..about(Status::Revoked) }.der();
    let critical = Some("critical");
    let cases = [
        ("good", der(By::Issuer, Status::Good), None, None, "good"),
        ("revoked", der(By::Issuer, Status::Revoked), None, critical, "revoked"),
        ("a delegate's word", der(By::Delegate, Status::Revoked), None, critical, "revoked"),
        ("a word of whose time is over", der(By::FormerDelegate, Status::Revoked), None, None, "unknown"),
        ("a word of whose time has not come", der(By::NextDelegate, Status::Revoked), None, None, "unknown"),
        ("a pretender's word", der(By::Pretender, Status::Revoked), None, None, "unknown"),
        ("nobody's word", der(By::Nobody, Status::Revoked), None, None, "unknown"),
        ("a late word", Some(late), None, None, "unknown"),
        ("no word", Some(refusal(3)), None, None, "unknown"),
        ("on the list", None, Some(revocation_list(&[&serial], 7)), critical, "revoked"),
        ("not on the list", None, Some(revocation_list(&[&[9, 9]], 7)), None, "good"),
        ("an old list", None, Some(revocation_list(&[&serial], -3)), None, "unknown"),
        ("no word, then a list", Some(refusal(6)), Some(revocation_list(&[&serial], 7)), critical, "revoked"),
        ("nobody to ask", None, None, None, "unknown"),
    ];
    let words = cases.iter().map(|(_, ocsp, list, _, _)| (ocsp.clone(), list.clone())).collect();
    for ((name, _, _, severity, status), told) in cases.iter().zip(asked(words)) {
        let found = (told.severity.as_deref(), told.revocation["status"].as_str());
        assert_eq!(found, (*severity, Some(*status)), "{name}: {}", told.revocation);
    }
}
