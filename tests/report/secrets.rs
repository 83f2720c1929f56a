//! Secrets planted in every part of an exchange reach no output.

use bytes::Bytes;
use outsight::base::{Category, Origin, Scheme, Secret, Severity};
use outsight::finding::{Event, Evidence, HostOutcome, curl_line, redact, redact_head};
use outsight::observation::HttpProbe;
use outsight::report::{FORMATS, ReportOptions};

use super::{report, scene};

/// A secret without a shape of its own, put together here so that no file holds one.
fn canary(number: usize) -> String {
    format!("{}{}{number:02}", "Zq7x", "Canary")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An exchange that holds a canary wherever a credential can stand, and what evidence shows of it.
fn evidence(target: &Origin) -> (String, Evidence) {
    let path = format!("/reset?token={}&x=1", canary(1));
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {}\r\nCookie: a=b; sid={}\r\nX-Api-Key: {}\r\n\
         X-Forward: Bearer {}\r\nReferer: https://u:{}@a/\r\n\r\n{{\"password\": \"two words {}\"}}",
        canary(2),
        canary(3),
        canary(4),
        canary(5),
        canary(6),
        canary(7),
    );
    let probe = HttpProbe::new(
        target.clone(),
        "POST".into(),
        Bytes::from(path.clone()),
        Secret::new(Bytes::from(request.clone())),
    );
    let head = format!(
        "HTTP/1.1 302 Found\r\nSet-Cookie: sid={}; HttpOnly\r\nLocation: /next?access_token={}\r\nX-Debug: api_key='{}'\r\n",
        canary(8),
        canary(9),
        canary(10),
    );
    let body = format!(
        "DB_PASSWORD={}\ndsn=postgres://app:{}@db/x\nCookie: sid={}\n-----BEGIN {} KEY-----\n{}\n",
        canary(11),
        canary(12),
        canary(13),
        "PRIVATE",
        canary(14),
    );
    let evidence = Evidence {
        request: text(redact_head(request.as_bytes())),
        status: 302,
        head: text(redact_head(head.as_bytes())),
        snippet: text(redact(body.as_bytes())),
        curl: curl_line(&probe),
        decided_by: vec![format!("body: {}", text(redact(body.as_bytes())))],
    };
    (text(redact(probe.url().as_bytes())), evidence)
}

#[test]
fn no_output_shows_a_planted_secret() {
    let target = scene::origin(Scheme::Https, "a.example", 443);
    let (url, evidence) = evidence(&target);
    let mut finding = scene::finding("planted", &target, Category::Secrets, Severity::High, "Planted");
    finding.places = vec![scene::place(&url, evidence)];
    finding.places[0].extracted = vec![("key".into(), text(redact(format!("token={}", canary(15)).as_bytes())))];
    let events = [
        Event::Finding(Box::new(finding), scene::at(1)),
        Event::Host(Box::new(scene::host(&target, HostOutcome::Complete, 1, 1)), scene::at(2)),
    ];
    for format in FORMATS {
        for verbose in [false, true] {
            let out =
                report(format.name, &events, ReportOptions { verbose, verdicts: true, ..ReportOptions::default() });
            for number in 1..=15 {
                assert!(!out.contains(&canary(number)), "canary {number} in {}: {out}", format.name);
            }
            assert!(out.contains("Planted") && out.contains("DB_PASSWORD=Zq7***"), "{out}");
        }
    }
}
