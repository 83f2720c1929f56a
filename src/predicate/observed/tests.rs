//! Values of observations by name.

use std::sync::Arc;

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};

use super::{dialogue, facts, named, part_name, told, unheard};
use crate::base::{Timestamp, Unknown, Value};
use crate::observation::{
    Amount, Derived, DnsMessage, DnsProbe, DnsQuestion, DnsRecord, ErrorKind, Observation, OtherProbe, ProbeError,
    RecordType, Seen, Talk, TcpProbe, Timing, TlsProbe, TlsSession, Turn,
};

fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().expect("a time")
}

fn observed(probe: OtherProbe, seen: Result<Seen, ProbeError>) -> Observation {
    let remote = Some("192.0.2.7:53".parse().expect("an address"));
    Observation {
        probe: Arc::new(probe),
        seen,
        at: now(),
        timing: Timing::default(),
        remote,
        derived: Derived::default(),
    }
}

fn text(observation: &Observation, name: &str) -> Option<String> {
    named(observation, name, now()).map(|value| value.to_text_lossy())
}

fn dns() -> Observation {
    let kind = |name: &str| RecordType::of_name(name).expect("known");
    let record = |name: &str, of: &str, data: &str| DnsRecord {
        name: name.into(),
        kind: kind(of),
        class: 1,
        ttl: 60,
        data: data.into(),
    };
    let (name, kind) = ("a.example".into(), kind("TXT"));
    let probe = DnsProbe { name, kind, class: 1, recursion: true, servers: Vec::new(), attempts: 3 };
    let message = DnsMessage {
        id: 7,
        bits: 0x8180,
        question: vec![DnsQuestion { name: "a.example.".into(), kind, class: 1 }],
        answer: vec![
            record("a.example.", "CNAME", "b.example."),
            record("b.example.", "TXT", "\"v=spf1 \" \"-all \\\"x\\009\""),
            record("b.example.", "TXT", "\"two\""),
        ],
        ..DnsMessage::default()
    };
    observed(OtherProbe::Dns(probe), Ok(Seen::Dns(message)))
}

#[test]
fn sections_of_a_dns_answer_are_text_and_records_go_by_their_type() {
    let seen = dns();
    assert_eq!(part_name(&seen, Some("body")), "raw");
    assert!(
        text(&seen, "raw").expect("whole").starts_with(";; opcode: QUERY, status: NOERROR, id: 7\n;; flags: qr rd ra;")
    );
    let first = "a.example.\t60\tIN\tCNAME\tb.example.b.example.\t60\tIN\tTXT\t";
    assert!(text(&seen, "answer").expect("a section").starts_with(first), "no line breaks between records");
    assert_eq!(text(&seen, "cname").as_deref(), Some("b.example."));
    assert!(matches!(named(&seen, "txt", now()), Some(Value::List(items)) if items.len() == 2));
    assert_eq!((named(&seen, "rcode", now()), text(&seen, "ns").as_deref()), (Some(Value::Int(0)), Some("")));
    assert_eq!((text(&seen, "mx"), text(&seen, "TXT"), text(&seen, "body")), (None, None, None));
    assert!(dialogue(&seen, now()).0.ends_with(b";; QUESTION SECTION:\n;a.example.\tIN\t TXT\n"));
}

#[test]
fn conditions_see_records_without_quotes_and_last_dots() {
    let (kind, value) = facts(&dns()).expect("known").expect("facts");
    assert_eq!((kind, value.field("code")), ("dns", Some(&Value::from("noerror"))));
    let Some(Value::List(answers)) = value.field("answers") else { panic!("{value:?}") };
    assert_eq!(answers[0].field("value"), Some(&Value::from("b.example")));
    assert_eq!(answers[1].field("value"), Some(&Value::from("v=spf1 -all \"x\t")));
}

#[test]
fn a_conversation_has_its_last_read_and_everything() {
    let turns = vec![Turn { send: "PING".into(), read: Amount::Some(9) }];
    let probe =
        TcpProbe { host: "a.example".into(), port: 1, tls: false, turns, last: Amount::Some(1024), patience: None };
    let talk = Talk { reads: vec!["PONG".into()], last: "bye".into(), broken: None };
    let seen = observed(OtherProbe::Tcp(probe.clone()), Ok(Seen::Tcp(talk, None)));
    let values = ["data", "raw", "request", "ip", "type"].map(|name| text(&seen, name).expect("there"));
    assert_eq!(values, ["bye", "PONGbye", "PING", "192.0.2.7", "tcp"]);
    assert_eq!(part_name(&seen, None), "data");
    let failed = |kind| observed(OtherProbe::Tcp(probe.clone()), Err(ProbeError::new(kind, "why")));
    let closed = facts(&failed(ErrorKind::ConnectionRefused)).expect("known").expect("facts").1;
    assert_eq!(closed.field("open"), Some(&Value::Bool(false)));
    assert_eq!(facts(&failed(ErrorKind::ConnectTimeout)), Err(Unknown::Failed));
    assert_eq!(text(&failed(ErrorKind::ConnectTimeout), "data"), None);
}

