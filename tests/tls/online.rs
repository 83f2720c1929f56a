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

/// What a scan says of a server whose authority answers so: the severity of the finding, if any, and what is told of
/// revocation; and how often the authority was asked.
fn asked(ocsp: Option<Vec<u8>>, list: Option<Vec<u8>>, online: bool) -> (Option<String>, serde_json::Value, usize) {
    let (ocsp, list) = (ocsp.map(responder), list.map(responder));
    let url = |running: &Running| format!("http://{}/", running.address);
    let leaf = Leaf { ocsp: ocsp.as_ref().map(url), crl: list.as_ref().map(url), ..Leaf::good() };
    let server = Modern::good(issue(&leaf)).start();
    let world = World::new();
    world.write("root.pem", &pem(&AUTHORITIES.root.der));
    // Loopback is private: a certificate alone does not lead there, the target itself does.
    let target = format!("127.0.0.1:{}", server.address.port());
    let mut arguments =
        vec!["scan", "--category", "tls", "-f", "jsonl", "--ca-file", "root.pem", "--per-host-rate", "0"];
    arguments.extend(online.then_some("--tls-online"));
    arguments.push(&target);
    let ran = world.run(&arguments);
    let events = events(&ran.out);
    let finding = of_kind(&events, "finding").into_iter().find(|it| it["rule"] == "tls-certificate-revoked").cloned();
    let told = of_kind(&events, "host")[0]["tls"]["revocation"].clone();
    let count = ocsp.iter().chain(&list).map(Running::connections).sum();
    (finding.map(|it| it["severity"].as_str().expect("a word").to_owned()), told, count)
}

#[test]
fn authorities_are_asked_only_where_the_user_wants_it() {
    let good = Response::about(&Leaf::good(), Status::Good).der();
    let (finding, told, count) = asked(Some(good), None, false);
    assert_eq!((finding, told.is_null(), count), (None, true, 0));
}

#[test]
fn words_of_authorities_count_where_they_signed_them() {
    let about = |status| Response::about(&Leaf::good(), status);
    let der = |by, status| Some(Response { by, ..about(status) }.der());
    let serial = Leaf::good().serial;
    let late = Response { days: (-20, -10), ..about(Status::Revoked) }.der();
    let critical = Some("critical".to_owned());
    let cases = [
        ("good", der(By::Issuer, Status::Good), None, None, "good"),
        ("revoked", der(By::Issuer, Status::Revoked), None, critical.clone(), "revoked"),
        ("a delegate's word", der(By::Delegate, Status::Revoked), None, critical.clone(), "revoked"),
        ("a pretender's word", der(By::Pretender, Status::Revoked), None, None, "unknown"),
        ("nobody's word", der(By::Nobody, Status::Revoked), None, None, "unknown"),
        ("a late word", Some(late), None, None, "unknown"),
        ("no word", Some(refusal(3)), None, None, "unknown"),
        ("on the list", None, Some(revocation_list(&[&serial], 7)), critical.clone(), "revoked"),
        ("not on the list", None, Some(revocation_list(&[&[9, 9]], 7)), None, "good"),
        ("an old list", None, Some(revocation_list(&[&serial], -3)), None, "unknown"),
        ("no word, then a list", Some(refusal(6)), Some(revocation_list(&[&serial], 7)), critical, "revoked"),
        ("nobody to ask", None, None, None, "unknown"),
    ];
    for (name, ocsp, list, severity, status) in cases {
        let (finding, told, _) = asked(ocsp, list, true);
        assert_eq!((finding, told["status"].as_str()), (severity, Some(status)), "{name}: {told}");
    }
}
