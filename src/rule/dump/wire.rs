//! What a request of a native rule puts on the wire, as stable text.
//!
//! Invariant: two wires that differ in a byte differ in their text. Must never import a folder above `predicate`.

use super::{Out, quoted};
use crate::observation::TlsVersion;
use crate::rule::{SentName, TcpStep, TlsRequest, Wire};

fn dump_handshake(out: &mut Out, wanted: &TlsRequest) {
    let version =
        |word: &str, version: Option<TlsVersion>| version.map(|version| format!(" {word} {}", version.name()));
    let numbers = |word: &str, numbers: &[u16]| {
        let numbers: Vec<String> = numbers.iter().map(|number| format!("0x{number:04X}")).collect();
        (!numbers.is_empty()).then(|| format!(" {word} {}", numbers.join(" ")))
    };
    let name = match &wanted.name {
        SentName::OfHost => None,
        SentName::Nobody => Some(" without name".to_owned()),
        SentName::Other(name) => Some(format!(" name {}", quoted(name))),
    };
    let parts = [
        version("from", wanted.least),
        version("to", wanted.most),
        numbers("suites", &wanted.ciphers),
        numbers("groups", &wanted.groups),
        (!wanted.alpn.is_empty()).then(|| format!(" alpn {}", wanted.alpn.join(" "))),
        name,
    ];
    out.line(format!("tls{}", parts.into_iter().flatten().collect::<String>()));
}

pub(super) fn dump_wire(out: &mut Out, wire: &Wire) {
    match wire {
        Wire::Http(http) => {
            out.line(format!("{} {}", http.method.0, quoted(&http.target)));
            http.query.iter().for_each(|(name, text)| out.line(format!("query {name} {}", quoted(text))));
            for (name, lines) in &http.headers {
                lines.iter().for_each(|text| out.line(format!("field {name} {}", quoted(text))));
            }
            for (word, text) in [("body", &http.body), ("raw", &http.raw)] {
                if let Some(text) = text {
                    out.line(format!("{word} {}", quoted(text)));
                }
            }
            if let Some((first, last)) = http.range {
                out.line(format!("range {first}-{last}"));
            }
        }
        Wire::Tls(wanted) => dump_handshake(out, wanted),
        Wire::TlsSurvey => out.line("tls survey"),
        Wire::Dns(dns) => {
            out.line(format!("dns {} {}", dns.kind, dns.name.as_ref().map_or("of the host".into(), quoted)));
        }
        Wire::Tcp(address, steps) => {
            out.line(format!("tcp {}", quoted(address)));
            for step in steps {
                match step {
                    TcpStep::Send(text) => out.line(format!("send {}", quoted(text))),
                    TcpStep::Read(most) => out.line(format!("read {most}")),
                }
            }
        }
    }
}
