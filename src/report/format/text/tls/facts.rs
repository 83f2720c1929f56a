//! What a full survey saw, fact by fact: versions and suites, groups, extensions, behaviour, the certificate, fingerprints.
//!
//! Takes the facts that rules read. Invariant: a fact that is not there has no row. Must never import a folder above `score`.

use crate::base::{Untrusted, Value};
use crate::report::format::text::page::{Page, Style};

/// The column of the rows, and the one at which their texts hang.
const COLUMN: usize = 6;
const HANG: usize = 20;

/// Characters of a row: room for every suite of a version; names of a certificate that go on are cut.
const ROW: usize = 2_400;

/// Prints the facts of a full survey; of a quick one where everything is to be shown.
pub(super) fn render(page: &mut Page, facts: &Value, verbose: bool) {
    if !verbose && text(facts, "depth").as_deref() != Some("full") {
        return;
    }
    for (label, told) in rows(facts) {
        let text = if verbose { Untrusted(told).terminal() } else { Untrusted(told).terminal_short(ROW) };
        page.hanging(COLUMN, (label, Style::Bold), HANG, (&text, Style::Plain));
    }
}

fn rows(facts: &Value) -> Vec<(&'static str, String)> {
    let mut rows = versions(facts);
    rows.extend(exchange(facts));
    rows.extend(behaviour(facts));
    rows.extend(certificate(facts));
    let gaps = [
        ("jarm", text(facts, "jarm")),
        ("ja3s", text(facts, "ja3s")),
        ("ja4s", text(facts, "ja4s")),
        ("may go on", text(facts, "open")),
        ("unknown", text(facts, "unknown")),
        ("not asked", text(facts, "unasked")),
    ];
    rows.extend(told(gaps));
    rows
}

/// A row for each version, with whose order its suites are in.
fn versions(facts: &Value) -> Vec<(&'static str, String)> {
    let Some(Value::List(versions)) = facts.field("versions") else { return Vec::new() };
    let row = |version: &Value| {
        let label = match text(version, "protocol")?.as_str() {
            "SSLv2.0" => "SSL 2.0",
            "SSLv3.0" => "SSL 3.0",
            "TLSv1.0" => "TLS 1.0",
            "TLSv1.1" => "TLS 1.1",
            "TLSv1.2" => "TLS 1.2",
            _ => "TLS 1.3",
        };
        let order = match text(version, "preference").as_deref() {
            Some("server") => " (the server's order)",
            Some(_) => " (the client's order decides)",
            None => "",
        };
        let more = if yes(version, "complete") == Some(false) { " and maybe more" } else { "" };
        Some((label, format!("{}{more}{order}", text(version, "suites").unwrap_or_default())))
    };
    versions.iter().filter_map(row).collect()
}

fn exchange(facts: &Value) -> Vec<(&'static str, String)> {
    let origin = |dh: &Value| text(dh, "origin").map_or(String::new(), |origin| format!(", {origin}"));
    let dh = facts.field("dh").and_then(|dh| Some(format!("{} bits{}", text(dh, "bits")?, origin(dh))));
    let rows = [
        ("groups", text(facts, "groups")),
        ("DH", dh),
        ("signatures", text(facts, "signature_schemes")),
        ("ALPN", text(facts, "application_protocols")),
        ("extensions", text(facts, "extensions")),
    ];
    told(rows).collect()
}

fn behaviour(facts: &Value) -> Vec<(&'static str, String)> {
    let resumption = facts.field("resumption");
    let resumed = resumption.map(|by| {
        let early = text(by, "early_data").filter(|bytes| bytes != "0");
        let ways =
            [said(yes(by, "ids"), "identifiers", "no identifiers"), said(yes(by, "tickets"), "tickets", "no tickets")];
        let ways = ways.into_iter().flatten().map(str::to_owned);
        ways.chain(early.map(|bytes| format!("early data of {bytes} bytes"))).collect::<Vec<_>>().join(", ")
    });
    let renegotiation = [
        said(yes(facts, "secure_renegotiation"), "secure (RFC 5746)", "insecure"),
        said(yes(facts, "client_renegotiation"), "clients may begin it", "clients may not begin it"),
    ];
    let renegotiation: Vec<&str> = renegotiation.into_iter().flatten().collect();
    let rows = [
        ("resumption", resumed.filter(|ways| !ways.is_empty())),
        ("renegotiation", Some(renegotiation.join(", ")).filter(|told| !told.is_empty())),
        ("compression", said(yes(facts, "compression"), "yes", "no").map(str::to_owned)),
        ("fallback", text(facts, "fallback").map(|told| told.replace('-', " "))),
        (
            "without SNI",
            text(facts, "without_name").map(|told| match told.as_str() {
                "same" => "the same certificate".to_owned(),
                "other" => "another certificate".to_owned(),
                _ => "refused".to_owned(),
            }),
        ),
        ("does not bear", text(facts, "intolerance").map(|told| told.replace('_', " "))),
    ];
    told(rows).collect()
}

fn certificate(facts: &Value) -> Vec<(&'static str, String)> {
    let Some(own) = facts.field("certificate") else { return Vec::new() };
    let valid = text(own, "not_before").zip(text(own, "not_after")).map(|(from, to)| format!("{from} to {to}"));
    let staple = facts.field("staple").and_then(|staple| {
        let until = text(staple, "next_update").map_or(String::new(), |until| format!(", until {until}"));
        Some(format!("{}{until}", text(staple, "status")?))
    });
    let rows = [
        ("certificate", text(own, "subject").filter(|subject| !subject.is_empty())),
        ("names", text(own, "names")),
        ("issuer", text(own, "issuer")),
        ("valid", valid),
        ("validated", text(own, "validation").map(|kind| kind.to_uppercase())),
        ("signed with", own.field("signature").and_then(|signature| text(signature, "algorithm"))),
        ("serial", text(own, "serial")),
        ("SHA-256", text(own, "sha256")),
        ("pin", text(own, "pin")),
        ("CT timestamps", text(facts, "timestamps")),
        ("OCSP staple", staple),
    ];
    told(rows).collect()
}

fn told<const N: usize>(rows: [(&'static str, Option<String>); N]) -> impl Iterator<Item = (&'static str, String)> {
    rows.into_iter().filter_map(|(label, told)| Some((label, told?)))
}

fn said(holds: Option<bool>, yes: &'static str, no: &'static str) -> Option<&'static str> {
    holds.map(|holds| if holds { yes } else { no })
}

fn yes(facts: &Value, name: &str) -> Option<bool> {
    match facts.field(name)? {
        Value::Bool(holds) => Some(*holds),
        _ => None,
    }
}

/// A field as text: lists with commas between.
fn text(facts: &Value, name: &str) -> Option<String> {
    Some(match facts.field(name)? {
        Value::List(items) => items.iter().map(Value::to_text_lossy).collect::<Vec<_>>().join(", "),
        value => value.to_text_lossy(),
    })
}
