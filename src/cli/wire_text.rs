//! Requests and answers as text: the bytes as sent, credentials masked.
//!
//! Nothing may import this file but `cli`.

use std::io::{self, Write};

use crate::base::Untrusted;
use crate::finding::{redact, redact_header};
use crate::observation::{Exchange, HttpProbe};

/// The most characters of one line of a request.
const LINE: usize = 400;
/// The most lines of a request's body.
const BODY_LINES: usize = 40;

/// Prints a request byte for byte, a line each, indented.
pub(super) fn print_request(out: &mut impl Write, probe: &HttpProbe, indent: usize) -> io::Result<()> {
    let wire = probe.wire.expose();
    let end = memchr::memmem::find(wire, b"\r\n\r\n").unwrap_or(wire.len());
    let (head, body) = wire.split_at(end);
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        writeln!(out, "{:indent$}{}", "", Untrusted(masked(line)).terminal_short(LINE))?;
    }
    let body = body.get(4..).unwrap_or_default();
    for line in redact(body).split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(BODY_LINES) {
        writeln!(out, "{:indent$}{}", "", Untrusted(line).terminal_short(LINE))?;
    }
    Ok(())
}

/// A line of a head as it may be shown.
fn masked(line: &[u8]) -> Vec<u8> {
    match memchr::memchr(b':', line) {
        Some(colon) => {
            let (name, value) = line.split_at(colon);
            let value = value.get(1..).unwrap_or_default();
            [name, b": ", &redact_header(name, value.trim_ascii())].concat()
        }
        None => redact(line),
    }
}

/// What came back, in one line.
pub(super) fn answer_line(exchange: &Exchange) -> String {
    let took = exchange.timing.total.as_secs_f64() * 1000.0;
    match &exchange.response {
        Ok(response) => {
            let reason = Untrusted(&response.reason).terminal_short(40);
            let class = response.header("content-type").next().map(|value| Untrusted(value).terminal_short(60));
            let class = class.map(|class| format!(", {class}")).unwrap_or_default();
            let cut = if response.truncated.is_some() { ", cut off" } else { "" };
            format!("{} {reason}, {} bytes{class}{cut}, {took:.0} ms", response.status, response.body.len())
        }
        Err(error) => format!("{}: {}, {took:.0} ms", error.kind, Untrusted(&error.detail).terminal()),
    }
}