/// A handshake with a certificate of its own, or with one that a root of our own vouches for.
fn handshake(host: &str, name: &str, own_root: bool) -> Observation {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned(), "b.example".to_owned()]).expect("names");
    let mut subject = DistinguishedName::new();
    for (kind, value) in [
        (DnType::CountryName, "US"),
        (DnType::OrganizationName, "Fort, Inc"),
        (DnType::CommonName, name),
        (DnType::CustomDnType(vec![1, 2, 840, 113_549, 1, 9, 1]), "support@a.example"),
    ] {
        subject.push(kind, value);
    }
    params.distinguished_name = subject;
    params.not_after = rcgen::date_time_ymd(2026, 1, 1);
    params.not_before = rcgen::date_time_ymd(2025, 1, 1);
    let chain: Vec<Bytes> = if own_root {
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.use_authority_key_identifier_extension = false;
        params.use_authority_key_identifier_extension = true;
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate().expect("a key")).expect("signed");
        let own = params.signed_by(&key, &root).expect("signed");
        [own.der().to_vec(), root.der().to_vec()].map(Bytes::from).to_vec()
    } else {
        vec![params.self_signed(&key).expect("signed").der().to_vec().into()]
    };
    let session = TlsSession {
        version: "TLSv1.3".into(),
        cipher: "TLS_AES_128_GCM_SHA256".into(),
        alpn: None,
        chain,
        untrusted: Some("whatever".into()),
        ..TlsSession::default()
    };
    observed(OtherProbe::Tls(TlsProbe::of(host.into(), 443)), Ok(Seen::Tls(Arc::new(session))))
}

#[test]
fn a_handshake_has_the_facts_of_its_certificate_and_only_those_that_hold() {
    let seen = handshake("x.a.example", "*.a.example", false);
    let holds = |name| named(&seen, name, now()) == Some(Value::Bool(true));
    assert!(["expired", "self_signed", "wildcard_certificate", "probe_status"].into_iter().all(holds));
    assert_eq!((named(&seen, "mismatched", now()), named(&seen, "untrusted", now())), (None, None));
    let values = ["tls_version", "cipher", "sni", "subject_cn", "not_after", "port"];
    let values = values.map(|name| text(&seen, name).expect("there"));
    let expected =
        ["tls13", "TLS_AES_128_GCM_SHA256", "x.a.example", "*.a.example", "2026-01-01 00:00:00 +0000 UTC", "443"];
    assert_eq!(values, expected);
    let subject = "emailAddress=support@a.example, CN=*.a.example, O=Fort\\, Inc, C=US, emailAddress=support@a.example";
    assert_eq!(text(&seen, "subject_dn").as_deref(), Some(subject));
    let domains = Value::list(["a.example", "b.example"].map(Value::from));
    assert_eq!(named(&seen, "domains", now()), Some(domains));
    let response = text(&seen, "response").expect("whole");
    let json: serde_json::Value = serde_json::from_str(&response).expect("JSON");
    assert_eq!(json["tls_version"], "tls13");
    assert_eq!(json["not_after"], "2026-01-01T00:00:00Z");
    assert_eq!(json["subject_an"][1], "b.example");
    assert_eq!((json["self_signed"].as_bool(), json.get("mismatched")), (Some(true), None));
    assert_eq!(json["fingerprint_hash"]["sha256"].as_str().map(str::len), Some(64));
}

#[test]
fn strangers_and_unknown_roots_are_told() {
    let seen = handshake("a.b.example", "*.b.example", true);
    let holds = |name| named(&seen, name, now()) == Some(Value::Bool(true));
    assert!(holds("untrusted") && !holds("self_signed") && !holds("mismatched"));
    let seen = handshake("c.example", "*.b.example", false);
    assert_eq!(named(&seen, "mismatched", now()), Some(Value::Bool(true)));
}

#[test]
fn what_is_shown_of_a_handshake_is_a_line_and_not_what_templates_read() {
    let seen = handshake("x.a.example", "*.a.example", false);
    let (sent, line) = told(&seen, now());
    let line = String::from_utf8_lossy(&line).into_owned();
    assert!(sent.is_empty() && !line.contains(['{', '"']), "{line}");
    let start = "version: TLSv1.3 · suite: TLS_AES_128_GCM_SHA256 · certificate: *.a.example · issuer: ";
    assert!(line.starts_with(start) && line.contains(" · ends: 2026-01-01"), "{line}");
    assert!(dialogue(&seen, now()).1.starts_with(b"{"), "templates read JSON");
}

#[test]
fn a_refused_handshake_is_an_answer_and_silence_is_none() {
    let failed = |kind| {
        let seen = observed(OtherProbe::Tls(TlsProbe::of("a.example".into(), 443)), Err(ProbeError::new(kind, "")));
        facts(&seen).map(|found| found.is_some())
    };
    for answer in [ErrorKind::HandshakeRefused, ErrorKind::Reset, ErrorKind::ConnectionRefused, ErrorKind::NoSuchName] {
        assert_eq!(failed(answer), Ok(false), "{answer}");
    }
    assert_eq!(failed(ErrorKind::ConnectTimeout), Err(Unknown::Failed));
    assert_eq!(failed(ErrorKind::OutOfScope), Err(Unknown::NotSent));
}

#[test]
fn whether_a_certificate_is_revoked_is_not_known_without_a_staple() {
    let seen = handshake("x.a.example", "*.a.example", false);
    assert_eq!((named(&seen, "revoked", now()), unheard(&seen, "revoked")), (None, Some(Unknown::NotSent)));
    assert_eq!(unheard(&seen, "expired"), None);
}

mod hostile {
    use proptest::prelude::*;

    use super::super::certificate::Certificate;

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_of_certificates_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Some(read) = Certificate::read(&bytes) {
                let _ = read.facts("a.example", true, super::now());
            }
        }
    }
}
