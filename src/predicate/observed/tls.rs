//! Handshakes by name: version, suite, the server's own certificate, and all of it as JSON.
//!
//! Must never import a folder above `expr`.

use std::net::SocketAddr;

use serde_json::{Map, Value as Json};

use super::certificate::Certificate;
use crate::base::{Timestamp, Unknown, Value};
use crate::observation::{TlsProbe, TlsSession, TlsVersion};
use crate::tls::assessment::ChainFacts;
use crate::tls::ocsp::Word;

/// Certificates of a chain that are read.
const CHAIN: usize = 16;

/// The value of a name.
pub(super) fn named(
    probe: &TlsProbe,
    session: &TlsSession,
    remote: Option<SocketAddr>,
    name: &str,
    now: Timestamp,
) -> Option<Value> {
    let facts = all(probe, session, remote, now);
    if name == "response" {
        let json: Map<String, Json> = facts.iter().map(|(name, value)| ((*name).to_owned(), json(value))).collect();
        return Some(Value::from(Json::Object(json).to_string()));
    }
    let found = facts.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    match found {
        Some(Value::Time(at)) => Some(Value::from(at.strftime("%Y-%m-%d %H:%M:%S +0000 UTC").to_string())),
        found => found,
    }
}

fn all(
    probe: &TlsProbe,
    session: &TlsSession,
    remote: Option<SocketAddr>,
    now: Timestamp,
) -> Vec<(&'static str, Value)> {
    let name = probe.name.as_ref().unwrap_or(&probe.host);
    let mut facts = vec![("timestamp", Value::Time(now)), ("host", Value::from(&*probe.host))];
    facts.extend(remote.map(|remote| ("ip", Value::from(remote.ip().to_string()))));
    facts.push(("port", Value::from(probe.port.to_string())));
    facts.push(("probe_status", Value::Bool(true)));
    facts.push(("tls_version", Value::from(short(&session.version))));
    facts.push(("cipher", Value::from(&*session.cipher)));
    let above = session.chain.iter().skip(1).take(CHAIN).filter_map(|der| Certificate::read(der));
    let is_trusted = !above.into_iter().any(|certificate| certificate.is_unknown_root());
    let own = session.chain.first().and_then(|der| Certificate::read(der));
    facts.extend(own.iter().flat_map(|own| own.facts(&probe.host, is_trusted, now)));
    facts.extend((revoked(session, now) == Some(true)).then_some(("revoked", Value::Bool(true))));
    facts.push(("tls_connection", Value::from("ctls")));
    facts.push(("sni", Value::from(&**name)));
    facts
}

/// `tls12` of `TLSv1.2`.
fn short(version: &str) -> &'static str {
    let known = TlsVersion::ALL.into_iter().find(|known| known.name() == version);
    match known {
        Some(TlsVersion::Ssl20) => "ssl20",
        Some(TlsVersion::Ssl30) => "ssl30",
        Some(TlsVersion::Tls10) => "tls10",
        Some(TlsVersion::Tls11) => "tls11",
        Some(TlsVersion::Tls13) => "tls13",
        Some(TlsVersion::Tls12) | None => "tls12",
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Bool(holds) => Json::Bool(*holds),
        Value::Time(at) => Json::String(at.to_string()),
        Value::List(items) => Json::Array(items.iter().map(json).collect()),
        Value::Map(fields) => Json::Object(fields.iter().map(|(key, value)| (key.to_string(), json(value))).collect()),
        other => Json::String(other.to_text_lossy()),
    }
}

/// Why it is not known whether the server's certificate is revoked; `None` where the stapled response says so.
pub(super) fn unheard(session: &TlsSession, now: Timestamp) -> Option<Unknown> {
    revoked(session, now).is_none().then_some(Unknown::NotSent)
}

/// Whether the server's certificate is revoked, as far as the stapled response can be relied on.
fn revoked(session: &TlsSession, now: Timestamp) -> Option<bool> {
    let staple = ChainFacts::of_session(session, now.as_second()).staple;
    match staple.filter(|staple| staple.is_usable(now.as_second()))?.word {
        Word::Revoked => Some(true),
        Word::Good => Some(false),
        Word::Unknown | Word::Error | Word::Malformed => None,
    }
}

/// A survey or a handshake in a line: versions, suite, certificate.
pub(super) fn told(facts: &Value) -> String {
    let text = |path: &[&str]| {
        facts.descend(path).map(|value| match value {
            Value::List(items) => items.iter().map(Value::to_text_lossy).collect::<Vec<_>>().join(", "),
            value => value.to_text_lossy(),
        })
    };
    let parts = [
        ("protocols", text(&["protocols"])),
        ("version", text(&["version"]).filter(|_| facts.field("depth").is_none())),
        ("suite", text(&["cipher"])),
        ("certificate", text(&["certificate", "title"])),
        ("issuer", text(&["certificate", "issuer"])),
        ("ends", text(&["certificate", "not_after"])),
        ("instead of TLS", text(&["instead"])),
    ];
    let parts: Vec<String> = parts.into_iter().filter_map(|(name, text)| Some(format!("{name}: {}", text?))).collect();
    parts.join(" · ")
}
